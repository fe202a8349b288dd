"""The quick study, end to end, with a narrow network instead of the real one."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
import torch

from anigifs.foundation import UsageError, read_records
from anigifs.models import WeightsRecord, build_i3d, save_model
from anigifs.puppets.spec import Spec
from anigifs.studies.quick import CANDIDATES, QuickConfig, run_quick, stages
from anigifs.studies.sets import PUPPET_SETS
from anigifs.taxonomy import class_list

Told = list[tuple[str, float]]


class StoppedError(Exception):
    """What a test stops a study with."""


def save_narrow(folder: Path, bias: float = 0.0) -> None:
    """Write weights of a narrow, untrained network with the classes of Kinetics-400."""
    names = class_list("kinetics-400").names
    record = WeightsRecord(
        name="narrow",
        width=1 / 16,
        classes=names,
        taxonomy="kinetics-400",
        licence="none",
        source="made by a test",
    )
    torch.manual_seed(0)
    model = build_i3d(len(names), width=1 / 16)
    model.load_state_dict(
        {**model.state_dict(), "logits.conv3d.bias": torch.full((len(names),), bias)}
    )
    save_model(model, record, folder)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> QuickConfig:
    folder = tmp_path_factory.mktemp("weights") / "narrow"
    save_narrow(folder)
    return QuickConfig(clips_per_class=1, updates=2, weights=str(folder))


@pytest.fixture(scope="module")
def finished(config: QuickConfig, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Told]:
    """A study that was stopped while it trained, and then went on."""
    out, told = tmp_path_factory.mktemp("study") / "quick", list[tuple[str, float]]()

    def stop(stage: str, share: float) -> None:
        if stage == f"training: {CANDIDATES[1].title}":
            raise StoppedError

    with pytest.raises(StoppedError):
        run_quick(config, out, stop)
    run_quick(config, out, lambda stage, share: told.append((stage, share)))
    return out, told


def test_every_model_is_tested_on_every_set(finished: tuple[Path, Told]) -> None:
    out, _ = finished
    records = list(read_records(out / "records.jsonl"))
    found = Counter((record["model"], record["set"]) for record in records)
    assert found == {(one.key, of.key): 1 for one in CANDIDATES for of in PUPPET_SETS}
    counts = {record["set"]: record["n"] for record in records}
    assert counts == {one.key: 16 * len(one.styles) for one in PUPPET_SETS}
    hashes = {(record["set"], record["rows_hash"]) for record in records}
    assert len(hashes) == len(PUPPET_SETS)  # both models saw the same clips of each
    assert len(list(read_records(out / "puppets" / "ledger.jsonl"))) == len(records)


def test_the_source_model_never_saw_a_cartoon_in_training(finished: tuple[Path, Told]) -> None:
    out, _ = finished
    for one, domain in zip(CANDIDATES, ("video", "animated-gif"), strict=True):
        records = read_records(out / "runs" / one.key / "records.jsonl")
        assert {tuple(record["domains"]) for record in records} == {(domain,)}


def test_tables_and_report_hold_every_cell(finished: tuple[Path, Told]) -> None:
    out, _ = finished
    rows = list(csv.DictReader((out / "table.csv").read_text().splitlines()))
    assert len(rows) == len(CANDIDATES) * len(PUPPET_SETS)
    for name in ("table.txt", "table.md", "table.tex", "report.html"):
        text = (out / name).read_text()
        for of_set in PUPPET_SETS:
            assert of_set.title in text, name


def test_one_bar_goes_from_nothing_to_all(finished: tuple[Path, Told]) -> None:
    _, told = finished
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_a_finished_study_trains_and_tests_nothing_again(
    finished: tuple[Path, Told], config: QuickConfig
) -> None:
    out, _ = finished
    before = {
        path: path.read_bytes() for path in out.rglob("*.jsonl") if path.name != "times.jsonl"
    }
    table = (out / "table.csv").read_bytes()
    run_quick(config, out)
    assert all(path.read_bytes() == content for path, content in before.items())
    assert (out / "table.csv").read_bytes() == table


def test_another_study_in_the_same_folder_is_refused(
    finished: tuple[Path, Told], config: QuickConfig
) -> None:
    out, _ = finished
    with pytest.raises(UsageError, match="holds a study that differs in updates 2 -> 3"):
        run_quick(QuickConfig(1, 3, weights=config.weights), out)


def test_stages_count_what_there_is_to_do() -> None:
    config = QuickConfig(clips_per_class=8, updates=5)
    units = {stage.title: stage.units for stage in stages(config)}
    jobs = list(Spec(clips_per_class=8).jobs())
    assert units["rendering clips"] == len(jobs)
    assert units["preparing clips"] == sum(
        job.domain != "film-gif" or job.instance.split == "test" for job in jobs
    )
    assert units[f"training: {CANDIDATES[0].title}"] == 5
    assert units[f"testing: {CANDIDATES[0].title}"] == 16 * 3 * 7


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="0 updates"):
        QuickConfig(updates=0)
    with pytest.raises(UsageError, match="0 clips of each class"):
        QuickConfig(clips_per_class=0)


def test_the_configuration_of_a_run_says_all(finished: tuple[Path, Told]) -> None:
    out, _ = finished
    one, other = (
        json.loads((out / "runs" / c.key / "config.json").read_text()) for c in CANDIDATES
    )
    assert {name for name in one if one[name] != other[name]} == {"domain"}


def test_damaged_predictions_are_made_again(
    finished: tuple[Path, Told], config: QuickConfig
) -> None:
    out, _ = finished
    file = out / "predictions" / "erm-film-0.parquet"
    content, table = file.read_bytes(), (out / "table.csv").read_bytes()
    file.write_bytes(content[:200])
    run_quick(config, out)
    assert file.read_bytes() == content
    assert (out / "table.csv").read_bytes() == table


def test_weights_that_changed_under_their_name_are_another_study(
    finished: tuple[Path, Told], config: QuickConfig
) -> None:
    out, _ = finished
    save_narrow(Path(config.weights), bias=1.0)
    try:
        with pytest.raises(UsageError, match="differs in weights_sha256"):
            run_quick(config, out)
    finally:
        save_narrow(Path(config.weights))
