"""What a sweep stands on: the identity of its clips and of the weights that it names.

Both are part of what a job is. They are kept in ``sweep.json`` beside the records, so that these
can be read and tabulated where neither clips nor weights are at hand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError, WeightsError, write_text
from anigifs.models.weights import find
from anigifs.studies.sweep.plan import Plan

FILE = "sweep.json"


@dataclass(frozen=True)
class Standing:
    """What a sweep stands on.

    Attributes:
        index_hash: The identity of the index; None where the clips have not been rendered yet.
        weights: SHA-256 of the named weights, by name.
    """

    index_hash: str | None
    weights: Mapping[str, str]


def standing_of(plan: Plan, out: Path) -> Standing:
    """Return what a sweep stands on: what is at hand, else what was when it was last run.

    Raises:
        UsageError: The index is neither there nor has been.
        WeightsError: The same of weights.
    """
    kept = _kept(out)
    return Standing(_index_hash(plan, kept), {n: _sha256(n, kept) for n in named_weights(plan)})


def named_weights(plan: Plan) -> tuple[str, ...]:
    """Return the weights that runs start from, without those that other runs make."""
    named = (name for run in plan.runs.values() for name in run.named_weights)
    return tuple(dict.fromkeys(named))


def keep(plan: Plan, standing: Standing, out: Path) -> None:
    """Write down what a sweep stands on, where that is new."""
    now = {
        "clips": plan.clips_described,
        "index_hash": standing.index_hash,
        "weights": dict(standing.weights),
    }
    if now != _kept(out):
        write_text(out / FILE, json.dumps(now, indent=1) + "\n")


def _kept(out: Path) -> dict[str, Any]:
    path = out / FILE
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text()))
    except (ValueError, TypeError):
        raise UsageError(f"{path}: damaged; restore it, or remove it and run again") from None


def _index_hash(plan: Plan, kept: Mapping[str, Any]) -> str | None:
    known = kept.get("index_hash") if kept.get("clips") == plan.clips_described else None
    if isinstance(plan.clips, Path) and (plan.clips.is_file() or known is None):
        from anigifs.index import Index

        return Index.read(plan.clips).identity
    return known


def _sha256(name: str, kept: Mapping[str, Any]) -> str:
    try:
        return find(name)[0].sha256
    except WeightsError:
        known = kept.get("weights", {}).get(name)
        if known is None:
            raise
        return str(known)
