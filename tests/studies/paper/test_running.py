"""Both studies end to end, with a narrow network instead of the real one."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from anigifs.foundation import UsageError, read_records
from anigifs.index import Index
from anigifs.studies.paper.looking import looked_at
from anigifs.studies.paper.planning import planned, timed_here
from anigifs.studies.paper.progress import Progress
from anigifs.studies.paper.running import Ran, StudyConfig, run_studies
from anigifs.studies.sweep.request import Request
from anigifs.studies.sweep.watching import Watcher
from anigifs.training import TrainConfig

RUNS = {
    "video", "gif", "gif-erm", "gif-rsda", "erm", "random-augmentation", "rsda", "gating", "oracle"
}  # fmt: skip


class Counting(Watcher):
    """Counts updates, and stops a study at a job."""

    def __init__(self, stop_at: str = "") -> None:
        self.updates = 0
        self._stop_at = stop_at

    def update(self, job: str, step: int, total: int, share: float) -> None:
        """Count one."""
        self.updates += 1
        if self._stop_at and job.startswith(self._stop_at):
            raise KeyboardInterrupt


def run(config: StudyConfig, out: Path, watcher: Watcher) -> Ran:
    return run_studies(config, Request(out, out / "work"), watcher)


@pytest.fixture(scope="module")
def finished(config: StudyConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both studies, stopped in the middle and taken up again."""
    out = tmp_path_factory.mktemp("study") / "both"
    with pytest.raises(KeyboardInterrupt):
        run(config, out, Counting("gif-erm"))
    told: list[float] = []
    progress = Progress(lambda _, share: told.append(share), print, print)
    ran = run(config, out, progress)
    assert (dict(ran.failed), list(ran.left), list(ran.skipped)) == ({}, [], [])
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1
    return out


def test_every_row_of_both_tables_is_filled(finished: Path) -> None:
    for name, rows in (("table2", 8), ("table3", 5)):
        lines = list(csv.DictReader((finished / f"{name}.csv").read_text().splitlines()))
        filled = [line for line in lines if line["kind"] == "row" and line["top1"]]
        assert len(filled) == rows
        assert {line["n"] for line in filled} == {"12"}
        for ending in ("txt", "md", "tex"):
            assert (finished / f"{name}.{ending}").stat().st_size > 1000


def test_records_say_what_was_tested_and_how_it_was_trained(finished: Path) -> None:
    records = list(read_records(finished / "records.jsonl"))
    assert {one["model"] for one in records} == RUNS
    for one in records:
        assert one["training"]["run"] == one["model"]
        assert one["listed"] == one["n"] == 12
    samplers = {one["set"]: one["sampler"] for one in records}
    assert samplers["gifs-dense"] == "dense"
    assert samplers["gifs"] == "whole"


def test_one_model_of_the_film_is_the_start_of_all_methods(finished: Path) -> None:
    records = {one["model"]: one["training"] for one in read_records(finished / "records.jsonl")}
    for name in ("erm", "random-augmentation", "rsda", "gating", "oracle"):
        assert records[name]["start_weights_hash"] == records["video"]["weights_hash"]
    for name in ("gif-erm", "gif-rsda"):
        assert records[name]["start_weights_hash"] == records["gif"]["weights_hash"]
    acts = {one["run"]: one["acts"] for one in records.values()}
    assert acts["rsda"] == acts["gif-rsda"] == 4
    assert acts["gating"] >= 4
    assert acts["erm"] == acts["gif-erm"] == acts["video"] == 0


def test_a_table_is_made_anew_without_training(finished: Path, config: StudyConfig) -> None:
    before = {path: path.read_bytes() for path in finished.glob("table*")}
    assert len(before) == 8
    for path in before:
        path.unlink()
    watcher = Counting()
    run(config, finished, watcher)
    assert watcher.updates == 0
    assert {path: path.read_bytes() for path in finished.glob("table*")} == before


def test_another_study_in_the_same_folder_is_refused(finished: Path, config: StudyConfig) -> None:
    with pytest.raises(UsageError, match=r"holds a study that differs in .*benchmark_seed 0 -> 1"):
        run(replace(config, benchmark_seed=1), finished, Watcher())


def test_a_plan_tells_the_cost_before_anything_is_rendered(
    config: StudyConfig, tmp_path: Path
) -> None:
    plan, jobs = planned(config, tmp_path / "work", tmp_path)
    assert {name for name, _ in jobs} == set(plan.runs) == RUNS
    assert not list(tmp_path.iterdir())
    timed = timed_here(config)
    of_two, of_four = (timed(TrainConfig(index="", batch_size=count)) for count in (2, 4))
    assert 0 < 2 * of_two == pytest.approx(of_four)
    two = TrainConfig(index="", batch_size=2, domain="video", target_domain="animated-gif")
    assert timed(replace(two, method="dann")) == pytest.approx(of_four)
    assert timed(replace(two, method="adabn")) == of_two


def test_clips_that_are_trained_and_tested_on_are_a_leak(
    finished: Path, config: StudyConfig, tmp_path: Path
) -> None:
    """A group of a test that stands in the source's training rows is found before training."""
    index = Index.read(finished / "work" / "puppets" / "puppets-12.parquet")
    rows = list(index.rows())
    first = next(row for row in rows if row.domain == "video" and row.split == "train")
    leaky = [
        replace(row, group=first.group)
        if (row.domain, row.split, row.label) == ("animated-gif", "test", first.label)
        else row
        for row in rows
    ]
    path = finished / "work" / "puppets" / "leaky.parquet"
    Index.from_rows(leaky, index.taxonomy, index.root).write(path)
    watcher = Counting()
    with pytest.raises(UsageError, match="learns from 1 values of group that the test 'animated'"):
        run(replace(config, index=path), tmp_path / "out", watcher)
    assert watcher.updates == 0


def test_what_was_run_is_written_down(finished: Path, config: StudyConfig) -> None:
    said = json.loads((finished / "study.json").read_text())
    assert said == config.described


def test_records_of_other_clips_are_named(
    finished: Path, config: StudyConfig, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(finished, out)
    (path,) = out.glob("records/erm-0-*.json")
    record = {**json.loads(path.read_text()), "id": "0" * 12}
    path.with_name("erm-0-other.json").write_text(json.dumps(record))
    warned: list[str] = []
    run(config, out, Progress(lambda *_: None, print, warned.append))
    assert [line.partition(" records in ")[0] for line in warned] == ["1"]
    assert warned[0].endswith("are of another plan, and in no table: erm-0-000000000000")


def test_where_models_look_is_found_anew_for_other_clips(
    finished: Path, config: StudyConfig, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(finished, out)
    progress = Progress(lambda *_: None, print, print)
    ran = run(config, out, progress)

    def explained() -> int:
        assert looked_at(config, ran, out, out / "work", progress) is not None
        lines = read_records(out / "work" / "puppets" / "ledger.jsonl")
        return sum(line["role"] == "explain" for line in lines)

    assert [explained(), explained()] == [1, 1]
    path = out / "explain" / "explain.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "index_hash": "0" * 64}))
    assert explained() == 2
