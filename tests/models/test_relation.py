"""The relation block, part by part, against SciPy and closed forms."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor, nn

from anigifs.models.relation import HEADS, Attention, FeedForward, Relation, StdNorm


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def normed(x: NDArray[np.float64]) -> NDArray[np.float64]:
    std = x.std(axis=-1, ddof=1, keepdims=True)
    return np.asarray((x - x.mean(axis=-1, keepdims=True)) / (std + 1e-8))


def projected(layer: nn.Linear, x: Tensor) -> NDArray[np.float64]:
    weight, bias = layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()
    return np.asarray(np.maximum(x.double().numpy() @ weight.T + bias, 0))


def test_it_has_as_many_parameters_as_the_authors() -> None:
    assert sum(one.numel() for one in Relation().parameters()) == 1_645_824


def test_normalisation_is_by_the_unbiased_deviation() -> None:
    norm = StdNorm(4)
    nn.init.constant_(norm.gain, 3.0)
    nn.init.constant_(norm.bias, 0.5)
    # The mean of 0, 2, 4, 6 is 3, and their variance (9 + 1 + 1 + 9) / 3.
    expected = 3 * torch.tensor([-3.0, -1, 1, 3]) / (20 / 3) ** 0.5 + 0.5
    torch.testing.assert_close(norm(torch.tensor([[0.0, 2, 4, 6]]))[0], expected)
    constant = torch.full((4,), 7.0, requires_grad=True)
    norm(constant).sum().backward()
    assert torch.equal(norm(constant), norm.bias)
    assert constant.grad is not None
    assert constant.grad.isfinite().all()


@pytest.mark.parametrize("causal", [False, True])
@torch.no_grad()
def test_attention_is_the_softmax_of_products(causal: bool) -> None:
    attention = Attention().eval()
    asking, asked = noise(2, 5, 256), noise(2, 5 if causal else 3, 256, seed=1)
    q, k, v = (
        projected(layer, x).reshape(2, -1, HEADS, 64)
        for layer, x in (
            (attention.query, asking),
            (attention.key, asked),
            (attention.value, asked),
        )
    )
    scores = np.einsum("bqhe,bkhe->bhqk", q, k) / 8  # the root of 64
    if causal:
        scores = np.where(np.tri(5, dtype=bool), scores, -np.inf)
    told = np.einsum("bhqk,bkhe->bqhe", softmax(scores, axis=-1), v).reshape(2, 5, 256)
    expected = normed(told + asking.double().numpy())
    found = attention(asking, asked, causal=causal)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-3, atol=1e-4)


@torch.no_grad()
def test_the_layers_of_a_cell_are_two_with_a_relu_between() -> None:
    feed, x = FeedForward().eval(), noise(2, 3, 256)
    outer = feed.outer.weight.double().numpy(), feed.outer.bias.double().numpy()
    inner = projected(feed.inner, x) @ outer[0].T + outer[1]
    np.testing.assert_allclose(
        feed(x).numpy(), normed(inner + x.double().numpy()), rtol=1e-3, atol=1e-4
    )


@torch.no_grad()
def test_a_cell_is_not_told_of_later_ones() -> None:
    relation, x, y = Relation().eval(), noise(2, 3, 256), noise(2, 5, 256, seed=1)
    before = relation(x, y)
    changed = y.clone()
    changed[:, 3] += 1
    after = relation(x, changed)
    torch.testing.assert_close(after[:, :3], before[:, :3])
    assert not torch.allclose(after[:, 3], before[:, 3])
    assert not torch.allclose(after[:, 4], before[:, 4])


@torch.no_grad()
def test_the_encoder_sees_everything_and_has_no_order() -> None:
    relation, x, y = Relation().eval(), noise(2, 3, 256), noise(2, 5, 256, seed=1)
    before = relation(x, y)
    torch.testing.assert_close(relation(x.flip(1), y), before, atol=1e-5, rtol=1e-4)
    x[:, 2] += 1
    assert not torch.allclose(relation(x, y)[:, 0], before[:, 0])


def test_it_drops_in_training_only_and_by_torchs_own_generator() -> None:
    relation, x = Relation().train(), noise(1, 4, 256)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        first, second = relation(x, x), relation(x, x)
        torch.manual_seed(0)
        assert torch.equal(relation(x, x), first)
    assert not torch.equal(first, second)
    assert (first == 0).float().mean().item() == pytest.approx(0.3, abs=0.1)
    relation.eval()
    assert torch.equal(relation(x, x), relation(x, x))
