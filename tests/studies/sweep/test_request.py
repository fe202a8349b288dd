from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.studies.sweep import request
from anigifs.studies.sweep.request import Request

SLURM = {"executor": "submitit", "slurm": {"time": 60}}


def asked(**settings: object) -> Request:
    return Request(Path("out"), Path("work"), **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "threads"),
    [
        ({}, 8),
        ({"parallel": 3}, 2),
        ({"parallel": 30}, 1),
        ({"parallel": 3, "threads": 5}, 5),
        (SLURM, 8),
        ({"executor": "submitit", "slurm": {"time": 60, "cpus_per_task": 6}}, 6),
        ({"executor": "submitit", "slurm": {"time": 60, "cpus_per_task": 6}, "threads": 3}, 3),
    ],
)
def test_threads_of_a_job(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, object], threads: int
) -> None:
    monkeypatch.setattr(request, "usable_cores", lambda: 8)
    assert asked(**settings).threads_a_job == threads


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"parallel": 0}, "--jobs 0: at least 1"),
        ({"threads": 0}, "--threads 0: at least 1"),
        ({"seconds": 0.0}, "--budget: more than 0 minutes"),
        ({"address": "10.0.0.1:6379"}, "--executor ray belongs to it"),
        ({"executor": "submitit", "address": "10.0.0.1:6379"}, "--executor ray belongs to it"),
        ({"slurm": {"time": 60}}, "--slurm: for --executor submitit"),
        ({**SLURM, "cluster": "local"}, "--slurm: for --executor submitit and --cluster slurm"),
        ({"executor": "submitit"}, "--slurm time=MINUTES"),
        ({"executor": "submitit", "slurm": {"partition": "gpu"}}, "--slurm time=MINUTES"),
    ],
)
def test_what_makes_no_sense_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        asked(**settings)
