"""The study of adaptation end to end, with a narrow network and some of its methods."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.foundation import UsageError, read_records
from anigifs.index import Index
from anigifs.studies.paper import adapt as module
from anigifs.studies.paper import reporting
from anigifs.studies.paper.adapt import adapt
from anigifs.studies.paper.planning import planned
from anigifs.studies.paper.progress import Progress
from anigifs.studies.paper.roles import PUPPETS_DEV
from anigifs.studies.paper.running import StudyConfig, run_studies
from anigifs.studies.paper.scales import SMOKE
from anigifs.studies.sections import UNLABELLED
from anigifs.studies.sweep.plan import Run
from anigifs.studies.sweep.request import Request
from anigifs.studies.sweep.watching import Watcher

FEW = ("adabn", "dann", "attentive-alignment")


#: Fixtures train a whole study.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module", autouse=True)
def few_methods() -> Iterator[None]:
    """Those that differ in kind; all of them are trained in ``tests/training``."""
    with pytest.MonkeyPatch.context() as patch:
        few = tuple(one for one in module.ADAPTERS if one.method in FEW)
        patch.setattr(module, "ADAPTERS", few)
        yield


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {run.name: run for run in adapt(SMOKE, PUPPETS_DEV, "weights").runs}


@pytest.fixture(scope="module")
def config(config: StudyConfig) -> StudyConfig:
    """The puppets that the command renders, one instance of each class, and three updates."""
    scale = replace(config.scale, further={**config.scale.further, "steps": 3})
    return replace(config, studies=("adapt",), domains=("film", "cartoon-dev"), scale=scale)


@pytest.fixture(scope="module")
def finished(config: StudyConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study, stopped in the middle and taken up again, with its report."""
    out = tmp_path_factory.mktemp("study") / "adapt"

    def tell(stage: str, _: float) -> None:
        if stage.startswith("video-dann, seed 0: update 2"):
            raise KeyboardInterrupt

    request = Request(out, out / "work")
    with pytest.raises(KeyboardInterrupt):
        run_studies(config, request, Progress(tell, print, print))
    progress = Progress(lambda stage, share: None, print, print)
    with pytest.MonkeyPatch.context() as patch:
        # Of the model of the videos, as in every study; it takes longer than all the rest.
        patch.setattr(reporting, "taken_apart", lambda *_: None)
        ran = reporting.run_and_report(config, request, progress, "anigifs study adapt")
    assert (dict(ran.failed), list(ran.left), list(ran.skipped)) == ({}, [], [])
    return out


def test_every_row_of_both_blocks_is_filled(finished: Path) -> None:
    lines = list(csv.DictReader((finished / "table-adapt.csv").read_text().splitlines()))
    filled = [line for line in lines if line["kind"] == "row" and line["top1"]]
    assert len(filled) == 2 * (len(FEW) + 3)
    assert {line["n"] for line in filled} == {"12"}
    assert {line["set"] for line in filled if line["row"][0] == "v"} == {"animated"}
    assert {line["set"] for line in filled if line["row"][0] == "a"} == {"videos"}
    page = (finished / "report.html").read_text()
    assert "Adaptation" in page
    assert "seen training clips of the target without their labels" in page


def test_records_say_what_was_seen(finished: Path, runs: dict[str, Run]) -> None:
    records = list(read_records(finished / "records.jsonl"))
    assert {one["model"] for one in records} == set(runs)
    starts = {one["model"]: one["training"] for one in records}
    for one in records:
        run = runs[one["model"]]
        assert one["model_title"].endswith(UNLABELLED) == run.adapted
        config = one["training"]["config"]
        assert config["target_domain"] == run.settings.get("target_domain")
        if run.start is not None:
            begun = one["training"]["start_weights_hash"]
            assert begun == starts[run.start]["weights_hash"]
    chosen = {one["training"]["validation"]["role"] for one in records}
    assert chosen == {"source-validation"}


def test_it_is_not_trained_again(finished: Path, config: StudyConfig) -> None:
    class Still(Watcher):
        def update(self, job: str, step: int, total: int, share: float) -> None:
            pytest.fail(f"{job} was trained again")

    before = (finished / "table-adapt.csv").read_bytes()
    run_studies(config, Request(finished, finished / "work"), Still())
    assert (finished / "table-adapt.csv").read_bytes() == before


def test_the_most_frequent_classes_of_an_index_are_planned_and_taken(
    finished: Path, config: StudyConfig, runs: dict[str, Run], tmp_path: Path
) -> None:
    index = finished / "work" / "puppets" / "puppets-12.parquet"
    some = replace(config, index=index, most_frequent=3)
    assert some.described["most_frequent"] == 3
    assert "most_frequent" not in config.described
    plan, jobs = planned(some, tmp_path / "work", tmp_path)
    assert not list(tmp_path.iterdir())
    assert set(plan.runs) == set(runs)
    path = some.index_at(tmp_path / "work")
    given = some.read_index()
    assert given is not None
    given.write(path)
    again, same = planned(some, tmp_path / "work", tmp_path)
    assert {key: job.id for key, job in jobs.items()} == {k: job.id for k, job in same.items()}
    kept = Index.read(path)
    assert len(set(kept.table["label"].to_pylist())) == 3
    for row in kept.rows():
        assert (path.parent / str(row.path)).is_file()
    assert again.clips == path


def test_a_group_that_is_seen_unlabelled_and_tested_is_a_leak(
    finished: Path, config: StudyConfig, tmp_path: Path
) -> None:
    index = Index.read(finished / "work" / "puppets" / "puppets-12.parquet")
    rows = list(index.rows())
    seen = next(row for row in rows if row.domain == "animated-gif" and row.split == "train")
    leaky = [
        replace(row, group=seen.group)
        if (row.domain, row.split, row.label) == ("animated-gif", "test", seen.label)
        else row
        for row in rows
    ]
    path = finished / "work" / "puppets" / "leaky.parquet"
    Index.from_rows(leaky, index.taxonomy, index.root).write(path)
    with pytest.raises(UsageError, match=r"values of group .*"):
        run_studies(
            replace(config, index=path), Request(tmp_path / "out", tmp_path / "work"), Watcher()
        )
    assert json.loads((tmp_path / "out" / "study.json").read_text())["studies"] == ["adapt"]
