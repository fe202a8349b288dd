"""CLIP on clips against its own package."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from anigifs.foundation import UsageError, WeightsError
from anigifs.models.backbones import PROMPTS, load_classifier
from anigifs.models.backbones.zero_shot import ZeroShotClip
from tests.models.backbones.made import END, SIZE, make_clip, say
from tests.models.small import random_clips

NAMES = ("archery", "playing cricket", "yoga")
MEAN = np.array([0.48145466, 0.4578275, 0.40821073])
STD = np.array([0.26862954, 0.26130258, 0.27577711])


def loaded(folder: Path, prompts: tuple[str, ...] = PROMPTS) -> ZeroShotClip:
    model, _ = load_classifier(folder, NAMES, prompts)
    assert isinstance(model, ZeroShotClip)
    return model


def answered(model: ZeroShotClip, clips_BTHWC: Tensor) -> Tensor:
    with torch.inference_mode():
        logits_BK, tapped = model(clips_BTHWC)
    assert tapped == {}
    return torch.as_tensor(logits_BK)


def pixels_of(clips_BTHWC: Tensor) -> Tensor:
    x = (clips_BTHWC.numpy() / 255 - MEAN) / STD
    return torch.from_numpy(x.transpose(0, 1, 4, 2, 3)).float()


def words_of(tokenizer: Any, prompts: list[str]) -> dict[str, Tensor]:  # noqa: ANN401
    return dict(tokenizer(prompts, padding=True, return_tensors="pt"))


def test_of_one_frame_the_answer_is_the_packages_own(tmp_path: Path) -> None:
    network, tokenizer = make_clip(tmp_path / "clip")
    clips_BTHWC = random_clips(1, SIZE, SIZE, batch=3)
    prompts = [f"a video of a person {name}." for name in NAMES]
    with torch.inference_mode():
        expected_BK = network(
            pixel_values=pixels_of(clips_BTHWC)[:, 0], **words_of(tokenizer, prompts)
        ).logits_per_image
    found_BK = answered(loaded(tmp_path / "clip"), clips_BTHWC)
    torch.testing.assert_close(found_BK, expected_BK, rtol=1e-4, atol=1e-4)
    assert found_BK.std(dim=0).max() > 0.01
    assert found_BK.std(dim=1).min() > 0.01


def test_frames_and_prompts_are_averaged_as_directions(tmp_path: Path) -> None:
    network, tokenizer = make_clip(tmp_path / "clip")
    templates = ("a video of a person {class}.", "{class}", "someone is {class}, quickly")
    clips_BTHWC = random_clips(5, SIZE, SIZE, batch=2)

    def of_length_1(features: np.ndarray) -> np.ndarray:
        return np.asarray(features / np.linalg.norm(features, axis=-1, keepdims=True))

    with torch.inference_mode():
        images = network.get_image_features(pixels_of(clips_BTHWC).flatten(0, 1)).pooler_output
        texts = [
            network.get_text_features(
                **words_of(tokenizer, [one.replace("{class}", name) for one in templates])
            ).pooler_output.numpy()
            for name in NAMES
        ]
    text_KD = of_length_1(np.stack([of_length_1(one).mean(axis=0) for one in texts]))
    frames_BTD = of_length_1(images.numpy().reshape(2, 5, -1))
    scale = np.exp(network.logit_scale.item())
    expected_BK = scale * of_length_1(frames_BTD.mean(axis=1)) @ text_KD.T
    found_BK = answered(loaded(tmp_path / "clip", templates), clips_BTHWC)
    assert found_BK.numpy() == pytest.approx(expected_BK, rel=1e-4, abs=1e-4)


def test_pixels_are_as_the_packages_own_processor_makes_them(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip")
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    processor = CLIPImageProcessorPil(
        size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE}
    )
    clips_BTHWC = random_clips(3, SIZE, SIZE)
    frames = [Image.fromarray(frame) for frame in clips_BTHWC[0].numpy()]
    expected = np.stack(processor(frames, return_tensors="np")["pixel_values"])
    found_BTCHW = loaded(tmp_path / "clip").seen(clips_BTHWC)
    assert found_BTCHW[0].numpy() == pytest.approx(expected, abs=1e-5)


def test_the_record_says_what_was_asked_and_settings_hash_differs_by_it(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip")
    _, record = load_classifier(tmp_path / "clip", NAMES)
    assert (record.architecture, record.classes, record.taxonomy) == ("clip", NAMES, "custom")
    assert (record.prompts, record.frames, record.size) == (PROMPTS, 16, SIZE)
    _, other = load_classifier(tmp_path / "clip", NAMES, ("{class}",))
    _, fewer = load_classifier(tmp_path / "clip", NAMES[:2])
    assert record.sha256 == other.sha256 == fewer.sha256
    assert len({one.settings_sha256 for one in (record, other, fewer)}) == 3


def test_the_older_two_files_of_a_tokenizer_do_as_well(tmp_path: Path) -> None:
    _, tokenizer = make_clip(tmp_path / "clip")
    clips_BTHWC = random_clips(2, SIZE, SIZE)
    before_BK = answered(loaded(tmp_path / "clip"), clips_BTHWC)
    say(tmp_path / "clip", "vocab.json", **tokenizer.get_vocab())
    (tmp_path / "clip" / "merges.txt").write_text("#version: 0.2\n")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / "clip" / name).unlink()
    assert torch.equal(answered(loaded(tmp_path / "clip"), clips_BTHWC), before_BK)
    (tmp_path / "clip" / "merges.txt").unlink()
    with pytest.raises(WeightsError, match="clip: holds no tokenizer, which is "):
        loaded(tmp_path / "clip")


def test_a_damaged_tokenizer_is_one_line(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip")
    (tmp_path / "clip" / "tokenizer.json").write_text("{")
    with pytest.raises(WeightsError, match="clip: its tokenizer cannot be read: ") as raised:
        loaded(tmp_path / "clip")
    assert "\n" not in str(raised.value)


def test_a_tokenizer_of_another_network_is_refused(tmp_path: Path) -> None:
    _, tokenizer = make_clip(tmp_path / "clip")
    say(tmp_path / "clip", text_config=_text(tmp_path / "clip", eos_token_id=5))
    with pytest.raises(WeightsError, match="its tokenizer has other words than its network"):
        loaded(tmp_path / "clip")
    assert tokenizer.eos_token == END


def _text(folder: Path, **changes: int) -> dict[str, Any]:
    return {**json.loads((folder / "config.json").read_text())["text_config"], **changes}


@pytest.mark.parametrize(
    ("names", "prompts", "said"),
    [
        (None, PROMPTS, "clip: chooses among classes that it is asked for: .*--classes"),
        ((), PROMPTS, "clip: chooses among classes that it is asked for: .*--classes"),
        (("yoga", "yoga"), PROMPTS, "one of the classes that it is asked for is named twice"),
        (NAMES, ("a person",), r"the prompt 'a person' has no \{class\} in it"),
        (NAMES, (), "a zero-shot network without a prompt"),
        (NAMES, ("{class} " * 9,), "is longer than the 64 tokens that clip reads"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    names: tuple[str, ...] | None, prompts: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    make_clip(tmp_path / "clip")
    with pytest.raises(UsageError, match=said):
        load_classifier(tmp_path / "clip", names, prompts)
