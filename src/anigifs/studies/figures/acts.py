"""What a run's method did of its own, read back: the searches of RSDA, the checks of gating."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError, read_records
from anigifs.transforms import EVERY, Operations, from_json, words

ACTS = "acts.jsonl"


@dataclass(frozen=True)
class Search:
    """One search for the operations under which the loss is highest.

    Attributes:
        step: The update after which it was made.
        losses: Of every candidate, in nats; None where it was not a finite number.
        chosen: Place of the worst; None where no loss was finite.
        operations: Those of the worst; empty where there is none.
    """

    step: int
    losses: tuple[float | None, ...]
    chosen: int | None
    operations: Operations

    @property
    def worst(self) -> float | None:
        """The highest loss; None where none was finite."""
        return None if self.chosen is None else self.losses[self.chosen]

    def to_json(self) -> dict[str, Any]:
        """Return the search as JSON can hold it, with what it found in words."""
        found = None if self.chosen is None else words(self.operations)
        return {"step": self.step, "losses": self.losses, "chosen": self.chosen, "words": found}


@dataclass(frozen=True)
class Check:
    """One look at the saliency of a batch.

    Attributes:
        step: The update in which it was made.
        clips: How many had a tube.
        inside: Of these, how many had the peak of saliency inside of it: the hits of the pointing
            game.
        gated: How many were masked.
        energy: Mean share of saliency inside of the tube, 0..1.
    """

    step: int
    clips: int
    inside: int
    gated: int
    energy: float


def read_searches(path: Path | str) -> tuple[Search, ...]:
    """Read the searches of a run.

    Args:
        path: The run's folder, or its ``acts.jsonl`` under any name.

    Raises:
        UsageError: There is no such file, it holds no searches, or one is damaged.
    """
    wanted = "searches; a run of the method rsda leaves them"
    return tuple(_search(path, one) for one in _acts(path, "candidates", wanted))


def read_checks(path: Path | str) -> tuple[Check, ...]:
    """Read the checks of a run in which at least one clip had a tube.

    Args:
        path: The run's folder, or its ``acts.jsonl`` under any name.

    Raises:
        UsageError: There is no such file, it holds no checks, or one is damaged.
    """
    wanted = "checks of saliency; a run of the method saliency-gating leaves them"
    checks = tuple(_check(path, one) for one in _acts(path, "peaks_inside", wanted))
    seen = tuple(one for one in checks if one.clips)
    if not seen:
        raise UsageError(f"{path}: none of its {len(checks)} checks saw a clip with a tube")
    return seen


def run_name(path: Path | str) -> str:
    """Return what a run is called, without the hash that sweeps add.

    Example:
        >>> run_name("runs/mine/acts.jsonl"), run_name("acts/gating-0-f48170ac5dcd.jsonl")
        ('mine', 'gating-0')
    """
    path = Path(path).absolute()
    name = path.parent.name if path.name == ACTS else path.name.removesuffix(".jsonl")
    return re.sub(r"-[0-9a-f]{12}$", "", name)


def run_names(paths: Sequence[Path]) -> list[str]:
    """Return short names of runs that tell them apart; where those do not, their paths.

    Raises:
        UsageError: One run is named twice.
    """
    if len({path.absolute() for path in paths}) < len(paths):
        raise UsageError("one of the runs is named twice")
    short = [run_name(path) for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]


def _acts(path: Path | str, key: str, wanted: str) -> list[dict[str, Any]]:
    path = Path(path)
    file = path / ACTS if path.is_dir() else path
    if not file.is_file():
        raise UsageError(
            f"{file}: no such file; name a run's folder that holds {ACTS}, or the file"
        )
    acts = [one for one in read_records(file) if key in one]
    if not acts:
        raise UsageError(f"{file}: holds no {wanted}")
    return acts


def _search(path: Path | str, act: Mapping[str, Any]) -> Search:
    try:
        chosen = act["chosen"]
        losses = tuple(None if loss is None else float(loss) for loss in act["losses"])
        operations = () if chosen is None else from_json(act["candidates"][chosen], EVERY)
        if chosen is not None and losses[chosen] is None:
            raise ValueError
        return Search(int(act["step"]), losses, chosen, operations)
    except (KeyError, TypeError, ValueError, IndexError):
        raise UsageError(f"{path}: a search in it is damaged: {str(act)[:60]}...") from None


def _check(path: Path | str, act: Mapping[str, Any]) -> Check:
    try:
        clips = int(act["checked"])
        energy = float(act["energy_inside"]) / max(1, clips)
        return Check(int(act["step"]), clips, int(act["peaks_inside"]), int(act["gated"]), energy)
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{path}: a check in it is damaged: {str(act)[:60]}...") from None
