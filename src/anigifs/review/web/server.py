"""Serving an application from this process."""

import socket
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from anigifs.foundation import UsageError

#: How long answers that are under way may take once it is stopped, in seconds.
GRACE_S = 10
#: Connections that wait to be taken.
BACKLOG = 512
#: How long a connection is kept for the next request, in seconds: longer than proxies keep theirs
#: (Caddy 120, nginx 60), or one would ask by a connection that we are about to close.
KEEP_ALIVE_S = 150
#: Where a proxy may stand whose words on who asks are believed.
LOOPBACK = ["127.0.0.1", "::1"]


@dataclass(frozen=True)
class Listening:
    """An application whose address is known and taken.

    Attributes:
        url: Where it is to be found.
        config: Of the server.
        taken: The socket.
    """

    url: str
    config: uvicorn.Config
    taken: socket.socket

    def serve(self, ready: Callable[[], None]) -> None:
        """Serve until a signal comes; then finish what is under way and obey the signal.

        Args:
            ready: Called once requests are answered.
        """
        with self.taken:
            _Server(self.config, ready).run(sockets=[self.taken])


def listen(app: ASGIApp, host: str, port: int, proxied: bool) -> Listening:
    """Take an address.

    Args:
        app: What answers.
        host: An address, or the name of one.
        port: 0 takes a free one.
        proxied: Whether to believe what a proxy on this machine says of who asks, and how.

    Raises:
        UsageError: The address cannot be taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only of a socket that is said to be TCP does asyncio send short answers at once; else the
    # kernel keeps them until what was sent before is acknowledged, for 40 ms.
    taken = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        taken.close()
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"cannot listen on {host}, port {port}: {reason}") from None
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        proxy_headers=proxied,
        forwarded_allow_ips=LOOPBACK,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    shown = f"[{host}]" if ":" in host else host
    return Listening(f"http://{shown}:{taken.getsockname()[1]}", config, taken)


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._ready()
