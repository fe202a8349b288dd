"""What searching and fetching brought, by class, style word and provider."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from anigifs.collect.frontier import Tally

#: What is told apart if nothing else is asked for.
ALL = ("label", "keyword", "provider")
_HEADINGS = {"label": "class", "keyword": "keyword", "provider": "provider"}
_NUMBERS = ("hits", "files", "stored", "share", "waiting")


class Source(Protocol):
    """Where the counts come from: a frontier, or what reads one."""

    def tallies(self, by: Sequence[str]) -> list[Tally]:
        """Return how many hits and different files each group has of each fate."""


@dataclass(frozen=True)
class Yield:
    """What one group of queries brought.

    Attributes:
        group: Its class, style word or provider, as the table was asked for.
        hits: Results of its queries.
        media: Different files among them. Those of two groups can be the same.
        stored: Of these, in the store.
        waiting: Of these, still to be fetched.
        refused: Of these, by reason; most come first.

    Example:
        >>> found = Yield({"label": "yoga"}, 50, 40, 30, 0, {"not-media": 9, "gone": 1})
        >>> found.share
        0.75
    """

    group: Mapping[str, str]
    hits: int
    media: int
    stored: int
    waiting: int
    refused: Mapping[str, int]

    @property
    def share(self) -> float | None:
        """The share of the different files that are stored, 0 to 1; None where there are none."""
        return self.stored / self.media if self.media else None


def yields(source: Source, by: Sequence[str] = ALL) -> list[Yield]:
    """Return what each group of queries brought, also those that found nothing.

    Args:
        source: A :class:`~anigifs.collect.frontier.Frontier`, or a
            :class:`~anigifs.collect.frontier.Reader` of one.
        by: Some of ``label``, ``keyword`` and ``provider``; none gives one line of all.

    Raises:
        UsageError: Hits cannot be grouped so.
    """
    groups: dict[tuple[str, ...], list[Tally]] = {}
    for tally in source.tallies(by):
        groups.setdefault(tally.group, []).append(tally)
    return [_yield(dict(zip(by, group, strict=True)), groups[group]) for group in sorted(groups)]


def lines(found: Sequence[Yield]) -> Iterator[str]:
    r"""Yield the lines of a table, its headings first; every row is grouped in the same way.

    Example:
        >>> rows = [
        ...     Yield({"label": "yoga"}, 50, 40, 30, 0, {"not-media": 9, "gone": 1}),
        ...     Yield({"label": "zumba"}, 0, 0, 0, 0, {}),
        ... ]
        >>> print("\n".join(lines(rows)))
        class  hits  files  stored   share  waiting  refused
        yoga     50     40      30  75.0 %        0  not-media 9, gone 1
        zumba     0      0       0       -        0
    """
    if not found:
        return
    names = list(found[0].group)
    table = [
        [*(_HEADINGS[name] for name in names), *_NUMBERS, "refused"],
        *([*(one.group[name] for name in names), *_numbers(one), _refusals(one)] for one in found),
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [
            cell.ljust(width) if place < len(names) or place == len(row) - 1 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _yield(group: Mapping[str, str], tallies: Sequence[Tally]) -> Yield:
    def media(state: str) -> int:
        return sum(one.media for one in tallies if one.state == state)

    refused: dict[str, int] = {}
    for one in sorted(tallies, key=lambda tally: (-tally.media, tally.reason)):
        if one.state == "refused":
            refused[one.reason] = one.media
    hits, different = sum(one.hits for one in tallies), sum(one.media for one in tallies)
    return Yield(group, hits, different, media("stored"), media("waiting"), refused)


def _numbers(one: Yield) -> list[str]:
    share = "-" if one.share is None else f"{100 * one.share:.1f} %"
    return [f"{one.hits:,}", f"{one.media:,}", f"{one.stored:,}", share, f"{one.waiting:,}"]


def _refusals(one: Yield) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in one.refused.items())
