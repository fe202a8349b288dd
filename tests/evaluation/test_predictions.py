import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from anigifs.evaluation import Predictions, score
from anigifs.evaluation.ranking import UNRANKED, ranks
from anigifs.foundation import UsageError
from tests.evaluation.made import made_predictions


def rewritten(path: Path, **metadata: str) -> None:
    """Write a Parquet file again with other metadata."""
    table = pq.read_table(path)
    found = {**table.schema.metadata, **{key.encode(): value for key, value in metadata.items()}}
    pq.write_table(table.replace_schema_metadata(found), path)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    said = made_predictions()
    said.write(tmp_path / "predictions.parquet")
    read = Predictions.read(tmp_path / "predictions.parquet")
    for name in ("clip_ids", "groups", "labels", "domains", "styles", "frames", "classes"):
        assert getattr(read, name) == getattr(said, name)
    assert read.logits_NK.dtype == np.float32
    assert (read.logits_NK == said.logits_NK).all()
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.parquet"]


def test_the_file_says_what_it_holds_to_any_reader(tmp_path: Path) -> None:
    said = made_predictions(clips=3, classes=4)
    said.write(tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.schema.field("logits").type == pa.list_(pa.float32(), 4)
    assert json.loads(table.schema.metadata[b"anigifs.classes"]) == list(said.classes)
    assert table.schema.metadata[b"anigifs.predictions"] == b"1"
    assert table["label"].to_pylist() == list(said.labels)


def test_the_hash_is_of_the_content(tmp_path: Path) -> None:
    said = made_predictions()
    said.write(tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    shuffled = table.take(np.random.default_rng(0).permutation(len(table)))
    pq.write_table(shuffled, tmp_path / "b.parquet", compression="gzip", row_group_size=7)
    again = Predictions.read(tmp_path / "b.parquet")
    assert again.clip_ids != said.clip_ids
    assert again.sha256 == said.sha256 == Predictions.read(tmp_path / "a.parquet").sha256


@pytest.mark.parametrize("name", ["groups", "labels", "domains", "styles"])
def test_the_hash_changes_with_every_column(name: str) -> None:
    said = made_predictions()
    words = getattr(said, name)
    other = {**vars(said), name: ("another", *words[1:])}
    other.pop("sha256", None)
    assert Predictions(**other).sha256 != said.sha256


def test_the_hash_changes_with_numbers_and_classes() -> None:
    said = made_predictions()
    logits_NK = said.logits_NK.copy()
    logits_NK[7, 1] = np.nextafter(logits_NK[7, 1], np.float32(9))
    others = [
        replace(said, logits_NK=logits_NK),
        replace(said, frames=(1000, *said.frames[1:])),
        replace(said, classes=("x", *said.classes[1:])),
    ]
    assert len({said.sha256, *(other.sha256 for other in others)}) == 4


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    none: tuple[str, ...] = ()
    said = Predictions(none, none, none, none, none, (), ("a", "b"), np.zeros((0, 2), np.float32))
    said.write(tmp_path / "a.parquet")
    assert len(Predictions.read(tmp_path / "a.parquet")) == 0


def test_faults_of_the_data_are_one_line() -> None:
    said = made_predictions()
    with pytest.raises(UsageError, match="the clip 'clip 000' stands there twice"):
        replace(said, clip_ids=("clip 000", "clip 000", *said.clip_ids[2:]))
    with pytest.raises(UsageError, match="the class 'class 1' stands there twice"):
        replace(said, classes=("class 1", *said.classes[1:]))
    logits_NK = said.logits_NK.copy()
    logits_NK[3, 2] = np.nan
    with pytest.raises(UsageError, match="clip 'clip 003': a logit that is not a finite number"):
        replace(said, logits_NK=logits_NK)
    with pytest.raises(ValueError, match="not float32"):
        replace(said, logits_NK=said.logits_NK.astype(np.float64))
    with pytest.raises(ValueError, match="59 frames of 60 clips"):
        replace(said, frames=said.frames[1:])


def test_files_that_are_not_predictions_are_named_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        Predictions.read(path)
    path.write_bytes(b"PAR1 no")
    with pytest.raises(UsageError, match=r"a\.parquet: cannot be read as Parquet"):
        Predictions.read(path)
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(UsageError, match="not a predictions file of anigifs"):
        Predictions.read(path)
    made_predictions().write(path)
    rewritten(path, **{"anigifs.predictions": "2"})
    with pytest.raises(UsageError, match="version 2 of the format"):
        Predictions.read(path)
    rewritten(path, **{"anigifs.predictions": "1", "anigifs.classes": '["a"]'})
    with pytest.raises(UsageError, match="damaged"):
        Predictions.read(path)
    rewritten(path, **{"anigifs.classes": "nonsense"})
    with pytest.raises(UsageError, match="class names are missing"):
        Predictions.read(path)


def test_missing_values_and_repeated_clips_in_a_file_are_found(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    made_predictions(clips=3).write(path)
    table = pq.read_table(path)
    holes = pa.array(["a", None, "b"])
    pq.write_table(table.set_column(2, table.schema.field("label"), holes), path)
    with pytest.raises(UsageError, match="a row lacks a value"):
        Predictions.read(path)
    pq.write_table(pa.concat_tables([table, table]), path)
    with pytest.raises(UsageError, match=r"a\.parquet: the clip 'clip 000' stands there twice"):
        Predictions.read(path)


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(2, 9))
def test_ranks_count_what_a_sort_would_find_ties_included(seed: int, clips: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    logits_NK = rng.integers(0, 4, (clips, k)).astype(np.float32)
    truth_N = rng.integers(-1, k, clips)
    found = ranks(logits_NK, truth_N)
    for row, truth, rank in zip(logits_NK, truth_N, found, strict=True):
        order = sorted(range(k), key=lambda index: (-row[index], index))
        assert rank == (order.index(truth) if truth >= 0 else UNRANKED)


def test_a_ranking_agrees_with_the_scores_of_the_logits_and_with_softmax() -> None:
    said = replace(made_predictions(), labels=("unheard of", *made_predictions().labels[1:]))
    index_of = {name: index for index, name in enumerate(said.classes)}
    expected = score(said.logits_NK, said.labels, index_of)
    ranking = said.ranking()
    within = ranking.within(5)
    assert within is not None
    assert (ranking.right_N.mean(), within.mean()) == (expected.top1, expected.top5)
    shares_NK = softmax(said.logits_NK.astype(float), axis=1)
    assert ranking.confidence_N == pytest.approx(shares_NK.max(axis=1))
    truth_N = [index_of[label] for label in said.labels[1:]]
    assert ranking.log_likelihood_N is not None
    assert ranking.log_likelihood_N[0] == -np.inf
    assert np.exp(ranking.log_likelihood_N[1:]) == pytest.approx(
        shares_NK[np.arange(1, len(said)), truth_N]
    )


def test_top_five_of_five_classes_says_nothing() -> None:
    assert made_predictions(classes=5).ranking().within(5) is None
    assert made_predictions(classes=6).ranking().within(5) is not None
    assert made_predictions(classes=1).ranking().within(1) is not None
