"""The server, asked by the standard library's own clients and over raw sockets."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPResponse, IncompleteRead, RemoteDisconnected
from urllib.parse import quote, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import pytest

from anigifs.collect.demo import KINDS, DemoEngine, Planted, World
from anigifs.collect.demo.answers import ANNOUNCED, MANNERS, SENT_TO, STATUSES
from anigifs.foundation import UsageError

PLAIN = World(plain=130, classes=2, troubles=0)


@contextmanager
def asked(engine: DemoEngine, path: str, method: str = "GET") -> Iterator[HTTPResponse]:
    connection = HTTPConnection(engine.host, timeout=10)
    try:
        connection.request(method, path, headers={"User-Agent": "test"})
        with connection.getresponse() as response:
            yield response
    finally:
        connection.close()


def got(engine: DemoEngine, path: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers in lower case, and body."""
    with asked(engine, path) as answer:
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read()


def one(engine: DemoEngine, kind: str) -> Planted:
    return engine.world.of_kind(kind)[0]


def raw(engine: DemoEngine, path: str, most: int = 1 << 24) -> bytes:
    """Return what comes on a connection that asks for one path and then only listens."""
    host, port = engine.host.split(":")
    parts, size = [], 0
    with closing(socket.create_connection((host, int(port)), timeout=10)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {engine.host}\r\n\r\n".encode())
        while size < most and (part := connection.recv(1 << 16)):
            parts.append(part)
            size += len(part)
    return b"".join(parts)


def test_files_are_served_as_they_are(engine: DemoEngine) -> None:
    odd = {*STATUSES, *SENT_TO, *MANNERS, "compressed", "redirects-2", "redirects-8"}
    usual = [
        item
        for item in engine.world.items
        if KINDS[item.kind].part != "address" and item.kind not in odd | {"redirects-loop"}
    ]
    assert len(usual) > 50
    for item in usual:
        for _ in range(item.tries):
            status, headers, body = got(engine, item.path)
        assert (status, body) == (200, engine.bodies.of(item)), item.kind
        assert headers["content-length"] == str(len(body))
    kinds = {item.kind for item in usual}
    assert kinds >= {"cartoon", "copy-webp", "robots", "html", "busy-once", "error-once", "noai"}


def test_addresses_outside_are_not_served(engine: DemoEngine) -> None:
    assert got(engine, "/media/none.gif")[0] == 404
    assert got(engine, "/")[0] == 404
    assert got(engine, "/hop/x/media")[0] == 404


@pytest.mark.parametrize(
    ("kind", "status"), [("not-found", 404), ("gone", 410), ("forbidden", 403)]
)
def test_refusals(engine: DemoEngine, kind: str, status: int) -> None:
    assert [got(engine, one(engine, kind).path)[0] for _ in range(2)] == [status] * 2


def test_503_stays_and_500_passes(engine: DemoEngine) -> None:
    always, once = one(engine, "error-always").path, one(engine, "error-once").path
    assert [got(engine, always)[0] for _ in range(4)] == [503] * 4
    assert [got(engine, once)[0] for _ in range(3)] == [500, 200, 200]
    engine.forget()
    assert got(engine, once)[0] == 500


def test_429_says_for_how_long_in_either_form(engine: DemoEngine) -> None:
    seconds, date = one(engine, "busy-once").path, one(engine, "busy-till").path
    status, headers, _ = got(engine, seconds)
    assert (status, headers["retry-after"]) == (429, "2")
    status, headers, _ = got(engine, date)
    wait = parsedate_to_datetime(headers["retry-after"]) - datetime.now(UTC)
    assert status == 429
    assert wait.total_seconds() <= 2
    assert got(engine, seconds)[0] == got(engine, date)[0] == 200


@pytest.mark.parametrize(("kind", "hops"), [("redirects-2", 2), ("redirects-8", 8)])
def test_chains_of_redirects_end_at_the_file(engine: DemoEngine, kind: str, hops: int) -> None:
    item = one(engine, kind)
    path, statuses = item.path, []
    while True:
        status, headers, body = got(engine, path)
        if status == 200:
            break
        statuses.append(status)
        path = urljoin(path, headers["location"])
    assert len(statuses) == hops
    assert set(statuses) <= {301, 302, 303, 307, 308}
    assert body == engine.bodies.of(item)


def test_a_circle_of_redirects_has_no_end(engine: DemoEngine) -> None:
    path, seen = one(engine, "redirects-loop").path, []
    for _ in range(12):
        status, headers, _ = got(engine, path)
        assert 300 < status < 400
        path = headers["location"]
        seen.append(path)
    assert len(set(seen)) == 2


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("to-loopback", "http://127.0.0.2/"),
        ("to-private", "http://10.0.0.1/"),
        ("to-link-local", "http://169.254.169.254/"),
        ("to-loopback-6", "http://[::1]/"),
        ("to-decimal", "http://2130706433/"),
        ("to-file", "file:///"),
        ("to-ftp", "ftp://127.0.0.1/"),
        ("to-port", "http://127.0.0.1:22/"),
    ],
)
def test_redirects_to_where_nobody_should_go(engine: DemoEngine, kind: str, start: str) -> None:
    status, headers, _ = got(engine, one(engine, kind).path)
    assert 300 < status < 400
    assert headers["location"].startswith(start)


