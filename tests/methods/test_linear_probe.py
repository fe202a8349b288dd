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


@pytest.mark.parametrize("name", ["linear-probe", "probe-then-tune"])
def test_a_probe_refuses_features_that_would_move(name: str) -> None:
    with pytest.raises(UsageError, match="keep BatchNorm statistics frozen"):
        make_method(name).build(network(), run_of(frozen=False))


def test_a_probe_comes_first_and_then_everything_is_trained() -> None:
    model = network()
    method = make_method("probe-then-tune", ["probe_share=0.3"])
    method.build(model, run_of(updates=10))
    reached = []
    for step in range(1, 11):
        model.zero_grad()
        torch.autograd.backward(method.loss(model, batch_of()).loss)
        reached.append(grads(model)["Mixed_4b.b0.conv3d.weight"])
        method.after_step(step, {})
        assert method.has_acted() == (step > 3)
    assert reached == [False] * 3 + [True] * 7
    assert method.shortfall() is None
    again = make_method("probe-then-tune", ["probe_share=0.3"])
    again.build(model, run_of(updates=10))
    again.load_state_dict(method.state_dict())
    model.zero_grad()
    torch.autograd.backward(again.loss(model, batch_of()).loss)
    assert grads(model)["Mixed_4b.b0.conv3d.weight"]


def test_a_run_too_short_for_both_parts_is_refused() -> None:
    with pytest.raises(UsageError, match="a probe of 0 of 1 updates leaves one part without any"):
        make_method("probe-then-tune").build(network(), run_of(updates=1))
