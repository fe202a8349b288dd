import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from anigifs.collect.reasons import WebFailedError, WebRefusedError
from anigifs.collect.web import Limits, Robots, Web
from anigifs.collect.web.robots import FAILURE_S, MOST_BYTES, RULES_S, for_one
from tests.collect.web.network import CLOSED, PUBLIC, Network, Server, Time, body, pieces, sent_to

ROOT = "http://public.test"
RULES = b"""\
User-agent: *
Disallow: /private/
Allow: /private/open/
Disallow: /*.mp4$

User-agent: anigifs
Disallow: /not-for-us/
"""


@pytest.fixture
def web(network: Network) -> Iterator[Web]:
    with Web(Limits()) as one:
        yield one


@pytest.fixture
def clock() -> Time:
    return Time()


def test_rules_are_those_for_us_or_for_all(web: Web, server: Server) -> None:
    server.replies["/robots.txt"] = body(RULES)
    ours, others = Robots(web, "anigifs/0.1 (+mailto:me)"), Robots(web, "someone")
    assert not ours.allowed(f"{ROOT}/not-for-us/a.gif")
    assert ours.allowed(f"{ROOT}/private/a.gif")  # a group of our own replaces that for all
    assert others.allowed(f"{ROOT}/not-for-us/a.gif")
    assert not others.allowed(f"{ROOT}/private/a.gif")
    assert others.allowed(f"{ROOT}/private/open/a.gif")
    assert not others.allowed(f"{ROOT}/a.mp4")
    assert others.allowed(f"{ROOT}/a.mp4?x")
    assert server.paths == ["/robots.txt"] * 2


def test_rules_are_kept_for_a_day(web: Web, server: Server, clock: Time) -> None:
    server.replies["/robots.txt"] = body(RULES)
    robots = Robots(web, "x", clock)
    for _ in range(3):
        assert not robots.allowed(f"{ROOT}/private/a.gif")
    server.replies["/robots.txt"] = body(b"")
    clock.now += RULES_S - 1
    assert not robots.allowed(f"{ROOT}/private/a.gif")
    clock.now += 2
    assert robots.allowed(f"{ROOT}/private/a.gif")
    assert len(server.paths) == 2


