from collections import Counter

import numpy as np
import pytest

from anigifs.foundation import UsageError
from anigifs.transforms import (
    EVERY,
    FAMILIES,
    POOL,
    Operation,
    apply,
    draw_of,
    families_of,
    from_json,
    to_json,
    transform,
    words,
)


def clips() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (2, 9, 24, 20, 3), np.uint8)


def test_no_two_operations_have_one_name() -> None:
    assert len(EVERY) == sum(map(len, FAMILIES.values()))


def test_families_are_drawn_uniformly_then_names_then_levels() -> None:
    rng = np.random.default_rng(1)
    drawn = Counter(one for _ in range(3000) for one in draw_of(rng, 4, FAMILIES))
    assert set(drawn) == {Operation(name, level) for name, of in EVERY.items() for level in of}
    for pool in FAMILIES.values():
        counts = [sum(drawn[Operation(name, level)] for level in of) for name, of in pool.items()]
        assert sum(counts) == pytest.approx(3000, abs=250)  # deviation 47
        assert min(counts) > 0.7 * max(counts)


def test_everything_is_told_in_words_and_comes_back_from_json() -> None:
    every = tuple(Operation(name, level) for name, of in EVERY.items() for level in of)
    assert from_json(to_json(every), EVERY) == every
    assert len({words((one,)) for one in every}) == len(every)
    with pytest.raises(UsageError, match="no operation is named 'reverse'"):
        from_json([["reverse", None]])  # not of RSDA's pool


def test_operations_follow_one_another() -> None:
    given = clips()
    tubes = given[..., 0] > 128
    photometric = tuple(Operation(name, POOL[name][3]) for name in ("contrast", "solarize", "red"))
    operations = (*photometric[:2], Operation("reverse", None), photometric[2])
    changed, moved = transform(operations, given, tubes)
    assert np.array_equal(changed, apply(photometric[2:], apply(photometric[:2], given)[:, ::-1]))
    assert moved is not None
    assert np.array_equal(moved, tubes[:, ::-1])
    same, none = transform((), given)
    assert same is given
    assert none is None


def test_families_can_be_chosen_and_operations_left_out() -> None:
    assert list(families_of(["temporal", "context"])) == ["temporal", "context"]
    assert "outline" not in families_of(["gif-making"], ["outline"])["gif-making"]
    assert list(families_of(["temporal", "context"], ["backdrop"])) == ["temporal"]
    with pytest.raises(UsageError, match="no operation or family 'colour'"):
        families_of(["colour"])
    with pytest.raises(UsageError, match="no operation or family 'lines'"):
        families_of(["temporal"], ["lines"])
    with pytest.raises(UsageError, match="no operations are left"):
        families_of(["context"], ["backdrop"])
    with pytest.raises(UsageError, match="no operation is named 'lines'"):
        transform((Operation("lines", None),), clips())
