from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.mixstyle import MixStyle, StyleDraw, with_mixed_styles
from tests.methods.made import batch_of, network, rng_of, run_of

LAYERS = ["MaxPool3d_3a_3x3", "MaxPool3d_4a_3x3"]


def method_of(*options: str) -> MixStyle:
    method = make_method("mixstyle", options)
    assert isinstance(method, MixStyle)
    method.build(network(), run_of())
    return method


def features(seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    scale = torch.arange(1, 4, dtype=torch.float32).view(3, 1, 1, 1, 1)
    return scale * torch.rand(3, 5, 2, 4, 4, generator=generator) + scale


DRAW = StyleDraw(torch.tensor([2, 1, 0]), torch.tensor([0.25, 0.5, 0.9]))


def in_numpy(x: np.ndarray, partners: np.ndarray, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the same in float64, and by what each feature was multiplied."""
    flat = x.reshape(*x.shape[:2], -1).astype(np.float64)
    mean, deviation = flat.mean(2), np.sqrt(flat.var(2, ddof=1) + 1e-6)
    share = own[:, None]
    new_mean = share * mean + (1 - share) * mean[partners]
    new_deviation = share * deviation + (1 - share) * deviation[partners]
    factor = new_deviation / deviation
    mixed = (flat - mean[..., None]) * factor[..., None] + new_mean[..., None]
    return mixed.reshape(x.shape), factor


def test_features_get_the_mean_and_deviation_between_both_over_time_and_space() -> None:
    x_BCTHW = features()
    mixed_BCTHW = with_mixed_styles(x_BCTHW, DRAW)
    expected, _ = in_numpy(x_BCTHW.numpy(), DRAW.partners_B.numpy(), DRAW.own_B.numpy())
    np.testing.assert_allclose(mixed_BCTHW.numpy(), expected, rtol=1e-5)
    means = [one.mean((1, 2, 3)) for one in (x_BCTHW[0], x_BCTHW[2], mixed_BCTHW[0])]
    torch.testing.assert_close(means[2], 0.25 * means[0] + 0.75 * means[1])
    torch.testing.assert_close(mixed_BCTHW[1], x_BCTHW[1])  # its own partner


def test_no_gradient_flows_through_the_statistics() -> None:
    x_BCTHW = features().requires_grad_()
    weights = torch.rand(x_BCTHW.shape, generator=torch.Generator().manual_seed(1))
    (gradient,) = torch.autograd.grad((with_mixed_styles(x_BCTHW, DRAW) * weights).sum(), x_BCTHW)
    _, factor = in_numpy(x_BCTHW.detach().numpy(), DRAW.partners_B.numpy(), DRAW.own_B.numpy())
    expected = weights.numpy() * factor[:, :, None, None, None]
    np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-5)


def test_a_channel_that_is_the_same_everywhere_stays_finite() -> None:
    x_BCTHW = features()
    x_BCTHW[:, 0] = 0.0
    mixed_BCTHW = with_mixed_styles(x_BCTHW, DRAW)
    assert torch.equal(mixed_BCTHW[:, 0], torch.zeros_like(mixed_BCTHW[:, 0]))
    assert mixed_BCTHW.isfinite().all()


def test_the_loss_is_that_of_the_network_with_mixed_features() -> None:
    method = method_of("p=1", "layers=MaxPool3d_4a_3x3", "alpha=50")  # shares near a half
    model, batch = network(), batch_of(4)
    seen = method.augment(batch, rng_of())
    assert seen is batch
    result = method.loss(model, batch)
    draw = method._draw("MaxPool3d_4a_3x3", batch)
    assert result.counts == {"mixed": float(draw.mixed_B.sum())}
    _, tapped = model(batch.clips_BTHWC, taps=["MaxPool3d_4a_3x3"])
    mixed_BCTHW = with_mixed_styles(tapped["MaxPool3d_4a_3x3"], draw)
    expected_BK = model.rest("MaxPool3d_4a_3x3", mixed_BCTHW)
    torch.testing.assert_close(result.logits_BK, expected_BK)
    plain_BK, _ = model(batch.clips_BTHWC)  # nothing stays in the network
    assert not torch.allclose(plain_BK, expected_BK)


def test_an_update_that_does_not_mix_is_erm() -> None:
    method, model, batch = method_of("p=0.000001"), network(), batch_of(4)
    result = method.loss(model, method.augment(batch, rng_of()))
    erm = make_method("erm").loss(model, batch)
    assert torch.equal(result.loss, erm.loss)
    assert result.counts == {"mixed": 0.0}


class Spy(nn.Module):
    """Remembers where it was to be edited."""

    def __init__(self) -> None:
        super().__init__()
        self.layers: list[tuple[str, ...]] = []

    def forward(self, clips: Tensor, edits: dict[str, Any]) -> tuple[Tensor, dict[str, Tensor]]:
        self.layers.append(tuple(edits))
        return torch.zeros(len(clips), 3), {}


def layers_of(method: MixStyle, batch: Batch, seed: int, parts: int) -> set[tuple[str, ...]]:
    spy = Spy()
    for part in method.augment(batch, rng_of(seed)).parts(parts):
        method.loss(spy, part)
    return set(spy.layers)


def test_each_layer_decides_for_an_update_alike_in_all_parts_and_processes() -> None:
    method, batch = method_of(), batch_of(4)
    halves = batch.parts(2)
    seen: list[tuple[str, ...]] = []
    for seed in range(100):
        whole = layers_of(method, batch, seed, parts=2)
        assert len(whole) == 1
        assert all(layers_of(method, half, seed, parts=1) == whole for half in halves)
        seen += whole
    for layer in LAYERS:
        assert 35 <= sum(layer in layers for layers in seen) <= 65
    assert len(set(seen)) == 4


def test_shares_are_from_the_beta_distribution() -> None:
    """Of Beta(0.1, 0.1): the variance is 1 / (4 (2 alpha + 1)), which is 0.208."""
    method, batch = method_of(), batch_of(2)
    shares = []
    for seed in range(300):
        method.augment(batch, rng_of(seed))
        shares.append(method._draw(LAYERS[0], batch).own_B)
    drawn = torch.cat(shares)
    assert drawn.mean().item() == pytest.approx(0.5, abs=0.05)
    assert drawn.var().item() == pytest.approx(0.208, abs=0.02)


def test_a_part_of_one_clip_has_no_partner() -> None:
    method, batch = method_of("p=1"), batch_of(2)
    counts = [
        method.loss(network(), part).counts["mixed"]
        for part in method.augment(batch, rng_of()).parts(2)
    ]
    assert counts == [0.0, 0.0]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("layers=Mixed_9z", "no layer 'Mixed_9z'; the network's endpoints are Conv3d"),
        ("layers=", "no layer ''"),
        ("layers=Mixed_3b,Mixed_3b", "layers names one twice"),
        ("p=0", "p is above 0"),
        ("alpha=0", "alpha above 0"),
        ("alpha=nan", "alpha above 0"),
    ],
)
def test_options_that_cannot_be_meant_are_one_line(option: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        method_of(option)
