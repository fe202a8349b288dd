import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.collect import searching
from anigifs.collect.frontier import Frontier, Reader, Retries
from anigifs.collect.items import Page, Provider
from anigifs.collect.reasons import WebError, WebFailedError, WebRefusedError
from anigifs.collect.searching import Asked, Rate, Searched, rate_of, search_all
from tests.collect.frontier.fakes import (
    AT_ONCE,
    FAST,
    Scripted,
    Time,
    Web,
    page_of,
    queries,
)


@pytest.fixture
def frontier(tmp_path: Path) -> Frontier:
    frontier = Frontier(tmp_path / "f", clock=lambda: 0.0)
    frontier.add_queries(queries(2, "fake"))
    return frontier


def endless(text: str, cursor: str | None) -> Page:
    """Give three hits a page, and always another page."""
    number = int(cursor or 0)
    urls = (f"http://a/{text}/{number}/{place}" for place in range(3))
    return page_of(*urls, cursor=str(number + 1))


def states(frontier: Frontier) -> list[tuple[str, str]]:
    standings = (frontier.standing(number) for number in (1, 2))
    return [(one.state, one.reason) for one in standings]


def test_each_query_is_asked_to_its_end(frontier: Frontier) -> None:
    """With several providers at once: what each would give, in order, and nothing else."""
    with frontier:
        names = ("alpha", "beta", "gamma")
        frontier.add_queries(queries(30, *names))
        webs: dict[str, Provider] = {name: Web(name, files=50) for name in names}
        told: list[Asked] = []
        done = search_all(frontier, webs, retries=AT_ONCE, watch=told.append)
        found: dict[tuple[str, str], list[str]] = {}
        for one in frontier.hits():
            found.setdefault((one.query.provider, one.query.text), []).append(one.hit.title)
        wanted = {(q.provider, q.text): walk(webs[q.provider], q.text) for q in queries(30, *names)}
        assert found == {query: titles for query, (titles, _) in wanted.items() if titles}
        counts = frontier.counts()
        assert (done.pages, done.hits) == (counts["pages"], counts["hits"])
        assert counts["queries_failed"] == sum(failed for _, failed in wanted.values()) > 0
        assert counts["queries_open"] == 2  # of a provider that was not asked
        assert (done.broken, done.put_off) == ({}, {})
        assert sum(one.hits for one in told) == done.hits
        assert len([one for one in told if one.error]) == done.failures
        assert len([one for one in told if one.ended]) == 90


def walk(web: Provider, text: str) -> tuple[list[str], bool]:
    """Return the titles that a provider has for a query, and whether it fails at the end."""
    titles: list[str] = []
    cursor: str | None = None
    while True:
        try:
            page = web.search(text, cursor)
        except WebError:
            return titles, True
        titles += [hit.title for hit in page.hits]
        if page.next_cursor is None:
            return titles, False
        cursor = page.next_cursor


@pytest.mark.parametrize(
    ("of_provider", "of_user", "pages"), [(7, None, 3), (None, 6, 2), (4, 100, 2), (100, 1, 1)]
)
def test_a_query_ends_at_its_deepest(
    frontier: Frontier, of_provider: int | None, of_user: int | None, pages: int
) -> None:
    with frontier:
        fake = Scripted(endless, capabilities=replace(FAST, deepest=of_provider))
        done = search_all(frontier, {"fake": fake}, deepest=of_user)
        assert (done.pages, done.hits) == (2 * pages, 6 * pages)
        assert states(frontier) == [("done", "")] * 2
        assert [one.rank for one in frontier.hits()] == [*range(1, 3 * pages + 1)] * 2
        assert fake.asked == [(text, n) for text in ("q0", "q1") for n in (None, "1", "2")[:pages]]


def test_an_answer_that_would_go_on_for_ever_is_ended(
    frontier: Frontier, monkeypatch: pytest.MonkeyPatch
) -> None:
    with frontier:
        stuck = Scripted(lambda text, cursor: page_of("http://a/1", cursor="same"))
        assert search_all(frontier, {"fake": stuck}).pages == 4
        monkeypatch.setattr(searching, "MOST_PAGES", 5)
        frontier.add_queries(queries(3, "fake"))
        assert search_all(frontier, {"fake": Scripted(endless)}).pages == 5


def test_a_provider_is_asked_at_its_rate(frontier: Frontier) -> None:
    time = Time()
    with frontier:
        fake = Scripted(endless, time, replace(FAST, requests_a_minute=40, deepest=9))
        search_all(
            frontier,
            {"fake": fake},
            lambda provider: Rate(provider.capabilities.requests_a_minute, time),
            clock=time,
            sleep=time.sleep,
        )
    gaps = [after - before for before, after in zip(fake.times, fake.times[1:], strict=False)]
    assert gaps == [1.5] * 5


