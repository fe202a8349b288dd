"""A list of addresses that someone has already found, in place of a search: no network is asked.

A list is a ``.csv``, ``.tsv``, ``.jsonl`` or ``.parquet`` file as ``anigifs index urls`` reads it
(:func:`anigifs.index.readers.url_lists.read_urls`), or a ``.txt`` file of one address a line. A
query asks for the addresses of one class of one list: its text is the path, ``#`` and the label.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from anigifs.collect.items import Capabilities, Hit, Page, Query
from anigifs.collect.providers.fields import address
from anigifs.collect.providers.json_web import JsonWeb
from anigifs.foundation import UsageError, sha256_of
from anigifs.index.labels import Labels
from anigifs.index.names import is_utf8
from anigifs.index.readers.url_lists import Address, read_urls

NAME = "url-list"
PAGE_SIZE = 500
#: What stands in a query in place of a style word.
KEYWORD = "list"
CAPABILITIES = Capabilities(
    title="lists of URLs",
    finds_gifs_only=False,
    states_licences=True,
    page_size=PAGE_SIZE,
    deepest=None,
    requests_a_minute=float("inf"),
)

#: The lines of a list by their label as it is spelt there, each address once.
Lines = dict[str, tuple[Address, ...]]


@dataclass
class UrlLists:
    """Gives out the lines of lists. Those of the lists in use are held in memory.

    Attributes:
        web: Is not used; all providers are made alike.
    """

    web: JsonWeb | None = None
    name: str = field(default=NAME, init=False)
    capabilities: Capabilities = field(default=CAPABILITIES, init=False)
    _read: dict[tuple[str, int, int], tuple[Lines, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def search(self, text: str, cursor: str | None) -> Page:
        """Return up to 500 lines of a class, in the order of the list.

        Raises:
            UsageError: The list is not there, or a line of it is no sense.
        """
        path, label = _parsed(text)
        lines, sha256 = self._lines(path)
        fitting, start = lines.get(label, ()), int(cursor or 0)
        end = start + PAGE_SIZE
        hits = tuple(_hit(line) for line in fitting[start:end])
        return Page(hits, str(end) if end < len(fitting) else None, sha256)

    def _lines(self, path: Path) -> tuple[Lines, str]:
        try:
            stat = path.stat()
        except OSError as error:
            raise UsageError(f"{path}: no such list ({error.strerror})") from None
        key = (str(path), stat.st_mtime_ns, stat.st_size)
        if key not in self._read:
            # Threads that come here at once read it twice, which harms nothing.
            self._read[key] = (_by_label(path), sha256_of(path))
        return self._read[key]


def url_list_queries(path: Path, classes: str | Path | None = None) -> list[Query]:
    """Return one query for each class that a list names, in the order in which it does.

    Args:
        path: The list.
        classes: The class list in which labels are found; None takes them as they are.

    Raises:
        UsageError: The list cannot be read, holds nothing, or has a label that is no class.
    """
    if not is_utf8(str(path)):
        raise UsageError(f"{str(path)!a}: give the list a name that is valid UTF-8")
    labels, queries = Labels(classes), []
    for label, lines in _by_label(path).items():
        found = labels.find(label, lines[0].where) if label else ""
        queries.append(Query(NAME, found, KEYWORD, f"{path}#{quote(label, safe=' /(),')}"))
    if not queries:
        raise UsageError(f"{path}: names no URL")
    return queries


def _parsed(text: str) -> tuple[Path, str]:
    path, mark, label = text.rpartition("#")
    if not mark:
        raise UsageError(f"{text!a} names no list; write its path, # and a label")
    return Path(path), unquote(label)


def _by_label(path: Path) -> Lines:
    groups: dict[str, dict[str, Address]] = {}
    for line in _plain(path) if path.suffix.lower() == ".txt" else read_urls(path):
        groups.setdefault(line.label, {}).setdefault(line.url, line)
    return {label: tuple(lines.values()) for label, lines in groups.items()}


def _plain(path: Path) -> Iterator[Address]:
    """Yield the lines of a file of addresses alone; empty ones and comments are passed over."""
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
            for number, line in enumerate(file, start=1):
                url = line.strip()
                if not url or url.startswith("#"):
                    continue
                where = f"{path}, line {number}"
                if not is_utf8(url) or address(url) != url:
                    raise UsageError(f"{where}: {url[:200]!a} is no http(s) address")
                yield Address(where, url)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from None


def _hit(line: Address) -> Hit:
    return Hit(
        media_url=line.url,
        title=line.sentence,
        licence=line.licence,
        licence_evidence="url list, column licence" if line.licence else "",
        tags=(line.style,) if line.style else (),
    )
