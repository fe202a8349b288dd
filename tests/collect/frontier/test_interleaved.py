"""Whatever is committed in whatever order, with whatever kills between, the frontier is sound."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.collect.frontier import Frontier, MediaRow, canonical
from anigifs.collect.items import Fetched
from tests.collect.frontier.fakes import AT_ONCE, page_of, queries, stored

QUERIES = queries(2, "a", "b")
URLS = [f"{scheme}://h{n % 3}/{n}" for n in range(6) for scheme in ("http", "HTTP")]
OUTCOMES = {
    "stored": stored("x"),
    "refused": Fetched(outcome="refused", reason="gone"),
    "failed": Fetched(outcome="failed", reason="timeout"),
}

STEPS = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 4)),
    st.tuples(
        st.just("page"),
        st.tuples(st.integers(0, 3), st.lists(st.sampled_from(URLS), max_size=4), st.booleans()),
    ),
    st.tuples(st.just("fail"), st.tuples(st.integers(0, 3), st.booleans())),
    st.tuples(st.just("claim"), st.integers(1, 4)),
    st.tuples(st.just("attempt"), st.sampled_from(sorted(OUTCOMES))),
    st.tuples(st.just("release"), st.none()),
    st.tuples(st.just("reopen"), st.none()),
    st.tuples(st.just("kill"), st.none()),
)


class Sound:
    """A frontier beside what must be true of it, kept in plain lists."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.generation = folder, 0
        self.frontier = Frontier(self.path, AT_ONCE, clock=lambda: 0.0)
        self.hits: dict[int, list[str]] = {}
        self.pages: Counter[int] = Counter()
        self.ended: set[int] = set()
        self.attempts: dict[str, list[str]] = {}
        self.claimed: list[MediaRow] = []

    @property
    def path(self) -> Path:
        return self.folder / str(self.generation) / "frontier.sqlite"

    def add(self, count: int) -> None:
        new = self.frontier.add_queries(QUERIES[:count])
        assert new == max(0, count - len(self.hits))
        for number in range(len(self.hits), count):
            self.hits[number] = []

    def page(self, what: tuple[int, list[str], bool]) -> None:
        number, urls, last = what
        if number in self.hits and number not in self.ended:
            page = page_of(*urls, cursor=None if last else "more")
            self.frontier.commit_page(number + 1, page, len(self.hits[number]) + 1)
            self.hits[number] += urls
            self.pages[number] += 1
            self.ended |= {number} if last else set()
            for url in map(canonical, urls):
                self.attempts.setdefault(url, [])

    def fail(self, what: tuple[int, bool]) -> None:
        number, for_good = what
        if number in self.hits and number not in self.ended:
            self.frontier.fail_query(number + 1, "timeout", "", None if for_good else 0.0)
            self.ended |= {number} if for_good else set()

    def claim(self, count: int) -> None:
        rows = self.frontier.claim(count, 0.0)
        claimed = {row.url for row in self.claimed}
        open_ones = {url for url, tried in self.attempts.items() if state(tried) == "waiting"}
        assert {row.url for row in rows} <= open_ones - claimed
        assert len(rows) == min(count, len(open_ones - claimed))
        assert all(row.tries == len(self.attempts[row.url]) for row in rows)
        self.claimed += rows

    def attempt(self, outcome: str) -> None:
        if self.claimed:
            row = self.claimed.pop()
            self.frontier.commit_attempt(row.media_id, OUTCOMES[outcome], 0.0)
            self.attempts[row.url].append(outcome)

    def release(self, nothing: None) -> None:
        self.frontier.release(row.media_id for row in self.claimed)
        self.claimed = []

    def reopen(self, nothing: None) -> None:
        self.frontier.close()
        self.frontier, self.claimed = Frontier(self.path, AT_ONCE, clock=lambda: 0.0), []

    def kill(self, nothing: None) -> None:
        """Go on from the files as they are at this moment, which is all that a kill leaves."""
        before = self.path.parent
        self.generation += 1
        shutil.copytree(before, self.path.parent)
        old, self.claimed = self.frontier, []
        self.frontier = Frontier(self.path, AT_ONCE, clock=lambda: 0.0)
        old.close()

    def check(self) -> None:
        found: dict[int, list[str]] = {number: [] for number in self.hits}
        for one in self.frontier.candidates():
            number = QUERIES.index(one.found.query)
            found[number].append(one.found.hit.media_url)
            assert one.found.rank == len(found[number])
            tried = self.attempts[one.found.url]
            assert (one.state, one.tries) == (state(tried), len(tried))
            assert (one.reason == "exhausted") == (tried == ["failed"] * AT_ONCE.tries)
            last = OUTCOMES[tried[-1]] if tried else None
            assert one.attempt == last
        assert found == self.hits
        open_ones = {query for _, query, _ in self.frontier.open_queries(["a", "b"])}
        assert open_ones == {QUERIES[number] for number in self.hits.keys() - self.ended}
        counts = self.frontier.counts()
        assert counts["pages"] == self.pages.total()
        assert counts["media"] == len(self.attempts)
        assert counts["attempts"] == sum(map(len, self.attempts.values()))
        states = Counter(map(state, self.attempts.values()))
        assert {name: counts[name] for name in ("waiting", "stored", "refused")} == {
            name: states[name] for name in ("waiting", "stored", "refused")
        }


def state(tried: list[str]) -> str:
    if tried and tried[-1] in ("stored", "refused"):
        return tried[-1]
    return "refused" if len(tried) == AT_ONCE.tries else "waiting"


@settings(max_examples=25)
@given(st.lists(STEPS, max_size=40))
def test_any_order_of_commits_kills_and_reopenings_is_sound(
    steps: list[tuple[str, object]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sound = Sound(Path(folder))
        try:
            sound.add(2)
            for name, what in steps:
                step: Callable[[object], None] = getattr(sound, name)
                step(what)
                if name in ("reopen", "kill"):
                    sound.check()
            sound.check()
        finally:
            sound.frontier.close()
