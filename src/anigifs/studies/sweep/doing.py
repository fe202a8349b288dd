"""One job, from its start to its record; whichever process does it."""

import os
import statistics
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from anigifs.foundation import AnigifsError, OutputError, read_records, write_text
from anigifs.foundation.machine import processor
from anigifs.studies.sweep.jobs import Job
from anigifs.studies.sweep.records import PREDICTIONS, keep_acts, read_all, write_record
from anigifs.studies.sweep.workplace import Workplace
from anigifs.studies.testing import index_test, tested

#: What is kept of a test of weights on the way.
ON_CURVE = ("n", "top1", "top5", "mean_class", "cross_entropy", "weights_hash")
#: What is known of a run's start is also of the run that tests its weights, but for these.
NOTHING_TRAINED = {"updates": 0, "training_seconds": 0.0}
#: Told updates made, and updates of the job.
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """A job to be done.

    Attributes:
        job: The job.
        index: Of the clips.
        out: The sweep's folder.
        work: The folder of its work.
        recorded: Whether it is finished already, and only its weights are wanted again.
        parallel: Jobs side by side.
    """

    job: Job
    index: Path
    out: Path
    work: Path
    recorded: bool
    parallel: int

    @property
    def workplace(self) -> Workplace:
        """The folders of the work."""
        return Workplace(self.work)


@dataclass(frozen=True)
class Ending:
    """How a job ended.

    Attributes:
        weights_hash: Of its best weights; empty where it failed.
        error: Why it failed, in one line; None where it did not.
    """

    weights_hash: str
    error: str | None = None


def attempt(task: Task, tell: Tell) -> Ending:
    """Do a job; whatever goes wrong is told, and kept in a file beside the runs.

    A fault of the program itself must not cost the jobs that come after, so it is kept with its
    traceback.
    """
    failure = task.workplace.failure(task.job)
    failure.unlink(missing_ok=True)
    try:
        return Ending(do(task, tell))
    except OutputError:
        raise  # the next job would fare no better
    except AnigifsError as error:
        write_text(failure, f"{error}\n")
        return Ending("", str(error))
    except Exception as error:
        write_text(failure, traceback.format_exc())
        said = " ".join(str(error).split())
        return Ending("", f"{type(error).__name__}: {said} (the whole of it is in {failure})")


def do(task: Task, tell: Tell) -> str:
    """Train a job from where it stands, test it where that is wanted, and return its weights' hash.

    Raises:
        AnigifsError: It cannot be trained.
    """
    place, job = task.workplace, task.job
    facts = place.trained(job) or _train(task, tell)
    if job.run.test_time is not None:
        facts = {**facts, **NOTHING_TRAINED, "start_weights_hash": facts["weights_hash"]}
    if not task.recorded:
        begun = time.perf_counter()
        tests = _tests(task)
        seconds = round(time.perf_counter() - begun, 1)
        keep_acts(task.out, job, place.acts(job))
        record = {**_about(job), **facts, "testing_seconds": seconds, "tests": tests}
        curve = _curve(task) or _recorded_curve(task, facts["weights_hash"])
        write_record(task.out, job, record | curve)
    place.drop_snapshots(job)
    return str(facts["weights_hash"])


def _train(task: Task, tell: Tell) -> dict[str, Any]:
    """Train a job and return what is to be known of it."""
    import torch

    from anigifs.models.weights import find
    from anigifs.training.loop import train

    job, place = task.job, task.workplace
    start = None if job.start is None else place.trained(job.start)
    folder = None if job.start is None else place.weights(job.start)
    config = job.config_at(task.index, folder)
    place.take_up(job, config)
    chosen = train(
        config,
        place.run_folder(job),
        place.prepared,
        lambda progress: tell(progress.step, progress.total),
    )
    seconds = place.seconds(job)
    facts = {
        "weights_hash": find(place.weights(job))[0].sha256,
        "start_weights_hash": find(config.weights)[0].sha256,
        "updates": len(seconds),
        "updates_in_all": len(seconds) + (0 if start is None else start["updates_in_all"]),
        "step": chosen["step"],
        "validation": chosen,
        "acts": sum(1 for _ in read_records(place.acts(job))),
        "training_seconds": round(sum(seconds), 3),
        "seconds_an_update": round(statistics.median(seconds), 4),
        "threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[1], 2),
        "parallel": task.parallel,
        "processor": processor(),
    }
    place.note_trained(job, facts)
    return facts


def _about(job: Job) -> dict[str, Any]:
    return {
        "run": job.run.name,
        "seed": job.seed,
        "id": job.id,
        "title": job.run.marked_title,
        "oracle": job.run.oracle,
        "method": job.config.method,
        "options": list(job.config.options),
        "start": job.run.start,
        **({"test_time": job.run.test_time} if job.run.test_time else {}),
        "index_hash": job.config.index,
        "config": asdict(job.config),
    }


def _tests(task: Task) -> list[dict[str, Any]]:
    """Return the records of a job's tests."""
    from anigifs.models import for_inference, load_model

    job, place = task.job, task.workplace
    model, weights = load_model(place.weights(job))
    adapts = job.run.test_time
    ready = model if adapts else for_inference(model, job.config.precision)
    records = []
    for of_set in job.tests:
        about = {
            "model": job.run.name,
            "model_title": job.run.marked_title,
            "oracle": job.run.oracle,
            "set": of_set.key,
            "set_title": of_set.title,
            "seed": job.seed,
        }
        test = index_test(job.config, of_set, task.index, place.prepared, adapts)
        file = Path(PREDICTIONS) / f"{job.name}-{of_set.key}.parquet"
        records.append(tested(test, (ready, weights), task.out, file, about))
    return records


def _recorded_curve(task: Task, weights_hash: str) -> dict[str, Any]:
    """Return the curve that a record has of the same weights, whose snapshots are gone since."""
    before = read_all(task.out).get(task.job.id, {})
    same = before.get("weights_hash") == weights_hash and "curve" in before
    return {"curve": before["curve"]} if same else {}


def _curve(task: Task) -> dict[str, list[dict[str, Any]]]:
    """Return what the weights that a job kept on its way score, where it kept any."""
    from anigifs.evaluation.on_index import evaluate_index
    from anigifs.models import for_inference, load_model

    job, place = task.job, task.workplace
    points = []
    for step, folder in place.snapshots(job).items():
        model, weights = load_model(folder)
        fast = for_inference(model, job.config.precision)
        for of_set in (one for one in job.tests if one.curve):
            test = index_test(job.config, of_set, task.index, place.prepared)
            _, scored, _ = evaluate_index(test, fast, weights, lambda outcomes, total: outcomes)
            kept = {name: scored[name] for name in ON_CURVE}
            points.append({"step": step, "set": of_set.key, **kept})
    return {"curve": points} if points else {}
