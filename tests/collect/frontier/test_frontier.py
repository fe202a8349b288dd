import json
import re
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from anigifs.collect.frontier import Frontier, Retries, Standing, claims, reading
from anigifs.collect.items import Fetched, Hit, Page, Query
from tests.collect.frontier.fakes import fates, filled, interrupted_at, page_of, queries, stored

YOGA = Query("fake", "yoga", "animated", "animated yoga")
FAILED = Fetched(outcome="failed", reason="timeout", detail="20 s")


def test_a_query_is_added_once(tmp_path: Path) -> None:
    with Frontier(tmp_path / "f") as frontier:
        assert frontier.add_queries(queries(4, "a", "b")) == 8
        assert frontier.add_queries([*queries(5, "a"), YOGA]) == 2
        found = frontier.open_queries(["a"])
        assert [query for _, query, _ in found] == queries(5, "a")
        assert {cursor for *_, cursor in found} == {None}
        assert len(frontier.open_queries(["a", "b", "fake"])) == 10


def test_pages_advance_a_query_to_its_end(tmp_path: Path) -> None:
    with Frontier(tmp_path / "f") as frontier:
        frontier.add_queries([YOGA])
        frontier.commit_page(1, page_of("http://a/1", "http://a/2", cursor="next"), 1)
        assert frontier.open_queries(["fake"]) == [(1, YOGA, "next")]
        assert frontier.standing(1) == Standing("open", 1, 2, 0, 0.0, "")
        frontier.commit_page(1, page_of("http://a/2"), 3)
        assert frontier.open_queries(["fake"]) == []
        assert frontier.standing(1) == Standing("done", 2, 3, 0, 0.0, "")
        found = [(one.page, one.rank, one.url, one.query) for one in frontier.hits()]
        assert found == [
            (1, 1, "http://a/1", YOGA),
            (1, 2, "http://a/2", YOGA),
            (2, 3, "http://a/2", YOGA),
        ]
        with pytest.raises(ValueError, match="not open"):
            frontier.commit_page(1, page_of(), 4)
        with pytest.raises(KeyError):
            frontier.standing(2)


def test_a_page_is_committed_whole_or_not_at_all(tmp_path: Path) -> None:
    with Frontier(tmp_path / "f") as frontier:
        frontier.add_queries([YOGA])
        with pytest.raises(ValueError, match="rank 1"):
            frontier.commit_page(1, page_of("http://a/1"), 2)
        bad = Hit(media_url="http://a/2", title=object())  # type: ignore[arg-type]
        with pytest.raises(sqlite3.Error):
            frontier.commit_page(1, Page((Hit(media_url="http://a/1"), bad), "next", ""), 1)
        assert frontier.open_queries(["fake"]) == [(1, YOGA, None)]
        counts = frontier.counts()
        assert (counts["pages"], counts["hits"], counts["media"]) == (0, 0, 0)


def test_all_that_a_provider_states_comes_back(tmp_path: Path) -> None:
    hit = Hit(
        media_url="HTTP://A/1#x",
        page_url="http://a/page",
        provider_id="7",
        title='Größe "\N{GRINNING FACE}" \x00',
        width=640,
        height=480,
        mime="image/gif",
        bytes=2**40,
        licence="CC BY 4.0",
        licence_url="http://l",
        licence_evidence="extmetadata",
        creator="Ada",
        attribution="Ada / CC",
        sha1="0" * 40,
        tags=("yoga", "tree, pose"),
    )
    odd = Hit(media_url="http://a/\ud800", title="\udfff", width=-1, bytes=2**63, tags=("\ud800",))
    with Frontier(tmp_path / "f", clock=lambda: 5.0) as frontier:
        frontier.add_queries([YOGA])
        frontier.commit_page(1, Page((hit, odd), None, "abc"), 1)
        first, second = frontier.hits()
    assert (first.hit, first.at, first.raw_sha256, first.url) == (hit, 5.0, "abc", "http://a/1")
    assert second.hit == Hit(media_url="http://a/?", title="?", tags=("?",))


def test_a_query_fails_and_may_be_opened_again(tmp_path: Path) -> None:
    with Frontier(tmp_path / "f", clock=lambda: 50.0) as frontier:
        frontier.add_queries([YOGA])
        frontier.fail_query(1, "timeout", "x", again_at=80.0)
        assert frontier.standing(1) == Standing("open", 0, 0, 1, 80.0, "timeout")
        frontier.fail_query(1, "forbidden", "", again_at=None)
        assert frontier.standing(1).state == "failed"
        with pytest.raises(ValueError, match="not open"):
            frontier.fail_query(1, "timeout", "", 0.0)
        assert frontier.asked_since("fake", 50.0) == 2
        assert frontier.asked_since("fake", 51.0) == 0
        assert frontier.asked_since("other", 0.0) == 0
        assert frontier.reopen_queries(["other"]) == 0
        assert frontier.reopen_queries(["fake", "other"]) == 1
        assert frontier.standing(1).tries == 0
        frontier.commit_page(1, page_of(), 1)
        assert frontier.asked_since("fake", 50.0) == 3


