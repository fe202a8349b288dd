"""The tables of a sweep: a function of its records and predictions, and of nothing else."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anigifs.evaluation.metrics import accuracy, mean_class
from anigifs.evaluation.pretraining import pretraining
from anigifs.foundation import UsageError, write_text
from anigifs.models.weights import WEIGHTS
from anigifs.studies.outcomes import Outcome, outcomes_of
from anigifs.studies.sweep.jobs import Job, Jobs, each_once
from anigifs.studies.sweep.plan import Plan
from anigifs.studies.sweep.records import FOLDER, Record, of_another_plan, read_all

if TYPE_CHECKING:
    from anigifs.studies.cells import Table

COLUMNS = (
    *("method", "seed", "domain", "top1", "top5", "mean_class", "n"),
    *("updates", "cost_vs_erm", "weights_hash", "index_hash"),
)
#: Times are comparable where these are equal.
MEASURED_BY = ("threads", "parallel", "processor")
Warn = Callable[[str], None]
Records = Mapping[tuple[str, int], Record]


def write_tables(plan: Plan, jobs: Jobs, out: Path, warn: Warn) -> "Table | None":
    """Make all tables of a sweep anew.

    They are ``table.txt``, ``.md``, ``.tex`` and ``.csv`` in its folder, and one line for each run,
    seed and test in a file beside that, which has its name.

    Args:
        plan: Which runs are rows, and what they are called.
        jobs: Of the plan; records of others are left out.
        out: The sweep's folder.
        warn: Told what is to be known about the figures.

    Returns:
        The table; None where the baseline has no record yet, without which there is none.

    Raises:
        UsageError: A record is damaged, or predictions are not those that were recorded.
    """
    found = read_all(out)
    warn_of_others(jobs, found, out, warn)
    _warn_of_starts(jobs, found, warn)
    outcomes = outcomes_in(plan, jobs, found, out)
    if records := _by_run(jobs, found):
        write_text(csv_path(out), _csv(plan, records, outcomes, warn))
    return _write_table(plan, outcomes, out)


def csv_path(out: Path) -> Path:
    """Return the file beside a sweep's folder that has a line for each run, seed and test."""
    whole = out.absolute()
    return whole.with_name(f"{whole.name}.csv")


def warn_of_others(jobs: Jobs, found: Mapping[str, Record], out: Path, warn: Warn) -> None:
    """Name the records of another plan, or of other clips."""
    if strange := of_another_plan(each_once(jobs.values()), found):
        warn(
            f"{len(strange)} records in {out / FOLDER} are of another plan, and in no table: "
            f"{', '.join(strange)}"
        )


def _warn_of_starts(jobs: Jobs, found: Mapping[str, Record], warn: Warn) -> None:
    for job in each_once(jobs.values()):
        if _restarted(job, found):
            warn(
                f"{job.title} did not start from the recorded weights of "
                f"{found[job.id].get('start')}, which were trained again"
            )


def _restarted(job: Job, found: Mapping[str, Record]) -> bool:
    """Return whether a job began with other weights than are recorded for its start."""
    own, start = found.get(job.id), None if job.start is None else found.get(job.start.id)
    if own is None or start is None:
        return False
    return bool(own.get("start_weights_hash") != start["weights_hash"])


def _by_run(jobs: Jobs, found: Mapping[str, Record]) -> Records:
    """Return the records of a plan's runs by name and seed."""
    return {key: found[job.id] for key, job in jobs.items() if job.id in found}


def outcomes_in(
    plan: Plan, jobs: Jobs, found: Mapping[str, Record], out: Path
) -> tuple[Outcome, ...]:
    """Return the recorded tests of all runs, under the names and titles that the plan has now.

    Args:
        plan: Which runs there are, and what they are called.
        jobs: Of the plan.
        found: The records by the id of their job.
        out: The sweep's folder, where the predictions are.

    Raises:
        UsageError: Predictions are not those that were recorded, or a run was an oracle when it was
            recorded and is none in the plan.
    """
    records = _by_run(jobs, found)
    _check_oracles(plan, records)
    titles = {one.key: one.title for one in plan.tests}
    tests = [
        {
            **test,
            "learnt_from": record.get("validation", {}).get("learnt_from"),
            "model": name,
            "model_title": plan.runs[name].marked_title,
            "oracle": plan.runs[name].oracle,
            "set_title": titles[test["set"]],
            "restarted": f"{name} {seed}" if _restarted(jobs[name, seed], found) else None,
        }
        for (name, seed), record in records.items()
        for test in record["tests"]
    ]
    return tuple(_with_past(one, plan) for one in outcomes_of(tests, out, out / FOLDER))


