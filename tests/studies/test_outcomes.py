from pathlib import Path

import numpy as np
import pytest

from anigifs.foundation import UsageError, append_record
from anigifs.studies import read_outcomes
from tests.studies.made import predictions, write_test


def test_tests_are_read_in_order_and_other_records_are_left_alone(tmp_path: Path) -> None:
    append_record(tmp_path / "records.jsonl", {"role": "train", "model": "erm"})
    write_test(tmp_path, "erm", "film", predictions([1, 0]))
    write_test(tmp_path, "oracle", "film", predictions([1, 1]), study="1")
    found = read_outcomes(tmp_path)
    assert [(one.model, one.set, one.seed, one.oracle) for one in found] == [
        ("erm", "film", 0, False),
        ("oracle", "film", 0, True),
    ]
    assert found[0].model_title == "ERM on film"
    assert found[0].ranking.right_N.tolist() == [True, False]
    assert [one.model for one in read_outcomes(tmp_path, "1")] == ["oracle"]


def test_the_latest_record_wins_and_keeps_its_place(tmp_path: Path) -> None:
    write_test(tmp_path, "erm", "film", predictions([0, 0]))
    write_test(tmp_path, "erm", "cartoon", predictions([0, 0]))
    write_test(tmp_path, "erm", "film", predictions([0, 1]), seed=1)
    write_test(tmp_path, "erm", "film", predictions([1, 1]))
    found = read_outcomes(tmp_path)
    assert [(one.set, one.seed, one.ranking.right_N.sum()) for one in found] == [
        ("film", 0, 2),
        ("cartoon", 0, 0),
        ("film", 1, 1),
    ]


def test_titles_may_be_left_out(tmp_path: Path) -> None:
    write_test(tmp_path, "erm", "film", predictions([1]), model_title=None, set_title=None)
    (one,) = read_outcomes(tmp_path)
    assert (one.model_title, one.set_title) == ("erm", "film")


def test_predictions_that_were_changed_or_lost_are_refused(tmp_path: Path) -> None:
    write_test(tmp_path, "erm", "film", predictions([1, 0]))
    path = tmp_path / "predictions" / "erm-film-0.parquet"
    predictions([1, 1]).write(path)
    with pytest.raises(UsageError, match=r"erm-film-0.parquet: not the predictions that were"):
        read_outcomes(tmp_path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        read_outcomes(tmp_path)
    path.unlink()
    with pytest.raises(UsageError, match=r"erm-film-0.parquet: missing"):
        read_outcomes(tmp_path)


def test_a_file_that_is_the_same_in_another_order_is_accepted(tmp_path: Path) -> None:
    said = predictions([1, 0, 1])
    write_test(tmp_path, "erm", "film", said)
    names = ("clip_ids", "groups", "labels", "domains", "styles", "frames")
    turned = {name: getattr(said, name)[::-1] for name in names}
    other = type(said)(**turned, classes=said.classes, logits_NK=said.logits_NK[::-1])
    other.write(tmp_path / "predictions" / "erm-film-0.parquet")
    assert np.array_equal(read_outcomes(tmp_path)[0].predictions.logits_NK, other.logits_NK)


def test_nothing_to_read_and_records_that_lack_something_are_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no tests; run the study first"):
        read_outcomes(tmp_path)
    write_test(tmp_path, "erm", "film", predictions([1]))
    with pytest.raises(UsageError, match="no tests of the study '2'"):
        read_outcomes(tmp_path, "2")
    append_record(tmp_path / "records.jsonl", {"role": "test", "model": "erm", "set": "gif"})
    with pytest.raises(UsageError, match="without seed, predictions, predictions_hash"):
        read_outcomes(tmp_path)
