import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score
from torch import Tensor

from anigifs.saliency import energy_inside, iou_at_volume, peak_inside


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


@settings(max_examples=50)
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


@pytest.mark.parametrize("score", [peak_inside, energy_inside, iou_at_volume])
def test_maps_and_masks_on_different_grids_are_refused(score: object) -> None:
    assert callable(score)
    with pytest.raises(ValueError, match="need bool masks of the same shape"):
        score(torch.rand(2, 5, 7, 7), torch.ones(2, 5, 1, 7, dtype=torch.bool))
    with pytest.raises(ValueError, match="need bool masks of the same shape"):
        score(torch.rand(2, 5, 7, 7), torch.ones(2, 5, 7, 7))


@pytest.mark.parametrize(
    ("maps_BTHW", "masks_BTHW", "iou"),
    [
        (row(4, 3, 2, 1), mask(1, 1, 0, 0), 1.0),
        (row(4, 3, 2, 1), mask(0, 0, 1, 1), 0.0),
        (row(4, 3, 2, 1), mask(1, 0, 1, 0), 1 / 3),  # hot: the first two
        (row(4, 0, 0, 0), mask(1, 1, 1, 1), 0.25),  # zeros are never hot
        (row(0, 0, 0, 0), mask(1, 1, 0, 0), 0.0),
        (row(4, 3, 2, 1), mask(0, 0, 0, 0), float("nan")),
    ],
)
def test_iou_by_hand(maps_BTHW: Tensor, masks_BTHW: Tensor, iou: float) -> None:
    found = iou_at_volume(maps_BTHW, masks_BTHW)
    torch.testing.assert_close(found, torch.tensor([iou]), equal_nan=True)


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(1, 17))
def test_iou_is_scikit_learns_at_the_masks_volume_and_knows_no_scale(
    seed: int, volume: int
) -> None:
    rng = np.random.default_rng(seed)
    maps_BTHW = torch.from_numpy(1.0 + rng.permutation(18)).view(1, 2, 3, 3)  # none is zero
    inside = torch.from_numpy(rng.permutation(18) < volume).view(1, 2, 3, 3)
    hot = maps_BTHW > 18 - volume
    expected = jaccard_score(inside.flatten(), hot.flatten())
    for scaled in (maps_BTHW, maps_BTHW**3, 1e-3 * maps_BTHW):
        assert iou_at_volume(scaled, inside).item() == pytest.approx(expected)
