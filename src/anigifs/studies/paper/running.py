"""Run a study: clips, training, tests, tables; what is there already is not made again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError, write_text
from anigifs.foundation.claim import claim
from anigifs.index import Index
from anigifs.index.subset import of_classes
from anigifs.models.weights import find
from anigifs.puppets.spec import DOMAINS, Domain, Spec
from anigifs.studies.outcomes import Outcome
from anigifs.studies.paper.adapt import adapt
from anigifs.studies.paper.forms import write_forms
from anigifs.studies.paper.frequent import frequent
from anigifs.studies.paper.refusals import check_index, has_oracle
from anigifs.studies.paper.roles import PUPPETS, Roles
from anigifs.studies.paper.scales import LAPTOP, Scale
from anigifs.studies.paper.study import Study, runs_of, tests_of
from anigifs.studies.paper.study1 import study1
from anigifs.studies.paper.study2 import study2
from anigifs.studies.paper.table import PaperTable, tabulate_study
from anigifs.studies.sweep.agenda import Ended
from anigifs.studies.sweep.jobs import Jobs, each_once
from anigifs.studies.sweep.plan import Plan
from anigifs.studies.sweep.records import Record, read_all
from anigifs.studies.sweep.request import Request
from anigifs.studies.sweep.running import run_jobs
from anigifs.studies.sweep.tables import outcomes_in, warn_of_others
from anigifs.studies.sweep.watching import Watcher
from anigifs.taxonomy import class_list

SETTINGS, RECORDS = "study.json", "records.jsonl"
STUDIES = ("1", "2")
ADAPT = "adapt"


@dataclass(frozen=True)
class StudyConfig:
    """What is run.

    Attributes:
        studies: Which of the paper's, ``1`` and ``2``, and ``adapt`` for its setting of adaptation.
        scale: How large.
        index: The index of the clips; None renders the benchmark.
        roles: Which rows of it are videos, GIFs of videos, and animated GIFs.
        weights: What training starts from: a name of weights, or a folder of them.
        seeds: Of training; none are the scale's.
        controls: Whether Study 2 has its variants and controls, too.
        classes: A class list, whose classes alone are kept of the rendered benchmark; None keeps
            all.
        benchmark_seed: Of the rendered benchmark.
        domains: Of the rendered benchmark; others are not rendered.
        most_frequent: Of an index, keep so many classes, those with the most animated GIFs; None
            keeps all.
    """

    studies: tuple[str, ...] = STUDIES
    scale: Scale = LAPTOP
    index: Path | None = None
    roles: Roles = PUPPETS
    weights: str = "i3d-kinetics-400"
    seeds: tuple[int, ...] = ()
    controls: bool = True
    classes: str | None = None
    benchmark_seed: int = 0
    domains: tuple[Domain, ...] = DOMAINS
    most_frequent: int | None = None

    def __post_init__(self) -> None:
        if not self.studies or set(self.studies) - {*STUDIES, ADAPT}:
            raise UsageError(f"the studies {', '.join(self.studies)}: there are 1 and 2, and adapt")
        if self.most_frequent is not None and self.index is None:
            raise UsageError("the most frequent classes are of an index; name one")
        _ = self.spec  # refuses what cannot be rendered

    def given(self, weights: str, seeds: tuple[int, ...]) -> "StudyConfig":
        """Return the same from other weights, and with other seeds where any are named."""
        return replace(self, weights=weights, seeds=seeds)

    @property
    def spec(self) -> Spec:
        """The benchmark that is rendered where there is no index."""
        return Spec(
            clips_per_class=self.scale.clips_per_class,
            seed=self.benchmark_seed,
            domains=self.domains,
        )

    def index_at(self, work: Path) -> Path:
        """Return the path of the index, be it there or not.

        Args:
            work: The folder of what is rendered.
        """
        if self.index is not None and self.most_frequent is not None:
            return work / "index" / f"top-{self.most_frequent}.parquet"
        if self.index is not None:
            return self.index
        return work / "puppets" / f"{self.classes or 'index'}.parquet"

    def read_index(self) -> Index | None:
        """Return the rows of the given index that are used; None where none is given.

        Raises:
            UsageError: It is not there, or has not as many classes.
        """
        if self.index is None:
            return None
        index = Index.read(self.index)
        if self.most_frequent is None:
            return index
        return frequent(index, self.roles, self.most_frequent, str(self.index))

    def studies_on(self, index: Index) -> tuple[Study, ...]:
        """Return the studies as they are run on an index."""
        found = []
        if "1" in self.studies:
            found.append(study1(self.scale, self.roles, self.weights))
        if "2" in self.studies:
            oracle = self.index is None or has_oracle(index, self.roles)
            found.append(
                study2(self.scale, self.roles, self.weights, controls=self.controls, oracle=oracle)
            )
        if ADAPT in self.studies:
            found.append(adapt(self.scale, self.roles, self.weights))
        return tuple(found)

    def plan(self, studies: Sequence[Study], index: Path) -> Plan:
        """Return the sweep that runs studies; runs that two of them have are made once."""
        runs = {run.name: run for run in runs_of(studies)}
        return Plan(
            file=Path("study"),
            title="; ".join(study.title for study in studies),
            seeds=self.seeds or self.scale.seeds,
            baseline=next(iter(runs)),
            clips=index,
            tests=tests_of(studies),
            runs=runs,
        )

    @property
    def described(self) -> dict[str, Any]:
        """All that makes the study what it is, as JSON can hold it."""
        return {
            "studies": list(self.studies),
            "scale": self.scale.name,
            "clips": "puppets" if self.index is None else self.index.name,
            "clips_per_class": self.scale.clips_per_class if self.index is None else None,
            "benchmark_seed": self.benchmark_seed if self.index is None else None,
            "domains": list(self.domains) if self.index is None else None,
            "classes": self.classes,
            "roles": json.loads(json.dumps(asdict(self.roles))),
            "controls": self.controls,
            "settings": {
                "shared": dict(self.scale.shared),
                "base": dict(self.scale.base),
                "further": dict(self.scale.further),
                "rsda": list(self.scale.rsda),
            },
            "weights": find(self.weights)[0].sha256,
            # Left out where it is not asked for, so that folders of before are the same study.
            **({} if self.most_frequent is None else {"most_frequent": self.most_frequent}),
        }


@dataclass(frozen=True)
class Ran(Ended):
    """What a call did, and what there is now.

    Attributes:
        tables: Of the studies, those of which nothing has been tested left out.
        outcomes: All tests.
        index: Of the clips.
        plan: The sweep that was run.
        jobs: Of the plan.
    """

    tables: tuple[PaperTable, ...]
    outcomes: tuple[Outcome, ...]
    index: Path
    plan: Plan
    jobs: Jobs


def run_studies(config: StudyConfig, request: Request, watcher: Watcher) -> Ran:
    """Run what is missing of the studies, and make their tables anew.

    The folder then holds ``table2.*`` and ``table3.*``, ``records.jsonl`` with a line for each
    test, and what a sweep leaves. It may be stopped at any moment; another call goes on.

    Args:
        config: What is run.
        request: Where, which part, and for how long.
        watcher: Told how far it is.

    Raises:
        UsageError: The folder holds something else, or the index is not fit for the studies.
    """
    given = config.read_index()  # before a folder is made for nothing
    claim(request.out, SETTINGS, "study", config.described)
    path = clips_at(config, given, request.work, watcher)
    index = Index.read(path)
    studies = config.studies_on(index)
    check_index(studies, config.roles, index, str(path))
    plan = config.plan(studies, path)
    jobs, agenda = run_jobs(plan, request, watcher)
    found = read_all(request.out)
    warn_of_others(jobs, found, request.out, watcher.warn)
    outcomes = outcomes_in(plan, jobs, found, request.out)
    _write_records(jobs, found, request.out)
    tables = tables_of(config, studies, outcomes)
    for table in tables:
        write_forms(table, request.out)
    return Ran(
        **vars(agenda.ended), tables=tables, outcomes=outcomes, index=path, plan=plan, jobs=jobs
    )


def clips_at(config: StudyConfig, given: Index | None, work: Path, watcher: Watcher) -> Path:
    """Return the index of the clips, which are rendered where none is given.

    Args:
        config: What is run.
        given: The rows of the given index that are used.
        work: Where clips go that are rendered, and an index that is a part of the given one.
        watcher: Told how far it is.
    """
    path = config.index_at(work)
    if given is not None:
        if path != config.index:
            given.write(path)
        return path
    from anigifs.puppets.rendering import render

    rendered = render(config.spec, path.parent, watch=watcher.watch("rendering clips"))
    if config.classes is not None:
        kept = of_classes(rendered.index, class_list(config.classes).names)
        replace(kept, taxonomy=config.classes).write(path)
    return path


def tables_of(
    config: StudyConfig, studies: Sequence[Study], outcomes: Sequence[Outcome]
) -> tuple[PaperTable, ...]:
    """Return the tables of the studies of which anything has been tested."""
    tested = {(one.model, one.set) for one in outcomes}
    return tuple(
        tabulate_study(study, outcomes, config.scale.title)
        for study in studies
        if any((row.run, row.set) in tested for row in study.rows)
    )


def _write_records(jobs: Jobs, found: Mapping[str, Record], out: Path) -> None:
    """Write a line for each test, with how its model was trained."""
    lines = []
    for record in [found[job.id] for job in each_once(jobs.values()) if job.id in found]:
        training = {name: said for name, said in record.items() if name != "tests"}
        for test in record["tests"]:
            lines.append(json.dumps({**test, "training": training}, ensure_ascii=False))
    write_text(out / RECORDS, "".join(f"{line}\n" for line in lines))
