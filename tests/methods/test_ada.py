import copy
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from anigifs.clips.tensors import to_model_input
from anigifs.foundation import UsageError, generator
from anigifs.methods import make_method
from anigifs.methods.ada import Ada
from anigifs.methods.adversary import Ascent, ascend, whole
from anigifs.models import for_inference
from tests.methods.made import batch_of, network, rng_of, run_of

QUICK = ("period=2", "steps=2", "normalised=true", "rate=0.05")
NOTHING = {"replayed": 0.0}


def method_of(*options: str, updates: int = 20, **more: object) -> Ada:
    method = make_method("ada", options)
    assert isinstance(method, Ada)
    method.build(network(), run_of(updates, **more))
    return method


def after_phases(count: int, *options: str) -> tuple[Ada, list[dict[str, Any]]]:
    method = method_of(*QUICK, *options)
    acts = [method.after_step(2 * number, NOTHING) for number in range(1, count + 1)]
    return method, [act for act in acts if act is not None]


def test_a_phase_keeps_what_the_ascent_made_of_source_clips() -> None:
    method, (act,) = after_phases(1)
    assert method.after_step(3, NOTHING) is None
    drawn = batch_of(2, seed=int(generator(0, "attack", 2).integers(1 << 30)))
    clips_BCTHW = to_model_input(drawn.clips_BTHWC)
    net, how = for_inference(network(), "float32"), Ascent(2, 0.05, 1.0, True)
    (expected,) = ascend(net, clips_BCTHW, drawn.labels_B, [whole], how, 2)
    kept = list(method._kept.values())
    assert [one.label for one in kept] == drawn.labels_B.tolist()
    for one, clip in zip(kept, expected, strict=True):
        assert torch.equal(one.clip_CTHW, clip.bfloat16())
        assert one.clip_CTHW.untyped_storage().nbytes() == 2 * clip.numel(), (
            "nothing hangs on to it"
        )
    moved = (expected - clips_BCTHW).abs()
    assert act["moved"] == pytest.approx(moved.mean().item(), rel=1e-4)
    assert act["most"] == pytest.approx(moved.max().item())
    assert act["after"] > act["before"]
    assert (act["step"], act["clips"], act["kept"], act["held"]) == (2, 2, 2, 2)


def test_a_phase_leaves_the_model_and_the_generators_as_they_were() -> None:
    method = method_of(*QUICK)
    model = method._model.train()
    model.get_submodule("Mixed_4b").eval()
    modes = [module.training for module in model.modules()]
    before = copy.deepcopy(model.state_dict())
    state = torch.get_rng_state()
    assert method.after_step(2, NOTHING) is not None
    assert modes == [module.training for module in model.modules()]
    assert all(torch.equal(value, model.state_dict()[key]) for key, value in before.items())
    assert torch.equal(state, torch.get_rng_state())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_attacked_clips_are_trained_on_in_the_places_of_others() -> None:
    method, _ = after_phases(2, "share=0.5")
    batch = batch_of(4)
    seen = method.augment(batch, rng_of(3))
    names = list(method._kept)
    taken = [row for row in range(4) if seen.clip_ids[row] in names]
    assert 0 < len(taken) < 4
    clips_BCTHW = to_model_input(batch.clips_BTHWC)
    assert seen.tubes_BTHW is not None
    for row in range(4):
        assert seen.tubes_BTHW[row].any() == (row not in taken)
        if row in taken:
            one = method._kept[seen.clip_ids[row]]
            assert seen.labels_B[row] == one.label
            clips_BCTHW[row] = one.clip_CTHW.float()
        else:
            assert seen.clip_ids[row] == batch.clip_ids[row]
            assert seen.labels_B[row] == batch.labels_B[row]
    result = method.loss(method._model, seen)
    logits_BK, _ = method._model(clips_BCTHW)
    assert torch.equal(result.loss, functional.cross_entropy(logits_BK, seen.labels_B))
    assert result.counts == {"replayed": float(len(taken))}
    assert torch.equal(seen.clips_BTHWC, batch.clips_BTHWC)


