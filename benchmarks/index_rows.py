"""How long an index of half a million listed rows takes, and how much memory.

Rows are built from Python objects and from a CSV table, written, read, filtered, hashed, split and
drawn from, in one process. Beside the time stand the processor's time, in which other work on the
machine counts for nothing, and the process's peak memory so far. Run it as
``python -m benchmarks index_rows [ROWS]``.
"""

import argparse
import csv
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from anigifs.index import Index, Row, clip_id, from_table, most_frequent, per_class, split, stats

CLASSES = 536
Result = TypeVar("Result")


def paths(count: int) -> Iterator[tuple[str, str]]:
    """Yield a path and a label for each row: many classes, of very different sizes."""
    for number in range(count):
        label = f"class {(number * number) % CLASSES:03d}"
        yield f"{label}/clip_{number:07d}_000123_000133.gif", label


def rows(count: int) -> Iterator[Row]:
    for path, label in paths(count):
        yield Row(clip_id=clip_id(path), path=path, label=label, group=path, domain="animated-gif")


def write_csv(path: Path, count: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "split", "start_ms", "end_ms"])
        writer.writerows([name, label, "train", 0, 10_000] for name, label in paths(count))


def timed(what: str, work: Callable[[], Result]) -> Result:
    """Do the work and print how long it took, and the most memory that the process has had."""
    start, used = time.perf_counter(), time.process_time()
    result = work()
    seconds, used = time.perf_counter() - start, time.process_time() - used
    unit = 1 if sys.platform == "darwin" else 1024
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    print(
        f"{what:34} {seconds:7.2f} s   processor {used:6.2f} s   peak {peak_mb:5.0f} MB", flush=True
    )
    return result


def main(arguments: list[str] | None = None) -> None:
    """Print a line for each thing that is done with the rows."""
    parser = argparse.ArgumentParser(prog="benchmarks index_rows", description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=500_000)
    count = parser.parse_args(arguments).rows
    with tempfile.TemporaryDirectory() as folder:
        file, table = Path(folder, "index.parquet"), Path(folder, "clips.csv")
        print(f"{count:,} rows")
        index = timed("build from rows", lambda: Index.from_rows(rows(count), root=Path(folder)))
        timed("write", lambda: index.write(file))
        print(f"{'':34} {file.stat().st_size / 1e6:7.1f} MB on disk")
        index = timed("read", lambda: Index.read(file))
        timed("filter by class, domain and state", lambda: _filter(index))
        timed("identity", lambda: index.identity)
        timed("turn over all rows", lambda: sum(1 for _ in index.rows()))
        timed("stats", lambda: stats(index))
        timed("40 most frequent classes", lambda: most_frequent(index, 40))
        timed("2,000 of each class, replaced", lambda: per_class(index, 2_000, replacement=True))
        timed("split 8 : 1 : 1 by group", lambda: split(index, {"a": 8, "b": 1, "c": 1}))
        write_csv(table, count)
        timed("list a CSV table", lambda: from_table(table))


def _filter(index: Index) -> Index:
    return index.filter(label="class 001", domain=("animated-gif", "video"), state="listed")


if __name__ == "__main__":
    main()
