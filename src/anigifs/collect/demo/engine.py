"""A search engine on this machine, with trouble planted in what it finds."""

import hashlib
import json
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from anigifs.collect.demo.answers import Answer, answer_for
from anigifs.collect.demo.bodies import Bodies
from anigifs.collect.demo.catalogue import Catalogue
from anigifs.collect.demo.handler import Handler
from anigifs.collect.demo.world import World
from anigifs.foundation import UsageError, seed_of

PAGE_SIZE = 20
ROBOTS = b"User-agent: *\nDisallow: /private/\n"


@dataclass
class Request:
    """One request that the engine got.

    Attributes:
        path: As it was asked for, without its query.
        query: What came after the question mark.
        agent: What the client calls itself.
        started: When it came, in seconds of ``time.monotonic``.
        ended: When the last of the answer began to be sent.
    """

    path: str
    query: str
    agent: str
    started: float
    ended: float


class DemoEngine:
    """A server at 127.0.0.1 that finds what a world holds, and serves it.

    ``/search?q=...&page=...`` answers pages of 20 results as JSON, ``/media/`` and ``/private/``
    are the files, ``/page/`` shows them, and ``/robots.txt`` forbids ``/private/``.

    Args:
        world: What there is to be found.
        port: To listen at; 0 takes a free one.
        page_size: Results in an answer.
        pause_s: How long every file takes before its answer begins.
        slow_gap_s: Between the bytes of a body that trickles.
        retry_after_s: What answers of 429 ask for, in whole seconds.
        failing_searches: One in so many pages of results fails when it is first asked for, with
            503; 0 lets none fail.

    Raises:
        UsageError: The port cannot be had.

    Example:
        >>> from urllib.request import urlopen
        >>> with DemoEngine(World(plain=3, troubles=0)) as engine:
        ...     with urlopen(f"{engine.base_url}/search?q=archery") as answer:
        ...         found = json.load(answer)
        >>> found["total"], found["next"], len(engine.requests)
        (1, None, 1)
    """

    def __init__(
        self,
        world: World,
        *,
        port: int = 0,
        page_size: int = PAGE_SIZE,
        pause_s: float = 0.0,
        slow_gap_s: float = 0.25,
        retry_after_s: int = 1,
        failing_searches: int = 0,
    ) -> None:
        self.world, self.bodies = world, Bodies(world)
        self._catalogue = Catalogue(world)
        self._page_size, self._pause_s = page_size, pause_s
        self._retry_after_s, self._failing = retry_after_s, failing_searches
        self._requests: list[Request] = []
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        handler = _handler_of(self, slow_gap_s)
        try:
            self._server = _Server(("127.0.0.1", port), handler)
        except OSError as error:
            raise UsageError(f"port {port}: {error.strerror}; 0 takes a free one") from None
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo engine"
        )

    @property
    def host(self) -> str:
        """``127.0.0.1:`` and the port, as an allowance for a private address names it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def origin(self) -> str:
        """``http://127.0.0.1:`` and the port."""
        return f"http://{self.host}"

    @property
    def base_url(self) -> str:
        """What paths are appended to; the same as ``origin``."""
        return self.origin

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, in the order in which they came."""
        with self._lock:
            return tuple(self._requests)

    @property
    def counts(self) -> Counter[str]:
        """How often each path was asked for, so far."""
        return Counter(request.path for request in self.requests)

    @property
    def most_at_once(self) -> int:
        """How many requests for files were being answered at the same time, at most."""
        files = [one for one in self.requests if not one.path.startswith(("/search", "/robots"))]
        edges = sorted(edge for one in files for edge in ((one.started, 1), (one.ended, -1)))
        most = now = 0
        for _, step in edges:
            now += step
            most = max(most, now)
        return most

    def forget(self) -> None:
        """Forget all requests, so that what fails the first time fails again."""
        with self._lock:
            self._requests.clear()
            self._asked.clear()

    def __enter__(self) -> "DemoEngine":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all connections, and free the port; once it is closed nothing happens."""
        self._stop.set()
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        if self._thread.is_alive():
            self._thread.join()

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request."""
        path = request.path
        if path == "/robots.txt":
            return Answer(body=ROBOTS, headers={"Content-Type": "text/plain"})
        if path == "/search":
            return self._search(request)
        if path.startswith("/page/"):
            page = f"<!DOCTYPE html><title>{quote(path)}</title><p>A picture.\n".encode()
            return Answer(body=page, headers={"Content-Type": "text/html"})
        return self._file(path)

    def _search(self, request: Request) -> Answer:
        asked = parse_qs(request.query)
        text, page = asked.get("q", [""])[0], asked.get("page", ["1"])[0]
        if not page.isdecimal() or int(page) < 1:
            return Answer(400)
        # The first time only, so that whoever asks again gets on.
        if self._fails(text, page) and not self._count(f"{page} {text}"):
            return Answer(503, headers={"Retry-After": str(self._retry_after_s)})
        found = self._catalogue.find(text)
        first, number = (int(page) - 1) * self._page_size, int(page)
        last = first + self._page_size
        results = [self._catalogue.told(item, self.base_url) for item in found[first:last]]
        told: dict[str, Any] = {
            "query": text,
            "page": number,
            "next": number + 1 if last < len(found) else None,
            "total": len(found),
            "results": results,
        }
        return Answer(body=json.dumps(told).encode(), headers={"Content-Type": "application/json"})

    def _fails(self, text: str, page: str) -> bool:
        number = seed_of(self.world.seed, "demo", "failing search", text, page)
        return self._failing > 0 and number % self._failing == 0

    def _file(self, path: str) -> Answer:
        hop = 0
        if path.startswith("/hop/"):
            number, _, rest = path.removeprefix("/hop/").partition("/")
            hop, path = int(number) if number.isdecimal() else 0, f"/{rest}"
        item = self.world.by_path.get(path)
        if item is None:
            return Answer(404)
        tried = self._count(path)
        body = self.bodies.of(item)
        if self._pause_s:
            self._stop.wait(self._pause_s)
        answer = answer_for(item, body, tried, hop, self._retry_after_s)
        if answer.body:
            answer.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        return answer

    def _count(self, key: str) -> int:
        """Return how often something was asked for before, and count this time."""
        with self._lock:
            self._asked[key] += 1
            return self._asked[key] - 1

    def note(self, request: Request) -> None:
        """Keep a request that has come."""
        with self._lock:
            self._requests.append(request)


def _handler_of(engine: DemoEngine, slow_gap_s: float) -> type[Handler]:
    """Return the class of handlers that answer for an engine."""

    class Answering(Handler):
        stop = engine._stop
        request_now: Request

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            now = time.monotonic()
            agent = self.headers.get("User-Agent", "")
            self.request_now = Request(parts.path, parts.query, agent, now, now)
            engine.note(self.request_now)
            self.send(engine.answer(self.request_now))

        do_HEAD = do_GET

        def wrote(self) -> None:
            self.request_now.ended = time.monotonic()

    Answering.slow_gap_s = slow_gap_s
    return Answering


class _Server(ThreadingHTTPServer):
    """A server whose connections can all be ended, so that no thread outlives it."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[Handler]) -> None:
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - so typed
        """Remember a connection, and serve it in a thread of its own."""
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - so typed
        """Forget a connection, and close it."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End all connections."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it was ended from the other side

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - so typed
        """Say nothing of clients that leave; say the rest as the library does."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
