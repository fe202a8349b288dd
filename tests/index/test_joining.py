from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.index import Index, join
from tests.index.trees import column, index_of, row


def test_rows_follow_one_another_and_paths_lead_to_the_same_files(tmp_path: Path) -> None:
    parts = [
        index_of(row("a.gif", split="train"), root=tmp_path / "gifs"),
        index_of(row("a.gif", "golf", domain="video"), root=tmp_path / "videos"),
    ]
    joint = join(parts, tmp_path)
    assert column(joint, "path") == ["gifs/a.gif", "videos/a.gif"]
    assert column(joint, "domain") == ["", "video"]
    joint.write(tmp_path / "joint.parquet")
    assert Index.read(tmp_path / "joint.parquet").identity == joint.identity


def test_only_usable_clips_make_a_class_shared() -> None:
    first = index_of(row("1", "yoga"), row("2", "golf"), row("3", "bow"), row("4", ""))
    wrong = row("6", "bow", state="error", error="cut off")
    second = index_of(row("5", "yoga"), wrong, row("7", "box"), row("8", ""))
    joint = join([first, second], Path(), shared_classes=True)
    assert joint.labels == {"yoga"}
    assert len(join([first, second], Path())) == 8


def test_class_lists_must_be_the_same() -> None:
    parts = [Index.from_rows([row("1")], name) for name in ("kinetics-600", "custom")]
    with pytest.raises(UsageError, match="labels of kinetics-600 and of custom are not joined"):
        join(parts, Path())


def test_nothing_in_common_is_said() -> None:
    parts = [index_of(row("1", "yoga")), index_of(row("2", "golf"))]
    with pytest.raises(UsageError, match="no class that all of the indexes have"):
        join(parts, Path(), shared_classes=True)
    with pytest.raises(UsageError, match="no index to join"):
        join([], Path())
