"""Maps between class lists: what each class of one list is in another, and how sure that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from anigifs.taxonomy.lists import ClassList


class Relation(StrEnum):
    """What the target class is to the source class, as sets of clips.

    Attributes:
        SAME: The same action under the same name.
        RENAMED: The same action under another name.
        NARROWER: The target shows only a part of what the source shows.
        BROADER: The target shows all that the source shows, and more.
        OVERLAPPING: Each shows something that the other does not.
        NONE: There is no target; the row's doubt says why.
    """

    SAME = "same"
    RENAMED = "renamed"
    NARROWER = "narrower"
    BROADER = "broader"
    OVERLAPPING = "overlapping"
    NONE = "none"


class Cardinality(StrEnum):
    """How many classes of one side meet how many of the other, at most."""

    ONE_TO_ONE = "one-to-one"
    MANY_TO_ONE = "many-to-one"
    ONE_TO_MANY = "one-to-many"
    MANY_TO_MANY = "many-to-many"


#: The relations that are certain enough to score one list's classes as the other's.
EXACT = frozenset({Relation.SAME, Relation.RENAMED})


@dataclass(frozen=True)
class MapRow:
    """One pair of a map, or one source class that has no target.

    Attributes:
        source: A class of the source list.
        target: A class of the target list; empty where there is none.
        relation: What the target is to the source.
        doubt: What speaks against the pair, or why there is none; may be empty.
    """

    source: str
    target: str
    relation: Relation
    doubt: str = ""


@dataclass(frozen=True)
class ClassMap:
    """A map from one class list to another. :func:`class_map` reads and checks it.

    Attributes:
        name: The map's own name, such as ``ava-12-kinetics-600``.
        version: The edition of the map; results should carry it.
        source_list: The classes that are mapped.
        target_list: The classes that they are mapped to.
        rows: The pairs, and the source classes that are known to have none.
        notes: What holds for the map as a whole.

    Example:
        >>> from anigifs.taxonomy import class_map
        >>> ava = class_map("ava-80-kinetics-600")
        >>> ava.targets("smoke")
        ('smoking', 'smoking hookah', 'smoking pipe')
        >>> ava.sources("shaking hands")
        ('hand shake',)
    """

    name: str
    version: str
    source_list: ClassList
    target_list: ClassList
    rows: tuple[MapRow, ...]
    notes: str = ""

    def targets(self, source: str) -> tuple[str, ...]:
        """Return the target classes of a source class: none, one, or several.

        Raises:
            UsageError: The source list has no such name.
        """
        self.source_list.index(source)
        return self._targets.get(source, ())

    def sources(self, target: str) -> tuple[str, ...]:
        """Return the source classes that have ``target`` among their targets.

        Raises:
            UsageError: The target list has no such name.
        """
        self.target_list.index(target)
        return self._sources.get(target, ())

    def rows_of(self, source: str) -> tuple[MapRow, ...]:
        """Return the rows of a source class, with their relations and doubts.

        Raises:
            UsageError: The source list has no such name.
        """
        self.source_list.index(source)
        return tuple(row for row in self.rows if row.source == source)

    def one_to_one(self) -> dict[str, str]:
        """Return the pairs that are certain enough for scoring.

        A pair counts when its relation is ``same`` or ``renamed``, the source has no second
        target, and the target no second such source.

        Example:
            >>> from anigifs.taxonomy import class_map
            >>> pairs = class_map("kinetics-400-kinetics-600").one_to_one()
            >>> pairs["making bed"], "hugging" in pairs
            ('making the bed', False)
        """
        exact = [row for row in self.rows if row.relation in EXACT]
        rivals = _grouped((row.target, row.source) for row in exact)
        return {
            row.source: row.target
            for row in exact
            if len(self._targets[row.source]) == 1 and len(rivals[row.target]) == 1
        }

    def single_targets(self) -> dict[str, str]:
        """Return every source class that has just one target, whatever the relation.

        This is what a study uses that relabels one dataset as another, doubts and all.
        """
        return {source: found[0] for source, found in self._targets.items() if len(found) == 1}

    @property
    def covered(self) -> tuple[str, ...]:
        """The source classes that have a target, in the source list's order."""
        return tuple(name for name in self.source_list if name in self._targets)

    @property
    def uncovered(self) -> tuple[str, ...]:
        """The source classes that have no target, in the source list's order."""
        return tuple(name for name in self.source_list if name not in self._targets)

    @property
    def cardinality(self) -> Cardinality:
        """The map's cardinality, computed from its rows."""
        many_targets = any(len(found) > 1 for found in self._targets.values())
        many_sources = any(len(found) > 1 for found in self._sources.values())
        left, right = ("one", "many")[many_sources], ("one", "many")[many_targets]
        return Cardinality(f"{left}-to-{right}")

    @cached_property
    def _targets(self) -> dict[str, tuple[str, ...]]:
        return _grouped((row.source, row.target) for row in self.rows if row.target)

    @cached_property
    def _sources(self) -> dict[str, tuple[str, ...]]:
        return _grouped((row.target, row.source) for row in self.rows if row.target)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        groups[key] = (*groups.get(key, ()), value)
    return groups
