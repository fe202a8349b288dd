import copy
from collections.abc import Collection

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.foundation import UsageError
from anigifs.methods import make_method, rsda
from anigifs.methods.rsda import Rsda
from anigifs.models import Edits
from anigifs.transforms import apply, from_json
from tests.methods.made import batch_of, network, rng_of, run_of


def method_of(*options: str, updates: int = 20, **more: object) -> Rsda:
    method = make_method("rsda", options)
    assert isinstance(method, Rsda)
    method.build(network(), run_of(updates, **more))
    return method


class Dim(nn.Module):
    """Rigged: the darker the clips, the higher the loss; ``broken`` losses are no numbers."""

    def __init__(self, broken: Collection[int] = ()) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.calls, self.broken = 0, broken

    def forward(
        self,
        clips_BTHWC: Tensor,
        edits: Edits | None = None,
        taps: Collection[str] = (),
    ) -> tuple[Tensor, dict[str, Tensor]]:
        bright_B = clips_BTHWC.float().mean(dim=(1, 2, 3, 4)) / 50
        value = float("nan") if self.calls in self.broken else 0.0
        self.calls += 1
        return torch.stack([bright_B + value, -bright_B, -bright_B], dim=1), {}


def rigged(monkeypatch: pytest.MonkeyPatch, broken: Collection[int] = ()) -> None:
    monkeypatch.setattr(rsda, "for_inference", lambda model, precision: Dim(broken))


@pytest.mark.parametrize("search", ["random", "evolution"])
def test_the_rigged_worst_tuple_is_found_and_used(
    monkeypatch: pytest.MonkeyPatch, search: str
) -> None:
    rigged(monkeypatch)
    probe = batch_of(3, classes=1)
    method = method_of("period=5", f"search={search}", draw=lambda rng: probe)
    assert method.after_step(4, {}) is None
    found = method.after_step(5, {})
    assert found is not None
    assert len(found["candidates"]) == len(found["losses"]) == 50
    clips = probe.clips_BTHWC.numpy()
    darkness = [-apply(from_json(one), clips).astype(float).mean() for one in found["candidates"]]
    assert found["chosen"] == int(np.argmax(darkness))
    worst = from_json(found["candidates"][found["chosen"]])
    assert method.tuples == [(), worst]
    seen = [method.augment(probe, rng_of(seed)).clips_BTHWC for seed in range(40)]
    changed = [not torch.equal(clips_BTHWC, probe.clips_BTHWC) for clips_BTHWC in seen]
    assert 8 < sum(changed) < 32, "identity and the found tuple are drawn equally often"
    expected = torch.from_numpy(apply(worst, clips))
    assert all(
        torch.equal(one, expected) for one, moved in zip(seen, changed, strict=True) if moved
    )


def test_losses_that_are_no_numbers_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    rigged(monkeypatch, broken=range(49))
    method = method_of("period=5")
    found = method.after_step(5, {})
    assert found is not None
    assert found["chosen"] == 49
    assert found["losses"][:49] == [None] * 49
    rigged(monkeypatch, broken=range(50))
    found = method.after_step(10, {})
    assert found is not None
    assert found["chosen"] is None
    assert len(method.tuples) == 2
    assert method.shortfall() == "1 of 3 searches found a tuple"


def test_the_loss_is_the_cross_entropy_of_the_model_in_a_test() -> None:
    probes = [batch_of(2, seed=5), batch_of(3, seed=6)]
    draws = iter(probes)
    method = method_of("period=5", "candidates=3", "probe_batches=2", draw=lambda rng: next(draws))
    found = method.after_step(5, {})
    assert found is not None
    model = network()
    for candidate, loss in zip(found["candidates"], found["losses"], strict=True):
        total = 0.0
        for probe in probes:
            clips = torch.from_numpy(apply(from_json(candidate), probe.clips_BTHWC.numpy()))
            with torch.no_grad():
                logits_BK, _ = model(clips)
            total += float(functional.cross_entropy(logits_BK, probe.labels_B, reduction="sum"))
        assert loss == pytest.approx(total / 5, rel=1e-4)


def test_a_search_leaves_the_model_and_the_generators_as_they_were() -> None:
    method = method_of("period=5", "candidates=2")
    model = method._model.train()
    model.get_submodule("Mixed_4b").eval()
    modes = [module.training for module in model.modules()]
    before = copy.deepcopy(model.state_dict())
    state, numpy_state = torch.get_rng_state(), str(np.random.get_state())
    assert method.after_step(5, {}) is not None
    assert modes == [module.training for module in model.modules()]
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in before.items())
    assert torch.equal(state, torch.get_rng_state())
    assert numpy_state == str(np.random.get_state())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_set_its_losses_and_all_searches_are_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    rigged(monkeypatch)
    method = method_of("period=5", "candidates=4")
    for step in range(1, 11):
        method.after_step(step, {})
    state = method.state_dict()
    again = method_of("period=5", "candidates=4")
    again.load_state_dict(copy.deepcopy(state))
    assert again.state_dict() == state
    assert again.tuples == method.tuples
    assert len(method.tuples) == 3
    assert again.after_step(15, {}) == method.after_step(15, {})


def test_it_searches_as_often_as_the_paper_says_and_fails_its_run_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rigged(monkeypatch)
    method = method_of("candidates=1", updates=112)
    steps = [step for step in range(1, 113) if method.after_step(step, {}) is not None]
    assert steps == [8 * number for number in range(1, 13)]
    assert method.shortfall() == "no batch was transformed by what was found"
    assert not method.has_acted()
    for seed in range(9):
        method.augment(batch_of(1), rng_of(seed))
    assert method.shortfall() is None
    assert method.has_acted()
    idle = method_of(updates=112)
    assert idle.shortfall() == "0 of 12 searches found a tuple"
    with pytest.raises(UsageError, match="no search in 112 updates: one is due every 200"):
        method_of(updates=112, scaled=False)
