import signal
from collections.abc import Iterator

import pytest

from tests.collect.web.network import PUBLIC, Network, Server, installed, running


@pytest.fixture
def server() -> Iterator[Server]:
    with running(Server()) as one:
        yield one


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, server: Server) -> Iterator[Network]:
    """A network in which ``public.test`` is the server, at a public address."""
    with installed(monkeypatch) as one:
        one.open_to(server)
        one.names["public.test"] = [[PUBLIC]]
        yield one


@pytest.fixture
def interrupts() -> Iterator[None]:
    """Let an interrupt be one, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