def test_headers_that_reserve_rights(engine: DemoEngine) -> None:
    assert got(engine, one(engine, "noai").path)[1]["x-robots-tag"] == "noai"
    assert got(engine, one(engine, "reserved").path)[1]["tdm-reservation"] == "1"
    usual = got(engine, one(engine, "cartoon").path)[1]
    assert not {"x-robots-tag", "tdm-reservation", "content-encoding"} & set(usual)


def test_robots_txt_forbids_just_what_it_says(engine: DemoEngine) -> None:
    robots = RobotFileParser()
    robots.parse(got(engine, "/robots.txt")[2].decode().splitlines())
    for item in engine.world.items:
        if item.path.startswith("/"):
            allowed = robots.can_fetch("anigifs", item.url(engine.base_url))
            assert allowed == (item.reason != "robots")
    assert robots.can_fetch("anigifs", f"{engine.origin}/search?q=x")


def test_a_compressed_body_is_the_file(engine: DemoEngine) -> None:
    item = one(engine, "compressed")
    _, headers, body = got(engine, item.path)
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == engine.bodies.of(item)


def test_bodies_without_a_length_are_whole(engine: DemoEngine) -> None:
    chunked, unmeasured = one(engine, "chunked"), one(engine, "no-length")
    _, headers, body = got(engine, chunked.path)
    assert headers["transfer-encoding"] == "chunked"
    assert body == engine.bodies.of(chunked)
    _, headers, body = got(engine, unmeasured.path)
    assert "content-length" not in headers
    assert body == engine.bodies.of(unmeasured)


def test_a_type_may_be_wrong(engine: DemoEngine) -> None:
    item = one(engine, "odd-type")
    assert not item.path.endswith(".gif")
    assert got(engine, item.path)[1]["content-type"] == "text/plain"


