import gzip
import hashlib
import logging
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from threading import Event

import pytest

from anigifs.collect.reasons import WebError, WebFailedError, WebRefusedError
from anigifs.collect.web import Limits, Trail, Web
from tests.collect.web.network import (
    CLOSED,
    PUBLIC,
    Handler,
    Network,
    Server,
    Time,
    body,
    pieces,
    sent_to,
)

A = "http://public.test/a"


@pytest.fixture
def web(network: Network) -> Iterator[Web]:
    with Web(Limits(agent="anigifs/9 (+mailto:me@example.org)")) as one:
        yield one


def error_of(web: Web, url: str = A, trail: Trail | None = None) -> WebError:
    with pytest.raises(WebError) as caught, web.get(url, trail=trail) as answer:
        answer.read()
    return caught.value


def fails(web: Web, reason: str, url: str = A) -> None:
    error = error_of(web, url)
    assert (error.reason, type(error)) == (reason, WebFailedError)


def refuses(web: Web, reason: str, url: str = A) -> None:
    error = error_of(web, url)
    assert (error.reason, type(error)) == (reason, WebRefusedError)


def endless(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


def test_an_answer_says_where_it_came_from(web: Web, server: Server) -> None:
    server.replies |= {
        "/a": sent_to("b?x=1#top", 301),
        "/b?x=1": sent_to("//public.test/c", 307),
        "/c": body(b"whole", ETag='"5"'),
    }
    trail = Trail()
    with web.get(A, trail=trail) as answer:
        assert (answer.status, answer.url) == (200, "http://public.test/c")
        assert answer.headers["etag"] == '"5"'
        assert answer.read() == b"whole"
    hops = (A, "http://public.test/b?x=1", "http://public.test/c")
    assert (answer.hops, answer.address) == (hops, PUBLIC)
    assert (trail.status, trail.bytes, trail.host) == (200, 5, "public.test")


def test_every_request_names_us_and_asks_for_plain_bytes(web: Web, server: Server) -> None:
    server.replies["/a"] = body(b"")
    with web.get(A, {"Accept": "image/gif", "User-Agent": "someone else"}):
        pass
    headers = server.asked[0][2]
    assert headers["User-Agent"] == "anigifs/9 (+mailto:me@example.org)"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Accept"] == "image/gif"
    assert headers["Host"] == "public.test"
    assert "Cookie" not in headers


def test_redirects_end(web: Web, server: Server) -> None:
    server.replies |= {f"/{hop}": sent_to(f"/{hop + 1}") for hop in range(9)}
    server.replies |= {"/5": body(b"whole"), "/a": sent_to("/a")}
    with web.get("http://public.test/0") as answer:
        assert (answer.read(), len(answer.hops)) == (b"whole", 6)
    server.replies["/5"] = sent_to("/6")
    refuses(web, "too-many-redirects", "http://public.test/0")
    assert "/6" not in server.paths
    refuses(web, "too-many-redirects")
    assert server.paths.count("/a") == 6


def test_a_key_is_not_sent_on_to_another_origin(web: Web, server: Server, network: Network) -> None:
    network.names["other.test"] = [[PUBLIC]]
    server.replies |= {
        "/a": sent_to("/b"),
        "/b": sent_to("http://other.test/c"),
        "/c": sent_to("http://public.test/d"),
        "/d": body(b""),
    }
    with web.get(A, {"Authorization": "Bearer s3cret"}):
        pass
    seen = [(path, "Authorization" in headers) for _, path, headers in server.asked]
    assert seen == [("/a", True), ("/b", True), ("/c", False), ("/d", True)]


def test_a_turn_is_had_for_each_hop_and_until_the_end(web: Web, server: Server) -> None:
    server.replies |= {"/a": sent_to("/b"), "/b": body(b"whole")}
    noted: list[str] = []

    @contextmanager
    def turn(url: str) -> Iterator[None]:
        noted.append(f"+{url[-1]} after {len(server.asked)}")
        yield
        noted.append(f"-{url[-1]}")

    with web.get(A, turn=turn) as answer:
        answer.read()
        assert noted == ["+a after 0", "-a", "+b after 1"]
    assert noted[3:] == ["-b"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        *((status, "gone") for status in (404, 410)),
        *((status, "forbidden") for status in (400, 401, 402, 403, 406, 451)),
        *((status, "server-error") for status in (206, 300, 304, 302, 408, 500, 502, 503, 599)),
        (429, "rate-limited"),
    ],
)
def test_a_status_says_whether_to_come_back(
    status: int, reason: str, web: Web, server: Server
) -> None:
    server.replies["/a"] = body(b"", status)
    error = error_of(web)
    assert error.reason == reason
    assert isinstance(error, WebRefusedError) == (reason in ("gone", "forbidden"))
    assert error.retry_after is None


