import socket

import pytest
from anyio.from_thread import start_blocking_portal
from starlette.types import Message, Receive, Scope, Send

from anigifs.foundation import UsageError
from anigifs.review.web.server import listen

SAID = [(b"x-forwarded-for", b"192.0.2.7"), (b"x-forwarded-proto", b"https")]


async def receive() -> Message:
    return {"type": "http.disconnect"}


async def send(message: Message) -> None:
    raise AssertionError("nothing is answered here")


@pytest.mark.parametrize(
    ("proxied", "comes_from", "expected"),
    [
        (True, "127.0.0.1", ("192.0.2.7", "https")),
        (True, "::1", ("192.0.2.7", "https")),
        (True, "198.51.100.1", ("198.51.100.1", "http")),
        (False, "127.0.0.1", ("127.0.0.1", "http")),
        (False, "198.51.100.1", ("198.51.100.1", "http")),
    ],
)
def test_only_a_proxy_on_this_machine_is_believed(
    proxied: bool, comes_from: str, expected: tuple[str, str]
) -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["client"][0], scope["scheme"]))

    listening = listen(app, "127.0.0.1", 0, proxied)
    # In a thread of its own: where a browser was started, this one has a loop that runs.
    with listening.taken, start_blocking_portal() as portal:
        listening.config.load()
        scope = {"type": "http", "client": (comes_from, 1), "scheme": "http", "headers": SAID}
        portal.call(listening.config.loaded_app, scope, receive, send)
    assert seen == [expected]


def test_a_free_port_is_taken_and_told() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError

    listening = listen(app, "127.0.0.1", 0, proxied=False)
    assert listening.config.timeout_keep_alive > 120  # as long as Caddy keeps a connection
    with listening.taken:
        host, port = listening.taken.getsockname()
        assert listening.url == f"http://{host}:{port}"
        assert listening.taken.proto == socket.IPPROTO_TCP  # or answers wait for 40 ms
        with socket.create_connection((host, port), timeout=5):
            pass
        with pytest.raises(UsageError, match=f"cannot listen on 127.0.0.1, port {port}: Address"):
            listen(app, "127.0.0.1", port, proxied=False)
