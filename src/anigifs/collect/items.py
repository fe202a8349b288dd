"""What a search finds: the words that all parts of collecting share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

#: The paper's style words (section 3), and how a query is put together of one and a class.
STYLES = ("animated", "cartoon", "graphics")
TEMPLATE = "{style} {class} gif"


@dataclass(frozen=True)
class Query:
    """One search: a class, under one style word, at one provider.

    Attributes:
        provider: A key of :data:`anigifs.collect.providers.PROVIDERS`.
        label: The class that is looked for, as its class list spells it.
        keyword: The style word, such as ``animated``.
        text: What the provider is asked.
    """

    provider: str
    label: str
    keyword: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One result of a search, as the provider tells of it; nothing has been fetched.

    Attributes:
        media_url: Of the file itself.
        page_url: Of the page that shows it.
        provider_id: What the provider calls it.
        title: Its title.
        width: In pixels, as stated.
        height: In pixels, as stated.
        mime: As stated.
        bytes: As stated.
        licence: Such as ``CC BY-SA 4.0``; empty where nothing is said.
        licence_url: Of its text.
        licence_evidence: Which field of which answer says so.
        creator: Whose work it is.
        attribution: The line that the provider wants to be shown.
        sha1: Of the file, as stated.
        tags: Words that the provider gives it.
    """

    media_url: str
    page_url: str = ""
    provider_id: str = ""
    title: str = ""
    width: int | None = None
    height: int | None = None
    mime: str = ""
    bytes: int | None = None
    licence: str = ""
    licence_url: str = ""
    licence_evidence: str = ""
    creator: str = ""
    attribution: str = ""
    sha1: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One answer of a provider.

    Attributes:
        hits: In the order of their rank.
        next_cursor: What to ask for next; None where there is no more.
        raw_sha256: Of the answer's bytes.
    """

    hits: tuple[Hit, ...]
    next_cursor: str | None
    raw_sha256: str


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do, and what it asks of those who use it.

    Attributes:
        title: What people call it.
        finds_gifs_only: Whether it can be told to give GIFs alone, so that queries need not say so.
        states_licences: Whether it states a licence for each item.
        page_size: Hits in an answer, at most.
        deepest: Hits that a query gives at most; None where no bound is known.
        requests_a_minute: How often it may be asked.
        requests_a_day: The same for a day; None where no bound is known.
        key: The environment variable of the key that it needs; empty where it needs none.
        terms_url: Where its terms are.
        terms_must_be_accepted: Whether it is used only by those who say that they accept them.
    """

    title: str
    finds_gifs_only: bool
    states_licences: bool
    page_size: int
    deepest: int | None
    requests_a_minute: float
    requests_a_day: int | None = None
    key: str = ""
    terms_url: str = ""
    terms_must_be_accepted: bool = False


class Provider(Protocol):
    """Where media are searched. It asks once and neither waits, retries nor remembers."""

    name: str
    capabilities: Capabilities

    def search(self, text: str, cursor: str | None) -> Page:
        """Return one page of results.

        Args:
            text: The query, as :mod:`anigifs.collect.queries` has written it for this provider.
            cursor: From the page before; None asks for the first.

        Raises:
            WebRefusedError: The answer is that it will not be answered, now or ever.
            WebFailedError: No answer came, or none that can be read; it may come later.
        """


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What became of one attempt to fetch a file.

    Attributes:
        outcome: ``stored``: the file is in the store. ``refused``: it will never be, and ``reason``
            says why. ``failed``: not now; it may be tried again.
        reason: A key of :data:`anigifs.collect.reasons.REASONS`; empty where it is stored.
        detail: More about it, in words.
        status: Of the last answer; None where none came.
        hops: The address of each request, in order: the URL first, then where it was sent on to.
        address: The IP address that was last connected to.
        bytes: Read of the body.
        sha256: Of what is stored.
        kind: Of what came, by its first bytes: ``gif``, ``webp``, ``png``, ``mp4`` and so on.
        started: Seconds since 1970.
        ended: Seconds since 1970.
        signals: Headers that reserve rights or say what it is: ``x-robots-tag``,
            ``tdm-reservation``, ``content-type``, ``etag``, ``last-modified``.
        retry_after: Seconds that the server wants to be left alone; None where it says nothing.
        media: Of what is stored: ``width``, ``height``, ``frames``, ``duration_ms``, ``complete``.
    """

    outcome: str
    reason: str = ""
    detail: str = ""
    status: int | None = None
    hops: tuple[str, ...] = ()
    address: str = ""
    bytes: int = 0
    sha256: str = ""
    kind: str = ""
    started: float = 0.0
    ended: float = 0.0
    signals: Mapping[str, str] = field(default_factory=dict)
    retry_after: float | None = None
    media: Mapping[str, int | float | bool] = field(default_factory=dict)
