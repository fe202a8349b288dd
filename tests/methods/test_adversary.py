"""The ascent on pixels, against closed forms and on a network."""

import copy
from typing import Any, cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor, nn

from anigifs.clips.tensors import to_model_input
from anigifs.foundation import UsageError
from anigifs.methods.adversary import (
    Ascent,
    Effect,
    Level,
    ascend,
    effect_of,
    local,
    losses,
    whole,
)
from anigifs.models import I3D, for_inference
from anigifs.models.i3d import Levels
from anigifs.models.pyramid import give_pyramid
from tests.methods.made import batch_of, network

CLASSES = 3


class Means(nn.Module):
    """Its features are the mean of each channel, its logits linear in them: all can be derived."""

    def __init__(self) -> None:
        super().__init__()
        self.logits = nn.Identity().eval()
        generator = torch.Generator().manual_seed(0)
        self.weight_KC = torch.randn(CLASSES, 3, generator=generator) * 40
        self.passes = 0

    def levels(self, clips_BCTHW: Tensor) -> Levels:
        self.passes += 1
        features_BC = clips_BCTHW.mean(dim=(2, 3, 4))
        logits_BK = features_BC @ self.weight_KC.T
        return Levels(logits_BK, features_BC, logits_BK.unsqueeze(1), features_BC)


def clips_of(size: int = 2) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(size, 3, 2, 2, 2, generator=generator) * 2 - 1


def means() -> I3D:
    return cast(I3D, Means())


def by_hand(clips: Tensor, labels: NDArray[np.int64], how: Ascent, size: int) -> Any:  # noqa: ANN401
    """The same ascent, its gradients derived on paper."""
    weight = Means().weight_KC.double().numpy()
    clean = clips.double().numpy()
    moved = clean.copy()
    for _ in range(how.steps):
        features = moved.mean(axis=(2, 3, 4))
        error = softmax(features @ weight.T, axis=1) - np.eye(CLASSES)[labels]
        held = 2 * (features - clean.mean(axis=(2, 3, 4))) / 3
        gradient = (error @ weight - how.hold * held) / size / 8  # a mean is of 8 values
        gradient = np.broadcast_to(gradient[:, :, None, None, None], moved.shape)
        if how.normalised:
            norms = np.sqrt((gradient**2).sum(axis=(1, 2, 3, 4), keepdims=True))
            gradient = gradient / norms
        moved = np.clip(moved + how.rate * gradient, -1, 1)
    return moved


@pytest.mark.parametrize(
    "how",
    [
        Ascent(1, 0.1, 1.0, False),
        Ascent(3, 0.1, 0.0, False),
        Ascent(3, 0.1, 50.0, False),
        Ascent(3, 0.5, 50.0, True),
    ],
)
def test_steps_are_the_rate_times_the_gradient_cut_off(how: Ascent) -> None:
    clips, labels_B = clips_of(), torch.tensor([0, 2])
    kept = clips.clone()
    (found,) = ascend(means(), clips, labels_B, [whole], how, batch_size=4)
    expected = by_hand(clips, labels_B.numpy(), how, 4)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)
    assert (np.abs(expected) == 1).any(), "something is cut off"
    assert (np.abs(expected) < 1).any()
    assert torch.equal(clips, kept)
    assert not found.requires_grad


def test_a_step_is_torchs_own_gradient_of_the_mean_over_the_batch() -> None:
    net, clips, labels_B = means(), clips_of(), torch.tensor([1, 1])
    leaf = clips.clone().requires_grad_()
    loss = nn.functional.cross_entropy(net.levels(leaf).logits_BK, labels_B)
    (gradient,) = torch.autograd.grad(loss, leaf)
    (found,) = ascend(net, clips, labels_B, [whole], Ascent(1, 0.3, 1.0, False), batch_size=2)
    torch.testing.assert_close(found, (clips + 0.3 * gradient).clamp(-1, 1))


@pytest.mark.parametrize(("training", "clean"), [(False, 1), (True, 4)])
def test_clean_features_are_drawn_anew_only_where_the_head_draws(
    training: bool, clean: int
) -> None:
    net = Means()
    net.logits.train(training)
    ascend(
        cast(I3D, net),
        clips_of(),
        torch.tensor([0, 1]),
        [whole, local],
        Ascent(4, 0.1, 1.0, False),
        batch_size=2,
    )
    assert net.passes == 4 * 2 + clean  # 4 steps of 2 adversaries


