from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.evaluation.on_index import frames_kept
from anigifs.foundation import UsageError
from anigifs.index import Index, Row, distinct
from anigifs.training import TrainConfig
from anigifs.training.data import source_rows
from tests.training.conftest import Bench


def rewritten(bench: Bench, out: Path, change: dict[str, object]) -> TrainConfig:
    """Give the last validation row what a training row has, and return a run on that index."""
    rows = list(Index.read(bench.index).rows())
    train = next(row for row in rows if row.split == "train")
    place = max(i for i, row in enumerate(rows) if row.split == "val")
    new = {name: getattr(train, name) if value is None else value for name, value in change.items()}
    rows[place] = replace(rows[place], **new)  # type: ignore[arg-type]
    Index.from_rows(rows, root=bench.index.parent).write(out)
    return TrainConfig(index=str(out))


@pytest.mark.parametrize("what", ["clip_id", "sha256", "group"])
def test_nothing_may_be_trained_on_and_chosen_by(bench: Bench, tmp_path: Path, what: str) -> None:
    config = rewritten(bench, tmp_path / "leaky.parquet", {what: None})
    with pytest.raises(UsageError, match=f"1 values of {what} are in both 'train' and 'val'"):
        source_rows(config)


def test_files_of_the_same_bytes_count_once_in_validation(bench: Bench, tmp_path: Path) -> None:
    rows = list(Index.read(bench.index).rows())
    twin = next(row for row in rows if row.split == "val")
    both = Index.from_rows([*rows, replace(twin, path="copy.gif")], root=bench.index.parent)
    both.write(tmp_path / "twins.parquet")
    assert len(source_rows(TrainConfig(index=str(tmp_path / "twins.parquet"))).val) == 8


def row(clip_id: str, label: str, frames: int = 10) -> Row:
    path = f"{clip_id}.gif"
    return Row(clip_id=clip_id, path=path, group=path, label=label, frames=frames)


def test_one_clip_under_two_labels_is_refused() -> None:
    assert len(distinct([row("a", "run"), row("a", "run"), row("b", "run")], "x")) == 2
    with pytest.raises(UsageError, match="the same clip, labelled 'run' and 'jump'; remove one"):
        distinct([row("a", "run"), row("a", "jump")], "x")


def test_samplers_that_count_frames_keep_them_all() -> None:
    rows = [row("a", "run", 30), row("b", "run", 200)]
    assert frames_kept("whole", rows) == 64
    assert [frames_kept(name, rows) for name in ("dense", "native", "whole-index")] == [200] * 3
    assert frames_kept("dense", rows[:1]) == 64


def test_a_source_may_be_some_styles_of_several_domains(bench: Bench, tmp_path: Path) -> None:
    rows = list(Index.read(bench.index).rows())
    kinds = [("video", "film"), ("video", "neutral"), ("animated-gif", "flat")]
    rows = [
        replace(one, domain=kinds[number % 3][0], style=kinds[number % 3][1])
        for number, one in enumerate(rows)
    ]
    Index.from_rows(rows, root=bench.index.parent).write(tmp_path / "kinds.parquet")
    config = TrainConfig(index=str(tmp_path / "kinds.parquet"), styles=("film", "flat"))
    found = source_rows(config)
    wanted = {one.clip_id for one in rows if one.style in ("film", "flat")}
    assert {one.clip_id for one in (*found.train, *found.val)} == wanted
    one_domain = source_rows(replace(config, domain="video"))
    assert {one.style for one in (*one_domain.train, *one_domain.val)} == {"film"}
    with pytest.raises(UsageError, match="of domain 'video' of style ink or pencil in split"):
        source_rows(replace(config, domain="video", styles=("ink", "pencil")))


def test_rows_without_a_label_are_no_class(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="1 rows have no label; there is nothing to learn"):
        source_rows(rewritten(bench, tmp_path / "unnamed.parquet", {"label": ""}))


def test_classes_are_learnt_before_they_are_asked_for(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"classes only in validation: up$"):
        source_rows(rewritten(bench, tmp_path / "new.parquet", {"label": "up"}))
    rows = [one for one in Index.read(bench.index).rows() if one.label == "right"]
    Index.from_rows(rows, root=bench.index.parent).write(tmp_path / "one.parquet")
    with pytest.raises(UsageError, match="one class only, 'right', in 'train'"):
        source_rows(TrainConfig(index=str(tmp_path / "one.parquet")))
