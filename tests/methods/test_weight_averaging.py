import copy

import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.weight_averaging import WeightAveraging
from anigifs.models import I3D
from tests.methods.made import network, run_of


def method_of(model: I3D, *options: str, updates: int = 8, **more: object) -> WeightAveraging:
    method = make_method("weight-averaging", options)
    assert isinstance(method, WeightAveraging)
    method.build(model, run_of(updates, **more))
    return method


def train(method: WeightAveraging, model: I3D, steps: range) -> None:
    """Make each update set the head's bias to its own number."""
    assert model.logits.conv3d.bias is not None
    for step in steps:
        model.logits.conv3d.bias.data.fill_(float(step))
        method.after_step(step, {})


def bias(model: I3D) -> float:
    assert model.logits.conv3d.bias is not None
    (value,) = set(model.logits.conv3d.bias.tolist())
    return float(value)


@pytest.mark.parametrize(
    ("options", "updates", "expected"),
    [([], 8, 7.5), (["after=0.5"], 8, 6.5), (["after=0"], 8, 4.5), (["after=0.5"], 7, 5.5)],
)
def test_the_mean_is_of_all_updates_after_the_start(
    options: list[str], updates: int, expected: float
) -> None:
    """The last quarter unless told otherwise: of 8 updates, the 7th and the 8th."""
    model = network()
    method = method_of(model, *options, updates=updates)
    train(method, model, range(1, updates + 1))
    assert bias(method.kept(model)) == pytest.approx(expected)
    assert bias(model) == updates
    assert method.shortfall() is None


def test_until_two_updates_are_averaged_the_weights_are_those_of_erm() -> None:
    model = network()
    method = method_of(model, "after=0.5")
    train(method, model, range(1, 5))
    assert method.kept(model) is model
    assert not method.has_acted()
    train(method, model, range(5, 6))
    assert bias(method.kept(model)) == 5
    assert not method.has_acted()
    assert method.shortfall() == "1 of 4 updates were averaged"
    train(method, model, range(6, 7))
    assert method.has_acted()
    assert bias(method.kept(model)) == 5.5


def test_a_resumed_mean_is_the_same() -> None:
    model = network()
    method = method_of(model, "after=0.25")
    train(method, model, range(1, 6))
    again = method_of(model, "after=0.25")
    again.load_state_dict(copy.deepcopy(method.state_dict()))
    for one in (method, again):
        train(one, model, range(6, 9))
    kept = [one.kept(model).state_dict() for one in (method, again)]
    assert all(torch.equal(value, kept[1][key]) for key, value in kept[0].items())
    assert again.shortfall() is None


def test_what_does_not_fit_together_is_one_line() -> None:
    model = network()
    with pytest.raises(UsageError, match="keep BatchNorm statistics frozen"):
        method_of(model, frozen=False)
    with pytest.raises(UsageError, match=r"from 0.9 on a run of 8 updates has 1 to average"):
        method_of(model, "after=0.9")
    with pytest.raises(UsageError, match="after is at least 0 and below 1, not 1"):
        method_of(model, "after=1")
    with pytest.raises(UsageError, match="two averages of weights at once"):
        method_of(model, averaged=True)
