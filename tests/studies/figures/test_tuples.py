from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from anigifs.clips import Geometry, resize_and_crop
from anigifs.foundation import MediaError, UsageError
from anigifs.media import read, write_gif
from anigifs.studies.figures.tuples import Sizes, found_tuples, operations_named, tuples_block
from anigifs.transforms import POOL, Operation, words
from tests.studies.figures.test_acts import CHECK, SEARCH, written

CONTRAST = float(POOL["contrast"][3] or 0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wide GIF of eight frames."""
    rng = np.random.default_rng(0)
    colours = rng.integers(0, 256, (8, 5, 8, 3), dtype=np.uint8)
    path = tmp_path_factory.mktemp("tuples") / "yoga.gif"
    write_gif(path, colours.repeat(8, axis=1).repeat(8, axis=2), 100)
    return path


def test_the_strips_are_the_file_the_input_and_each_tuple(clip: Path) -> None:
    tuples = [operations_named("solarize 4, grayscale"), (Operation("contrast", CONTRAST),)]
    block = tuples_block(clip, tuples, Sizes(frames=4, size=32))
    assert block.heading == "yoga.gif"
    titles = ["original", "as the network gets it", "after tuple 1", "after tuple 2"]
    assert [strip.title for strip in block.strips] == titles
    frames_THWC = read(clip)[0][[1, 3, 5, 7]]  # the middles of four equal parts
    original, given, first, second = (strip.frames_THWC for strip in block.strips)
    np.testing.assert_array_equal(original, frames_THWC)
    seen_THWC = np.stack([resize_and_crop(frame, Geometry(4, 32)) for frame in frames_THWC])
    np.testing.assert_array_equal(given, seen_THWC)
    pictures = [Image.fromarray(frame) for frame in seen_THWC]
    grey = [np.asarray(ImageOps.grayscale(ImageOps.solarize(one, 4))) for one in pictures]
    np.testing.assert_array_equal(first, np.stack(grey)[..., None].repeat(3, axis=-1))
    faded = [np.asarray(ImageEnhance.Contrast(one).enhance(CONTRAST)) for one in pictures]
    np.testing.assert_array_equal(second, np.stack(faded))
    assert block.strips[2].notes == ("solarize 4", "grayscale")
    assert block.strips[0].notes == ("64 \N{MULTIPLICATION SIGN} 40 pixels",)


def test_every_operation_can_be_named_as_it_is_shown() -> None:
    operations = [Operation(name, level) for name, levels in POOL.items() for level in levels]
    assert len(operations) == 211
    for operation in operations:
        assert operations_named(words((operation,))) == (operation,)
    assert operations_named(" red  +12 ,grayscale") == (
        Operation("red", 12), Operation("grayscale", None),
    )  # fmt: skip


def test_an_operation_that_there_is_not_is_said_with_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="no operation 'hue 3'; there are autocontrast, bright"):
        operations_named("red +12, hue 3")
    with pytest.raises(UsageError, match=r"no operation 'solarize 30'; solarize has .* 0, 1, 2"):
        operations_named("solarize 30")
    with pytest.raises(UsageError, match="no operation ''"):
        operations_named("")


def test_a_runs_tuples_are_those_that_its_searches_chose(tmp_path: Path) -> None:
    other = {**SEARCH, "step": 16, "chosen": 0}
    nothing = {**SEARCH, "step": 12, "chosen": None}
    run = written(tmp_path / "run", SEARCH, nothing, other)
    found = [words(one) for one in found_tuples(run, 5)]
    assert found == ["grayscale, solarize 4", "red +12"]
    assert found_tuples(run, 1) == [operations_named(found[0])]
    with pytest.raises(UsageError, match="found no tuple"):
        found_tuples(written(tmp_path / "none", nothing), 3)
    with pytest.raises(UsageError, match="no searches"):
        found_tuples(written(tmp_path / "gating", CHECK), 3)
    with pytest.raises(UsageError, match="at least 1"):
        found_tuples(run, 0)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        tuples_block(tmp_path / "a.gif", [()], Sizes())
    with pytest.raises(UsageError, match="size is at least 1"):
        Sizes(size=0)
