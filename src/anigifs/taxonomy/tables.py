"""How this room's data files are written: header comments of ``# key: value``, then the rows."""

from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from anigifs.foundation import UsageError


@dataclass(frozen=True)
class Table:
    """One data file, split into its header and its rows.

    Attributes:
        header: The ``# key: value`` lines at the top of the file.
        lines: The other lines, blank ones left out.
    """

    header: dict[str, str]
    lines: tuple[str, ...]


def packaged(filename: str) -> Traversable:
    """Return a data file that is shipped inside the package."""
    return resources.files("anigifs.taxonomy") / "data" / filename


def read_table(file: Traversable | Path) -> Table:
    """Read a data file of this room.

    Raises:
        UsageError: The file cannot be read, or is not UTF-8 text.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as UTF-8 text ({error})") from None
    lines = [line.rstrip() for line in text.splitlines()]
    header = dict(_header_entry(line) for line in lines if line.startswith("#"))
    return Table(header, tuple(line for line in lines if line and not line.startswith("#")))


def _header_entry(line: str) -> tuple[str, str]:
    key, _, value = line.lstrip("# ").partition(":")
    return key.strip(), value.strip()
