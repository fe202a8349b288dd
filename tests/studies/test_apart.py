"""The fall taken apart, end to end, with a narrow network; clips stand in for rendered ones."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from anigifs.evaluation import Predictions
from anigifs.foundation import UsageError, WeightsError, read_records, write_bytes
from anigifs.foundation.work import Local
from anigifs.index import Index
from anigifs.models import WeightsRecord, build_i3d, save_model
from anigifs.puppets import INDEX, Instance, Rendered, Spec
from anigifs.puppets.factors.lossless import apng_bytes
from anigifs.puppets.factors.rendering import COMBINED, DOMAIN, FactorJob, factor_jobs
from anigifs.puppets.making import row_of
from anigifs.studies import apart
from anigifs.studies.apart import CLIPS, RECORDS, STUDY, take_apart
from tests.training.made import settle

SPEC = Spec(clips_per_class=1, seed=5, size=64)
ADDED = ("palette-32",)
SIDE, FRAMES = 16, 9


def make_noise(
    spec: Spec,
    folder: Path,
    styles: Sequence[str],
    *,
    executor: object,
    watch: object,
    classes: Sequence[str],
) -> Rendered:
    """Write clips of noise in the place of mixtures: of three instances of two classes."""
    rows = []
    for number, job in enumerate(factor_jobs(spec, styles, classes)):
        one = job.instance
        if one.action not in ("squat", "archery"):
            continue
        for take in range(3):
            copy = FactorJob(Instance(5, one.action, "test", take), job.style, SIDE, 0.7)
            rng = np.random.default_rng([number, take])
            frames = rng.integers(0, 256, (FRAMES, SIDE, SIDE, 3), dtype=np.uint8)
            write_bytes(folder / copy.path, apng_bytes(frames, [40] * FRAMES))
            boxes_T4 = np.tile([0.1, 0.1, 0.9, 0.9], (FRAMES, 1))
            starts = range(0, 40 * FRAMES, 40)
            rows.append(row_of(copy, DOMAIN, folder / copy.path, starts, boxes_T4, 40 * FRAMES))
    index = Index.from_rows(rows, "puppets-16", folder)
    index.write(folder / INDEX)
    return Rendered(index, folder / INDEX, len(rows))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "narrow"
    torch.manual_seed(1)
    model = build_i3d(2, width=1 / 16)
    settle(model)
    record = WeightsRecord(
        name="narrow",
        width=1 / 16,
        classes=("squat", "archery"),
        frames=9,
        size=32,
        licence="none",
        source="made by a test",
    )
    save_model(model, record, folder)
    return folder


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(apart, "render_factors", make_noise)
    return tmp_path / "apart"


def test_every_mixture_is_tested_once_and_the_fall_is_that_of_its_predictions(
    out: Path, weights: Path, tmp_path: Path
) -> None:
    found = take_apart(SPEC, weights, out, tmp_path / "store", added=ADDED, executor=Local(1))
    records = list(read_records(out / RECORDS))
    assert [record["set"] for record in records] == [*COMBINED, *ADDED]
    assert {(record["study"], record["n"], record["domain"]) for record in records} == {
        (STUDY, 6, DOMAIN)
    }
    top1 = {record["set"]: record["top1"] for record in records}
    told = dict(zip(COMBINED, found.accuracy.values(), strict=True))
    assert {name: one.value for name, one in told.items()} == {
        name: pytest.approx(top1[name]) for name in COMBINED
    }
    assert len(set(top1.values())) > 1  # a narrow network, but not a constant one
    fall = top1["film"] - top1[COMBINED[-1]]
    assert found.fall.value == pytest.approx(fall)
    assert sum(one.share.value for one in found.factors) == pytest.approx(fall)
    assert found.only_added["palette-32"].value == pytest.approx(top1["film"] - top1["palette-32"])
    assert (found.fall.n, found.fall.groups) == (6, 6)


def test_what_is_there_is_not_tested_again(out: Path, weights: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    first = take_apart(SPEC, weights, out, store, added=ADDED, executor=Local(1))
    assert take_apart(SPEC, weights, out, store, added=ADDED, executor=Local(1)) == first
    records = list(read_records(out / RECORDS))
    assert len(records) == len(list(read_records(out / CLIPS / "ledger.jsonl"))) == 17
    victim = out / str(records[4]["predictions"])
    said = Predictions.read(victim).sha256
    victim.write_bytes(b"damaged")
    assert take_apart(SPEC, weights, out, store, added=ADDED, executor=Local(1)) == first
    again = list(read_records(out / RECORDS))
    assert len(again) == 18
    assert again[-1]["set"] == records[4]["set"]
    assert Predictions.read(victim).sha256 == said


def test_answers_are_paired_by_instance_whatever_their_order(
    out: Path, weights: Path, tmp_path: Path
) -> None:
    first = take_apart(SPEC, weights, out, tmp_path / "store", added=(), executor=Local(1))
    for path in (out / "predictions").glob("*context*.parquet"):
        said = Predictions.read(path)
        turned = range(len(said))[::-1]
        columns = {
            name: tuple(getattr(said, name)[i] for i in turned)
            for name in ("clip_ids", "groups", "labels", "domains", "styles", "frames")
        }
        logits_NK = said.logits_NK[list(turned)]
        Predictions(**columns, classes=said.classes, logits_NK=logits_NK).write(path)
    assert take_apart(SPEC, weights, out, tmp_path / "store", added=(), executor=Local(1)) == first


def test_nothing_is_rendered_for_weights_that_are_not_there(out: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weights"):
        take_apart(SPEC, str(tmp_path / "none"), out, tmp_path / "store")
    assert not out.exists()


def test_a_clip_that_cannot_be_read_stops_the_study(
    out: Path, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*args: object, **how: object) -> Rendered:
        rendered = make_noise(*args, **how)  # type: ignore[arg-type]
        (rendered.path.parent / str(next(rendered.index.rows()).path)).write_bytes(b"no picture")
        return rendered

    monkeypatch.setattr(apart, "render_factors", damaged)
    with pytest.raises(UsageError, match=r"1 clips cannot be read: .*the file has changed"):
        take_apart(SPEC, weights, out, tmp_path / "store", added=(), executor=Local(1))


@pytest.mark.slow
def test_real_mixtures_can_be_told_apart(tmp_path: Path, weights: Path) -> None:
    found = take_apart(SPEC, weights, tmp_path / "apart", tmp_path / "store")
    assert (found.fall.n, len(found.accuracy), len(found.only_added)) == (2, 16, 7)  # its classes
