"""Connects to public addresses only, and to no other than the one that was looked at.

A host is looked up once for each connection. What is connected to is an address that came of that
and was checked, so neither a redirect nor a name whose answer changes leads to a private one.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from math import inf
from ssl import SSLContext
from time import monotonic
from typing import Any

import httpcore2
import httpx2

from anigifs.collect.reasons import WebFailedError, WebRefusedError
from anigifs.collect.web.addresses import is_public
from anigifs.collect.web.limits import Limits
from anigifs.collect.web.redact import keep_keys_out_of_logs
from anigifs.collect.web.urls import place

#: Seconds that an idle connection is kept; servers keep theirs for 5 or more.
IDLE_S = 2.0
IDLE_KEPT = 32
_DEADLINE: ContextVar[float] = ContextVar("deadline", default=inf)


@contextmanager
def until(deadline: float) -> Iterator[None]:
    """Let everything that is read or written in this block end by a time of the clock."""
    token = _DEADLINE.set(deadline)
    try:
        yield
    finally:
        _DEADLINE.reset(token)


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host, in the system's order of preference.

    The system decides how long that takes: its resolver cannot be interrupted.

    Raises:
        WebFailedError: ``no-such-host``.
        WebRefusedError: ``bad-url``: no host can have that name.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        raise WebRefusedError("bad-url", f"{host}: no host has such a name") from None
    except OSError as error:
        raise WebFailedError("no-such-host", f"{host}: {error.strerror}") from None
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def _system_trust() -> SSLContext:
    """Return the certificates that the system believes; to read them takes a while."""
    return httpx2.create_ssl_context(trust_env=False)


class CheckedTransport(httpx2.HTTPTransport):
    """The transport of httpx2 with a :class:`CheckedBackend` beneath it, and without proxies.

    Args:
        limits: What may be asked.
        clock: Seconds of any beginning; :func:`until` counts in them.
        verify: Whose certificates are believed; None believes those that the system does.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Callable[[], float] = monotonic,
        verify: SSLContext | None = None,
    ) -> None:
        keep_keys_out_of_logs()
        context = _system_trust() if verify is None else verify
        super().__init__(verify=context, trust_env=False)
        # The library has no door for another backend. If it comes to keep its pool elsewhere,
        # nothing may pass unchecked.
        if not isinstance(getattr(self, "_pool", None), httpcore2.ConnectionPool):
            raise RuntimeError("httpx2 keeps its connections in a way that is not known here")
        self._pool.close()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=IDLE_KEPT,
            keepalive_expiry=IDLE_S,
            network_backend=CheckedBackend(limits, clock),
        )


class CheckedBackend(httpcore2.NetworkBackend):
    """Opens connections to public addresses, and to what is allowed by name."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = monotonic) -> None:
        self._limits, self._clock = limits, clock
        self._below = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first public address of a host that answers.

        Raises:
            WebRefusedError: ``private-address``: it has none.
            WebFailedError: ``no-such-host``.
            httpcore2.ConnectError: None answers.
            httpcore2.ConnectTimeout: None answers in time.
        """
        end = min(_DEADLINE.get(), self._clock() + (inf if timeout is None else timeout))
        error: Exception = httpcore2.ConnectTimeout(host)
        for address in self._checked(host, port):
            left = end - self._clock()
            if left <= 0:
                break
            try:
                # An address needs no further lookup, so it is the checked one that is asked.
                stream = self._below.connect_tcp(
                    address, port, None if left == inf else left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                error = failure
            else:
                return CheckedStream(stream, (address, port), self._clock)
        raise error

    def _checked(self, host: str, port: int) -> list[str]:
        found = resolve(host, port)
        if place(host, port) in self._limits.allow:
            return list(found)
        public = [address for address in found if is_public(address)]
        if not public:
            raise WebRefusedError("private-address", f"{host} is {', '.join(found) or 'nowhere'}")
        return public


class CheckedStream(httpcore2.NetworkStream):
    """A connection that knows what it was opened to, and obeys :func:`until`."""

    def __init__(
        self,
        below: httpcore2.NetworkStream,
        address: tuple[str, int],
        clock: Callable[[], float],
    ) -> None:
        self._below, self._address, self._clock = below, address, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what comes next; without this, a server could drip bytes for ever."""
        return self._below.read(max_bytes, self._left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._below.write(buffer, self._left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._below.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """Begin to encrypt; the certificate must be the host's, whatever its address is."""
        below = self._below.start_tls(
            ssl_context, server_hostname, self._left(timeout, httpcore2.ConnectTimeout)
        )
        return CheckedStream(below, self._address, self._clock)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library's signature
        """Return something about the connection; ``server_addr`` is what was connected to."""
        return self._address if info == "server_addr" else self._below.get_extra_info(info)

    def _left(self, timeout: float | None, late: type[Exception]) -> float | None:
        left = min(_DEADLINE.get() - self._clock(), inf if timeout is None else timeout)
        if left <= 0:
            raise late("out of time")
        return None if left == inf else left
