import numpy as np
import pytest
import torch
from scipy.stats import entropy
from torch.nn import functional

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.cdan import LARGEST, Cdan, Product, certainty
from tests.methods.made import adapted, batch_of, network, target_of

RNG = torch.Generator().manual_seed(0)


def answers(count: int, classes: int) -> torch.Tensor:
    return torch.randn(count, classes, generator=RNG).softmax(dim=1)


def test_a_small_product_is_the_outer_product() -> None:
    features, said = torch.randn(5, 7, generator=RNG), answers(5, 3)
    product = Product(7, 3, size=1024)
    assert (product.size, product.is_random) == (21, False)
    for row, (one, other) in zip(product(features, said), zip(features, said, strict=True),
                                 strict=True):  # fmt: skip
        np.testing.assert_allclose(row, np.outer(one, other).ravel(), rtol=1e-6)


def test_a_large_product_is_a_random_one_that_keeps_what_is_alike() -> None:
    """The inner product of two random products is, on average, that of the two outer ones."""
    torch.manual_seed(0)
    features, said = torch.rand(6, 1024, generator=RNG), answers(6, 40)
    product = Product(1024, 40, size=20_000)
    assert (product.size, product.is_random) == (20_000, True)
    assert not list(product.parameters())
    random_NR = product(features, said)
    wanted = (features @ features.T) * (said @ said.T)
    torch.testing.assert_close(random_NR @ random_NR.T, wanted, rtol=0.1, atol=0.0)
    assert Product(LARGEST // 4, 4, size=8).size == LARGEST
    assert Product(LARGEST // 4 + 1, 4, size=8).size == 8
    assert Product(1024, 40, size=0).size == 1024 * 40


def test_sure_answers_weigh_more() -> None:
    said = answers(9, 4)
    wanted = 1 + np.exp(-entropy(said.double().numpy(), axis=1))
    np.testing.assert_allclose(certainty(said), wanted, rtol=1e-5)


@pytest.mark.parametrize("weighed", ["true", "false"])
def test_the_loss_is_that_of_features_with_answers(weighed: str) -> None:
    model, batch, drawn = network(), batch_of(), target_of()
    method = make_method("cdan", ["hidden=16", f"entropy={weighed}"])
    assert isinstance(method, Cdan)
    result = adapted(method, model, batch, drawn, step=20)
    clips = torch.cat([batch.clips_BTHWC, drawn.clips_BTHWC])
    logits, taps = model(clips, taps=["Mixed_5c"])
    features, said = taps["Mixed_5c"].mean((2, 3, 4)), logits.softmax(dim=1)
    pairs = zip(features, said, strict=True)
    outer = torch.stack([torch.outer(one, other).flatten() for one, other in pairs])
    judge = method.auxiliary.module.get_submodule("judge")
    target = torch.tensor([0.0] * 4 + [1.0] * 4)
    losses = functional.binary_cross_entropy_with_logits(judge(outer), target, reduction="none")
    weights = certainty(said) if weighed == "true" else torch.ones(8)
    halves = zip(torch.split(weights, 4), torch.split(losses, 4), strict=True)
    sides = [(one * loss).sum() / one.sum() for one, loss in halves]
    plain = functional.cross_entropy(logits[:4], batch.labels_B)
    torch.testing.assert_close(result.loss, plain + sum(sides) / 2)


def test_answers_and_weights_have_no_gradient() -> None:
    """The head learns from the labels alone, though the discriminator sees what it says."""
    model, plain = network(), network()
    adapted(make_method("cdan", ["hidden=16"]), model, batch_of(), target_of(), 20, backward=True)
    loss = functional.cross_entropy(plain(batch_of().clips_BTHWC)[0], batch_of().labels_B)
    torch.autograd.backward(loss)
    own, erm = (one.logits.conv3d.weight.grad for one in (model, plain))
    torch.testing.assert_close(own, erm, rtol=1e-4, atol=1e-5)
    name = "Mixed_5c.b0.conv3d.weight"
    assert not torch.allclose(_gradient(model, name), _gradient(plain, name))


def _gradient(model: torch.nn.Module, name: str) -> torch.Tensor:
    found = model.get_parameter(name).grad
    assert found is not None
    return found


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="random is at least 1"):
        make_method("cdan", ["random=-1"])
    with pytest.raises(UsageError, match="hidden is at least 1"):
        make_method("cdan", ["hidden=0"])
