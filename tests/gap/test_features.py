from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from anigifs.clips import Geometry
from anigifs.clips.load import load_clip
from anigifs.evaluation import shards
from anigifs.evaluation.shards import ANSWERS
from anigifs.foundation.work import Local
from anigifs.gap.features import Seeing, features_of_clips
from anigifs.gap.once import unwatched
from anigifs.models import ENDPOINTS, I3D
from tests.clips.made import write_sources
from tests.models.small import small_model

GEOMETRY = Geometry(frames=9, size=32)


def seeing(load: Callable[[], I3D], sha256: str = "1d") -> Seeing:
    return Seeing(sha256, load, "float32", GEOMETRY, "whole", (0, 0, 0), 64)


def test_features_are_the_means_of_every_endpoint_and_are_kept(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "files", 5, side=32)
    model, loads = small_model(), list[int]()

    def load() -> I3D:
        loads.append(1)
        return model

    seen = features_of_clips(sources, seeing(load), tmp_path / "store", unwatched, reading=Local(1))
    assert list(seen.features_of) == [source.clip_id for source in sources]
    for source in sources:
        clip = load_clip(source.path, GEOMETRY)
        with torch.inference_mode():
            logits_BK, tapped = model(torch.from_numpy(clip.frames_THWC)[None], taps=ENDPOINTS)
        found = seen.features_of[source.clip_id]
        assert set(found) == {*ENDPOINTS, "logits"}
        assert found["logits"] == pytest.approx(logits_BK[0].numpy(), abs=1e-4)
        for name, x_BCTHW in tapped.items():
            wanted_C = x_BCTHW[0].numpy().mean(axis=(1, 2, 3))
            assert found[name] == pytest.approx(wanted_C, abs=1e-4)
    again = features_of_clips(
        sources[:3], seeing(load), tmp_path / "store", unwatched, reading=Local(1)
    )
    assert list(again.features_of) == [source.clip_id for source in sources[:3]]
    assert loads == [1]
    features_of_clips(
        sources[:1], seeing(load, "2e"), tmp_path / "store", unwatched, reading=Local(1)
    )
    assert loads == [1, 1]


def test_other_processes_make_the_same_of_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "BATCHES", 1)
    sources = write_sources(tmp_path / "files", 5, side=32)
    how = replace(seeing(small_model), threads=1)
    here, elsewhere = (
        features_of_clips(
            sources, how, tmp_path / name, unwatched, executor=executor, reading=Local(1)
        ).features_of
        for name, executor in (("one", None), ("two", Local(2)))
    )
    assert list(here) == list(elsewhere)
    for clip_id, found in here.items():
        assert {name: column.tobytes() for name, column in found.items()} == {
            name: column.tobytes() for name, column in elsewhere[clip_id].items()
        }
    assert list((tmp_path / "two" / ANSWERS).iterdir()) == []


def test_a_clip_that_cannot_be_prepared_carries_its_error(tmp_path: Path) -> None:
    sources = write_sources(tmp_path / "files", 2, side=32)
    sources[0].path.write_text("no GIF")
    seen = features_of_clips(
        sources, seeing(small_model), tmp_path / "store", unwatched, reading=Local(1)
    )
    assert list(seen.features_of) == [sources[1].clip_id]
    assert "000.gif" in seen.errors[sources[0].clip_id]
    assert np.isfinite(seen.features_of[sources[1].clip_id]["Mixed_5c"]).all()
