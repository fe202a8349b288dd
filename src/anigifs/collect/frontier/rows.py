"""What the frontier's rows say, as objects, and the way there and back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from anigifs.collect.items import Fetched, Hit, Query

#: A row's values as SQLite takes and gives them.
Values = list[Any]
_LARGEST = 2**63 - 1

HIT_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Hit))
ATTEMPT_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Fetched))
QUERY_COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Query))
_JSON = {"tags", "hops", "signals", "media"}
_LISTS = {"tags", "hops"}


@dataclass(frozen=True)
class MediaRow:
    """A file that is to be fetched.

    Attributes:
        media_id: Its number.
        url: Its address, in the one spelling of :func:`anigifs.collect.frontier.canonical`.
        host: Whose server that is; empty where that cannot be read.
        tries: Attempts that have been committed.
    """

    media_id: int
    url: str
    host: str
    tries: int


@dataclass(frozen=True)
class Standing:
    """How far a query is.

    Attributes:
        state: ``open``, ``done`` or ``failed``.
        pages: Committed.
        hits: In these pages.
        tries: Failures since the last page.
        again_at: When it may be asked again, in seconds since 1970.
        reason: Of the last failure; empty where a page came after it.
    """

    state: str
    pages: int
    hits: int
    tries: int
    again_at: float
    reason: str


@dataclass(frozen=True)
class Found:
    """A hit and where it was found.

    Attributes:
        url: The file's address in its one spelling.
        query: Which search found it.
        page: Which page of that search's answers, from 1.
        rank: Its place among all hits of that search, from 1.
        hit: What the provider says of it.
        at: When, in seconds since 1970.
        raw_sha256: Of the bytes of the answer.
    """

    url: str
    query: Query
    page: int
    rank: int
    hit: Hit
    at: float
    raw_sha256: str


@dataclass(frozen=True)
class Candidate:
    """A hit and what became of its file. Hits of one file share its fate.

    Attributes:
        found: The hit.
        state: ``waiting``, ``stored`` or ``refused``.
        reason: Why it is refused, or why it waits for another try; else empty.
        detail: More about that.
        tries: Attempts to fetch it.
        first_seen: When a hit first named it, in seconds since 1970.
        attempt: The last one; None where there is none.
    """

    found: Found
    state: str
    reason: str
    detail: str
    tries: int
    first_seen: float
    attempt: Fetched | None


@dataclass(frozen=True)
class Tally:
    """How many hits and files of one group have one fate.

    Attributes:
        group: The group's values, such as a label and a provider.
        state: Of the files; empty for the queries that found none.
        reason: Of the files.
        hits: That name them.
        media: Different files.
    """

    group: tuple[str, ...]
    state: str
    reason: str
    hits: int
    media: int


def clean(text: str) -> str:
    r"""Return text as UTF-8 can say it: half of a surrogate pair becomes a question mark.

    Example:
        >>> clean("a\ud800b")
        'a?b'
    """
    return text.encode("utf-8", "replace").decode()


def values_of_hit(hit: Hit) -> Values:
    """Return a hit's values in the order of :data:`HIT_COLUMNS`."""
    return [_stated(name, getattr(hit, name)) for name in HIT_COLUMNS]


def hit_of(values: Sequence[Any]) -> Hit:
    """Return a hit from its values."""
    return Hit(**_named(HIT_COLUMNS, values))


def values_of_attempt(fetched: Fetched) -> Values:
    """Return an attempt's values in the order of :data:`ATTEMPT_COLUMNS`."""
    return [_value(name, getattr(fetched, name)) for name in ATTEMPT_COLUMNS]


def attempt_of(values: Sequence[Any]) -> Fetched:
    """Return an attempt from its values."""
    return Fetched(**_named(ATTEMPT_COLUMNS, values))


def _named(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    named = dict(zip(names, values, strict=True))
    for name in _JSON & named.keys():
        read = json.loads(named[name])
        named[name] = tuple(read) if name in _LISTS else read
    return named


def _stated(name: str, value: object) -> object:
    """Return what a provider states; a number that counts nothing on earth is no statement."""
    if isinstance(value, int):
        return value if 0 <= value <= _LARGEST else None
    return _value(name, value)


def _value(name: str, value: object) -> object:
    if name in _JSON:
        return json.dumps(_cleaned(value), ensure_ascii=False)
    return clean(value) if isinstance(value, str) else value


def _cleaned(value: object) -> object:
    if isinstance(value, Mapping):
        return {clean(str(key)): _cleaned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return clean(value) if isinstance(value, str) else value