def test_files_that_were_tried_in_vain_may_be_tried_once_more(tmp_path: Path) -> None:
    failed = Fetched(outcome="failed", reason="timeout")
    with Frontier(tmp_path / "f", Retries((1.0,)), clock=lambda: 50.0) as frontier:
        frontier.add_queries([YOGA])
        frontier.commit_page(1, page_of("http://a/1", "http://a/2"), 1)
        for tries in range(2):
            assert len(frontier.claim(9, 100.0)) == 2 - (tries > 0)
            frontier.commit_attempt(1, failed, 50.0)
            if not tries:
                frontier.commit_attempt(2, Fetched(outcome="refused", reason="gone"), 50.0)
        assert frontier.counts()["refused"] == 2
        assert frontier.reopen_files() == 1  # the other is not there, however often it is asked for
        (again,) = frontier.claim(9, 50.0)
        assert again.media_id == 1
        frontier.commit_attempt(1, failed, 50.0)
        assert frontier.counts()["waiting"] == 0
        assert frontier.counts()["attempts"] == 4


def test_hosts_that_asked_to_be_left_alone_are_known_to_the_next_call(tmp_path: Path) -> None:
    busy = Fetched(outcome="failed", reason="rate-limited", retry_after=500.0)
    with Frontier(tmp_path / "f", clock=lambda: 50.0) as frontier:
        frontier.add_queries([YOGA])
        frontier.commit_page(1, page_of("http://a/1", "http://b/2"), 1)
        frontier.claim(9, 50.0)
        frontier.commit_attempt(1, busy, 50.0)
        frontier.commit_attempt(2, Fetched(outcome="failed", reason="timeout"), 50.0)
        assert frontier.held_hosts(50.0) == {"a": 550.0}
        assert frontier.held_hosts(600.0) == {}


def test_one_file_keeps_every_hit(tmp_path: Path) -> None:
    spellings = ("http://a/1", "HTTP://A:80/1", "http://a/1#x")
    with Frontier(tmp_path / "f") as frontier:
        frontier.add_queries(queries(3, "fake"))
        for number, url in enumerate(spellings, start=1):
            frontier.commit_page(number, page_of(url), 1)
        (row,) = frontier.claim(9, now=0.0)
        frontier.commit_attempt(row.media_id, stored("x"), 1.0)
        found = list(frontier.candidates())
        assert [one.found.hit.media_url for one in found] == list(spellings)
        assert {(one.found.url, one.state) for one in found} == {("http://a/1", "stored")}


def test_a_failure_is_tried_again_and_then_no_more(tmp_path: Path) -> None:
    with filled(tmp_path / "f", ["http://a/1"], Retries((30.0, 300.0))) as frontier:
        (row,) = frontier.claim(1, 100.0)
        assert frontier.claim(1, 100.0) == []  # claimed already
        frontier.commit_attempt(row.media_id, FAILED, 100.0)
        assert fates(frontier) == {("http://a/1", "", "waiting", "timeout")}
        assert frontier.claim(1, 129.9) == []
        assert frontier.next_due(129.9) == 130.0
        (row,) = frontier.claim(1, 130.0)
        assert row.tries == 1
        late = Fetched(outcome="failed", reason="rate-limited", retry_after=1000.0)
        frontier.commit_attempt(row.media_id, late, 131.0)
        assert frontier.next_due(131.0) == 1131.0
        (row,) = frontier.claim(1, 1131.0)
        frontier.commit_attempt(row.media_id, FAILED, 1131.0)
        (end,) = frontier.candidates()
        assert (end.state, end.reason, end.detail) == ("refused", "exhausted", "timeout: 20 s")
        assert (end.tries, end.attempt) == (3, FAILED)
        assert frontier.next_due(0.0) is None
        assert frontier.claim(1, 1e12) == []
        assert frontier.counts()["attempts"] == 3
        with pytest.raises(ValueError, match="does not wait"):
            frontier.commit_attempt(row.media_id, FAILED, 0.0)


def test_all_that_an_attempt_tells_comes_back(tmp_path: Path) -> None:
    told = Fetched(
        outcome="refused",
        reason="x-robots-tag",
        detail="noai",
        status=200,
        hops=("http://a/1", "http://b/1"),
        address="203.0.113.7",
        bytes=12,
        kind="gif",
        started=1.5,
        ended=2.5,
        signals={"x-robots-tag": "noai", "etag": '"é"'},
        retry_after=7.0,
        media={"width": 8, "complete": True},
    )
    with filled(tmp_path / "f", ["http://a/1"]) as frontier:
        frontier.commit_attempt(1, told, 3.0)
        (one,) = frontier.candidates()
    assert one.attempt == told
    assert (one.state, one.reason, one.detail) == ("refused", "x-robots-tag", "noai")


