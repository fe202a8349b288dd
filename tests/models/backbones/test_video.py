"""Video transformers against their own package, on the same clips prepared by other means."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from anigifs.models.backbones import load_classifier, ready_classifier
from anigifs.models.backbones.video import VideoBackbone
from tests.models.backbones.made import CLASSES, FRAMES, SETTINGS, SIZE, make_video, say
from tests.models.small import random_clips

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
#: What each kind was published with, written down anew.
PUBLISHED = {
    "videomae": IMAGENET,
    "vjepa2": IMAGENET,
    "timesformer": ((0.45,) * 3, (0.225,) * 3),
    "vivit": ((0.5,) * 3, (0.5,) * 3),
}


def loaded(folder: Path) -> VideoBackbone:
    model, _ = load_classifier(folder)
    assert isinstance(model, VideoBackbone)
    return model


def prepared(clips_BTHWC: Tensor, kind: str) -> Tensor:
    """The clips in a network's numbers, by NumPy."""
    mean, std = (np.array(three) for three in PUBLISHED[kind])
    x = clips_BTHWC.numpy().astype(np.float64)
    x = x / 127.5 - 1 if kind == "vivit" else x / 255
    return torch.from_numpy(((x - mean) / std).transpose(0, 1, 4, 2, 3)).float()


def answers(network: Any, kind: str, frames_BTCHW: Tensor) -> Tensor:  # noqa: ANN401
    name = "pixel_values_videos" if kind == "vjepa2" else "pixel_values"
    with torch.inference_mode():
        logits_BK: Tensor = network(**{name: frames_BTCHW}).logits
    return logits_BK


@pytest.mark.parametrize("kind", list(SETTINGS))
def test_logits_are_those_of_the_package(kind: str, tmp_path: Path) -> None:
    network = make_video(tmp_path / kind, kind)
    model, record = load_classifier(tmp_path / kind)
    assert isinstance(model, VideoBackbone)
    assert not model.training
    wants = 4 if kind == "timesformer" else FRAMES
    clips_BTHWC = random_clips(wants, SIZE, SIZE, batch=3)
    with torch.inference_mode():
        logits_BK, tapped = model(clips_BTHWC)
    assert (logits_BK.dtype, tapped) == (torch.float32, {})
    assert torch.equal(logits_BK, answers(network, kind, model.seen(clips_BTHWC)))
    expected_BK = answers(network, kind, prepared(clips_BTHWC, kind))
    torch.testing.assert_close(logits_BK, expected_BK, rtol=1e-4, atol=1e-4)
    assert logits_BK.std(dim=0).max() > 0.01  # it looks at the clips
    assert (record.architecture, record.size, record.classes) == (kind, SIZE, CLASSES)
    assert record.frames == (12 if kind == "timesformer" else FRAMES)


@pytest.mark.parametrize(
    ("kind", "processor"),
    [
        ("videomae", "videomae.image_processing_pil_videomae.VideoMAEImageProcessorPil"),
        ("vivit", "vivit.image_processing_vivit.VivitImageProcessor"),
    ],
)
def test_pixels_are_as_the_packages_own_processor_makes_them(
    kind: str, processor: str, tmp_path: Path
) -> None:
    make_video(tmp_path / kind, kind)
    home, _, name = processor.rpartition(".")
    of_package = getattr(importlib.import_module(f"transformers.models.{home}"), name)(
        size={"shortest_edge": SIZE},
        crop_size={"height": SIZE, "width": SIZE},
        image_mean=[0.1, 0.2, 0.3],
        image_std=[0.4, 0.5, 0.6],
    )
    of_package.save_pretrained(tmp_path / kind)
    clips_BTHWC = random_clips(FRAMES, SIZE, SIZE)
    frames = [Image.fromarray(frame) for frame in clips_BTHWC[0].numpy()]
    expected = np.stack(of_package(frames, return_tensors="np")["pixel_values"][0])
    found_BTCHW = loaded(tmp_path / kind).seen(clips_BTHWC)
    assert found_BTCHW[0].numpy() == pytest.approx(expected, abs=1e-5)


