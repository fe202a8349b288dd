import numpy as np
import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.gap.distances import coral
from anigifs.methods import make_method
from anigifs.methods.coral import coral_loss
from tests.methods.made import adapted, batch_of, network, target_of

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(("n", "m", "dimensions"), [(2, 2, 3), (8, 5, 4), (6, 6, 40)])
def test_it_is_the_distance_of_the_covariances(n: int, m: int, dimensions: int) -> None:
    source, target = RNG.normal(size=(n, dimensions)), 2 * RNG.normal(size=(m, dimensions))
    apart = np.cov(source, rowvar=False) - np.cov(target, rowvar=False)
    wanted = np.linalg.norm(apart, "fro") ** 2 / (4 * dimensions**2)
    found = coral_loss(torch.from_numpy(source), torch.from_numpy(target))
    assert float(found) == pytest.approx(wanted)
    assert coral(source, target) == pytest.approx(wanted)  # what `anigifs gap` measures


def test_what_is_aligned_are_the_scores_or_the_features() -> None:
    model, batch = network(), batch_of()
    drawn = target_of()
    for layer in ("scores", "features"):
        method = make_method("coral", [f"layer={layer}", "weight=3"])
        result = adapted(method, model, batch, drawn)
        outs = [model(clips, taps=["Mixed_5c"]) for clips in (batch.clips_BTHWC, drawn.clips_BTHWC)]
        sides = [taps["Mixed_5c"].mean((2, 3, 4)) if layer == "features" else logits
                 for logits, taps in outs]  # fmt: skip
        plain = torch.nn.functional.cross_entropy(outs[0][0], batch.labels_B)
        torch.testing.assert_close(result.loss, plain + 3 * coral_loss(*sides))
        assert result.counts["target_clips"] == len(drawn)


def test_the_gradient_moves_source_and_target_towards_one_another() -> None:
    source = torch.from_numpy(RNG.normal(size=(8, 3))).requires_grad_()
    target = torch.from_numpy(3 * RNG.normal(size=(8, 3))).requires_grad_()
    before = coral_loss(source, target)
    steps = torch.autograd.grad(before, [source, target])
    after = coral_loss(source - 0.1 * steps[0], target - 0.1 * steps[1])
    assert after < before


def test_one_clip_has_no_covariance() -> None:
    with pytest.raises(UsageError, match="one clip of each domain at a time: take a larger batch"):
        adapted(make_method("coral"), network(), batch_of(1), target_of(1))


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="weight is above 0"):
        make_method("coral", ["weight=0"])
