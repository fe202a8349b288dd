"""What is taken out because somebody has a right to that, and asked for it.

A list of removals is TOML: a table ``[[removal]]`` for each request, with one of ``sha256``,
``pdq``, ``url``, ``host`` and ``creator``, and a ``reason`` and a ``date`` if wanted. Who asks for
a removal asks for the work, not for one address of it: whatever meets one file of a cluster takes
the whole cluster out.
"""

import datetime
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from anigifs.collect.frontier import canonical
from anigifs.collect.reasons import WebRefusedError
from anigifs.collect.web.urls import parsed
from anigifs.curate.copies.matching import SAME_BITS
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.seeing.fingerprints import Fingerprint, from_hashes
from anigifs.curate.seeing.pdq import HASH_BYTES, WAYS, distances, turned
from anigifs.curate.voting.items import Item
from anigifs.foundation import UsageError

Kind = Literal["sha256", "pdq", "url", "host", "creator"]
_REST = ("reason", "date")
_HEX = re.compile(r"[0-9a-f]{64}")
#: Something known of a work, in the one spelling that is compared.
_Trace = tuple[Kind, str]


@dataclass(frozen=True)
class Removal:
    """One request.

    Attributes:
        kind: What is told of the work: a file's ``sha256``; a frame's hash, ``pdq``; the ``url`` of
            a file or of the page that shows it; a ``host`` with all its subdomains; its
            ``creator``.
        value: That, in the one spelling that is compared.
        reason: Why.
        date: When it was asked for, as ISO 8601.
    """

    kind: Kind
    value: str
    reason: str = ""
    date: str = ""


class Removals:
    """A list of requests, which remembers which of them have met something.

    Example:
        >>> removals = Removals([Removal("host", "example.org"), Removal("creator", "ann")])
        >>> len(removals), removals.unmatched()
        (2, {'host': 1, 'creator': 1})
    """

    def __init__(self, removals: Iterable[Removal] = ()) -> None:
        self._removals: dict[_Trace, Removal] = {}
        for one in removals:
            self._removals.setdefault((one.kind, one.value), one)
        self._frames: list[_Trace] = [trace for trace in self._removals if trace[0] == "pdq"]
        frames_NB = _hashes_NB(bytes.fromhex(value) for _, value in self._frames)
        self._frames_WNB = np.stack([turned(frames_NB, way) for way in WAYS])
        self._met: set[_Trace] = set()

    def __len__(self) -> int:
        return len(self._removals)

    def hits(self, item: Item, *fingerprints: Fingerprint) -> Removal | None:
        """Return the first request that takes an item out, or None.

        Args:
            item: Of a collection.
            fingerprints: Of what its files show, those that are known.
        """
        views = [view for one in fingerprints for view in one.views]
        hashes_NB = np.concatenate(views) if views else _hashes_NB(())
        pages = (hit.page_url for hit in item.hits)
        return self._first(
            [file.sha256 for file in item.files],
            [*item.urls, *pages],
            [hit.creator for hit in item.hits],
            hashes_NB,
        )

    def hits_released(self, item: ReleasedItem) -> Removal | None:
        """Return the first request that takes an item of a release out, or None."""
        return self._first(
            [item.cluster, *item.files],
            [*item.urls, item.page_url],
            [item.creator],
            np.concatenate(from_hashes(item.hashes, item.quality, item.whole).views),
        )

    def unmatched(self) -> dict[Kind, int]:
        """Return how many requests of each kind have met nothing so far."""
        counts = Counter(kind for kind, value in self._removals if (kind, value) not in self._met)
        return {kind: counts[kind] for kind in get_args(Kind) if counts[kind]}

    def _first(
        self,
        files: Iterable[str],
        urls: Iterable[str],
        creators: Iterable[str],
        hashes_NB: np.ndarray,
    ) -> Removal | None:
        traces = set(_traces(files, urls, creators)) if self._removals else set()
        met = {trace for trace in traces if trace in self._removals} | self._near(hashes_NB)
        self._met |= met
        return next((one for trace, one in self._removals.items() if trace in met), None)

    def _near(self, hashes_NB: np.ndarray) -> set[_Trace]:
        if not self._frames or not len(hashes_NB):
            return set()
        near_N = np.zeros(len(self._frames), bool)
        for frames_NB in self._frames_WNB:
            near_N |= (distances(frames_NB, hashes_NB) <= SAME_BITS).any(axis=1)
        return {self._frames[number] for number in np.flatnonzero(near_N)}


