"""Clips that show the same and lie where they should not: in two splits, under two classes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from anigifs.curate.copies.clusters import Pair, alike, joined
from anigifs.curate.seeing.fingerprints import Fingerprint
from anigifs.index import Index, Row

_MINE, _THEIRS = "mine:", "theirs:"


@dataclass(frozen=True)
class Leak:
    """Two clips of an index that show the same.

    Attributes:
        one: A clip.
        other: Another clip.
        pair: How they are alike.
    """

    one: Row
    other: Row
    pair: Pair

    def crosses(self, column: str) -> bool:
        """Return whether the two differ in a column, such as ``split`` or ``label``."""
        return bool(getattr(self.one, column) != getattr(self.other, column))


def shared(
    mine: Mapping[str, Fingerprint],
    theirs: Mapping[str, Fingerprint],
    tell: Callable[[float], None] = lambda share: None,
) -> Iterator[Pair]:
    """Yield what is the same in two sets: ``one`` of mine and ``other`` of theirs.

    Args:
        mine: Fingerprints, by name.
        theirs: Fingerprints, by name.
        tell: Shown how far it is, 0..1.
    """
    both = {_MINE + name: one for name, one in mine.items()}
    both |= {_THEIRS + name: one for name, one in theirs.items()}
    # Mine come first in the order of places, and pairs keep it.
    for pair in alike(both, tell, _of_both):
        if pair.match.same:
            one, other = pair.one.removeprefix(_MINE), pair.other.removeprefix(_THEIRS)
            yield Pair(one, other, pair.match)


def _of_both(one: str, other: str) -> bool:
    return one.startswith(_MINE) != other.startswith(_MINE)


def leaks_within(index: Index, pairs: Sequence[Pair]) -> list[Leak]:
    """Return the pairs of clips of an index that show the same, as rows.

    Args:
        index: The index.
        pairs: Of its clip ids.
    """
    rows = {row.clip_id: row for row in index.rows()}
    return [Leak(rows[pair.one], rows[pair.other], pair) for pair in pairs if pair.match.same]


def kept_together(index: Index, pairs: Sequence[Pair]) -> Index:
    """Return an index whose groups also hold together what is alike, so that no split parts it.

    Args:
        index: The index; what its groups hold together stays so.
        pairs: Of clip ids that are at least akin.

    Example:
        >>> from anigifs.curate.copies.matching import Match
        >>> rows = [Row(clip_id=name, label="run", group=name) for name in "abc"]
        >>> index = kept_together(Index.from_rows(rows), [Pair("a", "c", Match(4.0, 1.0, "same"))])
        >>> [row.group for row in index.rows()]
        ['a', 'b', 'a']
    """
    rows = list(index.rows())
    group_of = {row.clip_id: row.group for row in rows}
    names = sorted(set(group_of.values()))
    links = [(group_of[pair.one], group_of[pair.other]) for pair in pairs]
    together = {name: members[0] for members in joined(names, links) for name in members}
    return Index.from_rows(
        (replace(row, group=together[row.group]) for row in rows), index.taxonomy, index.root
    )
