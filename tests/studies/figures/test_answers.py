import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import recall_score

from anigifs.foundation import UsageError
from anigifs.studies.figures.answers import Answers, from_files, from_study
from tests.studies.made import CLASSES, predictions, record_of, write_test

RIGHT = {seed: np.random.default_rng(seed).random(40) < 0.6 for seed in (0, 1)}


def test_scores_are_means_over_seeds_as_scikit_learn_has_them() -> None:
    rankings = tuple(predictions(right).ranking() for right in RIGHT.values())
    answers = Answers("film", rankings)
    recalls = [
        recall_score(one.labels, one.answers, labels=CLASSES, average=None) for one in rankings
    ]
    expected = dict(zip(CLASSES, np.mean(recalls, axis=0), strict=True))
    assert answers.by_class == pytest.approx(expected)
    assert answers.top1 == pytest.approx(np.mean([right.mean() for right in RIGHT.values()]))
    assert answers.counted == "film, 40 clips, 2 seeds"


def test_files_are_read_ours_and_others(tmp_path: Path) -> None:
    said = predictions(RIGHT[0])
    said.write(tmp_path / "mine.parquet")
    (tmp_path / "other.csv").write_text("clip_id,label,prediction\na,run,run\nb,run,jump\n")
    mine = from_files([tmp_path / "mine.parquet"])
    assert (mine.title, mine.counted) == ("mine", "mine, 40 clips")
    assert mine.rankings[0].answers == said.ranking().answers
    assert from_files([tmp_path / "other.csv"]).by_class == {"run": 0.5}


def test_a_study_gives_all_seeds_of_a_model_on_a_set(tmp_path: Path) -> None:
    for seed, right in RIGHT.items():
        write_test(tmp_path, "erm", "film", predictions(right), seed)
        write_test(tmp_path, "erm", "gif", predictions(~right, of_set="gif"), seed)
    found = from_study(tmp_path, None, "film")
    assert (found.model, found.title) == ("ERM on film", "film")
    assert [one.right_N.tolist() for one in found.rankings] == [r.tolist() for r in RIGHT.values()]
    write_test(tmp_path, "oracle", "gif", predictions(RIGHT[0], of_set="gif"))
    with pytest.raises(UsageError, match="say --model, one of erm, oracle"):
        from_study(tmp_path, None, "gif")
    with pytest.raises(UsageError, match="not tested on 'toys'; there are film, gif"):
        from_study(tmp_path, "erm", "toys")


def test_a_sweep_keeps_a_file_for_each_run(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    for seed, right in RIGHT.items():
        said = predictions(right)
        test = record_of("erm", "film", seed, said)
        said.write(tmp_path / test["predictions"])
        # A test's own record always has the seed 0; the run's stands outside of it.
        record = {"run": "gating", "seed": seed, "tests": [{**test, "model": "old", "seed": 0}]}
        (tmp_path / "records" / f"gating-{seed}.json").write_text(json.dumps(record))
    found = from_study(tmp_path, "gating", "film")
    assert [one.right_N.tolist() for one in found.rankings] == [r.tolist() for r in RIGHT.values()]
    (tmp_path / "records" / "x.json").write_text("[]")
    with pytest.raises(UsageError, match=r"x\.json: no record"):
        from_study(tmp_path, "gating", "film")


def test_predictions_that_were_changed_since_are_refused(tmp_path: Path) -> None:
    write_test(tmp_path, "erm", "film", predictions(RIGHT[0]))
    predictions(RIGHT[1]).write(tmp_path / "predictions" / "erm-film-0.parquet")
    with pytest.raises(UsageError, match="not the predictions that were recorded"):
        from_study(tmp_path, "erm", "film")


def test_a_folder_without_tests_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no tests"):
        from_study(tmp_path, "erm", "film")
