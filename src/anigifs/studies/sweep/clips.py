"""The clips of a sweep: rendered where that is asked for, and decoded once for all jobs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from anigifs.clips import ClipSource, PrepareRule, prepare
from anigifs.evaluation.on_index import IndexTest, rule_of, sources_of, tested_rows
from anigifs.foundation import UsageError
from anigifs.index import Index, Row
from anigifs.puppets.rendering import render
from anigifs.studies.sweep.honesty import check_honest
from anigifs.studies.sweep.jobs import Job
from anigifs.studies.sweep.plan import Plan
from anigifs.studies.sweep.watching import Watcher
from anigifs.studies.sweep.workplace import Workplace
from anigifs.studies.testing import index_test
from anigifs.training.data import prepare_rule, source_rows

Needed = tuple[PrepareRule, list[ClipSource]]


def made_index(plan: Plan, place: Workplace, watcher: Watcher) -> Index:
    """Return the index of a sweep's clips, which are rendered if that is asked for."""
    if isinstance(plan.clips, Path):
        return Index.read(plan.clips)
    return render(plan.clips, place.benchmark, watch=watcher.watch("rendering clips")).index


def check_identity(plan: Plan, index: Index, known: str | None, out: Path) -> None:
    """Refuse clips that are not those of the records.

    Raises:
        UsageError: The same description was rendered otherwise, by another version of a library.
    """
    if known is not None and index.identity != known:
        raise UsageError(
            f"{out}: its clips were rendered as {known[:12]}, and here {plan.file.name} gives "
            f"{index.identity[:12]}; figures of both are not comparable: choose another --out"
        )


def prepare_all(jobs: Iterable[Job], index: Path, place: Workplace, watcher: Watcher) -> None:
    """Decode the clips of all jobs at once: a pool of processes for each would take longer.

    Raises:
        UsageError: A run or a test has no clips, or some cannot be read.
    """
    by_rule: dict[str, Needed] = {}
    for rule, sources in _needed(jobs, index, place):
        by_rule.setdefault(rule.key, (rule, []))[1].extend(sources)
    for rule, sources in by_rule.values():
        errors = prepare(
            sources, rule, place.prepared, watch=watcher.watch("preparing clips")
        ).errors
        if errors:
            raise UsageError(f"{index}: {len(errors)} clips: {next(iter(errors.values()))}")


def _needed(jobs: Iterable[Job], index: Path, place: Workplace) -> Iterator[Needed]:
    """Yield which clips are needed, and by which rule; jobs with equal needs are asked once."""
    read = Index.read(index)
    asked = set()
    for job in jobs:
        # Only what decides about clips is left to differ.
        of_data = ("domain", "styles", "train_split", "val_split", "preset", "sampler")
        of_target = ("target_domain", "target_styles")
        needs = (
            job.run.oracle,
            job.tests,
            *(getattr(job.config, name) for name in of_data + of_target),
        )
        if needs in asked:
            continue
        asked.add(needs)
        config = replace(job.config, index=str(index))
        rows = source_rows(config)
        yield prepare_rule(config, rows), rows.sources
        tests = {one.key: index_test(job.config, one, index, place.prepared) for one in job.tests}
        tested = {key: _rows_of(test, key, read) for key, test in tests.items()}
        check_honest(job, [*rows.train, *rows.val], tested, rows.target)
        for key, test in tests.items():
            yield rule_of(test, tested[key]), sources_of(tested[key], index)


def _rows_of(test: IndexTest, key: str, read: Index) -> list[Row]:
    rows = tested_rows(test, read)
    if not rows:
        raise UsageError(f"{test.index}: the test {key!r} finds no clips there")
    return rows
