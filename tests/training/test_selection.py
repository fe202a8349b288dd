from collections import UserDict
from typing import Any

import pytest

from anigifs.training.selection import select


def line(step: int, top1: float, loss: float, role: str = "source-validation") -> dict[str, Any]:
    return {"role": role, "step": step, "top1": top1, "cross_entropy": loss}


def test_the_best_on_the_source_wins_then_the_lower_loss_then_the_earlier() -> None:
    assert select([line(1, 0.5, 1), line(2, 0.7, 2), line(3, 0.6, 0)]) == line(2, 0.7, 2)
    assert select([line(1, 0.7, 1), line(2, 0.7, 0.5)]) == line(2, 0.7, 0.5)
    assert select([line(1, 0.7, 1), line(2, 0.7, 1)]) == line(1, 0.7, 1)
    assert select([]) is None


class Secret(UserDict[str, Any]):
    """A record of a target: whoever reads a figure in it is caught."""

    def __getitem__(self, key: str) -> object:
        if key != "role":
            pytest.fail(f"selection read {key!r} of a target")
        return super().__getitem__(key)


def test_selection_never_reads_a_target() -> None:
    secrets: list[Any] = [
        Secret(line(n, 1.0, 0.0, role)) for n, role in enumerate(("test", "target"))
    ]
    assert select([*secrets, line(9, 0.1, 3)]) == line(9, 0.1, 3)
    assert select(secrets) is None
