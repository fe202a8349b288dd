import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.self_challenging import SelfChallenging, highest
from tests.methods.made import batch_of, network, rng_of, run_of


def method_of(*options: str) -> SelfChallenging:
    method = make_method("self-challenging", options)
    assert isinstance(method, SelfChallenging)
    method.build(network(), run_of())
    return method


def last_map(method: SelfChallenging, batch: Batch) -> Tensor:
    with torch.no_grad():
        _, tapped = method._model(batch.clips_BTHWC, taps=[method.layer])
    x_BCTHW: Tensor = tapped[method.layer]
    return x_BCTHW


def most_said(method: SelfChallenging, x_BCTHW: Tensor, labels_B: Tensor, hide: str) -> Tensor:
    """Which features are hidden, from the head's weights alone, which are the gradients' signs."""
    weights_BC = method._model.logits.conv3d.weight.detach().flatten(1)[labels_B]
    if hide == "channels":
        said = weights_BC[:, :, None, None, None]
    else:
        said = torch.einsum("bc,bcthw->bthw", weights_BC, x_BCTHW).unsqueeze(1)
    flat = said.flatten(1).numpy()
    count = -(-flat.shape[1] // 3)  # a third, rounded up
    hidden = np.zeros(flat.shape, bool)
    for row, order in enumerate(np.argsort(-flat, axis=1, kind="stable")):
        hidden[row, order[:count]] = True
    return torch.from_numpy(hidden).view_as(said)


@pytest.mark.parametrize("hide", ["channels", "positions"])
def test_a_third_of_what_says_most_is_hidden_from_the_third_that_loses_most(hide: str) -> None:
    method, batch = method_of(f"hide={hide}"), batch_of(6)
    method.augment(batch, rng_of())
    x_BCTHW = last_map(method, batch)
    hidden = most_said(method, x_BCTHW, batch.labels_B, hide)
    with torch.no_grad():
        before, after = (
            functional.softmax(method._model.rest(method.layer, one), dim=1)[
                torch.arange(6), batch.labels_B
            ]
            for one in (x_BCTHW, x_BCTHW * ~hidden)
        )
    fall_B = before - after
    chosen = sorted(range(6), key=lambda row: -float(fall_B[row]))[:2]
    assert all(fall_B[row] > 0 for row in chosen)
    masked_BCTHW, counts = method.challenge(x_BCTHW, batch.labels_B)
    for row in range(6):
        expected = x_BCTHW[row] * ~hidden[row] if row in chosen else x_BCTHW[row]
        assert torch.equal(masked_BCTHW[row], expected)
    assert counts["masked"] == 2
    assert counts["probability_lost"] == pytest.approx(float(fall_B[chosen].sum()), rel=1e-4)


@pytest.mark.parametrize("hide", ["channels", "positions"])
def test_no_gradient_flows_through_what_is_hidden(hide: str) -> None:
    method, batch = method_of(f"hide={hide}", "clips=1"), batch_of(3)
    method.augment(batch, rng_of())
    leaf = last_map(method, batch).requires_grad_()
    masked_BCTHW, counts = method.challenge(leaf, batch.labels_B)
    (gradient,) = torch.autograd.grad(masked_BCTHW.sum(), leaf)
    assert counts["masked"] > 0
    share = 1 - gradient.mean(dim=(1, 2, 3, 4))
    assert set(gradient.flatten().tolist()) == {0.0, 1.0}
    features = 64 if hide == "channels" else gradient[0, 0].numel()
    expected = -(-features // 3) / features
    assert [round(one, 5) for one in share.tolist() if one] == [round(expected, 5)] * int(
        counts["masked"]
    )


def test_the_loss_is_that_of_the_masked_map_and_nothing_else_is_touched() -> None:
    method, batch = method_of("clips=1"), batch_of(3)
    model = method._model
    method.augment(batch, rng_of())
    x_BCTHW = last_map(method, batch)
    masked_BCTHW, counts = method.challenge(x_BCTHW, batch.labels_B)
    expected = functional.cross_entropy(model.rest(method.layer, masked_BCTHW), batch.labels_B)
    model.logits.train()
    model.logits.dropout.p = 0.0
    modes = [module.training for module in model.modules()]
    random = torch.get_rng_state()
    result = method.loss(model, batch)
    torch.testing.assert_close(result.loss, expected)
    assert result.counts == pytest.approx(counts)
    assert modes == [module.training for module in model.modules()]
    assert torch.equal(random, torch.get_rng_state())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_channels_and_positions_take_turns_at_random_alike_in_all_processes() -> None:
    method, batch = method_of(), batch_of(2)
    drawn = []
    for seed in range(60):
        method.augment(batch, rng_of(seed))
        channels = method._channels
        method.augment(batch.parts(2)[0], rng_of(seed))
        assert method._channels == channels
        drawn.append(channels)
    assert 18 < sum(drawn) < 42


@pytest.mark.parametrize(("clips", "masked"), [(8, 3), (4, 1), (2, 1), (1, 0)])
def test_a_third_of_the_clips_is_rounded(clips: int, masked: int) -> None:
    method, batch = method_of("hide=positions"), batch_of(clips)
    method.augment(batch, rng_of())
    with torch.no_grad():
        logits_BK, _ = method._model(batch.clips_BTHWC)
    # For the class that the network says, the evidence is sure to count.
    _, counts = method.challenge(last_map(method, batch), logits_BK.argmax(dim=1))
    assert counts["masked"] == masked


def test_the_highest_are_found_whatever_the_shape() -> None:
    scores = torch.from_numpy(rng_of(1).normal(size=(5, 1, 2, 3, 4)))
    found = highest(scores, 0.3)
    assert found.shape == scores.shape
    for own, flags in zip(scores.flatten(1), found.flatten(1), strict=True):
        assert flags.sum() == 8  # 0.3 of 24 is 7.2
        assert own[flags].min() > own[~flags].max()


@pytest.mark.parametrize("option", ["features=0", "features=1", "clips=0", "clips=1.2"])
def test_shares_that_cannot_be_meant_are_one_line(option: str) -> None:
    with pytest.raises(UsageError, match="features is above 0 and below 1, and clips above 0"):
        method_of(option)
