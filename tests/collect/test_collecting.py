"""The whole of a collection against the demo's engine: its manners, and what a kill leaves."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.collect.collecting import Collected, Folder, Wishes, collect
from anigifs.collect.demo import DemoEngine, DemoProvider, World
from anigifs.collect.demo.checking import off_plan
from anigifs.collect.demo.provider import CAPABILITIES
from anigifs.collect.frontier import Reader, Retries
from anigifs.collect.queries import style_queries
from anigifs.collect.web.limits import Limits
from anigifs.foundation import UsageError

SETTINGS = {"version": 1}


def wishes(engine: DemoEngine, **limits: object) -> Wishes:
    quick = Limits(
        per_host=8, gap_s=0.0, allow=(engine.host,), read_s=1.0, total_s=4.0, least_after_s=1.0
    )
    return Wishes(replace(quick, **limits), threads=8, retries=Retries((0.1, 0.2)))  # type: ignore[arg-type]


def run(engine: DemoEngine, path: Path, how: Wishes) -> Collected:
    queries = style_queries(engine.world.labels, {"demo": CAPABILITIES})
    return collect(
        Folder(path),
        SETTINGS,
        queries,
        lambda web: {"demo": DemoProvider(web, engine.base_url)},
        how,
    )


def fates(path: Path) -> set[tuple[str, str, str, str]]:
    """Return every file's address, hash, state and reason."""
    return {
        (
            one.found.url.partition("/media/")[2] or one.found.url,
            one.attempt.sha256 if one.attempt else "",
            one.state,
            one.reason,
        )
        for one in Reader(Folder(path).frontier).candidates()
    }


def test_a_host_is_asked_no_more_often_than_it_may_be(tmp_path: Path) -> None:
    """Seen at the server: how long it took in all, and how many it had to answer at a time."""
    with DemoEngine(World(plain=40, troubles=0, classes=2), pause_s=0.01) as engine:
        found = run(engine, tmp_path / "c", wishes(engine, per_host=2, gap_s=0.04))
        assert found.counts["stored"] == 40
        began = [one.started for one in engine.requests if one.path.startswith("/media/")]
        # 39 gaps of 0.04 s; a first request that was seen late takes away from them.
        assert max(began) - min(began) > 39 * 0.04 - 0.4
        assert engine.most_at_once <= 2


def test_what_is_there_is_neither_asked_nor_fetched_again(tmp_path: Path) -> None:
    with DemoEngine(World(plain=30, troubles=0, classes=2)) as engine:
        first = run(engine, tmp_path / "c", wishes(engine))
        engine.forget()
        again = run(engine, tmp_path / "c", wishes(engine))
        assert engine.requests == ()
        assert (again.counts, again.candidates) == (first.counts, first.candidates)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with (
        DemoEngine(World(plain=3, troubles=0)) as engine,
        pytest.raises(UsageError, match="holds files, but no collection"),
    ):
        run(engine, tmp_path, wishes(engine))
    assert [one.name for one in tmp_path.iterdir()] == ["notes.txt"]


CHILD = """
import sys
from pathlib import Path
from tests.collect.test_collecting import run, wishes

class Engine:
    host, base_url, world = sys.argv[2], "http://" + sys.argv[2], None

from anigifs.collect.demo import World
Engine.world = World(plain=int(sys.argv[3]), troubles=int(sys.argv[4]))
run(Engine(), Path(sys.argv[1]), wishes(Engine()))
"""


def killed_until_done(engine: DemoEngine, path: Path, kills: int, rng: random.Random) -> int:
    """Collect in processes that are killed at random instants; return how often one was."""
    world = engine.world
    command = [
        sys.executable, "-c", CHILD, str(path), engine.host, str(world.plain), str(world.troubles)
    ]  # fmt: skip
    killed = 0
    while True:
        process = subprocess.Popen(command)
        if killed < kills:
            begun = len(engine.requests)
            while len(engine.requests) == begun and process.poll() is None:
                time.sleep(0.005)
            time.sleep(rng.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            return killed
        killed += 1


def check_kills(path: Path, plain: int, troubles: int, kills: int) -> None:
    world = World(plain=plain, troubles=troubles, without=("slow", "silent"))
    with DemoEngine(world, retry_after_s=0) as engine:
        run(engine, path / "whole", wishes(engine))
        # What fails once only fails again, but nothing else remembers the first collection.
        engine.forget()
        assert killed_until_done(engine, path / "killed", kills, random.Random(0)) == kills
        assert fates(path / "killed") == fates(path / "whole")
        assert not list(off_plan(Folder(path / "killed").frontier, engine))
        stored = Counter(
            one.found.url.partition(engine.host)[2]
            for one in Reader(Folder(path / "killed").frontier).candidates()
        )
        # Each file is asked for once, but for those that were under way at a kill.
        asked = [engine.counts[path] for path in stored if path.startswith("/media/")]
        assert sum(asked) - len(asked) <= (kills + 1) * 24 + 10 * troubles


def test_a_few_kills_change_nothing(tmp_path: Path) -> None:
    check_kills(tmp_path, plain=300, troubles=0, kills=3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_fifty_kills_change_nothing(tmp_path: Path) -> None:
    check_kills(tmp_path, plain=2000, troubles=1, kills=50)
