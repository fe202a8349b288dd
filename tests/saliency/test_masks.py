import math
from itertools import product

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from anigifs.saliency import on_grid


def boxed(*boxes: tuple[slice, slice, slice], shape: tuple[int, int, int]) -> Tensor:
    tubes_BTHW = torch.zeros(1, *shape, dtype=torch.bool)
    for box in boxes:
        tubes_BTHW[0][box] = True
    return tubes_BTHW


def by_hand(tubes_BTHW: Tensor, grid: tuple[int, int, int]) -> Tensor:
    """Whether any pixel of a cell is inside; cells that do not fit evenly overlap."""
    sizes = tubes_BTHW.shape[1:]
    found = torch.zeros(len(tubes_BTHW), *grid, dtype=torch.bool)
    for clip, *cell in product(range(len(tubes_BTHW)), *map(range, grid)):
        edges = [
            slice(place * size // cells, math.ceil((place + 1) * size / cells))
            for place, size, cells in zip(cell, sizes, grid, strict=True)
        ]
        found[clip, cell[0], cell[1], cell[2]] = tubes_BTHW[clip][tuple(edges)].any()
    return found


numbers = st.integers(1, 12)


@settings(max_examples=60)
@given(st.tuples(numbers, numbers, numbers), st.tuples(*[st.integers(1, 5)] * 3), numbers)
def test_a_cell_is_inside_where_any_of_its_pixels_is(
    shape: tuple[int, int, int], grid: tuple[int, int, int], seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    tubes_BTHW = torch.rand(2, *shape, generator=generator) < 0.1
    found = on_grid(tubes_BTHW, grid)
    assert found.dtype == torch.bool
    assert torch.equal(found, by_hand(tubes_BTHW, grid))
    pooled = functional.adaptive_max_pool3d(tubes_BTHW.double()[:, None], grid)[:, 0]
    assert torch.equal(found, pooled == 1)


def test_a_box_of_one_pixel_is_never_lost_as_it_would_be_by_the_nearest() -> None:
    lost = 0
    for row, column in product(range(0, 224, 9), range(0, 224, 9)):
        one = slice(row, row + 1), slice(column, column + 1)
        tubes_BTHW = boxed((slice(None), *one), shape=(5, 224, 224))
        mask_BTHW = on_grid(tubes_BTHW, (5, 7, 7))
        assert mask_BTHW.sum() == 5
        assert mask_BTHW[0, :, row // 32, column // 32].all()
        lost += not functional.interpolate(tubes_BTHW.float(), (7, 7)).any()
    assert lost > 600  # of 625


def test_time_has_cells_as_well() -> None:
    tubes_BTHW = boxed((slice(8, 9), slice(0, 1), slice(63, 64)), shape=(40, 64, 64))
    mask_BTHW = on_grid(tubes_BTHW, (5, 2, 2))
    assert mask_BTHW.nonzero().tolist() == [[0, 1, 0, 1]]


def test_empty_and_full_tubes_stay_so() -> None:
    assert not on_grid(torch.zeros(2, 16, 32, 32, dtype=torch.bool), (2, 4, 4)).any()
    assert on_grid(torch.ones(2, 16, 32, 32, dtype=torch.bool), (2, 4, 4)).all()


def test_what_is_no_tube_is_refused() -> None:
    with pytest.raises(TypeError, match="tubes are bool"):
        on_grid(torch.zeros(1, 9, 8, 8), (2, 1, 1))
    with pytest.raises(TypeError, match="tubes are bool"):
        on_grid(torch.zeros(9, 8, 8, dtype=torch.bool), (2, 1, 1))
