import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.methods import make_method
from anigifs.methods.mcd import Mcd, discrepancy
from tests.methods.made import adapted, batch_of, network, rng_of, run_of, target_of


def gradients(module: nn.Module) -> dict[str, Tensor]:
    return {name: one.grad for name, one in module.named_parameters() if one.grad is not None}


def test_it_is_the_mean_distance_of_probabilities() -> None:
    rng = torch.Generator().manual_seed(0)
    one, other = (3 * torch.randn(5, 4, generator=rng) for _ in range(2))
    p, q = (np.exp(x) / np.exp(x).sum(axis=1, keepdims=True) for x in (one.numpy(), other.numpy()))
    np.testing.assert_allclose(discrepancy(one, other), np.abs(p - q).sum() / p.size, rtol=1e-5)
    assert discrepancy(one, one + 7) < 1e-6  # the same probabilities


def test_heads_move_apart_on_the_target_and_features_bring_them_together() -> None:
    """Against the losses without any reversal, each on its own."""
    batch, drawn = batch_of(), target_of()
    model, method = network(), make_method("mcd", ["weight=5"])
    assert isinstance(method, Mcd)
    method.build(model, run_of(target=lambda rng: drawn))
    second = method.auxiliary.module.eval()  # without dropout
    method.augment(batch, rng_of())
    result = method.loss(model, batch)
    torch.autograd.backward(result.loss)

    ends = []
    for clips, labels in ((batch.clips_BTHWC, batch.labels_B), (drawn.clips_BTHWC, None)):
        plain, head = network(), copy.deepcopy(second)
        head.zero_grad()
        logits, taps = plain(clips, taps=["Mixed_5c"])
        said = head(taps["Mixed_5c"])
        if labels is None:
            loss = 5 * discrepancy(logits, said)
        else:
            loss = functional.cross_entropy(logits, labels) + functional.cross_entropy(said, labels)
        torch.autograd.backward(loss)
        ends.append((loss.detach(), gradients(plain), gradients(head)))
    (classified, body_s, head_s), (apart, body_t, head_t) = ends
    torch.testing.assert_close(result.loss, classified - apart)
    assert result.counts["discrepancy"] == pytest.approx(float(apart) / 5 * 4)
    own, own_head = gradients(model), gradients(second)
    for name in ("logits.conv3d.weight", "logits.conv3d.bias"):  # widens
        torch.testing.assert_close(own[name], body_s[name] - body_t[name], rtol=1e-3, atol=1e-4)
    for name, one in own_head.items():
        torch.testing.assert_close(one, head_s[name] - head_t[name], rtol=1e-3, atol=1e-4)
    name = "Mixed_5c.b0.conv3d.weight"  # narrows
    wanted, size = body_s[name] + body_t[name], float(body_s[name].abs().max())
    torch.testing.assert_close(own[name], wanted, rtol=1e-3, atol=1e-4 * size)
    assert body_t[name].any()


def test_what_is_kept_is_the_first_head() -> None:
    model, method = network(), make_method("mcd")
    adapted(method, model, batch_of(), target_of())
    assert method.kept(model) is model
    assert isinstance(method, Mcd)
    first = model.logits.conv3d.weight
    second = method.auxiliary.module.get_parameter("conv3d.weight")
    assert first.shape == second.shape
    assert not torch.equal(first, second)
