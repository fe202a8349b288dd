from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.tensors import to_model_input
from anigifs.foundation import UsageError
from anigifs.methods import make_method, rada
from anigifs.methods.rada import Rada
from anigifs.models.pyramid import give_pyramid
from tests.methods.made import batch_of, network, rng_of, run_of


def method_of(*options: str, updates: int = 20, head: str = "linear", **more: object) -> Rada:
    method = make_method("rada", options)
    assert isinstance(method, Rada)
    model = network()
    if head == "pyramid":
        give_pyramid(model, "Mixed_4f", 4)
        # A fresh one hardly looks at its cells.
        weight = model.logits.get_submodule("project").get_parameter("weight")
        nn.init.normal_(weight, std=0.3, generator=torch.Generator().manual_seed(0))
    method.build(model, run_of(updates, **more))
    return method


def attack_once(method: Rada, monkeypatch: pytest.MonkeyPatch) -> list[Tensor]:
    """The attack of the update that is next, which its loss will get, too."""
    batch = method.augment(batch_of(3), rng_of())
    with torch.random.fork_rng():
        torch.manual_seed(0)
        attacked = method.attack(to_model_input(batch.clips_BTHWC), batch.labels_B)
    method._effects = {}
    monkeypatch.setattr(rada, "ascend", lambda *_: attacked)
    return attacked


@pytest.mark.parametrize("head", ["linear", "pyramid"])
def test_an_update_is_on_the_clean_and_both_attacked_batches(
    head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = method_of("period=1", "steps=2", "normalised=true", "rate=0.05", head=head)
    batch = batch_of(3)
    attacked = attack_once(method, monkeypatch)
    assert len(attacked) == 2
    assert not torch.equal(*attacked)
    assert all(one.abs().max() <= 1 for one in attacked)
    calls = []
    method._model.register_forward_hook(lambda *_: calls.append(1))
    result = method.loss(method._model, batch)
    assert len(calls) == 1, "what may be wrapped is called once"
    assert result.logits_BK.shape == (9, 3)
    each = [
        functional.cross_entropy(method._model(one)[0], batch.labels_B)
        for one in (batch.clips_BTHWC, *attacked)
    ]
    torch.testing.assert_close(result.loss, torch.stack(each).mean())
    act = method.after_step(1, {})
    assert act is not None
    assert list(act) == ["step", "whole", "local"]
    for name, clips in zip(("whole", "local"), attacked, strict=True):
        moved = (clips - to_model_input(batch.clips_BTHWC)).abs()
        assert act[name]["clips"] == 3
        assert act[name]["moved"] == pytest.approx(moved.mean().item(), rel=1e-4)
        assert act[name]["most"] == pytest.approx(moved.max().item())
        assert act[name]["after"] > act[name]["before"]
    assert act["whole"]["before"] == pytest.approx(each[0].item(), rel=1e-3)
    assert act["whole"]["after"] == pytest.approx(each[1].item(), rel=1e-3)


def test_the_network_is_attacked_as_it_trains_and_comes_back() -> None:
    method = method_of("period=1", "steps=1", "normalised=true")
    model, batch = method._model.train(), method.augment(batch_of(2), rng_of())
    clips_BCTHW = to_model_input(batch.clips_BTHWC)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        first, again = (method.attack(clips_BCTHW, batch.labels_B)[0] for _ in range(2))
        torch.manual_seed(0)
        assert torch.equal(method.attack(clips_BCTHW, batch.labels_B)[0], first)
    assert not torch.equal(first, again), "dropout is drawn"
    model.logits.dropout.p = 0.0
    calm = [method.attack(clips_BCTHW, batch.labels_B)[0] for _ in range(2)]
    assert torch.equal(*calm)
    assert all(module.training for module in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_batches_between_attacks_are_erm() -> None:
    method, batch = method_of("period=2", "steps=1"), batch_of(2)
    plain = make_method("erm")
    plain.build(method._model, run_of())
    assert method.augment(batch, rng_of()) is batch
    assert torch.equal(
        method.loss(method._model, batch).loss, plain.loss(method._model, batch).loss
    )
    assert method.after_step(1, {}) is None
    method.augment(batch, rng_of())
    assert len(method.loss(method._model, batch).logits_BK) == 6
    assert method.after_step(2, {}) is not None


def test_parts_of_a_batch_are_attacked_as_one() -> None:
    acts = []
    for parts in (1, 2):
        method = method_of("period=1", "steps=2")
        method._model.logits.dropout.p = 0.0
        batch = method.augment(batch_of(4), rng_of())
        for part in batch.parts(parts):
            method.loss(method._model, part)
        act = method.after_step(1, {})
        assert act is not None
        acts.append(act)
    for name in ("whole", "local"):
        assert acts[0][name] == pytest.approx(acts[1][name], rel=0.01)


def test_attacks_are_scaled_to_a_short_run_and_missing_ones_fall_short() -> None:
    method = method_of(updates=112)
    assert [step for step in range(1, 113) if method._schedule.is_due(step)] == [
        11 * number for number in range(1, 11)
    ]
    assert method.shortfall() == "0 of 10 attacks were made"
    assert not method.has_acted()
    with pytest.raises(UsageError, match="no attack in 112 updates: one is due every 200"):
        method_of(updates=112, scaled=False)


def test_an_attack_that_moves_nothing_is_none() -> None:
    method = method_of("period=1", updates=1)
    torch.nn.init.zeros_(method._model.logits.conv3d.weight)
    method.augment(batch_of(2), rng_of())
    method.loss(method._model, batch_of(2))
    act = method.after_step(1, {})
    assert act is not None
    assert act["whole"]["most"] == act["local"]["most"] == 0
    assert not method.has_acted()
    assert method.shortfall() == "0 of 1 attacks moved a pixel"


def test_a_resumed_method_counts_on() -> None:
    method, other = (method_of("period=1", "steps=1", updates=1) for _ in range(2))
    method.augment(batch_of(2), rng_of())
    method.loss(method._model, batch_of(2))
    method.after_step(1, {})
    other.load_state_dict(method.state_dict())
    assert other.state_dict() == method.state_dict() == {"step": 1, "attacks": 1, "moved": 1}
    assert other.has_acted()
    assert other.shortfall() is None


def test_labels_follow_the_clips() -> None:
    """With the true label as the only one that scores, every third of the loss is low."""
    method = method_of("period=1", "steps=1")
    with torch.no_grad():
        method._model.logits.conv3d.weight.zero_()
        assert method._model.logits.conv3d.bias is not None
        method._model.logits.conv3d.bias.copy_(torch.tensor([0.0, 9, 0]))
    batch = replace(batch_of(2), labels_B=torch.tensor([1, 1]))
    method.augment(batch, rng_of())
    assert method.loss(method._model, batch).loss < 0.01


@pytest.mark.parametrize("option", ["period=0", "steps=0", "rate=0", "alpha=-1"])
def test_options_that_make_no_sense_are_one_line(option: str) -> None:
    with pytest.raises(UsageError, match=r"at least|above"):
        make_method("rada", [option])