def test_parts_of_a_batch_are_attacked_as_the_whole() -> None:
    clips, labels_B, how = clips_of(4), torch.tensor([0, 1, 2, 0]), Ascent(3, 0.2, 1.0, False)
    (together,) = ascend(means(), clips, labels_B, [whole], how, batch_size=4)
    parts = [
        ascend(means(), clips[part], labels_B[part], [whole], how, batch_size=4)[0]
        for part in (slice(0, 1), slice(1, 4))
    ]
    torch.testing.assert_close(torch.cat(parts), together)


def attacked(
    model: I3D, how: Ascent, levels: list[Level], precision: str = "float32"
) -> list[Effect]:
    batch = batch_of(3)
    clips_BCTHW = to_model_input(batch.clips_BTHWC)
    net = for_inference(model, precision)  # type: ignore[arg-type]
    moved = ascend(net, clips_BCTHW, batch.labels_B, levels, how, len(batch))
    return [
        effect_of(net, clips_BCTHW, one, batch.labels_B, level)
        for one, level in zip(moved, levels, strict=True)
    ]


@pytest.mark.parametrize("head", ["linear", "pyramid"])
def test_the_loss_of_each_level_rises_and_the_weights_never_know(head: str) -> None:
    model = network()
    if head == "pyramid":
        give_pyramid(model, "Mixed_4f", 4)
        # A fresh one hardly looks at its cells.
        weight = model.logits.get_submodule("project").get_parameter("weight")
        nn.init.normal_(weight, std=0.3, generator=torch.Generator().manual_seed(0))
    model.train()
    model.get_submodule("Mixed_4b").eval()
    for number, parameter in enumerate(model.parameters()):
        parameter.grad = torch.full_like(parameter, float(number))
    modes = [module.training for module in model.modules()]
    before = copy.deepcopy(model.state_dict())
    how = Ascent(3, 0.05, 0.01, True)
    effects = attacked(model, how, [whole, local])
    assert len(effects) == 2
    for effect in effects:
        assert effect.after > effect.before + 0.1
        assert 0 < effect.moved / effect.clips < effect.most <= 3 * 0.05
    assert modes == [module.training for module in model.modules()]
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in before.items())
    for number, parameter in enumerate(model.parameters()):
        assert parameter.grad is not None
        assert (parameter.grad == number).all()


def test_an_ascent_in_bfloat16_raises_the_loss_too() -> None:
    (effect,) = attacked(network(), Ascent(3, 0.05, 0.01, True), [whole], "bfloat16")
    assert effect.after > effect.before


def test_a_network_without_a_gradient_moves_nothing() -> None:
    model = network()
    nn.init.zeros_(model.logits.conv3d.weight)
    for normalised in (False, True):
        (effect,) = attacked(model, Ascent(2, 1.0, 1.0, normalised), [whole])
        assert (effect.moved, effect.most) == (0, 0)
        assert effect.before == effect.after


def test_the_loss_of_parts_is_the_mean_of_theirs() -> None:
    logits_BSK = torch.tensor([[[0.0, 0.0], [0.0, float(np.log(3))]]])
    expected = (np.log(2) + np.log(4)) / 2  # of the first class, whose shares are 1/2 and 1/4
    assert losses(logits_BSK, torch.tensor([0])).tolist() == pytest.approx([expected])


def test_effects_add_up() -> None:
    total = Effect(2, 1.0, 3.0, 0.5, 0.25) + Effect(6, 3.0, 5.0, 1.5, 0.75)
    assert total == Effect(8, 4.0, 8.0, 2.0, 0.75)
    assert total.as_line() == {
        "clips": 8,
        "before": 0.5,
        "after": 1.0,
        "moved": 0.25,
        "most": 0.75,
    }


def test_how_far_clips_moved_is_measured_on_their_values() -> None:
    clips = torch.zeros(2, 3, 1, 1, 2)
    moved = clips.clone()
    moved[1, 0, 0, 0, 0] = -0.6
    effect = effect_of(means(), clips, moved, torch.tensor([0, 0]), whole)
    assert effect.clips == 2
    assert effect.moved == pytest.approx(0.1)
    assert effect.most == pytest.approx(0.6)
    assert effect.before == pytest.approx(2 * np.log(3))


@pytest.mark.parametrize(
    "how", [{"steps": 0}, {"rate": 0.0}, {"rate": float("nan")}, {"hold": -1.0}]
)
def test_an_ascent_that_goes_nowhere_is_refused(how: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Ascent(**{"steps": 1, "rate": 1.0, "hold": 1.0, "normalised": False, **how})
