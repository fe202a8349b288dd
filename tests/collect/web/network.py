"""A network of the tests' own: names, addresses, and a note of every connection."""

import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

#: A public address that leads to the test's own server, and two where nobody listens.
PUBLIC = "93.184.215.14"
CLOSED, CLOSED_6 = "93.184.215.15", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers each path as the test says."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path, dict(self.headers)))
        reply = self.server.replies.get(self.path)
        try:
            if reply is None:
                self.answer(404)
            else:
                reply(self)
        except OSError:  # the client has left
            self.close_connection = True

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer; underscores in names of headers are hyphens."""
        self.head(status, {"Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            for line in value.split("\n"):
                # As UTF-8, which servers in the wild send as well.
                self.send_header(name.replace("_", "-"), line.encode().decode("latin-1"))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class Server(ThreadingHTTPServer):
    """Answers, and notes what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]

    def handle_error(self, request: object, client_address: object) -> None:
        pass


def body(data: bytes, status: int = 200, **headers: str) -> Reply:
    return lambda handler: handler.answer(status, data, **headers)


def sent_to(location: str, status: int = 302) -> Reply:
    return lambda handler: handler.answer(status, Location=location)


def pieces(parts: Iterable[bytes], **headers: str) -> Reply:
    """Send pieces one by one, and then close."""

    def reply(handler: Handler) -> None:
        handler.close_connection = True
        handler.head(200, headers)
        for part in parts:
            handler.wfile.write(part)

    return reply


@dataclass
class Network:
    """What names lead to, and what was connected to.

    Attributes:
        names: To each name the answers of its lookups, one after the other; the last one stays.
        doors: Where connections to an address really go, by address and port.
        connected: Every address and port that was connected to.
        looked_up: Every name that was looked up.
    """

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    doors: dict[tuple[str, int], int] = field(default_factory=dict)
    connected: list[tuple[str, int]] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)

    def open_to(self, server: Server) -> None:
        """Let the public address, and the server's own, lead to a server."""
        self.doors[PUBLIC, 80] = self.doors["127.0.0.1", server.port] = server.port


@contextmanager
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Put a network in place of the real one; what has no door refuses the connection."""
    network = Network()
    real_lookup, real_connect = socket.getaddrinfo, socket.socket.connect

    def lookup(host: str, port: int, family: int = 0, type: int = 0) -> list[Any]:  # noqa: A002
        answers = network.names.get(host)
        if answers is None:  # numbers only, in any of the forms that the system reads
            return real_lookup(host, port, family, type, flags=socket.AI_NUMERICHOST)
        network.looked_up.append(host)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for one in found for entry in real_lookup(one, port, family, type)]

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        network.connected.append(address[:2])
        door = network.doors.get(address[:2])
        if door is None:
            raise ConnectionRefusedError(111, "no door")
        real_connect(self, ("127.0.0.1", door))

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lookup)
        patch.setattr(socket.socket, "connect", connect)
        yield network


@contextmanager
def running(server: Server) -> Iterator[Server]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Time:
    """A clock that goes on by so much whenever it is read, and by sleeping."""

    def __init__(self, step_s: float = 0.0, start: float = 1_000.0) -> None:
        self.now, self.step_s = start, step_s
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += self.step_s
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
