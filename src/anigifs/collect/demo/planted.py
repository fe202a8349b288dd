"""What can be planted in the demo's world, and what must become of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from anigifs.collect.items import STYLES

STYLE_WORDS = STYLES

Part = Literal["original", "copy", "file", "server", "address"]
Outcome = Literal["stored", "refused", "failed"]


@dataclass(frozen=True)
class Kind:
    """A kind of thing that a search finds.

    Attributes:
        part: An ``original``; a ``copy`` of one; another ``file``; what its ``server`` does;
            or what its ``address`` is.
        about: What it is.
        outcome: What must become of it in the end, as in :class:`anigifs.collect.items.Fetched`.
        reason: A key of :data:`anigifs.collect.reasons.REASONS`; empty where it is stored.
        before: The reason why tries before the last one fail; empty where the first one tells.
        drawn: Whether a motion has to be drawn for it.
    """

    part: Part
    about: str
    outcome: Outcome = "stored"
    reason: str = ""
    before: str = ""
    drawn: bool = True

    @property
    def tries(self) -> int:
        """How often it has to be asked for until ``outcome`` comes."""
        return 2 if self.before else 1


def _refused(part: Part, reason: str, about: str, *, drawn: bool = True) -> Kind:
    return Kind(part, about, "refused", reason, drawn=drawn)


def _sent_to(place: str, reason: str = "private-address") -> Kind:
    return Kind("server", f"a redirect to {place}", "refused", reason, drawn=False)


KINDS: dict[str, Kind] = {
    "cartoon": Kind("original", "a cartoon of the class"),
    "cartoon-two-keywords": Kind("original", "a cartoon that two style words find"),
    "cartoon-two-classes": Kind("original", "a cartoon that is found under another class as well"),
    "plain": Kind("original", "a tiny GIF of two frames, made without a renderer", drawn=False),
    "wrong-class": Kind("original", "a cartoon of another class"),
    "film": Kind("original", "a GIF of a film instead of a cartoon"),
    "copy-resized": Kind("copy", "an original in another size"),
    "copy-reversed": Kind("copy", "an original played backwards"),
    "copy-shifted": Kind("copy", "an original that begins at another frame of its loop"),
    "copy-mirrored": Kind("copy", "an original with left and right changed"),
    "copy-captioned": Kind("copy", "an original under a bar with words"),
    "copy-cropped": Kind("copy", "an original that has lost 10 % of its width and height"),
    "copy-thinned": Kind("copy", "every second frame of an original"),
    "copy-bytes": Kind("copy", "the bytes of an original at another address"),
    "copy-webp": Kind("copy", "an original as WebP, named .gif"),
    "copy-apng": Kind("copy", "an original as APNG, named .gif"),
    "copy-mp4": Kind("copy", "an original as MP4, named .gif"),
    "still": Kind("file", "a GIF of one frame"),
    "frozen": Kind("file", "a GIF whose frames are all equal"),
    "truncated": Kind("file", "a GIF that ends within a later frame"),
    "headless": _refused("file", "broken", "a GIF that ends within its first frame"),
    "html": _refused("file", "not-media", "a page named .gif", drawn=False),
    "json": _refused("file", "not-media", "JSON named .gif", drawn=False),
    "svg": _refused("file", "not-media", "an SVG drawing named .gif", drawn=False),
    "png": _refused("file", "not-media", "a PNG still named .gif"),
    "jpeg": _refused("file", "not-media", "a JPEG still named .gif"),
    "empty": _refused("file", "not-media", "a file of no bytes", drawn=False),
    "bomb-frames": _refused(
        "file", "over-budget", "2,000 frames of 9000 x 9000 in a small file", drawn=False
    ),
    "bomb-screen": _refused("file", "over-budget", "a canvas of 60000 x 60000", drawn=False),
    "bomb-total": _refused(
        "file", "over-budget", "frames that are each small enough, but too many", drawn=False
    ),
    "redirects-2": Kind("server", "a GIF behind two redirects"),
    "chunked": Kind("server", "a GIF in chunks"),
    "no-length": Kind("server", "a GIF that ends where the connection does"),
    "odd-type": Kind("server", "a GIF without .gif, said to be text"),
    "busy-once": Kind("server", "429 with Retry-After in seconds, then it", before="rate-limited"),
    "busy-till": Kind("server", "429 with Retry-After as a date, then it", before="rate-limited"),
    "error-once": Kind("server", "500, then it", before="server-error"),
    "error-always": Kind("server", "503 for ever", "failed", "server-error", drawn=False),
    "redirects-8": _refused("server", "too-many-redirects", "a GIF behind eight redirects"),
    "redirects-loop": _refused(
        "server", "too-many-redirects", "redirects in a circle", drawn=False
    ),
    "to-loopback": _sent_to("127.0.0.2"),
    "to-private": _sent_to("10.0.0.1"),
    "to-link-local": _sent_to("169.254.169.254"),
    "to-loopback-6": _sent_to("[::1]"),
    "to-decimal": _sent_to("2130706433, which is 127.0.0.1"),
    "to-file": _sent_to("a file: address", "not-http"),
    "to-ftp": _sent_to("an ftp: address", "not-http"),
    "to-port": _sent_to("port 22", "port"),
    "not-found": _refused("server", "gone", "404", drawn=False),
    "gone": _refused("server", "gone", "410", drawn=False),
    "forbidden": _refused("server", "forbidden", "403", drawn=False),
    "endless": _refused("server", "too-large", "a body that does not end"),
    "announced": _refused("server", "too-large", "a body that is announced with 8 GiB"),
    "compressed": _refused("server", "encoded", "gzip although identity was asked for"),
    "noai": _refused("server", "x-robots-tag", "X-Robots-Tag: noai"),
    "reserved": _refused("server", "tdm-reservation", "TDM-Reservation: 1"),
    "robots": _refused("server", "robots", "a folder that robots.txt forbids"),
    "slow": Kind("server", "a body that trickles", "failed", "too-slow"),
    "silent": Kind("server", "no answer at all", "failed", "timeout", drawn=False),
    "cut-off": Kind("server", "half of the announced bytes", "failed", "cut-off"),
    "dropped": Kind("server", "a connection that is closed", "failed", "unreachable", drawn=False),
    "at-ftp": _refused("address", "not-http", "a hit with an ftp: address", drawn=False),
    "at-private": _refused("address", "private-address", "a hit at 10.0.0.1", drawn=False),
    "at-nowhere": _refused("address", "bad-url", "a hit whose address is none", drawn=False),
    "at-no-host": Kind(
        "address", "a hit at a host that is not there", "failed", "no-such-host", drawn=False
    ),
}
#: Kinds that make a client wait for as long as its limits allow.
PATIENCE = ("slow", "silent")


def kinds_of(*parts: Part, without: Iterable[str] = ()) -> list[str]:
    """Return the names of the kinds of some parts, in their order.

    Example:
        >>> kinds_of("address", without=["at-ftp"])
        ['at-private', 'at-nowhere', 'at-no-host']
    """
    left_out = set(without)
    return [name for name, kind in KINDS.items() if kind.part in parts and name not in left_out]


@dataclass(frozen=True)
class Listing:
    """Where a search finds something: under a class, with a style word."""

    label: str
    keyword: str


@dataclass(frozen=True, kw_only=True)
class Planted:
    """One thing that a search finds, and what must become of it.

    Attributes:
        path: Of its address, from ``/`` on; of the kinds of ``address``, the whole address.
        kind: A key of :data:`KINDS`.
        listings: Under what it is found.
        shows: The class that really is to be seen; empty where there is nothing to be seen.
        style: ``flat`` for a cartoon, ``film``, ``plain``; empty where there is nothing.
        original: The path of what it is a copy of; empty where it is its own.
        outcome: As in :class:`Kind`.
        reason: As in :class:`Kind`.
        before: As in :class:`Kind`.
        tries: As in :class:`Kind`.
        take: Which motion instance of the class is shown, or which plain GIF.
    """

    path: str
    kind: str
    listings: tuple[Listing, ...]
    shows: str = ""
    style: str = ""
    original: str = ""
    outcome: Outcome
    reason: str = ""
    before: str = ""
    tries: int = 1
    take: int = 0

    def url(self, base: str) -> str:
        """Return its address at a server, such as ``http://127.0.0.1:8765``."""
        return base + self.path if self.path.startswith("/") else self.path

    @property
    def about(self) -> str:
        """What it is, in words."""
        return KINDS[self.kind].about
