import copy
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.saliency_gating import SaliencyGating, moved_away
from anigifs.saliency import grad_cam, on_grid, peak_inside
from tests.methods.made import batch_of, network, rng_of, run_of

LAYERS = ["Mixed_4f", "Mixed_5c"]


def method_of(*options: str, updates: int = 20, **more: object) -> SaliencyGating:
    method = make_method("saliency-gating", options)
    assert isinstance(method, SaliencyGating)
    method.build(network(), run_of(updates, **more))
    return method


def activations(method: SaliencyGating, batch: Batch) -> Tensor:
    with torch.no_grad():
        _, tapped = method._model(batch.clips_BTHWC, taps=[method.layer])
    activations_BCTHW: Tensor = tapped[method.layer]
    return activations_BCTHW


def tubes_around_peaks(method: SaliencyGating, batch: Batch, inside: list[bool]) -> Batch:
    """The batch with tubes that hold the peak of a clip's class, or everything but it.

    The classes are those that the network says: of others there may be no evidence at all.
    """
    with torch.no_grad():
        logits_BK, _ = method._model(batch.clips_BTHWC)
    batch = replace(batch, labels_B=logits_BK.argmax(dim=1))
    maps_BTHW, _ = grad_cam(method._model, batch.clips_BTHWC, batch.labels_B, method.layer)
    peaks_BTHW = maps_BTHW == maps_BTHW.amax(dim=(1, 2, 3), keepdim=True)
    whole = batch.clips_BTHWC.shape[1:4]
    tubes = []
    for row, hold in enumerate(inside):
        cells_THW = peaks_BTHW[row] if hold else ~peaks_BTHW[row]
        factors = [big // small for big, small in zip(whole, cells_THW.shape, strict=True)]
        for axis, factor in enumerate(factors):
            cells_THW = cells_THW.repeat_interleave(factor, dim=axis)
        tubes.append(cells_THW)
    return replace(batch, tubes_BTHW=torch.stack(tubes))


@pytest.mark.parametrize("layer", LAYERS)
def test_only_clips_that_look_outside_are_masked_and_the_others_keep_their_bits(layer: str) -> None:
    method = method_of("period=1", f"layer={layer}")
    inside = [True, False, True, False]
    batch = tubes_around_peaks(method, batch_of(4), inside)
    assert batch.tubes_BTHW is not None
    before = activations(method, batch)
    grid = tuple(before.shape[2:])
    masks_BTHW = on_grid(batch.tubes_BTHW, grid)  # type: ignore[arg-type]
    maps_BTHW, _ = grad_cam(method._model, batch.clips_BTHWC, batch.labels_B, layer)
    assert peak_inside(maps_BTHW, masks_BTHW).tolist() == inside
    after, counts = method.gate(batch, before, checks=True)
    for row, kept in enumerate(inside):
        expected = before[row] if kept else before[row] * masks_BTHW[row]
        assert torch.equal(after[row], expected)
    assert counts["gated"] == 2
    assert counts["peaks_inside"] == 2
    assert counts["checked"] == 4
    assert 0 < counts["energy_inside"] < 4


@pytest.mark.parametrize("layer", LAYERS)
def test_the_gradient_is_exactly_zero_outside_of_the_tube(layer: str) -> None:
    method = method_of("period=1", f"layer={layer}", "mask=always")
    batch = batch_of(3)
    assert batch.tubes_BTHW is not None
    leaf = activations(method, batch).requires_grad_()
    logits_BK = method._model.rest(layer, method.gate(batch, leaf, checks=True)[0])
    (gradient,) = torch.autograd.grad(logits_BK.square().sum(), leaf)
    masks_BTHW = on_grid(batch.tubes_BTHW, tuple(leaf.shape[2:]))  # type: ignore[arg-type]
    outside = gradient.masked_select(~masks_BTHW.unsqueeze(1))
    assert outside.numel()
    assert torch.equal(outside, torch.zeros_like(outside))
    assert gradient.masked_select(masks_BTHW.unsqueeze(1)).abs().sum() > 0


def test_clips_without_a_tube_are_passed_over_and_counted() -> None:
    method = method_of("period=1", "mask=always")
    batch = batch_of(4)
    assert batch.tubes_BTHW is not None
    batch.tubes_BTHW[1:3] = False
    before = activations(method, batch)
    after, counts = method.gate(batch, before, checks=True)
    assert torch.equal(after[1:3], before[1:3])
    assert not torch.equal(after[0], before[0])
    assert counts["without_tube"] == 2
    assert counts["gated"] == counts["checked"] == 2


def test_a_gate_in_the_loss_is_the_masked_network_and_other_batches_are_erm() -> None:
    method = method_of("period=2", "mask=always")
    batch = batch_of(4)
    plain = make_method("erm")
    plain.build(method._model, run_of())
    free = method.loss(method._model, batch)
    assert torch.equal(free.loss, plain.loss(method._model, batch).loss)
    assert free.counts == {}
    method.after_step(1, {})
    gated = method.loss(method._model, batch)
    assert not torch.equal(gated.loss, free.loss)
    assert method.after_step(2, gated.counts) == {"step": 2, **gated.counts}


def test_looking_changes_neither_mode_nor_gradients_nor_statistics() -> None:
    method = method_of("period=1", frozen=False)
    model = method._model.train()
    model.logits.dropout.p = 0.0
    modes = [module.training for module in model.modules()]
    before = {name: value.clone() for name, value in model.named_buffers()}
    maps_BTHW = method.maps(batch_of(2), torch.zeros(2, 52, 4, 4, 4))
    assert modes == [module.training for module in model.modules()]
    assert all(torch.equal(value, before[name]) for name, value in model.named_buffers())
    expected, _ = grad_cam(model, batch_of(2).clips_BTHWC, batch_of(2).labels_B, method.layer)
    torch.testing.assert_close(maps_BTHW, expected)


def test_persist_masks_until_the_next_check() -> None:
    method = method_of("period=2", "persist=true")
    batch = tubes_around_peaks(method, batch_of(4), [False, True, False, True])
    plain = method.loss(method._model, batch).loss
    method.after_step(1, {})
    checked = method.loss(method._model, batch)
    method.after_step(2, checked.counts)
    again = method.loss(method._model, batch)  # between checks
    assert torch.equal(again.loss, checked.loss)
    assert not torch.equal(again.loss, plain)
    other = copy.deepcopy(method.state_dict())
    assert other["outside"] == ["clip-0", "clip-2"]
    resumed = method_of("period=2", "persist=true")
    resumed.load_state_dict(other)
    assert torch.equal(resumed.loss(resumed._model, batch).loss, checked.loss)


def test_the_control_elsewhere_masks_by_the_same_rule_in_another_place() -> None:
    method = method_of("period=1", "mask=elsewhere")
    batch = tubes_around_peaks(method, batch_of(4), [True, False, True, False])
    assert batch.tubes_BTHW is not None
    batch.tubes_BTHW[:, :, :, 32:] = False  # so that it can be somewhere else
    before = activations(method, batch)
    masks_BTHW = on_grid(batch.tubes_BTHW, tuple(before.shape[2:]))  # type: ignore[arg-type]
    after, counts = method.gate(batch, before, checks=True)
    maps_BTHW, _ = grad_cam(method._model, batch.clips_BTHWC, batch.labels_B, method.layer)
    gated_B = ~peak_inside(maps_BTHW, masks_BTHW) & masks_BTHW.flatten(1).any(dim=1)
    assert counts["gated"] == float(gated_B.sum()) > 0
    assert counts["overlap"] == 0
    for row in range(4):
        if not gated_B[row]:
            assert torch.equal(after[row], before[row])
            continue
        inside = after[row].masked_select(masks_BTHW[row].unsqueeze(0))
        assert torch.equal(inside, torch.zeros_like(inside)), "the tube itself is hidden"
        assert after[row].any()


@pytest.mark.parametrize(
    ("rows", "columns", "share"),
    [((0, 2), (0, 2), 0.0), ((0, 4), (1, 3), 0.0), ((0, 3), (0, 4), 2 / 3), ((0, 4), (0, 4), 1.0)],
)
def test_a_mask_is_moved_to_where_it_meets_itself_least(
    rows: tuple[int, int], columns: tuple[int, int], share: float
) -> None:
    mask_THW = torch.zeros(3, 4, 4, dtype=torch.bool)
    mask_THW[:, slice(*rows), slice(*columns)] = True
    places = set()
    for seed in range(20):
        moved_THW, covered = moved_away(mask_THW, rng_of(seed))
        assert moved_THW.sum() == mask_THW.sum()
        assert covered == pytest.approx(share)
        assert (moved_THW & mask_THW).sum() == round(share * int(mask_THW.sum()))
        places.add(tuple(moved_THW.flatten().tolist()))
    assert len(places) > 1 or share > 0.5 or rows == (0, 4)


def test_a_run_that_never_masked_falls_short() -> None:
    method = method_of(updates=112)
    assert method.shortfall() == "0 of 10 checks were made"
    nothing = {"checked": 8.0, "gated": 0.0}
    due = [step for step in range(1, 113) if method.after_step(step, nothing)]
    assert due == [11 * number for number in range(1, 11)]
    assert method.shortfall() == "in 10 checks every peak lay inside: nothing was masked"
    assert not method.has_acted()
    empty = method_of(updates=112)
    for step in range(1, 113):
        empty.after_step(step, {"checked": 0.0, "gated": 0.0})
    assert (
        empty.shortfall() == "in 10 checks no clip had a tube on the grid: nothing could be masked"
    )
    masked = method_of(updates=112)
    for step in range(1, 113):
        masked.after_step(step, {"checked": 8.0, "gated": 1.0})
    assert masked.shortfall() is None
    assert masked.has_acted()
    with pytest.raises(
        UsageError, match="no check of saliency in 112 updates: one is due every 200"
    ):
        method_of(updates=112, scaled=False)


def test_a_layer_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(UsageError, match="no layer 'Mixed_9z'; the network's endpoints are Conv3d"):
        method_of("layer=Mixed_9z")
    with pytest.raises(UsageError, match="no layer ''"):
        method_of("layer=")


def test_an_index_without_boxes_is_refused() -> None:
    with pytest.raises(UsageError, match="needs boxes, and no training clip"):
        method_of(boxes=False)


@pytest.mark.parametrize("frozen", [True, False])
def test_under_autocast_every_weight_still_gets_its_gradient(frozen: bool) -> None:
    method = method_of("period=1", "mask=always", frozen=frozen)
    model = method._model.train()
    with torch.autocast("cpu", torch.bfloat16):
        result = method.loss(model, batch_of(2))
    torch.autograd.backward(result.loss)
    assert [name for name, one in model.named_parameters() if one.grad is None] == []
