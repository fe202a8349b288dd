"""No hostile address is ever connected to, named directly or by a redirect."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.collect.reasons import WebFailedError, WebRefusedError
from anigifs.collect.web import Limits, Web
from anigifs.collect.web.urls import check, parsed
from tests.collect.web.network import CLOSED, CLOSED_6, PUBLIC, Network, Server, body, sent_to

PRIVATE = [
    "http://127.0.0.1/",
    "http://127.0.0.2/a.gif",
    "http://127.255.255.254/",
    "http://127.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://127\u30020\u30020\u30021/",
    "http://0.0.0.0/",
    "http://0/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://167772161/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://0xc0a80001/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://192.0.0.8/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "https://127.0.0.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::10.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:1::1]/",
    "http://[2001:0:808:808::80ff:fffe]/",
    "http://[2001:0:7f00:1::f7f7:f7f7]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25lo]/",
    "http://[fec0::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://inner.test/",
    "http://metadata.test/",
    "http://mixed-private.test/",
    "http://mapped.test/",
]
#: To each address, why it is refused before anything is looked up.
ODD = {
    "http://public.test@127.0.0.1/": "bad-url",
    "http://public.test:80@127.0.0.1/": "bad-url",
    "http://public.test\\@127.0.0.1/": "bad-url",
    "http://127.0.0.1@public.test/": "bad-url",
    "http://user:password@public.test/": "bad-url",
    "http://public.test\\.127.0.0.1/": "bad-url",
    "http://public.test%2e127.0.0.1/": "bad-url",
    "http://127.0.0.1%00.public.test/": "bad-url",
    "http://0177.0.0.1/": "bad-url",
    "http://\uff11\uff12\uff17.0.0.1/": "bad-url",  # digits of full width
    "http://.public.test/": "bad-url",
    "http://public..test/": "bad-url",
    "https://" + "a" * 64 + ".test/": "bad-url",
    "http://" + "a.test." * 40 + "/": "bad-url",
    "http:///a.gif": "bad-url",
    "http:127.0.0.1/": "bad-url",
    "http://[1.2.3.4]/": "bad-url",
    "http://public.test:80:80/": "bad-url",
    "http://public.test\n127.0.0.1/": "bad-url",
    "http://" + "a" * 70_000: "bad-url",
    "http://public.test:22/": "port",
    "http://public.test:0/": "port",
    "http://public.test:8080/": "port",
    "http://public.test:65616/": "port",
    "https://public.test:6379/": "port",
    "http://127.0.0.1:22/": "port",
    "file:///etc/passwd": "not-http",
    "file://public.test/etc/passwd": "not-http",
    "ftp://public.test/a.gif": "not-http",
    "gopher://public.test/": "not-http",
    "ws://public.test/": "not-http",
    "dict://public.test:11211/": "not-http",
    "javascript:alert(1)": "not-http",
    "data:image/gif;base64,R0lGODlh": "not-http",
}


@pytest.fixture
def names(network: Network) -> Network:
    network.names |= {
        "localhost": [["::1", "127.0.0.1"]],
        "inner.test": [["10.1.2.3"]],
        "metadata.test": [["169.254.169.254"]],
        "mixed-private.test": [["192.168.1.1", "::1", "0.0.0.0", "fe80::1"]],
        "mapped.test": [["::ffff:127.0.0.1"]],
    }
    return network


def reason_of(web: Web, url: str) -> str:
    with pytest.raises(WebRefusedError) as caught, web.get(url):
        pass
    return caught.value.reason


@pytest.mark.parametrize("url", PRIVATE)
def test_no_private_address_is_connected_to(url: str, names: Network, server: Server) -> None:
    server.replies["/on"] = sent_to(url)
    with Web(Limits()) as web:
        assert reason_of(web, url) == "private-address"
        assert names.connected == []
        assert reason_of(web, "http://public.test/on") == "private-address"
    assert names.connected == [(PUBLIC, 80)]


@pytest.mark.parametrize("url", ODD)
def test_no_odd_address_is_connected_to(url: str, names: Network, server: Server) -> None:
    with Web(Limits()) as web:
        assert reason_of(web, url) == ODD[url]
        assert names.connected == [] == names.looked_up


@pytest.mark.parametrize("url", [url for url in ODD if url.isprintable() and len(url) < 100])
@pytest.mark.parametrize("status", [301, 303, 307, 308])
def test_nor_is_one_that_a_redirect_names(
    url: str, status: int, names: Network, server: Server
) -> None:
    server.replies["/on"] = sent_to(url, status)
    # What names no host is a path of the same server, as in a browser.
    expected = "gone" if url in ("http:127.0.0.1/", "http:///a.gif") else ODD[url]
    with Web(Limits()) as web:
        assert reason_of(web, "http://public.test/on") == expected
    assert set(names.connected) == {(PUBLIC, 80)}


def test_the_way_to_a_private_address_may_be_long(names: Network, server: Server) -> None:
    for hop in range(4):
        server.replies[f"/{hop}"] = sent_to(f"/{hop + 1}")
    server.replies["/4"] = sent_to("//0x7f.1:80/secret")
    with Web(Limits()) as web:
        assert reason_of(web, "http://public.test/0") == "private-address"
    assert set(names.connected) == {(PUBLIC, 80)}
    assert server.paths == ["/0", "/1", "/2", "/3", "/4"]


def test_a_name_is_looked_up_once_and_its_address_kept_to(network: Network, server: Server) -> None:
    network.names["rebound.test"] = [[PUBLIC], ["127.0.0.1"]]
    server.replies["/"] = lambda handler: handler.answer(200, b"whole", Connection="close")
    with Web(Limits()) as web:
        with web.get("http://rebound.test/") as answer:
            assert (answer.read(), answer.address) == (b"whole", PUBLIC)
        assert network.looked_up == ["rebound.test"]
        # The server has closed: there must be a new connection, and its address is not public.
        assert reason_of(web, "http://rebound.test/") == "private-address"
    assert network.connected == [(PUBLIC, 80)]


def test_of_several_addresses_only_public_ones_are_tried(network: Network, server: Server) -> None:
    network.names["mixed.test"] = [["10.0.0.1", CLOSED, "::1", CLOSED_6, PUBLIC]]
    server.replies["/"] = body(b"whole")
    with Web(Limits()) as web, web.get("http://mixed.test/") as answer:
        assert (answer.read(), answer.address) == (b"whole", PUBLIC)
    assert network.connected == [(CLOSED, 80), (CLOSED_6, 80), (PUBLIC, 80)]


def test_proxies_of_the_environment_are_not_asked(
    network: Network, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{server.port}")
    with Web(Limits()) as web:
        assert reason_of(web, "http://10.0.0.1/") == "private-address"
    assert network.connected == []


def test_an_allowance_is_for_one_host_and_port_only(network: Network, server: Server) -> None:
    server.replies["/"] = body(b"local")
    with Web(Limits(allow=(f"127.0.0.1:{server.port}",))) as web:
        with web.get(f"http://127.0.0.1:{server.port}/") as answer:
            assert answer.read() == b"local"
        assert reason_of(web, f"http://127.0.0.2:{server.port}/") == "port"
        assert reason_of(web, f"http://2130706433:{server.port}/") == "port"
        assert reason_of(web, "http://127.0.0.1/") == "private-address"
    assert network.connected == [("127.0.0.1", server.port)]


def test_a_name_without_an_address_may_have_one_later(network: Network) -> None:
    with Web(Limits()) as web, pytest.raises(WebFailedError) as caught, web.get("http://no.test/"):
        pass
    assert (caught.value.reason, network.connected) == ("no-such-host", [])


@given(st.text(max_size=60), st.sampled_from(["", "http://", "https://", "http://[", "//"]))
def test_any_text_is_an_address_or_refused(text: str, start: str) -> None:
    base = parsed("http://public.test/")
    for beside in (None, base):
        with suppress(WebRefusedError):  # and nothing else is raised
            check(parsed(start + text, beside), Limits())
