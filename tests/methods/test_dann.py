import copy

import pytest
import torch
from torch import nn
from torch.nn import functional

from anigifs.methods import make_method
from anigifs.methods.dann import Dann
from anigifs.methods.hooks import Method
from anigifs.methods.reversal import ramp
from tests.methods.made import adapted, batch_of, network, run_of, target_of


def gradients(module: nn.Module) -> dict[str, torch.Tensor]:
    return {name: one.grad for name, one in module.named_parameters() if one.grad is not None}


@pytest.mark.parametrize("step", [0, 5, 20])
def test_the_discriminator_learns_to_tell_and_the_features_not_to_be_told(step: int) -> None:
    """Against both losses without any reversal, each on its own."""
    batch, drawn = batch_of(), target_of()
    model, method = network(), make_method("dann", ["hidden=16", "weight=2"])
    assert isinstance(method, Dann)
    result = adapted(method, model, batch, drawn, step=step, backward=True)
    judge = method.auxiliary.module

    plain, apart = network(), network()
    own_judge = copy.deepcopy(judge)
    own_judge.zero_grad()
    classified = functional.cross_entropy(plain(batch.clips_BTHWC)[0], batch.labels_B)
    clips = torch.cat([batch.clips_BTHWC, drawn.clips_BTHWC])
    features = apart(clips, taps=["Mixed_5c"])[1]["Mixed_5c"].mean((2, 3, 4))
    target = torch.tensor([0.0] * 4 + [1.0] * 4)
    told = functional.binary_cross_entropy_with_logits(own_judge(features), target)
    torch.autograd.backward([classified, 2 * told])

    torch.testing.assert_close(result.loss, classified + 2 * told)
    for name, one in gradients(own_judge).items():
        torch.testing.assert_close(gradients(judge)[name], one, rtol=1e-3, atol=1e-4)
    away = gradients(apart)
    assert any(bool(one.any()) for one in away.values())
    for name, one in gradients(plain).items():
        wanted = one - ramp(step / 20) * away[name] if name in away else one
        size = float(one.abs().max() + wanted.abs().max())
        torch.testing.assert_close(gradients(model)[name], wanted, rtol=1e-3, atol=1e-4 * size)
    assert result.counts["domains_told"] == float(((own_judge(features) > 0) == (target > 0)).sum())


def test_its_discriminator_moves_with_every_update_and_is_part_of_its_state() -> None:
    method = make_method("dann", ["hidden=16"])
    adapted(method, network(), batch_of(), target_of(), backward=True)
    before = state_of(method)
    method.after_step(1, {"target_clips": 4.0})
    after = state_of(method)
    assert not torch.equal(before, after)
    other = make_method("dann", ["hidden=16"])
    other.build(network(), run_of(target=lambda rng: target_of()))
    assert torch.equal(state_of(other), before)  # of the run's seed
    other.load_state_dict(method.state_dict())
    assert torch.equal(state_of(other), after)
    assert other.state_dict()["step"] == 1


def state_of(method: Method) -> torch.Tensor:
    state = method.state_dict()["auxiliary"]["module"]
    return torch.cat([one.flatten().clone() for one in state.values()])