def test_each_origin_has_its_own(web: Web, server: Server, network: Network) -> None:
    network.names["other.test"] = [[PUBLIC]]
    server.replies["/robots.txt"] = body(RULES)
    robots = Robots(web, "x")
    assert not robots.allowed(f"{ROOT}/private/a")
    server.replies["/robots.txt"] = body(b"")
    assert robots.allowed("http://other.test/private/a")
    assert [host for host, _, _ in server.asked] == ["public.test", "other.test"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_server_without_rules_allows_everything(status: int, web: Web, server: Server) -> None:
    server.replies["/robots.txt"] = body(b"User-agent: *\nDisallow: /", status)
    assert Robots(web, "x").allowed(f"{ROOT}/a")


def test_so_does_one_that_sends_us_in_circles(web: Web, server: Server) -> None:
    server.replies["/robots.txt"] = sent_to("/robots.txt")
    assert Robots(web, "x").allowed(f"{ROOT}/a")


def test_rules_may_be_elsewhere(web: Web, server: Server) -> None:
    server.replies |= {"/robots.txt": sent_to("/rules"), "/rules": body(RULES)}
    assert not Robots(web, "x").allowed(f"{ROOT}/private/a")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_cannot_be_known_now_is_not_allowed_now(
    status: int, web: Web, server: Server, clock: Time
) -> None:
    server.replies["/robots.txt"] = body(b"", status)
    robots = Robots(web, "x", clock)
    for _ in range(3):
        with pytest.raises(WebFailedError, match=r"robots\.txt"):
            robots.allowed(f"{ROOT}/a")
    assert len(server.paths) == 1
    server.replies["/robots.txt"] = body(RULES)
    clock.now += FAILURE_S
    assert robots.allowed(f"{ROOT}/a")


def test_a_host_that_cannot_be_reached_is_left_alone_for_a_while(
    web: Web, network: Network, clock: Time
) -> None:
    network.names["closed.test"] = [[CLOSED]]
    robots = Robots(web, "x", clock)
    for _ in range(3):
        with pytest.raises(WebFailedError) as caught:
            robots.allowed("http://closed.test/a")
        assert (caught.value.reason, caught.value.retry_after) == ("unreachable", FAILURE_S)
    assert len(network.connected) == 1


def test_a_private_address_is_not_asked_for_rules_either(
    web: Web, network: Network, server: Server
) -> None:
    network.names["inner.test"] = [["10.0.0.1"]]
    server.replies["/robots.txt"] = sent_to("http://inner.test/robots.txt")
    for url in ("http://127.0.0.1/a", "http://inner.test/a", f"{ROOT}/a"):
        with pytest.raises(WebRefusedError) as caught:
            Robots(web, "x").allowed(url)
        assert caught.value.reason == "private-address"
    assert network.connected == [(PUBLIC, 80)]


def test_a_file_of_any_size_is_read_as_far_as_is_asked_for(web: Web, server: Server) -> None:
    def lines() -> Iterator[bytes]:
        yield RULES
        while True:
            yield b"# nothing\n" * 5000

    server.replies["/robots.txt"] = pieces(lines())
    robots = Robots(web, "x")
    assert not robots.allowed(f"{ROOT}/private/a")
    assert robots.allowed(f"{ROOT}/a")
    cut = RULES.ljust(MOST_BYTES - 12, b"\n") + b"Disallow: /private-only"
    server.replies["/robots.txt"] = body(b"User-agent: *\n" + cut[14:])
    assert Robots(web, "x").allowed(f"{ROOT}/a")


@pytest.mark.parametrize("rules", [b"<html>" * 99, bytes(range(256)), b"\xef\xbb\xbf" + RULES])
def test_rules_that_are_none_forbid_nothing(rules: bytes, web: Web, server: Server) -> None:
    server.replies["/robots.txt"] = body(rules)
    robots = Robots(web, "x")
    assert robots.allowed(f"{ROOT}/a")
    assert robots.allowed(f"{ROOT}/private/a") == (RULES not in rules)


def test_rules_of_many_agents_cost_what_rules_of_one_do(web: Web, server: Server) -> None:
    agents = "".join(f"User-agent: bot{number}\n" for number in range(2000))
    rules = "".join(f"Disallow: /{number}/\n" for number in range(2000))
    ours = "User-agent: anigifs\nDisallow: /ours/\n"
    server.replies["/robots.txt"] = body(f"{agents}{rules}\n{ours}".encode())
    robots = Robots(web, "anigifs/1.0")
    assert not robots.allowed(f"{ROOT}/ours/a.gif")
    assert robots.allowed(f"{ROOT}/7/a.gif")
    kept = for_one(f"{agents}{rules}\n{ours}", "anigifs")
    assert len(set(re.findall("(?i)user-agent: *(.*)", kept))) == 2


@pytest.mark.parametrize("spelt", ["User-agent", "useragent", "USER AGENT"])
def test_a_group_that_names_us_among_others_is_ours(spelt: str, web: Web, server: Server) -> None:
    rules = f"{spelt}: other\n{spelt}: Anigifs # hello\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
    server.replies["/robots.txt"] = body(rules.encode())
    assert not Robots(web, "anigifs").allowed(f"{ROOT}/a.gif")
    assert Robots(web, "else").allowed(f"{ROOT}/a.gif")


def test_threads_ask_once(web: Web, server: Server) -> None:
    server.replies["/robots.txt"] = body(RULES)
    robots = Robots(web, "x")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(robots.allowed, [f"{ROOT}/private/{n}" for n in range(50)]))
    assert not any(answers)
    assert server.paths == ["/robots.txt"]


def test_not_all_origins_are_remembered(
    web: Web, server: Server, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anigifs.collect.web.robots._ORIGINS_KEPT", 10)
    robots = Robots(web, "x")
    for number in range(30):
        network.names[f"h{number}.test"] = [[PUBLIC]]
        assert robots.allowed(f"http://h{number}.test/")
    assert len(robots._origins) <= 10
