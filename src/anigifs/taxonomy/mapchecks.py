"""What a map between class lists must hold to be used at all."""

from collections import Counter

from anigifs.foundation import UsageError
from anigifs.taxonomy.lists import ClassList
from anigifs.taxonomy.maps import Cardinality, ClassMap, MapRow, Relation


def check_map(found: ClassMap, *, complete: bool, cardinality: str) -> None:
    """Refuse a map that contradicts its lists, its own rows, or what it declares.

    Args:
        found: The map as read.
        complete: Whether every source class must have a row.
        cardinality: What the map declares itself to be.

    Raises:
        UsageError: One of these does not hold; the first that was found.
    """
    for row in found.rows:
        _check_name(found.name, found.source_list, row.source)
        if row.target:
            _check_name(found.name, found.target_list, row.target)
        _check_row(found.name, row)
    _check_pairs(found)
    if complete:
        _check_complete(found)
    _check_cardinality(found, cardinality)


def _check_name(name: str, names: ClassList, one: str) -> None:
    try:
        names.index(one)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


def _check_row(name: str, row: MapRow) -> None:
    if (row.relation is Relation.NONE) != (not row.target):
        raise UsageError(
            f"{name}: the row of {row.source!r} has the relation {row.relation.value!r} and "
            f"the target {row.target!r}; 'none' has no target, and every other relation has one"
        )
    if row.relation is Relation.NONE and not row.doubt:
        raise UsageError(f"{name}: {row.source!r} has no target; say why under 'doubt'")
    if row.relation is Relation.SAME and row.source != row.target:
        raise UsageError(
            f"{name}: {row.source!r} -> {row.target!r} cannot be 'same', which is for one name "
            "in both lists; write 'renamed'"
        )


def _check_pairs(found: ClassMap) -> None:
    counts = Counter((row.source, row.target) for row in found.rows)
    for (source, target), count in counts.items():
        if count > 1:
            raise UsageError(f"{found.name}: {source!r} -> {target!r} stands twice; drop one")
        if not target and found.targets(source):
            raise UsageError(f"{found.name}: {source!r} has a target and a 'none' row; drop one")


def _check_complete(found: ClassMap) -> None:
    mentioned = {row.source for row in found.rows}
    if missing := [name for name in found.source_list if name not in mentioned]:
        raise UsageError(
            f"{found.name}: {len(missing)} classes have no row, the first is {missing[0]!r}; "
            "give each one, or write '# complete: no'"
        )


def _check_cardinality(found: ClassMap, declared: str) -> None:
    if declared not in list(Cardinality):
        terms = ", ".join(Cardinality)
        raise UsageError(f"{found.name}: no cardinality {declared!r}; write one of {terms}")
    if declared != found.cardinality:
        raise UsageError(
            f"{found.name}: declared {declared}, but its rows make it "
            f"{found.cardinality.value}; change one or the other"
        )
