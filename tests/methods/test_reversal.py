import math

import pytest
import torch

from anigifs.methods.reversal import ramp, reversed_gradient


def test_what_comes_after_learns_as_ever_and_what_comes_before_the_other_way() -> None:
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(4, 3, generator=rng)
    ends = []
    for strength in (None, 0.7):
        before, after = (torch.nn.Parameter(torch.ones(3, size)) for size in (5, 2))
        with torch.no_grad():
            before.copy_(torch.arange(15.0).view(3, 5) / 10)
        hidden = x @ before
        turned = hidden if strength is None else reversed_gradient(hidden, strength)
        torch.autograd.backward((turned[:, :3] @ after).tanh().sum())
        ends.append((turned.detach(), before.grad, after.grad))
    (plain, forth, learnt), (turned, back, same) = ends
    assert forth is not None
    assert back is not None
    assert torch.equal(plain, turned)
    torch.testing.assert_close(learnt, same)
    torch.testing.assert_close(back, -0.7 * forth)
    assert forth.any()


def test_the_ramp_goes_from_nothing_to_all() -> None:
    values = [ramp(step / 20) for step in range(21)]
    assert values == sorted(values)
    assert values[0] == 0
    assert values[-1] == pytest.approx(math.tanh(5))  # 2 / (1 + exp(-2x)) - 1 is tanh x
