"""The jobs of a sweep: each run with each seed, known by all that decides how it ends."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError, seed_of
from anigifs.studies.sweep.plan import Plan, Run, names_weights
from anigifs.studies.sweep.standing import Standing
from anigifs.studies.testing import ClipSet
from anigifs.training.config import TrainConfig

UNKNOWN = "not known yet"
ID_LENGTH = 12  # hexadecimal digits; some hundred jobs never meet in 48 bits
#: Raised when equal settings no longer train the same way: a default of the training's
#: configuration has changed, or what a method does.
MEANING = 1


@dataclass(frozen=True, eq=False)
class Job:
    """One training run and its tests.

    Attributes:
        run: Of the plan; the first one, where two runs are equal in all that decides.
        seed: That the run and what it starts from are known by.
        config: Of training, with a seed of its own where it goes on; ``index`` is the index's
            identity, and ``weights`` the hash of the weights that it starts from, or the id of the
            job that makes them. Weights that an option names are known by their hash, too. Of a
            run that adapts while it is tested, that of the job that made its weights.
        tests: That its best weights take.
        start: The job that makes the weights it starts from.
        id: What no other job has.
    """

    run: Run
    seed: int
    config: TrainConfig
    tests: tuple[ClipSet, ...]
    start: "Job | None"
    id: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256(json.dumps(self.described, sort_keys=True).encode())
        object.__setattr__(self, "id", digest.hexdigest()[:ID_LENGTH])

    @property
    def described(self) -> dict[str, Any]:
        """All that decides how the job ends, as JSON; titles do not.

        Settings at their defaults are left out, so that one that is new some day, and at first
        changes nothing, leaves every job what it was.
        """
        usual = {one.name: one.default for one in fields(TrainConfig)}
        said = {k: v for k, v in asdict(self.config).items() if v != usual[k]}
        tests = [one.described for one in self.tests]
        about = {"meaning": MEANING, "config": said, "tests": tests}
        if self.run.test_time is not None and self.start is not None:
            about |= {"start": self.start.id, "test_time": self.run.test_time}
        return about

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.run.name}-{self.seed}-{self.id}"

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"{self.run.name}, seed {self.seed}"

    def config_at(self, index: Path, start: Path | None) -> TrainConfig:
        """Return how it is trained here.

        Args:
            index: The index file.
            start: The folder of the weights that its start made, if it has one.
        """
        named = self.run.settings.get("weights", TrainConfig.weights)
        weights = str(named if start is None else start.absolute())
        options = self.run.settings.get("options", ())
        return replace(self.config, index=str(index.absolute()), weights=weights, options=options)


#: Jobs by the run's name and the seed. Equal runs share a job.
Jobs = Mapping[tuple[str, int], Job]


def make_jobs(plan: Plan, standing: Standing) -> Jobs:
    """Return the jobs of a sweep, seed by seed, each after the one that it starts from.

    Args:
        plan: The sweep.
        standing: The identities of its clips and of the weights that it names.
    """
    jobs: dict[tuple[str, int], Job] = {}
    first: dict[str, Job] = {}
    for seed in plan.seeds:
        for run in plan.in_order:
            start = None if run.start is None else jobs[run.start, seed]
            job = _job(plan, run, seed, start, standing)
            jobs[run.name, seed] = first.setdefault(job.id, job)
    return jobs


def _job(plan: Plan, run: Run, seed: int, start: Job | None, standing: Standing) -> Job:
    if run.test_time is not None and start is not None:
        return Job(run, seed, start.config, plan.tests_of(run), start)
    settings = dict(run.settings)
    settings["options"] = tuple(_pinned(word, standing) for word in settings.get("options", ()))
    named = settings.pop("weights", TrainConfig.weights)
    weights = standing.weights.get(named, UNKNOWN) if start is None else start.id
    index = standing.index_hash or UNKNOWN
    # What goes on must not see the same clips in the same order, mirrored and dropped as before.
    drawn_by = seed if start is None else seed_of(start.config.seed, "continued") % 2**31
    config = TrainConfig(index=index, weights=weights, seed=drawn_by, **settings)
    return Job(run, seed, config, plan.tests_of(run), start)


def _pinned(word: str, standing: Standing) -> str:
    """Return a method's option; weights that it names are known by their hash."""
    name, equals, value = word.partition("=")
    pinned = standing.weights.get(value, UNKNOWN) if value != "none" else value
    return f"{name}{equals}{pinned}" if names_weights(name) else word


def each_once(jobs: Iterable[Job]) -> tuple[Job, ...]:
    """Return jobs without repetition, in their order."""
    return tuple({job.id: job for job in jobs}.values())


def chosen(jobs: Jobs, plan: Plan, only: Sequence[str], seeds: Sequence[int]) -> tuple[Job, ...]:
    """Return the jobs of some runs and seeds; none named are all.

    Raises:
        UsageError: The plan has no such run or seed.
    """
    for name in only:
        if name not in plan.runs:
            raise UsageError(f"--only {name}: no such run; there are {', '.join(plan.runs)}")
    for seed in seeds:
        if seed not in plan.seeds:
            known = ", ".join(map(str, plan.seeds))
            raise UsageError(f"--seeds {seed}: not a seed of {plan.file}, which has {known}")
    return each_once(
        job
        for (name, seed), job in jobs.items()
        if name in (only or plan.runs) and seed in (seeds or plan.seeds)
    )
