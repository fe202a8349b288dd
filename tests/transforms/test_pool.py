import json
import subprocess
import sys
from collections import Counter
from typing import Any

import numpy as np
import pytest

import anigifs.transforms
from anigifs.foundation import UsageError
from anigifs.transforms import POOL, Operation, draw, from_json, to_json, words

NAMES = ["autocontrast", "brightness", "color", "contrast", "sharpness", "solarize"]
NAMES += ["grayscale", "red", "green", "blue"]
EVERY = tuple(Operation(name, level) for name, levels in POOL.items() for level in levels)


def test_the_pool_is_ten_names_and_211_pairs() -> None:
    assert list(POOL) == NAMES
    assert len(set(EVERY)) == len(EVERY) == 211
    assert [len(levels) for levels in POOL.values()] == [20, 20, 20, 20, 20, 20, 1, 30, 30, 30]


def test_the_levels_are_those_of_the_published_code() -> None:
    factors = tuple(np.linspace(0.6, 1.4, 20).tolist())
    for name in ("brightness", "color", "contrast", "sharpness"):
        assert POOL[name] == factors
        assert 1.0 not in POOL[name]
    assert POOL["autocontrast"] == tuple(np.linspace(0.0, 0.3, 20).tolist())
    assert POOL["solarize"] == (*range(19), 20)
    assert POOL["grayscale"] == (None,)
    upwards = [4, 12, 20, 28, 37, 45, 53, 62, 70, 78, 86, 95, 103, 111, 120]
    for name in ("red", "green", "blue"):
        assert list(POOL[name]) == [-amount for amount in reversed(upwards)] + upwards


def test_whole_levels_are_whole_numbers_and_the_others_are_not_of_numpy() -> None:
    for operation in EVERY:
        whole = operation.name in ("solarize", "red", "green", "blue")
        kind = type(None) if operation.name == "grayscale" else int if whole else float
        assert type(operation.level) is kind


def test_names_are_drawn_uniformly_with_replacement_and_then_a_level() -> None:
    rng = np.random.default_rng(5)
    drawn = [draw(rng) for _ in range(4000)]
    assert all(len(operations) == 4 for operations in drawn)
    counts = Counter(operation.name for operations in drawn for operation in operations)
    assert set(counts) == set(POOL)
    # 1,600 are expected of each name, with a deviation of 38.
    assert all(abs(count - 1600) < 190 for count in counts.values())
    levels = Counter(o.level for operations in drawn for o in operations if o.name == "solarize")
    assert set(levels) == set(POOL["solarize"])
    assert all(abs(count - 80) < 50 for count in levels.values())
    # No name twice has a chance of 10 * 9 * 8 * 7 / 10 ** 4.
    twice = sum(len({o.name for o in operations}) < 4 for operations in drawn)
    assert abs(twice / 4000 - 0.496) < 0.04


def test_the_same_seed_draws_the_same() -> None:
    assert draw(np.random.default_rng(3)) == draw(np.random.default_rng(3))
    assert draw(np.random.default_rng(3)) != draw(np.random.default_rng(4))
    assert len(draw(np.random.default_rng(3), 7)) == 7
    assert draw(np.random.default_rng(3), 0) == ()
    with pytest.raises(UsageError, match="0 or more of them, not -1"):
        draw(np.random.default_rng(3), -1)


def test_json_brings_everything_back() -> None:
    assert from_json(json.loads(json.dumps(to_json(EVERY)))) == EVERY
    assert from_json([]) == ()
    assert to_json(()) == []
    assert from_json([["autocontrast", 0]])[0].level == 0.0
    assert type(from_json([["autocontrast", 0]])[0].level) is float


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([["posterize", 4]], "no operation is named 'posterize'; there are autocontrast, bright"),
        ([[["red"], 4]], "no operation is named"),
        ([["solarize", 19]], "solarize has no level 19; there are 0, 1, 2"),
        ([["solarize", True]], "solarize has no level True"),
        ([["contrast", 1.0]], "contrast has no level 1.0"),
        ([["contrast", None]], "contrast has no level None"),
        ([["contrast", float("nan")]], "contrast has no level nan"),
        ([["contrast", [0.6]]], "contrast has no level"),
        ([["grayscale", 0]], "grayscale has no level 0; there are None"),
        ([["contrast"]], "a pair of a name and a level"),
        (["contrast"], "a pair of a name and a level"),
        ("contrast", "a list of pairs"),
        (None, "a list of pairs"),
        ({"contrast": 0.6}, "a list of pairs"),
    ],
)
def test_json_of_anything_else_is_an_error(values: list[Any], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        from_json(values)


def test_words_tell_all_operations_apart() -> None:
    assert len({words((operation,)) for operation in EVERY}) == 211
    assert words((EVERY[0], EVERY[-1])) == "autocontrast 0.00, blue +120"
    assert words(()) == "identity"


def test_importing_the_room_and_drawing_needs_neither_opencv_nor_torch() -> None:
    code = (
        "import sys, numpy, anigifs.transforms as t; t.words(t.draw(numpy.random.default_rng(0)));"
        "sys.exit('cv2' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    code = "import sys; from anigifs.transforms import apply; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_all_public_names_are_there_and_no_others() -> None:
    assert dir(anigifs.transforms) == sorted(anigifs.transforms.__all__)
    assert all(hasattr(anigifs.transforms, name) for name in anigifs.transforms.__all__)
    with pytest.raises(AttributeError, match="no attribute 'posterize'"):
        _ = anigifs.transforms.posterize
