"""A collection in one folder: search, fetch, tell; what was done before is not done again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anigifs.collect.candidates import write_candidates
from anigifs.collect.download import Downloader
from anigifs.collect.fetching import FetchedAll, fetch_all
from anigifs.collect.frontier import Frontier, MediaRow, Retries
from anigifs.collect.items import Fetched, Provider, Query
from anigifs.collect.searching import Asked, Searched, search_all
from anigifs.collect.store import Store
from anigifs.collect.web.client import Web
from anigifs.collect.web.limits import Limits
from anigifs.collect.web.pace import Pace
from anigifs.collect.web.robots import Robots
from anigifs.collect.yields import Yield, yields
from anigifs.foundation.claim import claim

SETTINGS = "collect.json"
#: Told what is being done, and how far it is, 0..1.
Tell = Callable[[str, float], None]


@dataclass(frozen=True)
class Folder:
    """Where a collection lies.

    Attributes:
        path: The folder; ``frontier.sqlite``, ``store/`` and ``candidates.parquet`` are in it.
    """

    path: Path

    @property
    def frontier(self) -> Path:
        """Every query, hit and attempt."""
        return self.path / "frontier.sqlite"

    @property
    def store(self) -> Path:
        """The files, called by their hashes."""
        return self.path / "store"

    @property
    def candidates(self) -> Path:
        """Every hit ever seen, and what became of it."""
        return self.path / "candidates.parquet"


@dataclass(frozen=True)
class Wishes:
    """How a collection is made.

    Attributes:
        limits: Of every request.
        threads: That fetch.
        deepest: Hits of a query, at most; None takes what the provider gives.
        retries: When what failed is tried again.
        patience_s: What must be left alone for longer is left for another call.
        again: Whether what had been given up is tried once more: failed queries, and files that
            were tried in vain.
    """

    limits: Limits = field(default_factory=Limits)
    threads: int = 16
    deepest: int | None = None
    retries: Retries = field(default_factory=Retries)
    patience_s: float = 600.0
    again: bool = False


@dataclass(frozen=True)
class Collected:
    """What a call did, and what there is.

    Attributes:
        searched: What was asked.
        fetched: What was fetched.
        counts: Of everything in the frontier.
        yields: By class, style word and provider.
        candidates: Rows of ``candidates.parquet``.
    """

    searched: Searched
    fetched: FetchedAll
    counts: Mapping[str, int]
    yields: Sequence[Yield]
    candidates: int


def collect(
    folder: Folder,
    settings: Mapping[str, object],
    queries: Sequence[Query],
    providers: Callable[[Web], Mapping[str, Provider]],
    wishes: Wishes = Wishes(),
    tell: Tell = lambda stage, share: None,
) -> Collected:
    """Search and fetch what is not there yet, and write the table of candidates anew.

    It may be stopped at any moment, by ``kill -9``, too; another call goes on.

    Args:
        folder: Where.
        settings: What makes the collection what it is; another one in the same folder is refused.
        queries: All of them; those that are there already are not asked again.
        providers: Makes those that are asked, given the door to the web.
        wishes: How.
        tell: Shown how far it is.

    Raises:
        UsageError: The folder holds something else, or another process collects into it.
    """
    limits = wishes.limits
    with Web(limits) as web:
        asked = providers(web)  # says what cannot be used before a folder is made for nothing
        claim(folder.path, SETTINGS, "collection", settings)
        with Frontier(folder.frontier, wishes.retries) as frontier:
            frontier.add_queries(queries)
            if wishes.again:
                frontier.reopen_queries(asked.keys())
                frontier.reopen_files()
            searched = search_all(
                frontier, asked, retries=wishes.retries, deepest=wishes.deepest,
                patience_s=wishes.patience_s, watch=_searching(len(queries), tell),
            )  # fmt: skip
            pace = Pace(limits.per_host, limits.gap_s)
            for host, until in frontier.held_hosts(frontier.clock()).items():
                pace.hold(host, until - frontier.clock())  # said in an earlier call, still meant
            robots = Robots(web, limits.agent)
            downloader = Downloader(web, robots, pace, Store(folder.store))
            fetched = fetch_all(
                frontier, downloader.fetch, wishes.threads, pace, per_host=limits.per_host,
                patience_s=wishes.patience_s, watch=_fetching(frontier, tell),
            )  # fmt: skip
            tell("writing the table of candidates", 1.0)
            rows = write_candidates(frontier, folder.candidates)
            return Collected(searched, fetched, frontier.counts(), yields(frontier), rows)


def _searching(queries: int, tell: Tell) -> Callable[[Asked], None]:
    ended = 0

    def watch(asked: Asked) -> None:
        nonlocal ended
        ended += asked.ended
        tell("searching", min(1.0, ended / max(1, queries)))

    return watch


def _fetching(frontier: Frontier, tell: Tell) -> Callable[[MediaRow, Fetched], None]:
    total, done = max(1, frontier.counts()["waiting"]), 0

    def watch(row: MediaRow, fetched: Fetched) -> None:
        nonlocal done
        done += fetched.outcome != "failed"
        tell("fetching", min(1.0, done / total))

    return watch
