"""How answers go out on a connection, well or badly."""

import select
import socket
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import ClassVar

from anigifs.collect.demo.answers import Answer

PIECE = 64 * 1024
MOST_ENDLESS = 256 << 20  # where even an endless body ends, for a client without limits


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 and sends an :class:`Answer` in its manner; who answers is a subclass."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "demo", ""
    disable_nagle_algorithm = True
    stop: ClassVar[Event]
    slow_gap_s: ClassVar[float]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing: requests are counted instead."""

    def send(self, answer: Answer) -> None:
        """Send an answer; one that breaks off closes the connection."""
        try:
            self._send(answer)
        except OSError:  # the client has left
            self.close_connection = True

    def wrote(self) -> None:
        """Note that something is sent now."""

    def _send(self, answer: Answer) -> None:
        if answer.manner in ("silent", "dropped"):
            self.close_connection = True
            if answer.manner == "silent":
                self._wait_for_leave()
            return
        head, body = self._head(answer), answer.body
        if self.command == "HEAD":
            self._write(head)
        elif answer.manner == "whole":
            self._write(head + body)
        else:
            self._write(head)
            for piece in self._pieces(answer):
                self._write(piece)
                if self.stop.is_set():
                    break

    def _pieces(self, answer: Answer) -> Iterator[bytes]:
        body = answer.body
        if answer.manner == "chunked":
            for start in range(0, len(body), 1000):
                piece = body[start : start + 1000]
                yield b"%x\r\n%s\r\n" % (len(piece), piece)
            yield b"0\r\n\r\n"
        elif answer.manner == "cut":
            yield body[: len(body) // 2]
        elif answer.manner == "slow":
            for byte in body:
                yield bytes([byte])
                self.stop.wait(self.slow_gap_s)
        else:
            yield body[:-1] if answer.manner == "endless" else body
            if answer.manner == "endless":
                yield from (bytes(PIECE) for _ in range(MOST_ENDLESS // PIECE))

    def _head(self, answer: Answer) -> bytes:
        headers = {"Date": self.date_time_string(), **answer.headers}
        if answer.manner == "chunked":
            headers["Transfer-Encoding"] = "chunked"
        elif answer.manner in ("whole", "cut", "slow"):
            headers["Content-Length"] = str(len(answer.body))
        if answer.manner not in ("whole", "chunked"):
            headers["Connection"] = "close"
            self.close_connection = True
        reason = HTTPStatus(answer.status).phrase
        lines = [f"{self.protocol_version} {answer.status} {reason}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _write(self, data: bytes) -> None:
        self.wrote()
        self.wfile.write(data)

    def _wait_for_leave(self) -> None:
        while not self.stop.wait(0.02):
            if select.select([self.connection], [], [], 0)[0] and not self.connection.recv(
                1, socket.MSG_PEEK
            ):
                return
