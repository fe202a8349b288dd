import copy
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from anigifs.clips import Geometry
from anigifs.clips.batch import Batch
from anigifs.evaluation import Predictions, on_index
from anigifs.evaluation.batches import predict_batches
from anigifs.evaluation.on_index import IndexTest, evaluate_index
from anigifs.evaluation.test_time import RATE, TestTimeAdapted, mean_entropy
from anigifs.foundation import UsageError
from anigifs.models import I3D, build_i3d, for_inference, load_model
from tests.training.made import make_clips, make_weights


@pytest.fixture(scope="module")
def model() -> I3D:
    return build_i3d(4, width=1 / 16).eval()


def clips(seed: int, count: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, 9, 32, 32, 3), dtype=torch.uint8, generator=generator)


def by_batch(model: I3D) -> I3D:
    """Return a copy whose BatchNorm is torch's own of training, and nothing else is."""
    copied = copy.deepcopy(model)
    for module in copied.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.train()
    return copied


def test_each_batch_is_normalised_by_itself(model: I3D) -> None:
    before = copy.deepcopy(model.state_dict())
    adapted = TestTimeAdapted(model, "batch-norm")
    with torch.inference_mode():
        for seed in (0, 1, 0):
            got, taps = adapted(clips(seed))
            wanted, _ = by_batch(model)(clips(seed))
            assert torch.equal(got, wanted)
            assert not torch.allclose(got, model(clips(seed))[0], atol=1e-2)
    assert taps == {}
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key])


def test_an_answer_lowers_the_entropy_of_the_next_and_not_its_own(model: I3D) -> None:
    adapted = TestTimeAdapted(model, "entropy")
    with torch.inference_mode():
        answers = [adapted(clips(0))[0] for _ in range(4)]
        assert torch.equal(answers[0], by_batch(model)(clips(0))[0])
    entropies = [float(mean_entropy(one)) for one in answers]
    assert entropies == sorted(entropies, reverse=True)
    assert entropies[0] - entropies[-1] > 1e-3


def test_the_first_step_is_adam_on_scales_and_shifts_alone(model: I3D) -> None:
    adapted = TestTimeAdapted(model, "entropy")
    adapted(clips(0))
    before, after = dict(model.named_parameters()), dict(adapted.model.named_parameters())
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {name for name in before if ".bn." in name}
    # Adam's first step is its rate, in the gradient's direction, however long that is.
    steps = torch.cat([(after[name] - before[name]).abs().flatten() for name in changed])
    assert steps.max().item() == pytest.approx(RATE, rel=1e-2)
    (logits, _) = (of_batch := by_batch(model))(clips(0))
    parameters = [(name, one) for name, one in of_batch.named_parameters() if name in changed]
    wanted = torch.autograd.grad(mean_entropy(logits), [one for _, one in parameters])
    for (name, _), gradient in zip(parameters, wanted, strict=True):
        clear = gradient.abs() > 1e-6
        moved = (after[name] - before[name])[clear]
        assert torch.equal(moved.sign(), -gradient[clear].sign())


def test_a_folded_network_has_nothing_to_adapt(model: I3D) -> None:
    with pytest.raises(UsageError, match="without BatchNorm cannot adapt"):
        TestTimeAdapted(for_inference(model, "float32"), "entropy")


def test_the_classes_of_an_index_are_shown_mixed_and_answers_find_their_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, ...]] = []

    def watched(model: Any, batches: Iterable[Batch], *more: Any) -> Predictions:  # noqa: ANN401
        seen = list(batches)
        shown.extend(batch.clip_ids for batch in seen)
        return predict_batches(model, seen, *more)

    monkeypatch.setattr(on_index, "predict_batches", watched)
    index = make_clips(tmp_path / "clips", per_class=12)
    network, weights = load_model(make_weights(tmp_path / "narrow"))
    plain = IndexTest(index, None, None, Geometry(9, 32), "whole", (0, 0, 0), tmp_path / "store")
    adapting = replace(plain, test_time="batch-norm")
    as_it_is, _, _ = evaluate_index(plain, network, weights, lambda outcomes, total: outcomes)
    found = [
        evaluate_index(adapting, network, weights, lambda outcomes, total: outcomes)
        for _ in range(2)
    ]
    (first, record, _), (again, _, _) = found
    assert record["test_time"] == "batch-norm"
    assert first.sha256 == again.sha256 != as_it_is.sha256
    assert (first.clip_ids, first.labels) == (as_it_is.clip_ids, as_it_is.labels)
    # By classes in a row, the second batch would be of one class alone.
    labels = dict(zip(first.clip_ids, first.labels, strict=True))
    assert [len(names) for names in shown[-2:]] == [16, 8]
    assert all({labels[one] for one in names} == {"down", "right"} for names in shown[-2:])
