"""Class lists: the names that a dataset gives its actions, in the published index order."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.taxonomy.names import bare_key, closest, normalise
from anigifs.taxonomy.tables import Table, packaged, read_table

#: The lists that are shipped, and the data file of each.
CLASS_LISTS: dict[str, str] = {
    "kinetics-400": "kinetics-400.txt",
    "kinetics-600": "kinetics-600.txt",
    "kinetics-700": "kinetics-700.txt",
    "ava-80": "ava-80.csv",
    "ucf-101": "ucf-101.txt",
    "hmdb-51": "hmdb-51.txt",
    "ucf-hmdb-12": "ucf-hmdb-12.txt",
    "hac-7": "hac-7.txt",
    "puppets-16": "puppets-16.txt",
    "puppets-12": "puppets-12.txt",
}


@dataclass(frozen=True)
class ClassList:
    """The classes of one dataset, spelt and ordered as published.

    Attributes:
        name: The list's own name, such as ``kinetics-600``.
        names: The class names; a name's place is its index in a model's logits.
        version: The edition of the list.
        source: Where the list was published.

    Example:
        >>> kinetics = class_list("kinetics-600")
        >>> len(kinetics), kinetics.names[474], kinetics.index("sleeping")
        (600, 'sleeping', 474)
        >>> "Sleeping" in kinetics, kinetics.find("Sleeping")
        (False, 'sleeping')
    """

    name: str
    names: tuple[str, ...]
    version: str
    source: str

    def index(self, name: str) -> int:
        """Return the index of a class by its exact name.

        Raises:
            UsageError: The list has no such name.
        """
        try:
            return self._indices[name]
        except KeyError:
            raise self._unknown(name) from None

    def find(self, text: str) -> str:
        """Return the class that ``text`` spells, however it spells it.

        First every name is compared through :func:`~anigifs.taxonomy.normalise`; failing that,
        the names are compared again without their qualifiers in parentheses, and one is taken
        if it is the only one to fit.

        Raises:
            UsageError: No class fits, or several fit equally well.

        Example:
            >>> class_list("kinetics-600").find("Making_Jewellery")
            'making jewelry'
            >>> class_list("kinetics-600").find("hugging")
            'hugging (not baby)'
        """
        key = normalise(text)
        if key in self._by_key:
            return self._by_key[key]
        fits = self._by_bare_key.get(key, ())
        if len(fits) > 1:
            choices = " and ".join(repr(name) for name in fits)
            raise UsageError(f"{self.name}: {text!r} fits {choices}; write the one that is meant")
        if not fits:
            raise self._unknown(text)
        return fits[0]

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, name: object) -> bool:
        return name in self._indices

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.names)}

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return {normalise(name): name for name in self.names}

    @cached_property
    def _by_bare_key(self) -> dict[str, tuple[str, ...]]:
        groups: dict[str, tuple[str, ...]] = {}
        for name in self.names:
            key = bare_key(name)
            groups[key] = (*groups.get(key, ()), name)
        return groups

    def _unknown(self, text: str) -> UsageError:
        near = " or ".join(repr(name) for name in closest(text, self.names))
        advice = f"did you mean {near}?" if near else "see the list for its names"
        return UsageError(f"{self.name}: no class {text!r}; {advice}")


def class_list(name: str | Path) -> ClassList:
    """Return a class list by its name in :data:`CLASS_LISTS`, or read one from a file.

    A file of your own has one name a line in index order, and may start with the header lines
    ``# version: ...`` and ``# source: ...``. A ``.csv`` file has a column ``name``.

    Raises:
        UsageError: The list is unknown, unreadable or empty, or gives a name twice.

    Example:
        >>> class_list("ucf-hmdb-12").names[:3]
        ('climb', 'fencing', 'golf')
    """
    if str(name) in CLASS_LISTS:
        return _shipped(str(name))
    path = Path(name)
    if not path.is_file():
        known = ", ".join(CLASS_LISTS)
        raise UsageError(f"no class list {str(name)!r}: neither a file nor one of {known}")
    return _from_table(str(name), read_table(path), is_csv=path.suffix == ".csv")


@cache
def _shipped(name: str) -> ClassList:
    filename = CLASS_LISTS[name]
    return _from_table(name, read_table(packaged(filename)), is_csv=filename.endswith(".csv"))


def _from_table(name: str, table: Table, *, is_csv: bool) -> ClassList:
    names = _csv_names(name, table) if is_csv else table.lines
    if not names:
        raise UsageError(f"{name}: the class list is empty")
    spellings: dict[str, str] = {}
    for one in names:
        if (other := spellings.setdefault(normalise(one), one)) is not one:
            raise UsageError(f"{name}: {other!r} and {one!r} are one class; leave one out")
    return ClassList(name, names, table.header.get("version", ""), table.header.get("source", name))


def _csv_names(name: str, table: Table) -> tuple[str, ...]:
    rows = list(csv.DictReader(table.lines))
    if any(not row.get("name") for row in rows):
        raise UsageError(f"{name}: a row has no value in the column 'name'; give it one")
    return tuple(row["name"] for row in rows)