def test_clips_of_another_size_are_scaled_as_pillow_does(tmp_path: Path) -> None:
    make_video(tmp_path / "v", "videomae")
    model = loaded(tmp_path / "v")
    clips_BTHWC = random_clips(FRAMES, 80, 80)
    small = [
        np.asarray(Image.fromarray(frame).resize((SIZE, SIZE), Image.Resampling.BILINEAR))
        for frame in clips_BTHWC[0].numpy()
    ]
    expected_BTCHW = prepared(torch.from_numpy(np.stack(small))[None], "videomae")
    level = 1 / 255 / min(IMAGENET[1])  # Pillow rounds twice
    assert (model.seen(clips_BTHWC) - expected_BTCHW).abs().max() < 1.5 * level


def test_frames_are_thinned_to_those_that_the_network_wants(tmp_path: Path) -> None:
    network = make_video(tmp_path / "t", "timesformer")
    model = loaded(tmp_path / "t")
    clips_BTHWC = random_clips(12, SIZE, SIZE)
    with torch.inference_mode():
        logits_BK, _ = model(clips_BTHWC)
    middle_BTCHW = prepared(clips_BTHWC[:, [1, 4, 7, 10]], "timesformer")
    expected_BK = answers(network, "timesformer", middle_BTCHW)
    torch.testing.assert_close(logits_BK, expected_BK, rtol=1e-4, atol=1e-4)


def test_a_folder_says_how_pixels_are_to_be_seen(tmp_path: Path) -> None:
    make_video(tmp_path / "v", "videomae")
    say(tmp_path / "v", "preprocessor_config.json", image_mean=0.25, image_std=[0.5, 0.25, 0.125])
    _, record = load_classifier(tmp_path / "v")
    assert "mean 0.25, 0.25, 0.25, deviation 0.5, 0.25, 0.125" in record.preprocessing
    white_BTHWC = torch.full((1, FRAMES, SIZE, SIZE, 3), 255, dtype=torch.uint8)
    found_BTCHW = loaded(tmp_path / "v").seen(white_BTHWC)
    assert found_BTCHW[0, 0, :, 0, 0].tolist() == pytest.approx([1.5, 3.0, 6.0])


def test_old_names_of_tensors_are_understood(tmp_path: Path) -> None:
    """The published VideoMAE has biases of queries and values under names of their own."""
    from safetensors import safe_open

    make_video(tmp_path / "v", "videomae")
    with safe_open(tmp_path / "v" / "model.safetensors", "pt") as file:
        names = set(file.keys())
    assert "videomae.encoder.layer.0.attention.attention.q_bias" in names
    loaded(tmp_path / "v")


def test_bfloat16_answers_nearly_the_same(tmp_path: Path) -> None:
    make_video(tmp_path / "v", "videomae")
    model = loaded(tmp_path / "v")
    clips_BTHWC = random_clips(FRAMES, SIZE, SIZE, batch=2)
    with torch.inference_mode():
        exact_BK, _ = model(clips_BTHWC)
        coarse_BK, _ = ready_classifier(model, "bfloat16")(clips_BTHWC)
    assert coarse_BK.dtype == torch.float32
    assert not torch.equal(coarse_BK, exact_BK)
    assert (coarse_BK - exact_BK).abs().max() < 0.05 * exact_BK.abs().max()


@pytest.mark.parametrize("shape", [(1, FRAMES, 3, 32, 32), (FRAMES, 32, 32, 3), (1, 9, 32, 40, 3)])
def test_what_is_no_clip_is_refused(shape: tuple[int, ...], tmp_path: Path) -> None:
    make_video(tmp_path / "v", "videomae")
    with pytest.raises(TypeError, match="clips are uint8"):
        loaded(tmp_path / "v")(torch.zeros(shape, dtype=torch.uint8))
