import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from anigifs.foundation import UsageError
from anigifs.studies.sweep.jobs import Jobs, make_jobs
from anigifs.studies.sweep.plan import Plan
from anigifs.studies.sweep.reading import read_plan
from anigifs.studies.sweep.records import read_all
from anigifs.studies.sweep.standing import standing_of
from anigifs.studies.sweep.tables import (
    COLUMNS,
    csv_path,
    outcomes_in,
    tables_of,
    write_tables,
)
from tests.studies.sweep.conftest import JOBS, Bench
from tests.studies.sweep.test_running import records, without_work


def planned(plan: Path, out: Path) -> tuple[Plan, Jobs]:
    read = read_plan(str(plan))
    return read, make_jobs(read, standing_of(read, out))


def lines_of(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(csv_path(out).read_text().splitlines()))


def test_the_csv_has_a_line_for_each_run_seed_and_test(finished: Path) -> None:
    assert csv_path(finished) == finished.parent / "finished.csv"
    text = csv_path(finished).read_text()
    assert (
        text.splitlines()[0]
        == ",".join(COLUMNS)
        == ("method,seed,domain,top1,top5,mean_class,n,updates,cost_vs_erm,weights_hash,index_hash")
    )
    found = [(line["method"], line["seed"], line["domain"]) for line in lines_of(finished)]
    assert found == [
        (run, seed, domain)
        for run in ("base", "ceiling", "erm")
        for seed in ("0", "1")
        for domain in ("film", "seen")
    ]


def test_figures_are_those_of_the_predictions(finished: Path) -> None:
    found = records(finished)
    for line in lines_of(finished):
        one = found[line["method"], int(line["seed"])]
        (test,) = (test for test in one["tests"] if test["set"] == line["domain"])
        table = pq.read_table(finished / test["predictions"])
        classes = ["down", "right"]
        logits_NK = np.array(table["logits"].to_pylist())
        labels = np.array(table["label"].to_pylist())
        right_N = np.array(classes)[logits_NK.argmax(axis=1)] == labels
        by_class = [right_N[labels == name].mean() for name in sorted(set(labels))]
        assert float(line["top1"]) == pytest.approx(right_N.mean(), abs=1e-6)
        assert float(line["mean_class"]) == pytest.approx(np.mean(by_class), abs=1e-6)
        assert line["top5"] == ""  # there are but two classes
        assert int(line["n"]) == len(labels) == {"film": 4, "seen": 8}[line["domain"]]
        assert line["weights_hash"] == one["weights_hash"]
        assert line["index_hash"] == one["index_hash"]


def test_updates_are_those_of_the_whole_chain(finished: Path) -> None:
    found = {line["method"]: line["updates"] for line in lines_of(finished)}
    assert found == {"base": "2", "erm": "5", "ceiling": "2"}


def timed(out: Path, run: str, **changes: object) -> None:
    """Change what the records of a run say of its times."""
    for path in (out / "records").glob(f"{run}-*"):
        one = {**json.loads(path.read_text()), "load": 1.2, "threads": 1, **changes}
        one.setdefault("median", one["training_seconds"] / one["updates"])
        one["seconds_an_update"] = one.pop("median")
        path.write_text(json.dumps(one))


def costs_of(out: Path, bench: Bench) -> tuple[dict[tuple[str, str], str], list[str]]:
    warned: list[str] = []
    write_tables(*planned(bench.plan(), out), out, warned.append)
    found = {(line["method"], line["seed"]): line["cost_vs_erm"] for line in lines_of(out)}
    return found, warned


def test_costs_are_ratios_of_seconds_an_update(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    for run, seconds in {"base": 3.0, "erm": 6.0, "ceiling": 5.0}.items():
        timed(out, run, training_seconds=seconds)
    next((out / "records").glob("erm-1-*")).unlink()
    found, warned = costs_of(out, bench)
    assert found == {
        ("base", "0"): "0.75",
        ("base", "1"): "",
        ("ceiling", "0"): "1.25",
        ("ceiling", "1"): "",
        ("erm", "0"): "1.00",
    }
    assert not warned


ELSEWHERE = [
    "cost_vs_erm is left out where times were not measured as those of erm were (threads, "
    "parallel, processor): ceiling 0, ceiling 1"
]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"threads": 4}, ELSEWHERE),
        ({"parallel": 2}, ELSEWHERE),
        ({"processor": "another"}, ELSEWHERE),
        ({"load": 2.5}, []),
        ({"median": 0.1}, []),
    ],
    ids=["threads", "side by side", "another processor", "other work", "a pause"],
)
def test_costs_of_machines_and_of_what_else_they_did_are_left_out(
    finished: Path, bench: Bench, tmp_path: Path, changes: dict[str, Any], told: list[str]
) -> None:
    out = without_work(finished, tmp_path / "out")
    for run in ("base", "erm"):
        timed(out, run, training_seconds=6.0)
    timed(out, "ceiling", training_seconds=5.0, **changes)
    found, warned = costs_of(out, bench)
    assert (found["ceiling", "1"], found["erm", "1"]) == ("", "1.00")
    assert warned == told