def test_how_long_to_wait_is_read_in_both_forms(web: Web, server: Server) -> None:
    server.replies["/a"] = body(b"", 429, Retry_After="120")
    assert error_of(web).retry_after == 120.0
    date = formatdate(time.time() + 1000, usegmt=True)
    server.replies["/a"] = body(b"", 503, Retry_After=date)
    assert error_of(web).retry_after == pytest.approx(1000, abs=100)
    server.replies["/a"] = body(b"", 503, Retry_After=formatdate(0, usegmt=True))
    assert error_of(web).retry_after == 0.0
    for nonsense in ("soon", "-5", "inf", "nan", "1e999", "Mon, 99 Foo 2020 99:99:99 GMT", ""):
        server.replies["/a"] = body(b"", 429, Retry_After=nonsense)
        assert error_of(web).retry_after is None


def test_a_body_that_breaks_off_is_not_taken_for_whole(web: Web, server: Server) -> None:
    server.replies["/a"] = pieces([b"half"], Content_Length="8")
    fails(web, "cut-off")
    server.replies["/a"] = pieces([b"4\r\nhalf\r\n"], Transfer_Encoding="chunked")
    fails(web, "cut-off")
    server.replies["/a"] = pieces([b"4\r\nhalf\r\n0\r\n\r\n"], Transfer_Encoding="chunked")
    with web.get(A) as answer:
        assert answer.read() == b"half"


def test_a_body_is_no_larger_than_allowed(network: Network, server: Server) -> None:
    with Web(Limits(most_bytes=100_000)) as web:
        server.replies["/a"] = body(bytes(100_000))
        with web.get(A) as answer:
            assert len(answer.read()) == 100_000
        server.replies["/a"] = pieces([bytes(100_001)])
        refuses(web, "too-large")
        server.replies["/a"] = pieces(endless(bytes(50_000)))
        tracemalloc.start()
        refuses(web, "too-large")
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
        tracemalloc.stop()


def test_what_is_announced_too_large_is_not_read(web: Web, server: Server) -> None:
    server.replies["/a"] = pieces([bytes(99)], Content_Length=str(8 << 30))
    trail = Trail()
    assert error_of(web, A, trail).reason == "too-large"
    assert trail.bytes == 0


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP, identity", "zstd"])
def test_a_compressed_body_is_not_unpacked(encoding: str, web: Web, server: Server) -> None:
    bomb = gzip.compress(bytes(1 << 20))
    server.replies["/a"] = body(bomb, Content_Encoding=encoding)
    trail = Trail()
    assert error_of(web, A, trail).reason == "encoded"
    assert trail.bytes == 0


def test_identity_is_no_encoding(web: Web, server: Server) -> None:
    server.replies["/a"] = body(b"whole", Content_Encoding="identity")
    with web.get(A) as answer:
        assert answer.read() == b"whole"


def test_a_trickle_is_given_up(network: Network, server: Server) -> None:
    server.replies["/a"] = pieces(endless(b"GIF89a"))
    with Web(Limits(least_bytes_s=1e9, total_s=1e6), clock=Time(step_s=1.0)) as web:
        trail = Trail()
        assert error_of(web, A, trail).reason == "too-slow"
        assert trail.bytes > 6  # it was given its time first


def test_so_is_a_body_that_takes_too_long_in_all(network: Network, server: Server) -> None:
    server.replies["/a"] = pieces(endless(bytes(10_000)))
    limits = Limits(least_bytes_s=0, total_s=20, most_bytes=1 << 40)
    with Web(limits, clock=Time(step_s=0.5)) as web:
        fails(web, "too-slow")


def test_all_redirects_together_have_one_time(network: Network, server: Server) -> None:
    clock = Time()

    def slowly(handler: Handler) -> None:
        clock.now += 25
        sent_to("/a")(handler)

    server.replies["/a"] = slowly
    with Web(Limits(total_s=60), clock=clock) as web:
        fails(web, "timeout")
    assert server.paths == ["/a"] * 3


def test_waiting_for_a_turn_takes_no_time_off(network: Network, server: Server) -> None:
    server.replies |= {"/a": sent_to("/b"), "/b": body(b"whole")}
    clock = Time()

    @contextmanager
    def turn(url: str) -> Iterator[None]:
        clock.sleep(1000)
        yield

    with Web(Limits(total_s=5), clock=clock) as web, web.get(A, turn=turn) as answer:
        assert answer.read() == b"whole"