def test_a_body_is_cut_off(engine: DemoEngine) -> None:
    item = one(engine, "cut-off")
    whole = engine.bodies.of(item)
    with asked(engine, item.path) as answer:
        assert answer.getheader("Content-Length") == str(len(whole))
        with pytest.raises(IncompleteRead) as broken:
            answer.read()
    assert broken.value.partial == whole[: len(whole) // 2]


@pytest.mark.parametrize(("kind", "length"), [("endless", None), ("announced", str(ANNOUNCED))])
def test_large_bodies_go_on(engine: DemoEngine, kind: str, length: str | None) -> None:
    item = one(engine, kind)
    with asked(engine, item.path) as answer:
        assert answer.getheader("Content-Length") == length
        start = answer.read(4 << 20)
    assert len(start) == 4 << 20
    assert start.startswith(engine.bodies.of(item)[:-1])


def test_a_slow_body_trickles(engine: DemoEngine) -> None:
    item = one(engine, "slow")
    with asked(engine, item.path) as answer:
        assert answer.getheader("Content-Length") == str(len(engine.bodies.of(item)))
        first = answer.read1(1 << 16)
    assert 0 < len(first) < 1000
    assert engine.bodies.of(item).startswith(first)


def test_a_silent_server_says_nothing(engine: DemoEngine) -> None:
    host, port = engine.host.split(":")
    with closing(socket.create_connection((host, int(port)), timeout=0.15)) as connection:
        request = f"GET {one(engine, 'silent').path} HTTP/1.1\r\nHost: {engine.host}\r\n\r\n"
        connection.sendall(request.encode())
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_dropped_connection_says_nothing_and_ends(engine: DemoEngine) -> None:
    path = one(engine, "dropped").path
    assert raw(engine, path) == b""
    with pytest.raises(RemoteDisconnected):
        got(engine, path)


def test_an_empty_file_is_an_answer(engine: DemoEngine) -> None:
    status, headers, body = got(engine, one(engine, "empty").path)
    assert (status, headers["content-length"], body) == (200, "0", b"")


def test_head_tells_the_length_and_sends_no_body(engine: DemoEngine) -> None:
    item = one(engine, "cartoon")
    with asked(engine, item.path, "HEAD") as answer:
        assert answer.getheader("Content-Length") == str(len(engine.bodies.of(item)))
        assert answer.read() == b""


def test_a_connection_can_be_used_again(engine: DemoEngine) -> None:
    item = one(engine, "cartoon")
    connection = HTTPConnection(engine.host, timeout=10)
    with closing(connection):
        for _ in range(3):
            connection.request("GET", item.path)
            response = connection.getresponse()
            assert response.read() == engine.bodies.of(item)
            assert not response.will_close


def test_search_gives_all_pages_in_order() -> None:
    with DemoEngine(PLAIN) as engine:
        found: list[str] = []
        page: int | None = 1
        sizes: list[int] = []
        while page is not None:
            _, headers, body = got(engine, f"/search?q={quote('cartoon archery gif')}&page={page}")
            assert headers["content-type"] == "application/json"
            told = json.loads(body)
            sizes.append(len(told["results"]))
            found += [result["media_url"] for result in told["results"]]
            page = told["next"]
        assert sizes == [20, 2]
        assert told["total"] == len(set(found)) == 22
        for url in found:
            parts = urlsplit(url)
            assert parts.netloc == engine.host
            assert got(engine, parts.path)[2].startswith(b"GIF89a")
        assert got(engine, "/search?q=archery&page=0")[0] == 400
        assert json.loads(got(engine, "/search?q=archery&page=99")[2])["results"] == []
        assert got(engine, urlsplit(told["results"][0]["page_url"]).path)[0] == 200


def test_pages_of_results_can_fail_once() -> None:
    with DemoEngine(PLAIN, failing_searches=1, retry_after_s=0) as engine:
        status, headers, _ = got(engine, "/search?q=archery")
        assert (status, headers["retry-after"]) == (503, "0")
        assert got(engine, "/search?q=archery")[0] == 200
        assert got(engine, "/search?q=archery&page=2")[0] == 503


def test_requests_are_counted_with_their_times() -> None:
    with DemoEngine(PLAIN) as engine:
        path = PLAIN.items[0].path
        for _ in range(2):
            got(engine, path)
        got(engine, "/robots.txt")
        assert engine.counts == {path: 2, "/robots.txt": 1}
        first, second, _ = engine.requests
        assert first.started <= first.ended <= second.started
        assert first.agent == "test"
        assert engine.most_at_once == 1


def test_requests_at_the_same_time_are_seen() -> None:
    gate = threading.Barrier(3)

    def ask(path: str) -> None:
        gate.wait()
        got(engine, path)

    with DemoEngine(PLAIN, pause_s=0.2) as engine:
        threads = [threading.Thread(target=ask, args=[item.path]) for item in PLAIN.items[:3]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 1 < engine.most_at_once <= 3


def test_an_engine_ends_although_clients_are_still_there() -> None:
    before = threading.active_count()
    world = World(plain=1)
    with DemoEngine(world, slow_gap_s=30) as engine:
        host, port = engine.host.split(":")
        with ExitStack() as stack:
            for kind in ("silent", "slow", "endless", None):
                client = socket.create_connection((host, int(port)), timeout=10)
                stack.enter_context(closing(client))
                if kind is not None:
                    path = world.of_kind(kind)[0].path
                    client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                if kind in ("slow", "endless"):
                    assert client.recv(1) == b"H"  # it has begun
            assert threading.active_count() > before + 1
            engine.close()
            assert threading.active_count() == before


def test_a_port_that_is_taken_is_a_users_error() -> None:
    with DemoEngine(PLAIN) as engine:
        port = int(engine.host.split(":")[1])
        with pytest.raises(UsageError, match=f"port {port}"):
            DemoEngine(PLAIN, port=port)
