"""Search services to test with: a local server, a plain door to it, and a door without one."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import httpx2
from hypothesis import strategies as st

from anigifs.collect.reasons import WebFailedError, WebRefusedError

AGENT = "anigifs-tests/1 (tests@example.org)"


@dataclass
class Asked:
    """A request as the server got it."""

    path: str
    params: dict[str, str]
    headers: dict[str, str]


#: Answers a request with a status and a body; what is no bytes becomes JSON.
Answer = Callable[[Asked], tuple[int, object]]


@dataclass
class Service:
    """A running server, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(answer: Answer) -> Iterator[Service]:
    """Run a server on the loopback address for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = dict(parse_qsl(parts.query, keep_blank_values=True))
            names = {name.lower(): value for name, value in self.headers.items()}
            service.asked.append(Asked(parts.path, params, names))
            status, body = answer(service.asked[-1])
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service = Service(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class PlainWeb:
    """The least that a provider needs: asks once, without limits."""

    def json(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[object, str]:
        with httpx2.Client(trust_env=False, timeout=5, headers={"User-Agent": AGENT}) as client:
            answer = client.get(url, params=dict(params), headers=dict(headers))
        if answer.status_code >= 500:
            raise WebFailedError("server-error", f"status {answer.status_code}")
        if answer.status_code == 429:
            raise WebFailedError("rate-limited", f"status {answer.status_code}")
        if answer.status_code >= 400:
            raise WebRefusedError("forbidden", f"status {answer.status_code}")
        try:
            parsed = json.loads(answer.content)
        except ValueError:
            raise WebFailedError("server-error", "no JSON") from None
        return parsed, hashlib.sha256(answer.content).hexdigest()


@dataclass
class OneAnswer:
    """A door behind which the answer is always the same."""

    answer: object

    def json(
        self, url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[object, str]:
        return self.answer, "0" * 64


def anything(*names: str) -> st.SearchStrategy[object]:
    """Any JSON value, with objects that often have the given names."""
    keys = st.sampled_from(names) | st.text(max_size=3)
    texts = st.text() | st.sampled_from(
        ["http://[", "https://example.org/a.gif", "\ud800", "3", "²"]
    )
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | texts
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=25,
    )
