import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from anigifs.saliency import energy_inside, peak_inside


def row(*values: float) -> Tensor:
    return torch.tensor(values).view(1, 1, 1, -1)


def mask(*values: int) -> Tensor:
    return torch.tensor(values).bool().view(1, 1, 1, -1)


@pytest.mark.parametrize(
    ("maps_BTHW", "masks_BTHW", "inside", "share"),
    [
        (row(1, 3, 0), mask(0, 1, 0), True, 0.75),
        (row(1, 3, 0), mask(1, 0, 1), False, 0.25),
        (row(2, 2, 0), mask(0, 1, 0), True, 0.5),  # of two peaks one is inside
        (row(2, 2, 0), mask(0, 0, 1), False, 0.0),
        (row(2, 2, 1), mask(0, 0, 0), False, 0.0),  # no tube
        (row(2, 2, 1), mask(1, 1, 1), True, 1.0),
        (row(0, 0, 0), mask(1, 1, 1), False, float("nan")),  # no evidence
        (row(0, 0, 0), mask(0, 0, 0), False, float("nan")),
        (row(1e-30, 0, 0), mask(1, 0, 0), True, 1.0),
    ],
)
def test_scores_by_hand(maps_BTHW: Tensor, masks_BTHW: Tensor, inside: bool, share: float) -> None:
    assert peak_inside(maps_BTHW, masks_BTHW).tolist() == [inside]
    energy_B = energy_inside(maps_BTHW, masks_BTHW)
    torch.testing.assert_close(energy_B, torch.tensor([share]), equal_nan=True)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4), st.sampled_from([torch.float32, torch.bfloat16]))
def test_each_clip_of_a_batch_is_scored_for_itself(
    seed: int, batch: int, dtype: torch.dtype
) -> None:
    generator = torch.Generator().manual_seed(seed)
    maps_BTHW = torch.randint(0, 4, (batch, 2, 3, 3), generator=generator).to(dtype)
    masks_BTHW = torch.rand(batch, 2, 3, 3, generator=generator) < 0.3
    peaks_B, energy_B = peak_inside(maps_BTHW, masks_BTHW), energy_inside(maps_BTHW, masks_BTHW)
    assert peaks_B.dtype == torch.bool
    assert energy_B.dtype == torch.float32
    assert peaks_B.shape == energy_B.shape == (batch,)
    for values, inside, peak, energy in zip(maps_BTHW, masks_BTHW, peaks_B, energy_B, strict=True):
        cells = list(zip(values.flatten().tolist(), inside.flatten().tolist(), strict=True))
        best, total = max(value for value, _ in cells), sum(value for value, _ in cells)
        assert peak == (best > 0 and any(inside and value == best for value, inside in cells))
        if total:
            assert energy == pytest.approx(sum(value for value, inside in cells if inside) / total)
        else:
            assert energy.isnan()


@pytest.mark.parametrize("score", [peak_inside, energy_inside])
def test_maps_and_masks_on_different_grids_are_refused(score: object) -> None:
    assert callable(score)
    with pytest.raises(ValueError, match="need bool masks of the same shape"):
        score(torch.rand(2, 5, 7, 7), torch.ones(2, 5, 1, 7, dtype=torch.bool))
    with pytest.raises(ValueError, match="need bool masks of the same shape"):
        score(torch.rand(2, 5, 7, 7), torch.ones(2, 5, 7, 7))