def test_records_that_do_not_say_how_they_were_measured_have_costs(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    for path in (out / "records").iterdir():
        one = {**json.loads(path.read_text()), "training_seconds": 6.0}
        for name in ("threads", "load", "seconds_an_update"):
            del one[name]
        path.write_text(json.dumps(one))
    found, warned = costs_of(out, bench)
    assert found["erm", "0"] == "1.00"
    assert not warned


def test_the_table_has_listed_runs_with_the_baseline_first(finished: Path, bench: Bench) -> None:
    plan, jobs = planned(bench.plan(), finished)
    table = tables_of(plan, jobs, finished, lambda line: None)
    assert [(row.key, row.oracle) for row in table.rows] == [("erm", False), ("ceiling", True)]
    assert [column.title for column in table.columns] == ["clips of the source", "seen"]
    found = [float(line["top1"]) for line in lines_of(finished) if line["method"] == "erm"]
    cell = table.cell("erm", "film")
    assert cell is not None
    assert cell.seeds == (0, 1)
    assert cell.top1.value == pytest.approx((found[0] + found[2]) / 2)
    for ending in ("txt", "md", "tex", "csv"):
        assert "ERM, continued" in (finished / f"table.{ending}").read_text()
    text = (finished / "table.txt").read_text()
    assert "mean and Student's t over seeds (0, 1)" in text
    assert text.endswith("\n")


def test_the_table_names_runs_that_continue_other_weights_than_are_recorded(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    path = next((out / "records").glob("erm-1-*"))
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "start_weights_hash": "0" * 64}))
    warned: list[str] = []
    write_tables(*planned(bench.plan(), out), out, warned.append)
    assert [line.partition(" of base")[0] for line in warned] == [
        "erm, seed 1 did not start from the recorded weights"
    ]
    said = "Continue weights that were trained again, not those recorded: erm 1."
    assert said in (out / "table.txt").read_text()
    assert "trained again" not in (finished / "table.txt").read_text()


def test_records_of_another_plan_are_kept_and_left_out(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    plan = bench.plan(("flip = false", "dropout = 0.1"), name="other")
    warned: list[str] = []
    table = write_tables(*planned(plan, out), out, warned.append)
    assert table is not None
    assert [row.key for row in table.rows] == ["erm"]
    assert {line["method"] for line in lines_of(out)} == {"base", "erm"}
    (said,) = warned
    assert "2 records in" in said
    assert "of another plan, and in no table: ceiling-0-" in said
    assert len(list((out / "records").iterdir())) == 6


def test_what_was_an_oracle_becomes_no_method(finished: Path, bench: Bench) -> None:
    plan = bench.plan(("oracle = true\n", ""), name="method")
    with pytest.raises(UsageError, match="'ceiling' was recorded as an oracle, and the plan makes"):
        write_tables(*planned(plan, finished), finished, lambda line: None)


def test_a_test_that_no_row_has_taken_yet_is_no_column(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    for path in out.glob("records/*.json"):
        record = json.loads(path.read_text())
        if record["run"] != "base":  # which is listed in no table
            record["tests"] = [one for one in record["tests"] if one["set"] == "film"]
            path.write_text(json.dumps(record))
    table = write_tables(*planned(bench.plan(), out), out, lambda line: None)
    assert table is not None
    assert [column.key for column in table.columns] == ["film"]


def test_without_the_baseline_there_is_a_csv_and_no_table(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = without_work(finished, tmp_path / "out")
    for path in (*out.glob("records/erm-*"), *out.glob("table.*")):
        path.unlink()
    plan, jobs = planned(bench.plan(), out)
    with pytest.raises(UsageError, match="no record of 'erm' yet; run the sweep first"):
        tables_of(plan, jobs, out, lambda line: None)
    assert {line["cost_vs_erm"] for line in lines_of(out)} == {""}
    assert not list(out.glob("table.*"))


def test_damaged_records_are_one_line(finished: Path, bench: Bench, tmp_path: Path) -> None:
    out = without_work(finished, tmp_path / "out")
    path = next((out / "records").glob("erm-1-*"))
    path.write_text(path.read_text()[:99])
    with pytest.raises(UsageError, match=r"erm-1-.*damaged; restore it, or remove it"):
        write_tables(*planned(bench.plan(), out), out, lambda line: None)
    path.write_text('{"id": "1"}')
    with pytest.raises(UsageError, match="a record without run, seed"):
        write_tables(*planned(bench.plan(), out), out, lambda line: None)


def test_every_test_says_what_its_weights_had_learnt_and_what_they_learnt_from(
    finished: Path, bench: Bench
) -> None:
    outcomes = outcomes_in(*planned(bench.plan(), finished), read_all(finished), finished)
    assert len(outcomes) == 2 * JOBS
    for one in outcomes:
        assert one.record["pretraining"]["classes"] == 2
        clips = one.record["learnt_from"]
        assert [(name, split["listed"], split["used"]) for name, split in clips.items()] == [
            ("train", 8, 8),
            ("val", 4, 4),
        ]


def test_records_of_before_are_told_by_the_weights_that_all_began_with(
    finished: Path, bench: Bench, tmp_path: Path
) -> None:
    out = tmp_path / "old"
    shutil.copytree(finished, out)
    for path in (out / "records").glob("*.json"):
        record = json.loads(path.read_text())
        for test in record["tests"]:
            del test["pretraining"]
        path.write_text(json.dumps(record))
    plan, jobs = planned(bench.plan(), out)
    found = read_all(out)
    assert "pretraining" not in outcomes_in(plan, jobs, found, out)[0].record
    runs = {
        name: replace(run, settings={**run.settings, "weights": "i3d-kinetics-400"})
        for name, run in plan.runs.items()
    }
    for one in outcomes_in(replace(plan, runs=runs), jobs, found, out):
        past = one.record["pretraining"]
        assert (past["data"], past["classes"], past["classes_seen"]) == (["kinetics-400"], 2, 0)
