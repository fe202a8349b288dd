"""What a run may learn from, so that a table stays true: the source, unless it is an oracle.

One that adapts sees clips of a target besides, without their labels, and its title says so.
"""

from collections.abc import Iterable, Mapping, Sequence

from anigifs.foundation import UsageError
from anigifs.index import Row
from anigifs.index.leaks import in_both
from anigifs.studies.sweep.jobs import Job

Kinds = set[tuple[str, str]]


def kinds_of(rows: Iterable[Row]) -> Kinds:
    """Return the domains and styles that rows are of."""
    return {(row.domain, row.style or "") for row in rows}


def check_honest(
    job: Job,
    learnt: Sequence[Row],
    tested: Mapping[str, Sequence[Row]],
    unlabelled: Sequence[Row] = (),
) -> None:
    """Refuse a run that trains, or chooses its weights, on what it must not know.

    Args:
        job: The run.
        learnt: The rows that it trains and validates on.
        tested: The rows of each test, the source's first.
        unlabelled: The rows of a target that it sees without their labels.

    Raises:
        UsageError: It sees other kinds of clips than the source's test shows and is not marked as
            an oracle, or clips that it is tested on, or others of their groups.
    """
    source, *_ = tested
    foreign = sorted(kinds_of(learnt) - kinds_of(tested[source]))
    if foreign and not job.run.oracle:
        domain, style = foreign[0]
        kind = f"{domain!r}, style {style!r}," if style else f"{domain!r}"
        raise UsageError(
            f"the run {job.run.name!r} learns from clips of domain {kind} which the source's test "
            f"{source!r} does not show: name its domain, or mark the run with oracle = true"
        )
    seen = [*learnt, *unlabelled]
    own = (job.config.train_split, job.config.val_split)
    for test in job.tests:
        if test.split in own:  # asked for by name
            continue
        for what in ("clip_id", "group"):
            if both := in_both(what, seen, tested[test.key]):
                raise UsageError(
                    f"the run {job.run.name!r} learns from {len(both)} values of {what} that the "
                    f"test {test.key!r} has, too; run `anigifs index split` again"
                )