def _check_oracles(plan: Plan, records: Records) -> None:
    for (name, _), record in records.items():
        if record.get("oracle") and not plan.runs[name].oracle:
            raise UsageError(
                f"the run {name!r} was recorded as an oracle, and the plan makes it a method: "
                "mark it with oracle = true again"
            )


def _with_past(one: Outcome, plan: Plan) -> Outcome:
    """Return a test whose record says what the weights had learnt before.

    Records of before that was kept get it by the names of classes, from what is known of the
    weights that all training started from.
    """
    known = WEIGHTS.get(plan.weights_before(one.model))
    if "pretraining" in one.record or known is None:
        return one
    said = one.predictions
    found = pretraining(said.labels, said.groups, [known.taxonomy])
    return replace(one, record={**one.record, "pretraining": found.to_json()})


def _csv(plan: Plan, records: Records, outcomes: Iterable[Outcome], warn: Warn) -> str:
    """Return a line for each test, after one of the columns' names."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    costs, elsewhere = _costs(plan, records)
    if elsewhere:
        warn(
            f"cost_vs_erm is left out where times were not measured as those of {plan.baseline} "
            f"were ({', '.join(MEASURED_BY)}): {', '.join(elsewhere)}"
        )
    for one in sorted(outcomes, key=lambda one: (one.model, one.seed, one.set)):
        record = records[one.model, one.seed]
        writer.writerow(_line(one, record, costs.get((one.model, one.seed), "")))
    return buffer.getvalue()


def _line(one: Outcome, record: Record, cost: str) -> dict[str, Any]:
    return {
        "method": one.model,
        "seed": one.seed,
        "domain": one.set,
        "top1": _rounded(accuracy(one.ranking, 1)),
        "top5": _rounded(accuracy(one.ranking, 5)),
        "mean_class": _rounded(mean_class(one.ranking)),
        "n": len(one.predictions),
        "updates": record["updates_in_all"],
        "cost_vs_erm": cost,
        "weights_hash": one.record["weights_hash"],
        "index_hash": one.record["index_hash"],
    }


def _rounded(share: float | None) -> str:
    return "" if share is None else f"{share:.6f}"


def _costs(plan: Plan, records: Records) -> tuple[dict[tuple[str, int], str], list[str]]:
    """Return what an update of each job costs, that of the baseline's with the same seed being 1.

    Left out is what would be a ratio of machines, or of what else a machine had to do. Also
    returns the jobs of the first kind.
    """
    costs, elsewhere = {}, []
    for (name, seed), own in records.items():
        base = records.get((plan.baseline, seed))
        if base is None or plan.runs[name].test_time is not None:  # which trains nothing
            continue
        if any(own.get(what) != base.get(what) for what in MEASURED_BY):
            elsewhere.append(f"{name} {seed}")
        elif not _disturbed(own) and not _disturbed(base):
            costs[name, seed] = f"{_seconds(own) / _seconds(base):.2f}"
    return costs, elsewhere


def _disturbed(record: Record) -> bool:
    """Return whether the machine had other work, or held the job up.

    Searches make the mean update up to three times the median one; a pause makes it more. Of a
    record that does not say, it is not known.
    """
    busy: bool = record.get("load", 0) > record.get("threads", inf) * record["parallel"] + 1
    return busy or _seconds(record) > 5 * float(record.get("seconds_an_update", inf))


def _seconds(record: Record) -> float:
    return float(record["training_seconds"]) / int(record["updates"])


def _write_table(plan: Plan, outcomes: tuple[Outcome, ...], out: Path) -> "Table | None":
    from anigifs.studies.render_table import to_csv, to_latex, to_markdown, to_text
    from anigifs.studies.tabulation import tabulate

    tested = {one.model for one in outcomes}
    if plan.baseline not in tested:
        return None
    others = [run.name for run in plan.runs.values() if run.listed and run.name in tested]
    models = list(dict.fromkeys([plan.baseline, *others]))
    taken = {one.set for one in outcomes if one.model in models}
    sets = [one.key for one in plan.tests if one.key in taken]
    table = tabulate(outcomes, plan.title, models=models, sets=sets)
    forms = {"txt": to_text, "md": to_markdown, "tex": to_latex, "csv": to_csv}
    for ending, form in forms.items():
        text = form(table)
        write_text(out / f"table.{ending}", text if text.endswith("\n") else f"{text}\n")
    return table


def tables_of(plan: Plan, jobs: Jobs, out: Path, warn: Warn) -> "Table":
    """Make the tables anew where there is something to show.

    Raises:
        UsageError: No run of the baseline is finished.
    """
    table = write_tables(plan, jobs, out, warn)
    if table is None:
        raise UsageError(f"{out}: no record of {plan.baseline!r} yet; run the sweep first")
    return table
