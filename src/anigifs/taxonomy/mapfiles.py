"""Reading maps between class lists from their CSV files."""

import csv
from functools import cache
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.taxonomy.lists import CLASS_LISTS, ClassList, class_list
from anigifs.taxonomy.mapchecks import check_map
from anigifs.taxonomy.maps import ClassMap, MapRow, Relation
from anigifs.taxonomy.tables import Table, packaged, read_table

#: The maps that are shipped, and the data file of each.
CLASS_MAPS: dict[str, str] = {
    "ava-12-kinetics-600": "ava-12-kinetics-600.csv",
    "ava-80-kinetics-600": "ava-80-kinetics-600.csv",
    "kinetics-400-kinetics-600": "kinetics-400-kinetics-600.csv",
    "kinetics-600-kinetics-700": "kinetics-600-kinetics-700.csv",
    "ucf-101-ucf-hmdb-12": "ucf-101-ucf-hmdb-12.csv",
    "hmdb-51-ucf-hmdb-12": "hmdb-51-ucf-hmdb-12.csv",
}

REQUIRED_KEYS = ("version", "source", "target", "cardinality")
COLUMNS = ("source", "target", "relation", "doubt")


def class_map(name: str | Path) -> ClassMap:
    """Return a map by its name in :data:`CLASS_MAPS`, or read and check one from a file.

    A file of your own is a CSV table with the columns ``source,target,relation,doubt`` under
    header lines ``# key: value``. Required keys: ``version``, ``source`` and ``target`` (a list's
    name, or a file beside the map) and ``cardinality``. Optional: ``notes``; ``verbatim: yes``
    makes every name that stands in both lists a ``same`` row unless the file has rows for it;
    ``complete: no`` says that the map is a selection, so that classes may go unmentioned.

    Raises:
        UsageError: The map is unknown or unreadable, names a class that its list does not have,
            gives a pair twice, leaves a class unmentioned, or is not of its declared cardinality.

    Example:
        >>> class_map("ava-12-kinetics-600").targets("hand clap")
        ('clapping',)
    """
    if str(name) in CLASS_MAPS:
        return _shipped(str(name))
    path = Path(name)
    if not path.is_file():
        known = ", ".join(CLASS_MAPS)
        raise UsageError(f"no class map {str(name)!r}: neither a file nor one of {known}")
    return _from_table(str(name), read_table(path), path.parent)


@cache
def _shipped(name: str) -> ClassMap:
    return _from_table(name, read_table(packaged(CLASS_MAPS[name])), Path())


def _from_table(name: str, table: Table, folder: Path) -> ClassMap:
    header = table.header
    for key in REQUIRED_KEYS:
        if not header.get(key):
            raise UsageError(f"{name}: the header has no {key!r}; add a line '# {key}: ...'")
    sources = _list_named(header["source"], folder)
    targets = _list_named(header["target"], folder)
    rows = _rows(name, table)
    if _flag(name, header, "verbatim", default=False):
        rows = _with_verbatim(rows, sources, targets)
    found = ClassMap(name, header["version"], sources, targets, rows, header.get("notes", ""))
    check_map(
        found,
        complete=_flag(name, header, "complete", default=True),
        cardinality=header["cardinality"],
    )
    return found


def _list_named(text: str, folder: Path) -> ClassList:
    return class_list(text if text in CLASS_LISTS else folder / text)


def _flag(name: str, header: dict[str, str], key: str, *, default: bool) -> bool:
    value = header.get(key, "yes" if default else "no")
    if value not in ("yes", "no"):
        raise UsageError(f"{name}: the header's {key!r} is {value!r}; write yes or no")
    return value == "yes"


def _rows(name: str, table: Table) -> tuple[MapRow, ...]:
    reader = csv.DictReader(table.lines, restval="", restkey="too many")
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise UsageError(f"{name}: the columns must be {','.join(COLUMNS)}, in this order")
    return tuple(_row(name, row) for row in reader)


def _row(name: str, row: dict[str, str]) -> MapRow:
    if "too many" in row:
        raise UsageError(f"{name}: the row of {row['source']!r} has too many cells; quote commas")
    try:
        relation = Relation(row["relation"])
    except ValueError:
        terms = ", ".join(Relation)
        raise UsageError(
            f"{name}: the row of {row['source']!r} has the relation {row['relation']!r}; "
            f"use one of {terms}"
        ) from None
    return MapRow(row["source"], row["target"], relation, row["doubt"])


def _with_verbatim(
    rows: tuple[MapRow, ...], sources: ClassList, targets: ClassList
) -> tuple[MapRow, ...]:
    """Add a ``same`` row for each name of both lists that no row speaks of."""
    spoken_of = {row.source for row in rows}
    same = (
        MapRow(name, name, Relation.SAME)
        for name in sources
        if name in targets and name not in spoken_of
    )
    return (*rows, *same)
