import pytest
import torch
from torch.nn import Parameter
from torch.nn.utils import clip_grad_norm_

from anigifs.training.guard import gradient_norm, shorten_gradient


def parameters(seed: int) -> list[Parameter]:
    generator = torch.Generator().manual_seed(seed)
    made = [Parameter(torch.zeros(shape)) for shape in ((3, 4), (5,), (2,))]
    for parameter in made[:2]:  # the last one has no gradient
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    return made


@pytest.mark.parametrize("most", [0.5, 2.0, 100.0])
def test_a_gradient_is_shortened_as_torch_does(most: float) -> None:
    ours, theirs = parameters(0), parameters(0)
    norm = float(gradient_norm(ours))
    shorten_gradient(ours, norm, most)
    assert norm == pytest.approx(float(clip_grad_norm_(theirs, most)))
    for one, other in zip(ours[:2], theirs[:2], strict=True):
        torch.testing.assert_close(one.grad, other.grad)


def test_no_limit_leaves_every_bit() -> None:
    ours, before = parameters(1), parameters(1)
    shorten_gradient(ours, float(gradient_norm(ours)), 0.0)
    for one, other in zip(ours[:2], before[:2], strict=True):
        assert torch.equal(one.grad, other.grad)  # type: ignore[arg-type]