def test_a_rate_follows_from_the_capabilities() -> None:
    rate = rate_of(Scripted(endless, capabilities=replace(FAST, requests_a_minute=1)))
    rate.asked()
    assert 55 < rate.wait_time() <= 60
    free = rate_of(Scripted(endless))
    free.asked()
    assert free.wait_time() <= 0


def test_a_provider_that_asks_for_rest_gets_it(frontier: Frontier) -> None:
    """All its queries wait, not only the one that was turned away."""
    time = Time()
    errors = iter([WebFailedError("rate-limited", "", 90), WebFailedError("rate-limited")])

    def answer(text: str, cursor: str | None) -> Page:
        for error in errors:
            raise error
        return page_of()

    with frontier:
        fake = Scripted(answer, time)
        done = ask(frontier, fake, time)
        assert [at - 1_000 for at in fake.times] == [0, 90, 120, 120]
        assert [text for text, _ in fake.asked] == ["q0", "q1", "q0", "q1"]
        assert states(frontier) == [("done", "")] * 2
        assert (done.pages, done.failures) == (2, 2)


def ask(frontier: Frontier, fake: Scripted, time: Time, patience_s: float = 600.0) -> Searched:
    return search_all(
        frontier,
        {"fake": fake},
        lambda provider: Rate(float("inf"), time),
        clock=time,
        sleep=time.sleep,
        patience_s=patience_s,
    )


def test_rest_that_takes_too_long_is_for_another_time(frontier: Frontier) -> None:
    def turn_away(text: str, cursor: str | None) -> Page:
        raise WebFailedError("rate-limited", "", retry_after=3600)

    time = Time()
    with frontier:
        fake = Scripted(turn_away, time)
        assert "3,600 s" in ask(frontier, fake, time).put_off["fake"]
        time.sleep(1000)  # asked anew in the meantime, as after a kill, it is still left alone
        assert "2,600 s" in ask(frontier, fake, time).put_off["fake"]
        assert len(fake.asked) == 1
        time.sleep(2600)
        assert ask(frontier, Scripted(endless_end, time), time).pages == 2
        assert states(frontier) == [("done", "")] * 2


def endless_end(text: str, cursor: str | None) -> Page:
    return page_of(f"http://a/{text}")


def test_a_failure_is_tried_again_later_and_three_times_at_most(frontier: Frontier) -> None:
    time = Time()

    def answer(text: str, cursor: str | None) -> Page:
        if text == "q0":
            raise WebFailedError("timeout", "20 s")
        return page_of()

    with frontier:
        fake = Scripted(answer, time)
        done = ask(frontier, fake, time)
        assert [text for text, _ in fake.asked] == ["q0", "q1", "q0", "q0"]
        assert [at - 1_000 for at in fake.times] == [0, 0, 30, 330]
        assert states(frontier) == [("failed", "exhausted"), ("done", "")]
        assert done.broken == {}


def test_tries_are_counted_over_several_runs(frontier: Frontier) -> None:
    def fail(text: str, cursor: str | None) -> Page:
        raise WebFailedError("timeout")

    time, fake = Time(), Scripted(fail)
    with frontier:
        for wait, asked in ((30, 2), (300, 4), (0, 6)):
            ask(frontier, fake, time, patience_s=10.0)
            assert len(fake.asked) == asked
            time.sleep(wait)
        ask(frontier, fake, time)
        assert len(fake.asked) == 6
        assert states(frontier) == [("failed", "exhausted")] * 2


def test_a_refusal_is_for_good(frontier: Frontier) -> None:
    def refuse(text: str, cursor: str | None) -> Page:
        raise WebRefusedError("forbidden", "key=...")

    with frontier:
        fake = Scripted(refuse)
        search_all(frontier, {"fake": fake})
        assert states(frontier) == [("failed", "forbidden")] * 2
        assert len(fake.asked) == 2


@pytest.mark.parametrize("error", [KeyError("results"), ZeroDivisionError(), UserWarning("x")])
def test_a_broken_provider_does_not_stop_the_others(frontier: Frontier, error: Exception) -> None:
    def fail(text: str, cursor: str | None) -> Page:
        raise error

    with frontier:
        frontier.add_queries(queries(5, "other"))
        broken = Scripted(fail)
        done = search_all(frontier, {"fake": broken, "other": Scripted(endless_end)})
        assert done.broken == {"fake": error}
        assert len(broken.asked) == 1
        assert done.pages == 5
        assert states(frontier) == [("open", "")] * 2