def test_attempts_are_committed_together_or_not_at_all(tmp_path: Path) -> None:
    with filled(tmp_path / "f", ["http://a/1", "http://a/2"]) as frontier:
        unreasoned = Fetched(outcome="refused")
        with pytest.raises(sqlite3.IntegrityError):
            frontier.commit_attempts([(1, stored("x")), (2, unreasoned)], 0.0)
        assert frontier.counts()["waiting"] == 2
        assert frontier.counts()["attempts"] == 0


def test_an_interrupt_at_any_instant_leaves_all_or_nothing(tmp_path: Path) -> None:
    urls = [f"http://a/{number}" for number in range(1_000)]
    whole = 0
    with filled(tmp_path / "f", urls) as frontier:
        for step, url in enumerate(urls, start=1):
            (row,) = frontier.claim(1, 0.0)
            assert row.url == url
            try:
                with interrupted_at(step):
                    frontier.commit_attempt(row.media_id, FAILED, 100.0)
            except KeyboardInterrupt:
                attempts = frontier.counts()["attempts"]
                assert attempts in (whole, whole + 1)
                if attempts == whole:
                    frontier.commit_attempt(row.media_id, FAILED, 100.0)
                frontier.release()
                whole += 1
            else:
                assert step > 50
                break
        tried = [one.tries for one in frontier.candidates()]
        assert tried == [1] * step + [0] * (len(urls) - step)


def test_an_interrupt_leaves_a_whole_page_or_none(tmp_path: Path) -> None:
    """Its hits, their files and where to ask next."""
    step, pages = 0, 0
    with Frontier(tmp_path / "f") as frontier:
        frontier.add_queries([YOGA])
        ended = False
        while not ended:
            step += 1
            page = page_of(f"http://a/{step}", f"http://b/{step}", cursor=str(step))
            try:
                with interrupted_at(step):
                    frontier.commit_page(1, page, 2 * pages + 1)
                ended = True
            except KeyboardInterrupt:
                pass
            standing, counts = frontier.standing(1), frontier.counts()
            assert standing.pages in (pages, pages + 1)
            pages = standing.pages
            assert standing.hits == counts["hits"] == counts["media"] == 2 * pages
            assert counts["pages"] == pages
            if pages:
                cursor = frontier.open_queries(["fake"])[0][2]
                assert list(frontier.hits())[-1].url == f"http://b/{cursor}"
    assert step > 100


def test_claims_are_spread_over_hosts(tmp_path: Path) -> None:
    urls = [f"http://big/{n}" for n in range(50)] + [f"http://h{n}/x" for n in range(4)]
    with filled(tmp_path / "f", [*urls, "odd"]) as frontier:
        hosts = Counter(row.host for row in frontier.claim(8, 0.0))
        assert hosts == {"big": 3, "h0": 1, "h1": 1, "h2": 1, "h3": 1, "": 1}
        rows = frontier.claim(100, 0.0, room=lambda host: 5)
        assert Counter(row.host for row in rows) == {"big": 5}
        rest = frontier.claim(100, 0.0)
        assert len(rest) == 42
        assert frontier.claim(1, 0.0) == []
        frontier.release(row.media_id for row in rest[:3])
        assert frontier.claim(9, 0.0) == rest[:3]


def test_large_hosts_share_a_claim(tmp_path: Path) -> None:
    with filled(tmp_path / "f", [f"http://h{n % 2}/{n}" for n in range(100)]) as frontier:
        hosts = Counter(row.host for row in frontier.claim(40, 0.0))
    assert min(hosts.values()) >= 12


def test_hosts_take_turns(tmp_path: Path) -> None:
    urls = [f"http://h{n % 3}/{n}" for n in range(12)]
    with filled(tmp_path / "f", urls) as frontier:
        hosts = [frontier.claim(1, 0.0)[0].host for _ in range(6)]
        assert hosts[:3] == hosts[3:]
        assert sorted(hosts[:3]) == ["h0", "h1", "h2"]


def test_claims_end_with_the_process(tmp_path: Path) -> None:
    with filled(tmp_path / "f", ["http://a/1"]) as frontier:
        assert len(frontier.claim(1, 0.0)) == 1
    with Frontier(tmp_path / "f") as frontier:
        assert len(frontier.claim(1, 0.0)) == 1
        frontier.release()
        assert len(frontier.claim(1, 0.0)) == 1


def test_a_claim_and_the_end_of_a_read_search_indexes(tmp_path: Path) -> None:
    """Neither may look through all files or sort all hits, however many there are."""
    joined = reading._JOINED + reading._LAST_ATTEMPT
    statements = {
        claims._FIRST_HOST: (),
        claims._NEXT_HOST: ("a",),
        claims._DUE: ("a", 0.0, 5),
        "SELECT min(due) FROM media WHERE state = 'waiting' AND due > ?": (0.0,),
        f"SELECT media.url {joined} {reading._ORDER}": (),
    }
    with filled(tmp_path / "f", ["http://a/1"]) as frontier:
        for sql, values in statements.items():
            plan = frontier._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            steps = json.dumps([step[-1] for step in plan])
            assert not re.search("SCAN media(?! USING)", steps), steps
            assert "TEMP B-TREE" not in steps, steps
