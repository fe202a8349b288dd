"""What holds for every method that sees a target."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods import METHODS, make_method
from anigifs.methods.adapting import Adaptation
from anigifs.methods.auxiliary import Auxiliary
from tests.methods.made import adapted, batch_of, network, rng_of, run_of, target_of

ALIGNING = [name for name, kind in METHODS.items() if issubclass(kind, Adaptation)]


def test_who_sees_the_target_says_so() -> None:
    assert {name for name, kind in METHODS.items() if kind.adapts} == {*ALIGNING, "adabn"}
    assert len(ALIGNING) == 6


@pytest.mark.parametrize("name", ALIGNING)
def test_labels_of_the_target_change_nothing(name: str) -> None:
    """Nor can they: a loss of a label that is none would be an error of torch's."""
    drawn = target_of()
    told = replace(drawn, labels_B=torch.arange(4) % 3)
    ends = [adapted(make_method(name), network(), batch_of(), one, 5) for one in (drawn, told)]
    assert torch.equal(ends[0].loss, ends[1].loss)
    with pytest.raises(IndexError, match="Target -1 is out of bounds"):
        functional.cross_entropy(torch.zeros(4, 3), drawn.labels_B)


@pytest.mark.parametrize("name", ALIGNING)
def test_clips_of_the_target_do(name: str) -> None:
    ends = [
        adapted(make_method(name), network(), batch_of(), target_of(seed=seed), 5)
        for seed in (1, 2)
    ]
    assert not torch.equal(ends[0].loss, ends[1].loss)
    assert ends[0].logits_BK.shape == (4, 3)  # of what was trained on
    assert torch.equal(ends[0].logits_BK, ends[1].logits_BK)


@pytest.mark.parametrize("name", ALIGNING)
def test_it_acts_in_every_update_or_says_how_few(name: str) -> None:
    method = make_method(name)
    adapted(method, network(), batch_of(), target_of(), backward=True)
    assert not method.has_acted()
    method.after_step(1, {"target_clips": 4.0})
    assert method.has_acted()
    assert method.shortfall() == "1 of 20 updates saw the target"
    for step in range(2, 21):
        method.after_step(step, {"target_clips": 4.0})
    assert method.shortfall() is None
    with pytest.raises(UsageError, match="needs a target"):
        make_method(name).build(network(), run_of())


def test_each_part_of_a_batch_meets_another_part_of_the_target() -> None:
    seen: list[torch.Tensor] = []

    class Noting(Adaptation):
        def align(self, seen_: object) -> tuple[torch.Tensor, dict[str, float]]:
            return torch.zeros(()), {}

    model, drawn, batch = network(), target_of(6), batch_of(6)
    model.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    method = Noting(None)
    method.build(model, run_of(target=lambda rng: drawn))
    method.augment(batch, rng_of())
    parts = batch.parts(3)
    for part in parts:
        method.loss(model, part)
    for number, (part, both) in enumerate(zip(parts, seen, strict=True)):
        own = drawn.clips_BTHWC[2 * number : 2 * number + 2]
        assert torch.equal(both, torch.cat([part.clips_BTHWC, own]))


def test_the_target_is_drawn_by_the_updates_generator() -> None:
    states: list[int] = []

    def draw(rng: object) -> Batch:
        states.append(int(rng.integers(1 << 30)))  # type: ignore[attr-defined]
        return target_of()

    method = make_method("coral")
    method.build(network(), run_of(target=draw))
    for seed in (3, 4, 3):
        method.augment(batch_of(), rng_of(seed))
    assert states[0] == states[2] != states[1]


def test_networks_beside_the_model_begin_by_the_seed_and_leave_torchs_generator() -> None:
    def make() -> torch.nn.Module:
        return torch.nn.Linear(3, 2)

    before = torch.get_rng_state()
    one, same, other = (
        Auxiliary(make, run_of(seed=seed), 0.1, torch.device("cpu")).module.weight
        for seed in (0, 0, 1)
    )
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(one, same)  # type: ignore[arg-type]
    assert not torch.equal(one, other)  # type: ignore[arg-type]


def test_their_adam_is_torchs_and_goes_on_where_it_stood() -> None:
    def moved(beside: Auxiliary, steps: int) -> torch.Tensor:
        for _ in range(steps):
            torch.autograd.backward((beside.module(torch.ones(1, 3)) ** 2).sum())
            beside.step()
        return torch.cat([one.detach().flatten() for one in beside.module.parameters()])

    def fresh() -> Auxiliary:
        return Auxiliary(lambda: torch.nn.Linear(3, 2), run_of(), 0.1, torch.device("cpu"))

    plain = fresh().module
    adam = torch.optim.Adam(plain.parameters(), lr=0.1)
    for _ in range(5):
        adam.zero_grad()
        torch.autograd.backward((plain(torch.ones(1, 3)) ** 2).sum())
        adam.step()
    wanted = torch.cat([one.detach().flatten() for one in plain.parameters()])
    assert torch.equal(moved(fresh(), 5), wanted)
    first, second = fresh(), fresh()
    moved(first, 2)
    second.load_state_dict(first.state_dict())
    assert torch.equal(moved(second, 3), wanted)
