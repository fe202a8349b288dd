"""The one door to the web: every request of collecting goes through it, and is bound by limits."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from ssl import SSLContext

import httpx2

from anigifs.collect.reasons import WebFailedError, WebRefusedError
from anigifs.collect.web.answer import Answer, Trail
from anigifs.collect.web.limits import Limits
from anigifs.collect.web.redact import redacted
from anigifs.collect.web.retry_after import retry_after_s
from anigifs.collect.web.transport import CheckedTransport, until
from anigifs.collect.web.urls import check, origin_of, parsed

SENT_ON = (301, 302, 303, 307, 308)
GONE = (404, 410)
#: Statuses that are not failures of the server and yet may pass: 408 and 425.
NOT_YET = (408, 425)
#: Given an address, waits for the turn to ask it; may refuse it.
Turn = Callable[[str], AbstractContextManager[object]]
_NO_HEADERS: Mapping[str, str] = {}


class Web:
    """Asks the web, within limits. Threads may share it.

    Redirects are followed here, so that each address is checked as the first one is. Nothing is
    taken from the environment: a proxy would connect where nothing is checked. There are no
    cookies. Keys appear in no error and in no log; headers that a caller adds are not
    sent on to another origin.

    Args:
        limits: What binds every request.
        clock: Seconds of any beginning.
        now: Seconds since 1970.
        verify: Whose certificates are believed; None believes those that the system does.

    Example:
        >>> with Web(Limits()) as web, web.get("http://127.0.0.1/") as answer:
        ...     pass
        Traceback (most recent call last):
        anigifs.collect.reasons.WebRefusedError: it leads to an address that is not public: \
127.0.0.1 is 127.0.0.1
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        verify: SSLContext | None = None,
    ) -> None:
        self.limits, self._clock, self._now = limits, clock, now
        # Below httpx2's client, which would write each address into the log.
        self._transport = CheckedTransport(limits, clock, verify)

    def __enter__(self) -> "Web":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    @contextmanager
    def get(
        self,
        url: str,
        headers: Mapping[str, str] = _NO_HEADERS,
        *,
        turn: Turn | None = None,
        trail: Trail | None = None,
    ) -> Iterator[Answer]:
        """Ask for an address and yield the answer, whose body has not been read yet.

        Args:
            url: Of http or https.
            headers: Beside those that are always sent.
            turn: Is entered for each address on the way before it is asked, and left when it has
                answered; the last one when this block ends. Its waiting takes no time off.
            trail: Takes what becomes known on the way.

        Raises:
            WebRefusedError: It will not be answered, or must not be asked.
            WebFailedError: No answer came.
        """
        trail = Trail() if trail is None else trail
        target = parsed(url)
        deadline, ours = self._clock() + self.limits.total_s, ""
        for _ in range(self.limits.redirects + 1):
            trail.hops.append(redacted(str(target)))
            check(target, self.limits)
            trail.host = target.raw_host.decode("ascii")
            ours = ours or origin_of(target)
            with ExitStack() as hop:
                if turn is not None:
                    before = self._clock()
                    hop.enter_context(turn(str(target)))
                    deadline += self._clock() - before
                own = headers if origin_of(target) == ours else _NO_HEADERS
                response = self._send(target, own, deadline, trail)
                hop.callback(response.close)
                location = response.headers.get("location")
                if response.status_code not in SENT_ON or location is None:
                    self._refuse_status(response, trail)
                    answer = Answer(response, trail, self.limits, deadline, self._clock)
                    answer.refuse_unreadable()
                    yield answer
                    return
            target = parsed(location, base=target)
        raise WebRefusedError("too-many-redirects", f"more than {self.limits.redirects}")

    def json(
        self,
        url: str,
        params: Mapping[str, str] = _NO_HEADERS,
        headers: Mapping[str, str] = _NO_HEADERS,
        /,
    ) -> tuple[object, str]:
        """Ask once, and return the answer as parsed and the sha256 of its bytes.

        Args:
            url: With or without a query.
            params: Join the query.
            headers: Beside those that are always sent.

        Raises:
            WebRefusedError: It will not be answered.
            WebFailedError: No answer came, or none that is JSON.
        """
        whole = str(parsed(url).copy_merge_params(dict(params)))
        with self.get(whole, {"Accept": "application/json", **headers}) as answer:
            body = answer.read()
        try:
            return json.loads(body), hashlib.sha256(body).hexdigest()
        except (ValueError, RecursionError):
            raise WebFailedError("server-error", f"no JSON from {answer.url}") from None

    def _send(
        self, target: httpx2.URL, headers: Mapping[str, str], deadline: float, trail: Trail
    ) -> httpx2.Response:
        limits, shown = self.limits, trail.hops[-1]
        request = httpx2.Request("GET", target, headers=self._headers(headers))
        wait = httpx2.Timeout(limits.read_s, connect=limits.connect_s)
        request.extensions["timeout"] = wait.as_dict()
        try:
            with until(deadline):
                response = self._transport.handle_request(request)
        except httpx2.TimeoutException:
            raise WebFailedError("timeout", shown) from None
        except httpx2.LocalProtocolError:
            raise WebRefusedError("bad-url", f"{shown}: it cannot be asked for") from None
        except httpx2.TransportError as error:
            raise WebFailedError("unreachable", f"{shown} ({error})") from None
        stream = response.extensions["network_stream"]
        trail.address, trail.status = stream.get_extra_info("server_addr")[0], response.status_code
        return response

    def _headers(self, own: Mapping[str, str]) -> dict[str, str]:
        always = {"User-Agent": self.limits.agent, "Accept-Encoding": "identity"}
        return {"Accept": "*/*", **own, **always}

    def _refuse_status(self, response: httpx2.Response, trail: Trail) -> None:
        """Raise what a status means that is none of success."""
        status = response.status_code
        if 200 <= status < 300 and status != 206:  # a part was not asked for
            return
        wait = retry_after_s(response.headers.get("retry-after"), self._now)
        detail = f"status {status} from {trail.hops[-1]}"
        if status == 429:
            raise WebFailedError("rate-limited", detail, wait)
        if status in NOT_YET or not 400 <= status < 500:
            raise WebFailedError("server-error", detail, wait)
        raise WebRefusedError("gone" if status in GONE else "forbidden", detail, wait)
