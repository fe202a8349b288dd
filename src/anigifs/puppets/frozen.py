"""The cartoons that are held back for tests, frozen by a hash before any method was written.

A hash is the identity of the rows of ``cartoon-test`` in the split ``test``: of the files' bytes,
their labels and their boxes. It is known for the benchmark that ``anigifs puppets`` and the quick
study render by default, and for a small one that can be rendered in a test.
"""

import json
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from anigifs.index import Index
from anigifs.puppets.spec import KINDS, Spec


@dataclass(frozen=True)
class Frozen:
    """Whether the held-back cartoons are the ones that were frozen.

    Attributes:
        state: ``same``, ``different``, or ``unknown`` where none of this size and seed were frozen.
        identity: The identity of the rows at hand.
        words: The same for people.
    """

    state: Literal["same", "different", "unknown"]
    identity: str
    words: str


def held_back(index: Index) -> Index:
    """Return the rows of the cartoons that are held back for tests."""
    kind = KINDS["cartoon-test"]
    return index.filter(domain=kind.domain, style=kind.styles, split="test")


def check_frozen(spec: Spec, index: Index) -> Frozen | None:
    """Compare the held-back cartoons of an index with the frozen ones of the same description.

    None where the index has no such cartoons.
    """
    rows = held_back(index)
    if not len(rows):
        return None
    identity = rows.identity
    known = frozen_identities().get(
        f"clips {spec.clips_per_class}, seed {spec.seed}, size {spec.size}"
    )
    short = identity[:12]
    if known is None:
        return Frozen("unknown", identity, f"{short}, none of this size and seed were frozen")
    if known == identity:
        return Frozen("same", identity, f"{short}, as they were frozen")
    return Frozen(
        "different",
        identity,
        f"{short}, not as they were frozen ({known[:12]}): another version of NumPy, OpenCV or "
        "Pillow, or another processor, may draw a pixel differently",
    )


def frozen_identities() -> dict[str, str]:
    """Return the frozen hashes, by the description of the benchmark."""
    text = (resources.files("anigifs.puppets") / "data" / "frozen.json").read_text()
    return dict(json.loads(text)["cartoon-test"])
