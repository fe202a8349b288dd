import hashlib
from dataclasses import FrozenInstanceError

import pytest

from anigifs.foundation import UsageError
from anigifs.index import Box, clip_id
from tests.index.trees import row


def test_a_clip_is_named_by_its_file_and_its_times() -> None:
    assert clip_id("k", 5, 70) == hashlib.sha256(b"5:70:k").hexdigest()
    assert clip_id("k") == clip_id("k", 0, None) == hashlib.sha256(b"0::k").hexdigest()
    keys = [("k", 0, 1), ("k", 1, 2), ("j", 0, 1), ("1:k", 0, None), ("k", 0, None)]
    assert len({clip_id(*key) for key in keys}) == len(keys)


@pytest.mark.parametrize(("start_ms", "end_ms"), [(-1, None), (5, 5), (5, 4), (0, 0)])
def test_a_clip_ends_after_it_begins(start_ms: int, end_ms: int | None) -> None:
    with pytest.raises(UsageError, match="must begin at 0 or later"):
        row("a.gif", start_ms=start_ms, end_ms=end_ms)


NAN = float("nan")


@pytest.mark.parametrize(
    "edges", [(0.5, 0, 0.5, 1), (0, 0.9, 1, 0.1), (-0.1, 0, 1, 1), (0, 0, 1.1, 1), (NAN, 0, 1, 1)]
)
def test_a_box_lies_in_the_frame(edges: tuple[float, float, float, float]) -> None:
    with pytest.raises(UsageError, match="must rise within"):
        Box(0, *edges)
    assert Box(0, 0, 0, 1, 1).action == ""


def test_a_row_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        row("a.gif").label = "dance"  # type: ignore[misc]
