"""Which items are shown as accepted and as rejected: the content of the paper's Figure 2."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anigifs.collect.store import Store
from anigifs.curate.licences import best
from anigifs.curate.release.accepting import may_be_copied, own_hits
from anigifs.curate.release.gathering import Gathered
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.seeing.frames import equally_spaced, look_at
from anigifs.curate.votes import CRITERIA
from anigifs.curate.voting.items import Item
from anigifs.foundation import MediaError, generator

ACCEPTED, FRAMES = 3, 6
#: Of each criterion.
REJECTED = 2
#: The probability from which what may be unsafe for work is not shown.
UNSAFE = 0.5


@dataclass(frozen=True, eq=False)
class Example:
    """An item that is shown.

    Attributes:
        item: The cluster.
        label: The class that it was accepted as, or the words for that under which it was found.
        frames_THWC: uint8 RGB, at most 6 that look different, in their order.
    """

    item: Item
    label: str
    frames_THWC: np.ndarray

    @property
    def credit(self) -> tuple[str, str]:
        """Whose it is, and under which licence."""
        stated = best(own_hits(self.item))
        return (stated.creator, stated.licence) if stated else ("", "")


@dataclass(frozen=True, eq=False)
class Group:
    """Examples under one heading; there may be none.

    Attributes:
        heading: What they are.
        items: How many there are of the kind.
        examples: Those that are shown.
    """

    heading: str
    items: int
    examples: tuple[Example, ...]


def choose_examples(gathered: Gathered, settings: ReleaseSettings) -> list[Group]:
    """Return some accepted items, and some rejected ones for each criterion that fails.

    They are drawn by lot, of different classes where that is possible. Only those are shown whose
    bytes may be given to others, accepted or not.

    Args:
        gathered: The collection.
        settings: Its seed draws; where all bytes are released, all may be shown.
    """
    shown = _Choice(gathered, settings)
    accepted = {item.cluster: item.label for item in gathered.accepted}
    pool = [(item, accepted[item.cluster]) for item in gathered.items if item.cluster in accepted]
    groups = [Group("Accepted", len(pool), tuple(shown.draw("accepted", pool, ACCEPTED)))]
    for number, (criterion, words) in enumerate(CRITERIA.items(), start=1):
        pool = [
            (item, f"found under {next(iter(item.labels), '')}")
            for item in gathered.items
            if _fails(item, gathered, criterion)
        ]
        heading = f"Rejected: criterion {number} ({words}) is not met"
        groups.append(Group(heading, len(pool), tuple(shown.draw(criterion, pool, REJECTED))))
    return groups


def _fails(item: Item, gathered: Gathered, criterion: str) -> bool:
    still = item.shown.reason == "still" and criterion == "gif"
    return still or gathered.decisions[item.cluster].criterion == criterion


class _Choice:
    """Draws what may be shown, and reads it."""

    def __init__(self, gathered: Gathered, settings: ReleaseSettings) -> None:
        self._store = Store(gathered.folder.store)
        self._settings = settings

    def draw(self, name: str, pool: Sequence[tuple[Item, str]], most: int) -> Iterator[Example]:
        """Yield so many examples; one that cannot be read gives way to the next of its lot."""
        allowed = [(item, label) for item, label in pool if self._may_be_shown(item)]
        lot = generator(self._settings.seed, "release", "examples", name)
        drawn = [allowed[place] for place in lot.permutation(len(allowed))]
        left = most
        for item, label in _classes_in_turn(drawn):
            if not left:
                return
            path = self._store.path(item.cluster, item.shown.kind)
            try:
                yield Example(item, label, _some_frames(path))
            except MediaError:
                continue
            left -= 1

    def _may_be_shown(self, item: Item) -> bool:
        safe = (item.shown.nsfw or 0.0) < UNSAFE
        return safe and (self._settings.include_all_bytes or may_be_copied(item))


def _classes_in_turn(drawn: Sequence[tuple[Item, str]]) -> list[tuple[Item, str]]:
    """Return the first of each class before the second of any."""
    seen: dict[str, int] = {}
    turns = []
    for _, label in drawn:
        seen[label] = seen.get(label, 0) + 1
        turns.append(seen[label])
    order = sorted(range(len(drawn)), key=turns.__getitem__)
    return [drawn[place] for place in order]


def _some_frames(path: Path) -> np.ndarray:
    distinct_NHWC = look_at(path).distinct_NHWC
    return distinct_NHWC[equally_spaced(len(distinct_NHWC), FRAMES)]