def test_the_share_is_that_of_clips_and_all_kept_ones_are_drawn() -> None:
    method, _ = after_phases(2, "share=0.25")
    batch = batch_of(4)
    drawn = [name for seed in range(200) for name in method.augment(batch, rng_of(seed)).clip_ids]
    replayed = [name for name in drawn if name in method._kept]
    assert len(replayed) / len(drawn) == pytest.approx(0.25, abs=0.05)
    assert set(replayed) == set(method._kept)
    assert set(replayed) & set(batch.clip_ids) == set()


def test_before_the_first_phase_it_is_erm() -> None:
    method, batch = method_of(*QUICK), batch_of(3)
    plain = make_method("erm")
    plain.build(method._model, run_of())
    assert method.augment(batch, rng_of()) is batch
    result = method.loss(method._model, batch)
    assert torch.equal(result.loss, plain.loss(method._model, batch).loss)
    assert result.counts == NOTHING


def test_the_oldest_leave_where_there_are_too_many() -> None:
    method, acts = after_phases(3, "most=5")
    assert [act["held"] for act in acts] == [2, 4, 5]
    assert list(method._kept) == [f"attacked clip {number}" for number in range(1, 6)]


def test_a_phase_may_attack_several_batches() -> None:
    method, (act,) = after_phases(1, "batches=3")
    assert (act["clips"], act["kept"]) == (6, 6)
    clips = [one.clip_CTHW for one in method._kept.values()]
    assert not torch.equal(clips[0], clips[2])


def test_a_resumed_method_goes_on_with_the_same_clips() -> None:
    method, _ = after_phases(2)
    method.after_step(5, {"replayed": 3.0})
    other = method_of(*QUICK)
    other.load_state_dict(copy.deepcopy(method.state_dict()))
    batch = batch_of(4)
    for seed in range(5):
        one, two = (which.augment(batch, rng_of(seed)) for which in (method, other))
        assert one.clip_ids == two.clip_ids
        assert torch.equal(method.loss(method._model, one).loss, other.loss(other._model, two).loss)
    assert other.has_acted()
    method.after_step(6, NOTHING)
    other.after_step(6, NOTHING)
    assert list(method._kept) == list(other._kept)
    assert all(
        torch.equal(one.clip_CTHW, other._kept[name].clip_CTHW)
        for name, one in method._kept.items()
    )


def test_phases_are_scaled_and_missing_ones_fall_short() -> None:
    method = method_of(updates=112)
    due = [step for step in range(1, 113) if method._schedule.is_due(step)]
    assert due == [16 * number for number in range(1, 7)]
    assert method.shortfall() == "0 of 6 phases moved a clip"
    with pytest.raises(UsageError, match="no phase of attacks in 112 updates"):
        method_of(updates=112, scaled=False)


def test_a_phase_that_moves_nothing_keeps_nothing() -> None:
    method = method_of("period=1", "steps=1", updates=2)
    torch.nn.init.zeros_(method._model.logits.conv3d.weight)
    act = method.after_step(1, NOTHING)
    assert act is not None
    assert (act["most"], act["kept"], act["held"]) == (0, 0, 0)
    assert method.shortfall() == "0 of 1 phases moved a clip"
    assert not method.has_acted()


def test_clips_that_nobody_trained_on_fall_short() -> None:
    method = method_of("period=1", "steps=1", "normalised=true", "rate=0.05", updates=2)
    method.after_step(1, NOTHING)
    assert method.shortfall() == "no attacked clip was trained on"
    method.after_step(2, {"replayed": 1.0})
    assert method.has_acted()
    assert method.shortfall() is None


@pytest.mark.parametrize("option", ["period=0", "phases=0", "share=0", "share=2", "most=0"])
def test_options_that_make_no_sense_are_one_line(option: str) -> None:
    with pytest.raises(UsageError, match=r"at least|above"):
        make_method("ada", [option])


def test_draws_are_made_for_the_whole_batch_of_all_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    method, _ = after_phases(2)
    whole_batch = batch_of(4)
    together = method.augment(whole_batch, np.random.default_rng(5)).clip_ids
    parts = whole_batch.parts(2)
    for rank, part in enumerate(parts):
        monkeypatch.setattr("anigifs.methods.ada.place_of", lambda _, rank=rank: (2 * rank, 4))
        apart = method.augment(part, np.random.default_rng(5)).clip_ids
        assert apart == together[2 * rank : 2 * rank + 2]
