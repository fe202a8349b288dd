import copy
from itertools import combinations

import numpy as np
import pytest
import torch
from scipy.stats import entropy
from torch.nn import functional

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.attentive_alignment import (
    AttentiveAlignment,
    DomainLevels,
    attention,
    attentive_entropy,
)
from tests.methods.made import adapted, batch_of, network, run_of, target_of

RNG = torch.Generator().manual_seed(0)


def binary_entropy(scores: torch.Tensor) -> np.ndarray:
    p = 1 / (1 + np.exp(-scores.double().numpy()))
    return np.asarray(entropy(np.stack([p, 1 - p]), axis=0))


def test_relations_are_of_all_choices_of_cells_in_the_order_of_time() -> None:
    levels = DomainLevels(cells=4, channels=3, clip_channels=5, classes=2, hidden=6)
    cells = torch.randn(2, 4, 3, generator=RNG)
    found = levels.relate(cells)
    assert found.shape == (2, 3, 6)
    for number, (size, related) in enumerate(zip((2, 3, 4), levels.related, strict=True)):
        layer = related.get_submodule("0")
        each = [
            functional.relu(layer(torch.cat([cells[:, t] for t in chosen], dim=1)))
            for chosen in combinations(range(4), size)
        ]
        torch.testing.assert_close(found[:, number], torch.stack(each).mean(dim=0))
    turned = levels.relate(cells.flip(1))
    assert not torch.allclose(found, turned)


def test_attention_goes_to_relations_whose_domain_is_told() -> None:
    scores = torch.randn(5, 3, generator=RNG) * 3
    np.testing.assert_allclose(attention(scores), 2 - binary_entropy(scores), rtol=1e-5)


def test_clips_in_doubt_are_to_be_answered_with_certainty() -> None:
    logits, scores = torch.randn(6, 4, generator=RNG), torch.randn(6, generator=RNG)
    said = logits.double().softmax(dim=1).numpy()
    wanted = ((1 + binary_entropy(scores)) * entropy(said, axis=1)).mean()
    assert float(attentive_entropy(logits, scores)) == pytest.approx(wanted, rel=1e-5)


def test_an_answer_that_is_sure_has_no_entropy_and_a_finite_gradient() -> None:
    logits = torch.tensor([[500.0, 0.0, -500.0]], requires_grad=True)
    loss = attentive_entropy(logits, torch.zeros(1))
    torch.autograd.backward(loss)
    assert float(loss.detach()) == 0
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


def test_all_levels_add_up_and_each_is_turned_round_by_its_own_strength() -> None:
    batch, drawn = batch_of(), target_of()
    model, method = network(), make_method("attentive-alignment", ["hidden=8", "entropy=0.5"])
    assert isinstance(method, AttentiveAlignment)
    result = adapted(method, model, batch, drawn, backward=True)
    levels = method.auxiliary.module
    assert isinstance(levels, DomainLevels)

    clips = torch.cat([batch.clips_BTHWC, drawn.clips_BTHWC])
    logits, taps = network()(clips, taps=["Mixed_4f", "Mixed_5c"])
    cells = taps["Mixed_4f"].mean((3, 4)).transpose(1, 2)
    relations = levels.relate(cells)
    scores = levels.judge_relations(relations)
    attended = (attention(scores).unsqueeze(2) * relations).sum(dim=1)
    whole = torch.cat([taps["Mixed_5c"].mean((2, 3, 4)), attended], dim=1)
    clip = levels.judge_clips(whole)
    told = {"cells": levels.judge_cells(cells), "relations": scores, "clips": clip}
    losses = []
    for name, one in told.items():
        target = torch.tensor([0.0] * 4 + [1.0] * 4).view(8, *[1] * (one.ndim - 1)).expand_as(one)
        losses.append(functional.binary_cross_entropy_with_logits(one, target))
        assert result.counts[f"{name}_told"] == float(((one > 0) == (target > 0)).sum())
    classified = [functional.cross_entropy(one[:4], batch.labels_B)
                  for one in (logits, levels.classify(attended))]  # fmt: skip
    wanted = sum(losses) + sum(classified) + 0.5 * attentive_entropy(logits, clip)
    torch.testing.assert_close(result.loss, wanted)

    # A discriminator learns from its loss as it is.
    own = copy.deepcopy(levels.judge_clips)
    own.zero_grad()
    target = torch.tensor([0.0] * 4 + [1.0] * 4)
    loss = functional.binary_cross_entropy_with_logits(own(whole.detach()), target)
    torch.autograd.backward(loss)
    for one, other in zip(own.parameters(), levels.judge_clips.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("strong", ["cell", "relation", "clip"])
def test_a_level_that_is_turned_round_more_moves_the_features_more(strong: str) -> None:
    name = "Mixed_4f.b0.conv3d.weight"
    ends = []
    for strength in (0.1, 0.2, 0.3):
        weak = [f"{one}=0.1" for one in ("cell", "relation", "clip") if one != strong]
        model = network()
        method = make_method("attentive-alignment", ["hidden=8", *weak, f"{strong}={strength}"])
        adapted(method, model, batch_of(), target_of(), backward=True)
        ends.append(dict(model.named_parameters())[name].grad)
    first, second, third = ends
    assert first is not None
    assert second is not None
    assert third is not None
    assert not torch.allclose(first, second)
    size = float(first.abs().max())
    torch.testing.assert_close(second - first, third - second, rtol=1e-2, atol=1e-4 * size)


def test_a_layer_has_the_cells_of_its_clips() -> None:
    for layer, relations in (("Mixed_4f", 3), ("Mixed_5c", 1)):
        method = make_method("attentive-alignment", [f"layer={layer}", "hidden=8"])
        assert isinstance(method, AttentiveAlignment)
        method.build(network(), run_of(target=lambda rng: target_of()))
        assert isinstance(method.auxiliary.module, DomainLevels)
        assert len(method.auxiliary.module.judges) == relations
    with pytest.raises(UsageError, match="no layer 'Mixed_9z'; there are Mixed_3b"):
        make_method("attentive-alignment", ["layer=Mixed_9z"])
