"""How many small files a second are collected, beside a plain loop that keeps no records.

The demo's engine serves tiny GIFs from a process of its own, and no limit is set on how often it
is asked. The peer is what is usually written: threads that share an ``httpx2.Client`` and write
what comes, with no check, no record and no hash. Run it as ``python -m benchmarks collecting``.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx2

from anigifs.collect.collecting import Folder, Wishes, collect
from anigifs.collect.demo import DemoProvider, World
from anigifs.collect.demo.provider import CAPABILITIES
from anigifs.collect.queries import style_queries
from anigifs.collect.web.limits import Limits

THREADS = 16
ENGINE = """
import sys
from anigifs.collect.demo import DemoEngine, World
with DemoEngine(World(plain=int(sys.argv[1]), troubles=0)) as engine:
    engine.bodies.make_all()
    print(engine.host, flush=True)
    sys.stdin.read()
"""


@contextmanager
def serving(files: int) -> Iterator[str]:
    """Yield the host of an engine in a process of its own."""
    command = [sys.executable, "-c", ENGINE, str(files)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        yield process.stdout.readline().strip()
        process.communicate("")


def ours(host: str, world: World, folder: Path) -> float:
    """Search and fetch everything, and return the seconds that the fetching took."""
    begun: dict[str, float] = {}

    def tell(stage: str, share: float) -> None:
        begun.setdefault(stage, time.perf_counter())

    limits = Limits(per_host=THREADS, gap_s=0.0, allow=(host,))
    collect(
        Folder(folder),
        {"version": 1},
        style_queries(world.labels, {"demo": CAPABILITIES}),
        lambda web: {"demo": DemoProvider(web, f"http://{host}")},
        Wishes(limits, THREADS),
        tell,
    )
    return begun["writing the table of candidates"] - begun["fetching"]


def plain(host: str, world: World, folder: Path) -> float:
    """Fetch everything the plain way, and return the seconds."""
    folder.mkdir()
    start = time.perf_counter()
    with httpx2.Client(trust_env=False) as client, ThreadPoolExecutor(THREADS) as pool:

        def fetch(path: str) -> None:
            content = client.get(f"http://{host}{path}").content
            (folder / path.rpartition("/")[2]).write_bytes(content)

        list(pool.map(fetch, [item.path for item in world.items]))
    return time.perf_counter() - start


def main(arguments: list[str] | None = None) -> None:
    """Print files a second of both, and their ratio, in turns."""
    parser = argparse.ArgumentParser(prog="benchmarks collecting", description=__doc__)
    parser.add_argument("files", type=int, nargs="?", default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    world = World(plain=asked.files, troubles=0)
    ratios, rates = [], []
    with serving(asked.files) as host, tempfile.TemporaryDirectory() as place:
        for number in range(asked.rounds):
            whole = ours(host, world, Path(place) / f"ours {number}")
            bare = plain(host, world, Path(place) / f"plain {number}")
            rates.append(asked.files / whole)
            ratios.append(whole / bare)
            print(
                f"collected {asked.files / whole:6.0f} files/s   plain loop "
                f"{asked.files / bare:6.0f} files/s   {whole / bare:.2f} times as long",
                flush=True,
            )
    low, high = min(ratios), max(ratios)
    print(f"median {median(rates):.0f} files/s, {median(ratios):.2f} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main()
