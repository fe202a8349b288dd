"""Obeys ``robots.txt`` (RFC 9309)."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from protego import Protego

from anigifs.collect.reasons import WebError, WebFailedError, WebRefusedError
from anigifs.collect.web.client import Web
from anigifs.collect.web.urls import check, origin_of, parsed

#: How long rules are believed, in seconds.
RULES_S = 24 * 3600.0
#: How long it is believed that they cannot be had.
FAILURE_S = 30.0
#: Of the file, at most; section 2.5 asks for half a MiB at least.
MOST_BYTES = 512 * 1024
_ORIGINS_KEPT = 10_000
_AGENT = re.compile(
    r"^(?P<field>[ \t]*user[- ]?agent[ \t]*:?[ \t]*)(?P<name>[^#\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass
class _Origin:
    """What is known of one server; the lock lets one thread ask while others wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    until: float = 0.0
    rules: Protego | None = None
    error: WebError | None = None


class Robots:
    """Says whether an address may be asked for; threads may share it.

    Args:
        web: Fetches the files.
        agent: The name by which they speak of us, such as ``anigifs``; what follows ``/`` is
            not part of it.
        clock: Seconds of any beginning.
    """

    def __init__(self, web: Web, agent: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.product = agent.split("/")[0].strip()
        self._web, self._clock = web, clock
        self._origins: dict[str, _Origin] = {}
        self._lock = threading.Lock()

    def allowed(self, url: str) -> bool:
        """Return whether the ``robots.txt`` of an address allows to ask for it.

        A server that says that it has none allows everything.

        Raises:
            WebRefusedError: The server must not be asked for it, as its address is not public.
            WebFailedError: It cannot be had now, and so nothing is known (section 2.3.1.4).
        """
        target = parsed(url)
        check(target, self._web.limits)
        name = origin_of(target)
        origin = self._origin(name)
        with origin.lock:
            now = self._clock()
            if now >= origin.until:
                self._ask(origin, name, now)
            if origin.error is not None:
                raise _again(origin.error, origin.until - now)
            rules = origin.rules
        return rules is None or bool(rules.can_fetch(str(target), self.product))

    def _origin(self, name: str) -> _Origin:
        with self._lock:
            if name not in self._origins and len(self._origins) >= _ORIGINS_KEPT:
                for oldest in list(islice(self._origins, _ORIGINS_KEPT // 10)):
                    del self._origins[oldest]
            return self._origins.setdefault(name, _Origin(until=self._clock()))

    def _ask(self, origin: _Origin, name: str, now: float) -> None:
        rules: Protego | None = None
        failure: WebError | None = None
        until = now + RULES_S
        try:
            rules = Protego.parse(for_one(self._text(f"{name}/robots.txt"), self.product))
        except WebRefusedError as error:
            # Not there, or not for us, or behind too many redirects: there are no rules.
            if error.reason not in ("gone", "forbidden", "too-many-redirects"):
                failure = error
        except WebFailedError as error:
            failure = error
            until = now + max(FAILURE_S, error.retry_after or 0.0)
        origin.rules, origin.error, origin.until = rules, failure, until

    def _text(self, url: str) -> str:
        """Return as much of the file as is read."""
        body = b""
        with self._web.get(url) as answer:
            for chunk in answer.chunks():
                body += chunk
                if len(body) >= MOST_BYTES:
                    # The last line may have been cut in two.
                    body = body[:MOST_BYTES].rpartition(b"\n")[0]
                    break
        return body.decode("utf-8-sig", errors="replace")


def for_one(text: str, product: str) -> str:
    r"""Return rules in which all agents that a product is none of have one name.

    Each rule is kept for each agent of its group: a thousand of both, in 27 kB, would cost a second
    and 80 MB, and half a MiB of them minutes and gigabytes.

    Example:
        >>> for_one("User-agent: bot\nUser-agent: anigifs # us\nDisallow: /", "anigifs")
        'User-agent: another\nUser-agent: anigifs # us\nDisallow: /'
    """

    def named(found: re.Match[str]) -> str:
        name = found["name"].strip().lower()
        ours = not name or "*" in name or name in product.lower()
        return found[0] if ours else f"{found['field']}another"

    return _AGENT.sub(named, text)


def _again(error: WebError, left_s: float) -> WebError:
    """Return an error as of now: the same one may be raised in several threads."""
    detail = f"robots.txt: {error.detail}"
    if isinstance(error, WebRefusedError):
        return WebRefusedError(error.reason, detail)
    return WebFailedError(error.reason, detail, max(left_s, 0.0))
