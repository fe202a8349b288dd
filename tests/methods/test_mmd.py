import math

import numpy as np
import pytest
import torch

from anigifs.methods import make_method
from anigifs.methods.mmd import mmd_loss
from tests.methods.made import adapted, batch_of, network, target_of

RNG = np.random.default_rng(0)
MULTIPLES = (0.25, 0.5, 1.0, 2.0, 4.0)


def looped(x_ND: np.ndarray, y_MD: np.ndarray) -> float:
    """The discrepancy, pair by pair."""
    both = [*x_ND, *y_MD]
    pairs = [(i, j) for i in range(len(both)) for j in range(len(both)) if i != j]
    mean = sum(float(((both[i] - both[j]) ** 2).sum()) for i, j in pairs) / len(pairs)

    def alike(one: np.ndarray, other: np.ndarray) -> float:
        apart = float(((one - other) ** 2).sum())
        return sum(math.exp(-apart / (b * mean)) for b in MULTIPLES) / len(MULTIPLES)

    def within(sample: np.ndarray) -> float:
        n = len(sample)
        found = sum(alike(sample[i], sample[j]) for i in range(n) for j in range(n) if i != j)
        return found / (n * (n - 1))

    across = sum(alike(one, other) for one in x_ND for other in y_MD) / (len(x_ND) * len(y_MD))
    return within(x_ND) + within(y_MD) - 2 * across


@pytest.mark.parametrize(("n", "m"), [(2, 2), (5, 7), (8, 8)])
def test_it_is_the_mean_over_pairs_of_all_kernels(n: int, m: int) -> None:
    x, y = RNG.normal(size=(n, 6)), RNG.normal(size=(m, 6)) + 0.5
    found = float(mmd_loss(torch.from_numpy(x), torch.from_numpy(y)))
    assert found == pytest.approx(looped(x, y))


def test_far_samples_are_far_and_equal_ones_are_not() -> None:
    x, y = RNG.normal(size=(40, 4)), RNG.normal(size=(40, 4))
    near = float(mmd_loss(torch.from_numpy(x), torch.from_numpy(y)))
    far = float(mmd_loss(torch.from_numpy(x), torch.from_numpy(y + 10)))
    assert abs(near) < 0.05 < 0.5 < far
    same = torch.ones(3, 4)
    assert float(mmd_loss(same, same)) == 0


def test_bandwidths_do_not_depend_on_the_scale_and_have_no_gradient() -> None:
    x, y = (torch.from_numpy(RNG.normal(size=(4, 3))).requires_grad_() for _ in range(2))
    torch.testing.assert_close(mmd_loss(100 * x, 100 * y), mmd_loss(x, y))
    # With a gradient through the bandwidth, stretching everything would not change the loss, and
    # the gradient along the samples themselves would be nothing.
    (along,) = torch.autograd.grad(mmd_loss(x, y), [x])
    assert abs(float((along * x.detach()).sum())) > 1e-3


def test_it_is_added_to_the_cross_entropy() -> None:
    model, batch, drawn = network(), batch_of(), target_of()
    result = adapted(make_method("mmd", ["weight=2"]), model, batch, drawn)
    outs = [model(clips, taps=["Mixed_5c"]) for clips in (batch.clips_BTHWC, drawn.clips_BTHWC)]
    features = [taps["Mixed_5c"].mean((2, 3, 4)).detach().numpy() for _, taps in outs]
    plain = torch.nn.functional.cross_entropy(outs[0][0], batch.labels_B)
    wanted = plain.item() + 2 * looped(*features)
    assert result.loss.item() == pytest.approx(wanted, rel=1e-4)
