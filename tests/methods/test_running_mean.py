import copy

import pytest
import torch

from anigifs.methods.running_mean import RunningMean
from anigifs.models import I3D
from tests.methods.made import batch_of, network


def wander(model: I3D, seed: int) -> None:
    """Move every weight a bit, at random."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=generator))


def test_it_is_the_mean_of_all_weights_that_it_was_shown() -> None:
    model = network()
    mean, seen = RunningMean(model), []
    for seed in range(7):
        wander(model, seed)
        mean.update(model)
        seen.append({name: one.detach().double() for name, one in model.named_parameters()})
    own = {name: one.clone() for name, one in model.named_parameters()}
    for name, value in mean.network().named_parameters():
        expected = torch.stack([one[name] for one in seen]).mean(0).float()
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-6)
    assert mean.count == 7
    logits_BK, _ = mean.network()(batch_of(1).clips_BTHWC)
    assert logits_BK.isfinite().all()
    assert all(torch.equal(value, own[name]) for name, value in model.named_parameters())


def test_the_statistics_are_those_of_the_network() -> None:
    model = network()
    mean = RunningMean(model)
    mean.update(model)
    buffers = dict(model.named_buffers())
    assert buffers
    for name, value in mean.network().named_buffers():
        assert torch.equal(value, buffers[name])


def test_it_goes_on_from_its_state_in_the_same_bits() -> None:
    model = network()
    mean = RunningMean(model)
    for seed in range(3):
        wander(model, seed)
        mean.update(model)
    again = RunningMean(network())
    again.load_state_dict(copy.deepcopy(mean.state_dict()))
    wander(model, 3)
    for one in (mean, again):
        one.update(model)
    assert again.count == 4
    state = mean.state_dict()
    assert all(torch.equal(value, state[key]) for key, value in again.state_dict().items())


def test_there_is_no_mean_of_nothing() -> None:
    with pytest.raises(ValueError, match="a mean of no weights"):
        RunningMean(network()).network()
