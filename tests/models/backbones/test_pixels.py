"""What folders say of pixels, in the forms that there are."""

import json
from pathlib import Path
from typing import Any

import pytest

from anigifs.foundation import WeightsError
from anigifs.models.backbones.kinds import IMAGENET, KINDS
from anigifs.models.backbones.pixels import Pixels, read_pixels

OTHER = {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]}
VIVIT = KINDS["vivit"].pixels


def read(folder: Path, said: object, name: str = "preprocessor_config.json") -> Pixels:
    (folder / name).write_text(json.dumps(said))
    return read_pixels(folder, IMAGENET)[0]


def test_without_a_file_all_is_as_usual(tmp_path: Path) -> None:
    assert read_pixels(tmp_path, VIVIT) == (VIVIT, "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("preprocessor_config.json", OTHER),
        ("video_preprocessor_config.json", OTHER),
        ("processor_config.json", {"image_processor": OTHER}),
        ("processor_config.json", {"video_processor": OTHER, "image_processor": {}}),
    ],
)
def test_all_files_are_read(name: str, said: dict[str, Any], tmp_path: Path) -> None:
    found = read(tmp_path, said, name)
    assert (found.mean, found.std) == ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    assert read_pixels(tmp_path, IMAGENET)[1] == name


def test_the_files_of_a_tokenizer_say_nothing_of_pixels(tmp_path: Path) -> None:
    (tmp_path / "processor_config.json").write_text('{"processor_class": "CLIPProcessor"}')
    assert read_pixels(tmp_path, IMAGENET) == (IMAGENET, "")


def test_switches_are_obeyed(tmp_path: Path) -> None:
    plain = read(tmp_path, {"do_rescale": False, "do_normalize": False, **OTHER})
    assert (plain.scale, plain.shift) == ((1.0,) * 3, (0.0,) * 3)
    signed = read(tmp_path, {"rescale_factor": 1 / 127.5, "offset": True, "do_normalize": False})
    assert [255 * signed.scale[0] + signed.shift[0], signed.shift[0]] == pytest.approx([1, -1])


@pytest.mark.parametrize(
    "said",
    [
        {"image_mean": "0.5"},
        {"image_mean": [0.5, 0.5]},
        {"image_std": [0.5, 0.5, None]},
        {"image_std": [0.5, 0.5, float("nan")]},
        {"image_std": 0},
        {"rescale_factor": "1/255"},
        {"rescale_factor": -1},
        {"rescale_factor": True},
    ],
)
def test_what_is_no_number_is_one_line(said: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"^.*preprocessor_config.json: (image_|rescale_)"):
        read(tmp_path, said)
