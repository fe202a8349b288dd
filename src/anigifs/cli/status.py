"""Where many jobs stand, in lines; what a sweep and a study have in common."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anigifs.studies.sweep.agenda import Ended
    from anigifs.studies.sweep.status import JobStatus

STATES = ("done", "resumable", "waiting", "blocked", "failed")


def status_lines(found: "Sequence[JobStatus]", summary: Mapping[str, Any]) -> Iterator[str]:
    """Yield a line for each job, and one for all of them."""
    width = max([3, *(len(one.run) for one in found)])
    if found:
        yield f"{'run':{width}} {'seed':>4}  {'id':12}  {'state':9}  {'updates':>9}  {'minutes':>7}"
    for one in found:
        updates = "?" if one.updates is None else str(one.updates)
        if one.state != "done" and one.step:
            updates = f"{one.step}/{updates}"
        minutes = "?" if one.minutes is None else f"{one.minutes:.1f}"
        again = "  its weights are gone, and are made again" if one.again else ""
        line = f"{one.run:{width}} {one.seed:4}  {one.id or '?':12}  {one.state:9}  {updates:>9}  "
        yield f"{line}{minutes:>7}{again}"
    counts = [f"{summary[name]} {name}" for name in STATES if summary.get(name)]
    yield (
        f"{summary['jobs']} jobs: {', '.join(counts) or 'nothing to do'}; "
        f"{summary['minutes_done']:.1f} minutes done, about {summary['minutes_left']:.1f} left"
    )


def as_json(ended: "Ended") -> dict[str, Any]:
    """Return what became of jobs, as JSON can hold it."""
    return {
        "done": ended.done,
        "failed": dict(ended.failed),
        "skipped": list(ended.skipped),
        "left": list(ended.left),
    }


def error_of(failed: Mapping[str, str]) -> str | None:
    """Return a line that names the jobs that failed; None where none did."""
    return f"{len(failed)} jobs failed: {', '.join(failed)}" if failed else None


def ending_lines(ended: "Ended") -> Iterator[str]:
    """Yield what a person must know of a call that did not do everything."""
    if ended.left:
        yield f"no time for {len(ended.left)} jobs: {', '.join(ended.left)}"
    for name, error in ended.failed.items():
        yield f"{name} failed: {error}"
    if ended.skipped:
        names = ", ".join(ended.skipped)
        yield f"{len(ended.skipped)} jobs lost what they start from: {names}"
    if ended.failed:
        counts = f"{ended.done} done, {len(ended.failed)} failed, {len(ended.skipped)} skipped"
        yield f"{counts}; the same command tries them again"
