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
