"""How the demo's server answers for each kind of thing."""

import gzip
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

from anigifs.collect.demo.planted import Planted

#: ``whole`` is a usual answer; ``chunked`` and ``unmeasured`` state no length; ``cut`` ends after
#: half of it; ``endless`` goes on after the body; ``slow`` trickles; ``silent`` says nothing and
#: ``dropped`` hangs up.
Manner = Literal["whole", "chunked", "unmeasured", "cut", "endless", "slow", "silent", "dropped"]
ANNOUNCED = 8 << 30
REDIRECTS = {"redirects-2": 2, "redirects-8": 8}
STATUSES = {"not-found": 404, "gone": 410, "forbidden": 403, "error-always": 503}
SENT_TO = {
    "to-loopback": "http://127.0.0.2/{name}",
    "to-private": "http://10.0.0.1/{name}",
    "to-link-local": "http://169.254.169.254/{name}",
    "to-loopback-6": "http://[::1]/{name}",
    "to-decimal": "http://2130706433/{name}",
    "to-file": "file:///etc/{name}",
    "to-ftp": "ftp://127.0.0.1/{name}",
    "to-port": "http://127.0.0.1:22/{name}",
}
MANNERS: dict[str, Manner] = {
    "chunked": "chunked",
    "no-length": "unmeasured",
    "cut-off": "cut",
    "endless": "endless",
    "announced": "endless",
    "slow": "slow",
    "silent": "silent",
    "dropped": "dropped",
}
HEADERS = {
    "announced": {"Content-Length": str(ANNOUNCED)},
    "compressed": {"Content-Encoding": "gzip"},
    "noai": {"X-Robots-Tag": "noai"},
    "reserved": {"TDM-Reservation": "1"},
    "odd-type": {"Content-Type": "text/plain"},
}
MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Answer:
    """What is sent back.

    Attributes:
        status: Of HTTP.
        body: All of it.
        headers: Besides length and date.
        manner: How it is sent.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    manner: Manner = "whole"


def answer_for(item: Planted, body: bytes, tried: int, hop: int, retry_after_s: int) -> Answer:
    """Return the answer for something planted.

    Args:
        item: What was asked for.
        body: Its file.
        tried: How often it was asked for before.
        hop: At which redirect of its chain the client is; 0 is its own address.
        retry_after_s: What a server that is too busy asks for.
    """
    kind = item.kind
    usual = Answer(body=body, headers={"Content-Type": "image/gif"})
    if kind in STATUSES:
        return Answer(STATUSES[kind])
    if kind in SENT_TO:
        return _moved(0, SENT_TO[kind].format(name=item.path.rpartition("/")[2]))
    if kind == "redirects-loop":
        return _moved(hop, f"/hop/{1 - hop}{item.path}")
    if kind in REDIRECTS:
        return usual if hop >= REDIRECTS[kind] else _moved(hop, f"/hop/{hop + 1}{item.path}")
    if item.before and not tried:
        return _not_yet(kind, retry_after_s)
    if kind == "compressed":
        usual = replace(usual, body=gzip.compress(body, mtime=0))
    headers = {**usual.headers, **HEADERS.get(kind, {})}
    return replace(usual, headers=headers, manner=MANNERS.get(kind, "whole"))


def _moved(hop: int, location: str) -> Answer:
    return Answer(MOVED[hop % len(MOVED)], headers={"Location": location})


def _not_yet(kind: str, retry_after_s: int) -> Answer:
    if kind == "error-once":
        return Answer(500)
    wanted = str(retry_after_s)
    if kind == "busy-till":
        till = datetime.now(UTC) + timedelta(seconds=retry_after_s)
        wanted = format_datetime(till, usegmt=True)
    return Answer(429, headers={"Retry-After": wanted})
