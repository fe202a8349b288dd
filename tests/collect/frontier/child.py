"""A collection from the fake web in a process of its own, which can be killed at any instant.

Each call of the fake fetch appends the address to a file before it does anything else. What an
address answers depends on how often that file says it was asked before.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from anigifs.collect.fetching import fetch_all
from anigifs.collect.frontier import Frontier
from anigifs.collect.items import Fetched, Provider
from anigifs.collect.searching import search_all
from tests.collect.frontier.fakes import AT_ONCE, Web, fate, queries

PROVIDERS = ("alpha", "beta", "gamma")
THREADS = 4


def collect(
    folder: Path,
    asked: int,
    files: int,
    pause_s: float = 0.0,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Search and fetch to the end.

    Args:
        folder: Holds the frontier and the file of calls.
        asked: Queries to each provider.
        files: That each provider can name.
        pause_s: Of each answer.
        begun: Is called when all is set up.
    """
    before = Counter(calls(folder))
    log = os.open(folder / "calls", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def pause() -> None:
        time.sleep(pause_s)

    def fetch(url: str) -> Fetched:
        os.write(log, f"{url}\n".encode())
        earlier, before[url] = before[url], before[url] + 1  # one thread at a time has an address
        pause()
        return fate(url, earlier)

    webs: dict[str, Provider] = {name: Web(name, files, pause) for name in PROVIDERS}
    with Frontier(folder / "frontier.sqlite", AT_ONCE) as frontier:
        begun()
        frontier.add_queries(queries(asked, *PROVIDERS))
        search_all(frontier, webs, retries=AT_ONCE)
        fetch_all(frontier, fetch, THREADS, per_host=THREADS)
    os.close(log)


def calls(folder: Path) -> list[str]:
    """Return the addresses that have been asked for, in order."""
    log = folder / "calls"
    return log.read_text().splitlines() if log.exists() else []


def _say_begun() -> None:
    sys.stdout.write("begun\n")
    sys.stdout.flush()


if __name__ == "__main__":
    where, asked, files, pause_s = sys.argv[1:]
    collect(Path(where), int(asked), int(files), float(pause_s), _say_begun)