def read_removals(path: Path | str) -> Removals:
    """Return the requests of a list.

    Args:
        path: A TOML file.

    Raises:
        UsageError: What is wrong, and in which entry.
    """
    path = Path(path)
    try:
        tables = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(f"{path}: no such list of removals") from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not TOML ({error})") from None
    entries = tables.pop("removal", [])
    if tables or not isinstance(entries, list):
        found = next(iter(tables), "removal")
        raise UsageError(f"{path}: {_shown(found)} stands there; a list has [[removal]] tables")
    return Removals(
        _removal(f"{path}, removal {number}", entry)
        for number, entry in enumerate(entries, start=1)
    )


def _removal(where: str, entry: object) -> Removal:
    if not isinstance(entry, dict):
        raise UsageError(f"{where}: not a table; give [[removal]] and lines such as host = ...")
    kinds: list[Kind] = [kind for kind in get_args(Kind) if kind in entry]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        raise UsageError(f"{where}: {found} stands there; give one of {', '.join(get_args(Kind))}")
    if unknown := [key for key in entry if key not in (*kinds, *_REST)]:
        raise UsageError(
            f"{where}: nothing may be called {_shown(unknown[0])}; there are "
            f"{', '.join((*get_args(Kind), *_REST))}"
        )
    value = _value(where, kinds[0], _text(where, kinds[0], entry[kinds[0]]))
    reason = _text(where, "reason", entry["reason"]) if "reason" in entry else ""
    return Removal(kinds[0], value, reason, _date(where, entry.get("date", "")))


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{where}: {key} is {_shown(value)}; give a text")
    return value.strip()


def _value(where: str, kind: Kind, text: str) -> str:
    """Return what is told of the work in the spelling that is compared."""
    match kind:
        case "sha256" | "pdq":
            if not _HEX.fullmatch(text.lower()):
                raise UsageError(f"{where}: {kind} is {_shown(text)}; it has 64 digits of 0..f")
            return text.lower()
        case "url":
            if not _host_of(text):
                raise UsageError(f"{where}: url is {_shown(text)}; give an http(s) address")
            return _address(text)
        case "host":
            host = _host_of(f"http://{text}")
            if not _is_host(text, host):
                raise UsageError(f"{where}: host is {_shown(text)}; give a name as example.org")
            return host
        case _:
            return _creator(text)


def _date(where: str, value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    if isinstance(value, datetime.date):  # a time is one as well
        return value.isoformat()
    try:
        if value:
            datetime.datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise UsageError(f"{where}: date is {_shown(value)}; give one as 2026-01-31") from None
    return str(value)


def _traces(files: Iterable[str], urls: Iterable[str], creators: Iterable[str]) -> Iterator[_Trace]:
    for sha256 in files:
        yield "sha256", sha256
    for url in filter(None, dict.fromkeys(urls)):
        yield "url", _address(url)
        for host in _domains(_host_of(url)):
            yield "host", host
    for creator in dict.fromkeys(creators):
        yield "creator", _creator(creator)


def _address(url: str) -> str:
    """Return an address in one spelling, without its scheme: most files can be had by both."""
    whole = canonical(url)
    with suppress(WebRefusedError):  # then it stays as it is, and equals nothing but itself
        whole = str(parsed(whole))
    return whole.partition("://")[2] or whole


def _host_of(url: str) -> str:
    """Return whose server an address leads to, as ASCII; empty where that cannot be read."""
    try:
        address = parsed(canonical(url))
    except WebRefusedError:
        return ""
    if address.scheme not in ("http", "https"):
        return ""
    return address.raw_host.decode("ascii").rstrip(".")


def _is_host(text: str, host: str) -> bool:
    """Return whether a text is a host and nothing else, and more than a top-level domain."""
    alone = _address(f"http://{text.rstrip('.')}") in (f"{host}/", f"[{host}]/")
    return alone and "*" not in host and ("." in host or ":" in host)


def _domains(host: str) -> Iterator[str]:
    """Yield a host and every domain that it lies in."""
    while host:
        yield host
        host = host.partition(".")[2]


def _creator(name: str) -> str:
    return " ".join(name.split()).casefold()


def _hashes_NB(hashes: Iterable[bytes]) -> np.ndarray:
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, HASH_BYTES)


def _shown(value: object) -> str:
    return f"{value!a}"[:80]
