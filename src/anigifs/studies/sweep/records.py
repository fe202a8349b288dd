"""The records of a sweep: a file for each finished job, which is written last and never changed.

Beside it stands what its method did, such as every search of RSDA, where it did anything.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError, write_text
from anigifs.studies.sweep.jobs import Job
from anigifs.studies.testing import has_predictions

FOLDER, PREDICTIONS, ACTS = "records", "predictions", "acts"
Record = Mapping[str, Any]
#: What every record has; a file without one of these is none of ours.
NEEDED = (
    *("id", "run", "seed", "method", "updates", "updates_in_all", "weights_hash", "tests"),
    *("training_seconds", "testing_seconds", "parallel"),
)


def read_all(out: Path) -> dict[str, Record]:
    """Return the records in a sweep's folder by the id of their job.

    Raises:
        UsageError: One is damaged.
    """
    return {str(record["id"]): record for _, record in _files(out)}


def _files(out: Path) -> Iterator[tuple[Path, Record]]:
    for path in sorted((out / FOLDER).glob("*.json")):
        try:
            record = dict(json.loads(path.read_text()))
        except (ValueError, TypeError):
            raise UsageError(
                f"{path}: damaged; restore it, or remove it and the job is run again"
            ) from None
        if lacking := [name for name in NEEDED if name not in record]:
            raise UsageError(f"{path}: a record without {', '.join(lacking)}; remove it")
        yield path, record


def finished(out: Path, jobs: Iterable[Job], records: Mapping[str, Record]) -> set[str]:
    """Return the ids of the jobs whose record is there with all the predictions it vouches for."""
    return {
        job.id
        for job in jobs
        if job.id in records
        and all(has_predictions(out, test) for test in records[job.id]["tests"])
    }


def of_another_plan(jobs: Iterable[Job], records: Mapping[str, Record]) -> list[str]:
    """Return the records that belong to no job of the plan, as their files are called."""
    known = {job.id for job in jobs}
    strange = [one for name, one in records.items() if name not in known]
    return sorted(f"{one['run']}-{one['seed']}-{one['id']}" for one in strange)


def keep_acts(out: Path, job: Job, acts: Path) -> None:
    """Keep what a job's method did, as its run folder has it, if it did anything."""
    if acts.exists():
        write_text(out / ACTS / f"{job.name}.jsonl", acts.read_text())


def write_record(out: Path, job: Job, record: Record) -> None:
    """Write the record of a job that is finished.

    One of the same job under the name that its run had before, whose predictions were damaged or
    it would not be written again, goes.
    """
    path = out / FOLDER / f"{job.name}.json"
    write_text(path, json.dumps(record, indent=1, allow_nan=False, ensure_ascii=False) + "\n")
    for other in (out / FOLDER).glob(f"*-{job.id}.json"):
        if other != path:
            other.unlink()