def silent(stop: Event) -> None:
    stop.wait(5)


def test_silence_is_waited_for_a_while_only(network: Network, server: Server) -> None:
    stop = Event()

    def whole_head_but_no_body(handler: Handler) -> None:
        handler.head(200, {"Content-Length": "9"})
        stop.wait(5)

    server.replies |= {"/a": lambda _: silent(stop), "/b": whole_head_but_no_body}
    try:
        with Web(Limits(read_s=0.1)) as web:
            fails(web, "timeout")
            fails(web, "timeout", "http://public.test/b")
        with Web(Limits(total_s=0.1)) as web:
            fails(web, "timeout")
    finally:
        stop.set()


def test_headers_that_drip_for_ever_end(network: Network, server: Server) -> None:
    stop = Event()

    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not stop.wait(0.005):
            handler.wfile.write(b"X: y\r\n")

    server.replies["/a"] = drip
    try:
        with Web(Limits(total_s=0.2)) as web:
            fails(web, "timeout")
    finally:
        stop.set()


def rubbish(handler: Handler) -> None:
    handler.wfile.write(b"rubbish\r\n\r\n")


def test_a_server_that_is_not_there_may_come_back(
    web: Web, network: Network, server: Server
) -> None:
    network.names["closed.test"] = [[CLOSED]]
    fails(web, "unreachable", "http://closed.test/")
    server.replies["/a"] = lambda handler: setattr(handler, "close_connection", True)
    fails(web, "unreachable")
    server.replies["/a"] = rubbish
    fails(web, "unreachable")


def test_headers_of_any_size_are_not_read(web: Web, server: Server) -> None:
    server.replies["/a"] = lambda handler: handler.answer(X="y" * 1_000_000)
    fails(web, "unreachable")


def test_keys_are_in_no_error_and_no_log(
    web: Web, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = "http://public.test/a?q=cartoon&api_key=s3cret&access_token=s3cret#key=s3cret"
    key = {"Authorization": "Bearer s3cret"}
    trail = Trail()
    for reply in (
        body(b"", 404),
        body(b"", 429),
        body(b"{", 200),
        body(b"", Content_Encoding="gzip"),
        pieces([b"half"], Content_Length="8"),
        lambda handler: setattr(handler, "close_connection", True),
        sent_to("/a?q=cartoon&api_key=s3cret&access_token=s3cret"),
        sent_to("ftp://public.test/?client_id=s3cret"),
        sent_to("http://me:s3cret@public.test/"),
        sent_to("http://[?key=s3cret"),
    ):
        server.replies["/a?q=cartoon&api_key=s3cret&access_token=s3cret"] = reply
        with pytest.raises(WebError) as caught:
            web.json(url, {}, key)
        assert "s3cret" not in f"{caught.value} {caught.value.detail}"
        with suppress(WebError), web.get(url, key, trail=trail) as answer:
            answer.read()
    assert len(trail.hops) > 10
    assert "s3cret" not in "".join(trail.hops)
    assert "HIDDEN" in "".join(trail.hops)
    assert "s3cret" not in caplog.text
    assert server.paths[0].endswith("api_key=s3cret&access_token=s3cret")


def test_json_comes_parsed_with_the_hash_of_its_bytes(web: Web, server: Server) -> None:
    text = '{"query": {"title": "Fencing é"}}'.encode()
    server.replies["/a?p=1&q=tai+chi+%26+more&page=2"] = body(text)
    found, sha256 = web.json(
        f"{A}?p=1", {"q": "tai chi & more", "page": "2"}, {"Authorization": "Bearer x"}
    )
    assert found == {"query": {"title": "Fencing é"}}
    assert sha256 == hashlib.sha256(text).hexdigest()
    assert server.asked[0][2]["Authorization"] == "Bearer x"


@pytest.mark.parametrize("text", [b"", b"<html>", b"\xff\xfe\xfd", b"[" * 100_000])
def test_what_is_no_json_is_the_servers_failure(text: bytes, web: Web, server: Server) -> None:
    server.replies["/a"] = body(text)
    with pytest.raises(WebFailedError) as caught:
        web.json(A)
    assert caught.value.reason == "server-error"


def test_connections_are_kept_for_the_next_request(
    web: Web, server: Server, network: Network
) -> None:
    server.replies["/a"] = body(b"whole")
    for _ in range(3):
        with web.get(A) as answer:
            assert (answer.read(), answer.address) == (b"whole", PUBLIC)
    assert network.connected == [(PUBLIC, 80)]