@pytest.mark.parametrize("kind", [WebRefusedError, WebFailedError])
def test_a_provider_that_fails_query_after_query_is_given_up(
    frontier: Frontier, kind: type[WebError]
) -> None:
    def fail(text: str, cursor: str | None) -> Page:
        raise kind("forbidden")

    with frontier:
        frontier.add_queries(queries(50, "fake"))
        fake = Scripted(fail)
        done = search_all(frontier, {"fake": fake}, retries=Retries((1000.0,)))
        assert len(fake.asked) == searching.GIVEN_UP_AFTER
        assert isinstance(done.broken["fake"], kind)
        frontier.reopen_queries(["fake"])
        assert search_all(frontier, {"fake": Scripted(endless_end)}, clock=lambda: 1e12).pages == 50


def test_what_fails_now_and_then_is_no_reason_to_give_up(frontier: Frontier) -> None:
    def answer(text: str, cursor: str | None) -> Page:
        if int(text[1:]) % 3 == 0:
            raise WebFailedError("server-error")
        return page_of()

    with frontier:
        frontier.add_queries(queries(90, "fake"))
        done = search_all(frontier, {"fake": Scripted(answer)}, retries=AT_ONCE)
        assert done.broken == {}
        assert (done.pages, done.failures) == (60, 90)


def test_a_day_has_so_many_requests(frontier: Frontier) -> None:
    time = Time(1e6)
    with frontier:
        frontier.clock = time
        frontier.add_queries(queries(9, "fake"))
        fake = Scripted(endless_end, time, replace(FAST, requests_a_day=4))
        assert ask(frontier, fake, time).put_off.keys() == {"fake"}
        time.sleep(80_000)
        ask(frontier, fake, time)
        assert len(fake.asked) == 4
        time.sleep(10_000)
        ask(frontier, fake, time)
        assert len(fake.asked) == 8
        time.sleep(90_000)
        assert ask(frontier, fake, time).put_off == {}
        assert len(fake.asked) == 9


def test_what_is_told_has_been_committed(frontier: Frontier) -> None:
    reader, seen = Reader(frontier.path), []

    def watch(asked: Asked) -> None:
        seen.append(reader.counts()["hits"])

    with frontier:
        search_all(frontier, {"fake": Scripted(endless)}, deepest=6, watch=watch)
    assert seen == [3, 6, 9, 12]


def test_an_error_of_ours_ends_the_search(frontier: Frontier) -> None:
    def watch(asked: Asked) -> None:
        if asked.query.provider == "fake":
            raise RuntimeError

    with frontier:
        frontier.add_queries(queries(2, "other"))
        slow = Scripted(endless, capabilities=replace(FAST, requests_a_minute=600, deepest=30))
        with pytest.raises(RuntimeError):
            search_all(frontier, {"fake": Scripted(endless), "other": slow}, watch=watch)
        assert len(slow.asked) < 20


@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_leaves_a_sound_search(
    frontier: Frontier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that comes later is neither committed nor told of."""
    monkeypatch.setattr(searching, "GRACE_S", 0.0)
    come, threads = threading.Event(), []

    def answer(text: str, cursor: str | None) -> Page:
        if cursor == "2":
            threads.append(threading.current_thread())
            os.kill(os.getpid(), signal.SIGINT)
            come.wait(30)
        return endless(text, cursor)

    def search() -> None:
        search_all(frontier, {"fake": Scripted(answer)}, deepest=12, watch=told.append)

    told: list[Asked] = []
    with frontier:
        with pytest.raises(KeyboardInterrupt):
            search()
        pages = len(told)
        come.set()
        threads[0].join()
        assert frontier.counts()["pages"] == len(told) == pages == 2
    with Frontier(frontier.path) as again:
        assert [(q.text, cursor) for _, q, cursor in again.open_queries(["fake"])] == [
            ("q0", "2"),
            ("q1", None),
        ]
        search_all(again, {"fake": Scripted(endless)}, deepest=12)
        assert [one.rank for one in again.hits()] == [*range(1, 13)] * 2


def test_nothing_is_asked_where_nothing_is_open(frontier: Frontier) -> None:
    never: Callable[[str, str | None], Page] = lambda text, cursor: pytest.fail("asked")  # noqa: E731
    with frontier:
        assert search_all(frontier, {}) == Searched()
        assert search_all(frontier, {"other": Scripted(never)}) == Searched()
