import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from tests.methods.made import batch_of, network, run_of


def grads(model: torch.nn.Module) -> dict[str, bool]:
    return {
        name: one.grad is not None and bool(one.grad.any())
        for name, one in model.named_parameters()
    }


def test_a_probe_trains_the_head_alone() -> None:
    model = network()
    method = make_method("linear-probe")
    method.build(model, run_of())
    torch.autograd.backward(method.loss(model, batch_of()).loss)
    assert {name for name, moved in grads(model).items() if moved} == {
        "logits.conv3d.weight",
        "logits.conv3d.bias",
    }


def test_a_probe_refuses_features_that_would_move() -> None:
    with pytest.raises(UsageError, match="keep BatchNorm statistics frozen"):
        make_method("linear-probe").build(network(), run_of(frozen=False))
