"""A whole study: what is run, and what is made of it for people to look at."""

import os

from anigifs.foundation.machine import processor
from anigifs.index import Index
from anigifs.puppets.frozen import check_frozen
from anigifs.studies.paper.looking import looked_at
from anigifs.studies.paper.progress import APART, LOOKS, REPORT, Progress
from anigifs.studies.paper.running import Ran, StudyConfig, run_studies
from anigifs.studies.paper.taking_apart import taken_apart
from anigifs.studies.report import Report, focus_of, write_report
from anigifs.studies.samples import Sample, choose_samples
from anigifs.studies.sweep.jobs import each_once
from anigifs.studies.sweep.records import read_all
from anigifs.studies.sweep.request import Request

SHOWN = {"source": 12, "target": 36}


def run_and_report(config: StudyConfig, request: Request, progress: Progress, command: str) -> Ran:
    """Run what is missing of the studies, and make tables, pictures and the report anew.

    Args:
        config: What is run.
        request: Where, which part, and for how long.
        progress: Told how far it is.
        command: What a person types to run the same, which the report tells.

    Raises:
        UsageError: As :func:`anigifs.studies.paper.running.run_studies` says.
    """
    ran = run_studies(config, request, progress)
    if not ran.tables:
        return ran
    out, work = request.out, request.work
    progress.begin(APART, "taking the gap apart")
    apart = taken_apart(config, ran, out, work, progress)
    progress.begin(LOOKS, "where the models look")
    looks = looked_at(config, ran, out, work, progress)
    progress.begin(REPORT, "writing the report")
    index = Index.read(ran.index)
    records = read_all(out)
    report = Report(
        tables=ran.tables,
        outcomes=ran.outcomes,
        records=[records[job.id] for job in each_once(ran.jobs.values()) if job.id in records],
        samples=_samples(ran, index),
        apart=apart,
        looks=looks,
        hardware=f"{processor()}, {os.cpu_count()} cores",
        settings={"command": command, **_described(config, index)},
    )
    write_report(out, report)
    progress.begin((1.0, 1.0), "done")
    return ran


def _samples(ran: Ran, index: Index) -> tuple[Sample, ...]:
    focus = focus_of(ran.tables, ran.outcomes)
    most = {focus.source.key: SHOWN["source"], focus.target.key: SHOWN["target"]}
    files = {row.clip_id: index.root / row.path for row in index.rows() if row.path is not None}
    return choose_samples(ran.outcomes, most, files, seed=ran.plan.seeds[0])


def _described(config: StudyConfig, index: Index) -> dict[str, object]:
    said: dict[str, object] = {
        name.replace("_", " "): value for name, value in config.described.items()
    }
    if config.index is None and (frozen := check_frozen(config.spec, index)):
        said["cartoons, held back"] = frozen.words
    return said
