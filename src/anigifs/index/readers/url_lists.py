"""Lists of URLs: CSV, JSON lines, Parquet, and the tab-separated list of TGIF."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.foundation import UsageError
from anigifs.index.json_lines import json_objects
from anigifs.index.names import text_of

if TYPE_CHECKING:
    import _csv

#: What is taken of a list, and the names that its column may have.
COLUMNS = {
    "url": ("url", "gif_url", "link"),
    "label": ("label", "class", "class_name", "action", "category"),
    "split": ("split", "subset"),
    "group": ("group",),
    "style": ("style",),
    "licence": ("licence", "license"),
    "file": ("file", "file_name", "filename", "path"),
    "sha256": ("sha256",),
    "sentence": ("sentence", "caption", "description"),
}
ENDINGS = (".csv", ".jsonl", ".parquet", ".tsv")
_SHA256 = re.compile(r"[0-9a-f]{64}")

#: Where a line stands, for messages, and its cells.
Line = tuple[str, dict[str, Any]]


class Address(NamedTuple):
    """What a line of a list says; what it does not say is "".

    Attributes:
        where: The line, for messages.
        url: The address.
        label: As the list spells it.
        split: Such as ``train``.
        group: What must not be separated.
        style: A kind within the domain.
        licence: What the clip may be used for.
        file: Where its file lies in the folder of files.
        sha256: Of the file's bytes.
        sentence: What the clip shows, in words.
    """

    where: str
    url: str
    label: str = ""
    split: str = ""
    group: str = ""
    style: str = ""
    licence: str = ""
    file: str = ""
    sha256: str = ""
    sentence: str = ""


def read_urls(path: Path) -> Iterator[Address]:
    """Yield what each line of a list says, in order.

    CSV and TSV have a header, unless the first cell is an address itself: then a line is an address
    and a sentence, as in TGIF. Columns may have any name of :data:`COLUMNS`; others are passed
    over. There must be an address, and a label or a sentence.

    Args:
        path: A ``.csv``, ``.jsonl``, ``.parquet`` or ``.tsv`` file, in UTF-8.

    Raises:
        UsageError: What is wrong and in which line.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such list; give a file that ends in {', '.join(ENDINGS)}")
    places: dict[tuple[str, ...], dict[str, str]] = {}
    for where, cells in _lines(path):
        names = tuple(cells)
        if names not in places:
            places[names] = _known(where, names)
        yield _address(where, {wanted: cells[name] for wanted, name in places[names].items()})


def passed_over(path: Path) -> tuple[str, ...]:
    """Return the columns of a list's first line that nothing is taken from."""
    known = {spelling for spellings in COLUMNS.values() for spelling in spellings}
    _, cells = next(_lines(path), ("", {}))
    return tuple(name for name in cells if _plain(name) not in known)


def _lines(path: Path) -> Iterator[Line]:
    readers: dict[str, Callable[[Path], Iterator[Line]]] = {
        ".csv": _comma_separated,
        ".tsv": _tab_separated,
        ".jsonl": _json_lines,
        ".parquet": _parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UsageError(
            f"{path}: its name must end in {', '.join(ENDINGS)}, which says what it is"
        )
    return reader(path)


def _known(where: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return the list's own name of each column that is taken from it."""
    found: dict[str, str] = {}
    for wanted, spellings in COLUMNS.items():
        fitting = [name for name in names if _plain(name) in spellings]
        if len(fitting) > 1:
            raise UsageError(f"{where}: {' and '.join(fitting)} are both {wanted}; leave one out")
        if fitting:
            found[wanted] = fitting[0]
    if "url" not in found or not {"label", "sentence"} & set(found):
        lacking = "url" if "url" not in found else "label or sentence"
        raise UsageError(
            f"{where}: no column {lacking}; its columns are {', '.join(names)[:200]!a}, and a list "
            "needs url and label, or url and sentence"
        )
    return found


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _comma_separated(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from _separated(path, csv.reader(file, strict=True))


def _tab_separated(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        # A sentence may hold a quotation mark that nothing closes.
        yield from _separated(path, csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _separated(path: Path, reader: "_csv.Reader") -> Iterator[Line]:
    try:
        header = next(reader, [])
        if header and _is_address(header[0]):
            first, header = header, ["url", "sentence"]
            yield f"{path}, line 1", _row(f"{path}, line 1", header, first)
        for cells in reader:
            where = f"{path}, line {reader.line_num}"
            if any(cells):
                yield where, _row(where, header, cells)
    except csv.Error as error:
        raise UsageError(f"{path}, line {reader.line_num}: not CSV ({error})") from None


def _row(where: str, header: list[str], cells: list[str]) -> dict[str, Any]:
    if len(cells) != len(header):
        raise UsageError(f"{where}: {len(cells)} cells under {len(header)} columns")
    return dict(zip(header, cells, strict=True))


def _json_lines(path: Path) -> Iterator[Line]:
    return json_objects(path, "url")


def _parquet(path: Path) -> Iterator[Line]:
    try:
        with path.open("rb") as opened, pq.ParquetFile(opened) as file:
            number = 0
            for batch in file.iter_batches():
                for cells in batch.to_pylist():
                    number += 1
                    yield f"{path}, row {number}", cells
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(f"{path}: not a Parquet file ({reason})") from None


def _address(where: str, cells: Mapping[str, object]) -> Address:
    texts = {name: _text(where, name, value) for name, value in cells.items()}
    if not _is_address(texts["url"]):
        raise UsageError(f"{where}: url is {texts['url'][:200]!a}; give an http(s) address")
    if texts.get("sha256") and not _SHA256.fullmatch(texts["sha256"].lower()):
        raise UsageError(f"{where}: sha256 is {texts['sha256'][:80]!a}; it has 64 digits of 0..f")
    return Address(where, **{**texts, "sha256": texts.get("sha256", "").lower()})


def _text(where: str, name: str, value: object) -> str:
    text = text_of(where, name, value)
    return text if name == "file" else text.strip()


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
