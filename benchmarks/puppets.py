"""How many frames of the rendered benchmark one core makes in a second, files included.

There is no peer that draws these, so these are rates and no ratios; they are of processor time, in
which other work on the machine counts for little. Run it as ``python -m benchmarks puppets``.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from anigifs.foundation.machine import processor
from anigifs.puppets import Job, Spec
from anigifs.puppets.making import make


def jobs_of(spec: Spec, domains: tuple[str, ...]) -> Iterator[Job]:
    """Yield a benchmark's test clips of some domains."""
    for job in spec.jobs():
        if job.domain in domains and job.instance.split == "test":
            yield job


def rate(jobs: list[Job], folder: Path) -> float:
    """Return frames in a second of processor time."""
    begun = time.process_time()
    frames = sum(make(job, folder).frames or 0 for job in jobs)
    return frames / (time.process_time() - begun)


def main(arguments: list[str] | None = None) -> None:
    """Print a line a kind of clip: the median, and the least and the most, of several rounds."""
    parser = argparse.ArgumentParser(prog="benchmarks puppets", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    spec = Spec(clips_per_class=2)
    kinds = {
        "film, H.264": ("film",),
        "GIFs of film": ("film-gif",),
        "cartoons, GIF": ("cartoon-dev", "cartoon-test"),
    }
    print(f"processor {processor()}, one core; {spec.size} x {spec.size}; frames/s")
    with tempfile.TemporaryDirectory() as folder:
        for name, domains in kinds.items():
            jobs = list(jobs_of(spec, domains))
            rates = [rate(jobs, Path(folder)) for _ in range(options.rounds + 1)][1:]
            ends = f"{min(rates):.0f} to {max(rates):.0f}"
            print(f"{name:20} {statistics.median(rates):7.0f}  ({ends}, {len(jobs)} clips)")


if __name__ == "__main__":
    main()
