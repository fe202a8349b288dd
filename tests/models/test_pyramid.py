"""The pyramid head, and a network that has one in the place of its own."""

import copy
from collections.abc import Callable
from itertools import combinations
from math import comb

import pytest
import torch
from torch import Tensor, nn

from anigifs.foundation import UsageError
from anigifs.models import ENDPOINTS, I3D, for_inference
from anigifs.models.i3d import cells_at
from anigifs.models.pyramid import PyramidHead, fixed_subsets, give_pyramid
from anigifs.saliency import grad_cam
from tests.models.small import CLASSES, random_clips, small_model

FRAMES = {"Mixed_4f": 16, "Mixed_5c": 40}


def head_of(cells: int = 5, classes: int = 12, channels: int = 1024) -> PyramidHead:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        head = PyramidHead(channels, classes, 0.5, "Mixed_5c", cells)
        nn.init.normal_(head.project.weight, std=0.1)  # so that cells differ by something
    return head.eval()


def map_of(cells: int = 5, channels: int = 1024, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(2, channels, cells, 3, 4, generator=generator)


def with_pyramid(layer: str = "Mixed_4f", seed: int = 0) -> I3D:
    model = small_model()
    give_pyramid(model, layer, cells_at(layer, FRAMES[layer]), seed)
    return model


def test_the_classifier_has_as_many_parameters_as_the_authors() -> None:
    head = head_of(cells=5, classes=12)
    assert sum(one.numel() for one in head.conv3d.parameters()) == 15_372
    assert sum(one.numel() for one in head.relate.parameters()) == 1_645_824
    assert sum(one.numel() for one in head.project.parameters()) == 1024 * 256 + 256


def test_a_fresh_projection_is_small_as_in_the_original() -> None:
    head = PyramidHead(1024, 3, 0.5, "Mixed_5c", 5)
    assert head.project.weight.std().item() == pytest.approx(0.001, rel=0.05)
    assert not head.project.bias.any()


@pytest.mark.parametrize("cells", [3, 4, 5])
@torch.no_grad()
def test_a_test_is_the_mean_over_all_subsets_of_each_scale(cells: int) -> None:
    head, x_BCTHW = head_of(cells), map_of(cells)
    cells_BTD = head.project(x_BCTHW.mean(dim=(3, 4)).transpose(1, 2))
    whole = head.relate(cells_BTD, cells_BTD)
    local = torch.zeros_like(whole)
    for scale in range(2, cells):
        crossed = []
        for chosen in combinations(range(cells), scale):
            part = torch.stack([cells_BTD[:, cell] for cell in chosen], dim=1)
            crossed.append(head.relate(head.relate(part, part), whole))
        assert len(crossed) == comb(cells, scale)
        local += torch.stack(crossed).mean(dim=0)

    def classified(features_BTD: Tensor) -> Tensor:
        weight_KDT = head.conv3d.weight[:, :, :, 0, 0]
        assert head.conv3d.bias is not None
        return torch.einsum("btd,kdt->bk", features_BTD.relu(), weight_KDT) + head.conv3d.bias

    levels = head.levels(x_BCTHW)
    for found, expected in (
        (levels.features_BD, (whole + local).flatten(1)),
        (levels.local_features_BD, local.flatten(1)),
        (levels.logits_BK, classified(whole + local)),
        (levels.local_logits_BSK[:, 0], classified(local)),
    ):
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)
    assert torch.equal(head(x_BCTHW), levels.logits_BK)
    assert torch.equal(head(x_BCTHW), head(x_BCTHW)), "nothing is drawn in a test"


def test_training_draws_one_subset_of_each_scale_in_order() -> None:
    head, x_BCTHW = head_of(4).train(), map_of(4)
    seen: list[tuple[int, int]] = []
    shapes = head.relate.register_forward_pre_hook(
        lambda _, args: seen.append(tuple(args[0].shape[:2]))
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        first, second = head(x_BCTHW), head(x_BCTHW)
        torch.manual_seed(0)
        assert torch.equal(head(x_BCTHW), first)
        shapes.remove()
        assert seen[:5] == [(2, 4), (2, 3), (2, 3), (2, 2), (2, 2)]
        assert not torch.equal(first, second)
        drawn = {tuple(*head._subsets(2)) for _ in range(100)}
    assert drawn == set(combinations(range(4), 2))


def test_where_there_are_too_many_subsets_ten_are_spread_over_them() -> None:
    assert fixed_subsets(5, 3) == list(combinations(range(5), 3))
    spread = fixed_subsets(8, 4)
    assert len(set(spread)) == 10 < comb(8, 4)
    assert {cell for subset in spread for cell in subset} == set(range(8))
    assert all(list(subset) == sorted(subset) for subset in spread)


@pytest.mark.parametrize("cells", [2, 17])
def test_a_pyramid_of_too_few_or_too_many_cells_is_refused(cells: int) -> None:
    with pytest.raises(ValueError, match=f"3 to 16 time cells, not {cells}"):
        PyramidHead(8, 3, 0.5, "Mixed_5c", cells)


@pytest.mark.parametrize(("frames", "refused"), [(13, False), (16, False), (17, True), (9, True)])
def test_a_clip_of_another_number_of_cells_is_refused_in_one_line(
    frames: int, refused: bool
) -> None:
    model, clips = with_pyramid("Mixed_4f"), random_clips(frames, 32, 32)
    if not refused:
        assert model(clips)[0].shape == (1, len(CLASSES))
        return
    with pytest.raises(UsageError, match=r"reads 4 time cells at Mixed_4f, and the clip has [35]:"):
        model(clips)


@pytest.mark.parametrize("layer", FRAMES)
@torch.no_grad()
def test_the_head_reads_its_layer_and_the_rest_of_the_network_fits(layer: str) -> None:
    model, plain = with_pyramid(layer), small_model()
    clips = random_clips(FRAMES[layer], 32, 32)
    blocks = ENDPOINTS[: ENDPOINTS.index(layer) + 1]
    logits_BK, tapped = model(clips, taps=blocks)
    _, expected = plain(clips, taps=[layer])
    assert torch.equal(tapped[layer], expected[layer])
    assert torch.equal(model.logits(expected[layer]), logits_BK)
    for endpoint in blocks:
        assert torch.equal(model.rest(endpoint, tapped[endpoint]), logits_BK), endpoint
    edited, seen = model(clips, edits={layer: torch.zeros_like}, taps=[layer])
    assert not seen[layer].any()
    assert torch.equal(edited, model.logits(torch.zeros_like(expected[layer])))
    assert torch.equal(model.levels(clips).logits_BK, logits_BK)


@pytest.mark.parametrize(
    "ask",
    [
        lambda model, clips: model.rest("Mixed_5c", torch.zeros(1, 64, 2, 1, 1)),
        lambda model, clips: model(clips, taps=["Mixed_5c"]),
        lambda model, clips: model(clips, edits={"Mixed_5c": torch.zeros_like}),
    ],
)
def test_what_follows_the_layer_is_not_run_and_cannot_be_asked_for(
    ask: Callable[[I3D, Tensor], object],
) -> None:
    model, clips = with_pyramid("Mixed_4f"), random_clips(16, 32, 32)
    ran = []
    model.get_submodule("Mixed_5b").register_forward_hook(lambda *_: ran.append(1))
    model(clips)
    assert not ran
    with pytest.raises(UsageError, match=r"Mixed_5c is not run .* its head reads Mixed_4f"):
        ask(model, clips)


def test_what_is_not_run_is_not_trained_and_all_else_is() -> None:
    model = with_pyramid("Mixed_4f").train()
    torch.autograd.backward(model(random_clips(16, 32, 32, batch=2))[0].sum())
    without = {name.split(".")[0] for name, one in model.named_parameters() if one.grad is None}
    assert without == {"Mixed_5b", "Mixed_5c"}
    assert not any(one.requires_grad for one in model.get_submodule("Mixed_5c").parameters())


def test_fresh_weights_depend_on_the_seed_and_leave_the_generator_alone() -> None:
    state = torch.get_rng_state()
    one, same, other = (with_pyramid(seed=seed).state_dict() for seed in (0, 0, 1))
    assert torch.equal(state, torch.get_rng_state())
    key = "logits.relate.encoder_self.query.weight"
    assert torch.equal(one[key], same[key])
    assert not torch.equal(one[key], other[key])


def test_only_a_block_is_read() -> None:
    with pytest.raises(ValueError, match="'MaxPool3d_5a_2x2' is none"):
        give_pyramid(small_model(), "MaxPool3d_5a_2x2", 4)


@pytest.mark.parametrize("layer", FRAMES)
@torch.inference_mode()
def test_the_fast_copy_computes_the_same(layer: str) -> None:
    model, clips = with_pyramid(layer), random_clips(FRAMES[layer], 32, 32, batch=2)
    expected = model(clips)[0]
    torch.testing.assert_close(
        for_inference(model, "float32")(clips)[0], expected, atol=1e-4, rtol=1e-4
    )
    rough = for_inference(model, "bfloat16")(clips)[0]
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, expected, atol=0.1, rtol=0.05)
    assert torch.equal(copy.deepcopy(model)(clips)[0], expected)


def test_under_autocast_the_head_stays_in_float32() -> None:
    model, clips = with_pyramid(), random_clips(16, 32, 32)
    kinds = set()
    model.logits.get_submodule("relate").register_forward_hook(
        lambda _, args, out: kinds.update({args[0].dtype, out.dtype})
    )
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        logits_BK, tapped = model(clips, taps=["Mixed_4f"])
    assert tapped["Mixed_4f"].dtype == torch.bfloat16
    assert kinds == {logits_BK.dtype} == {torch.float32}


def test_saliency_at_the_last_block_goes_through_the_pyramid() -> None:
    model, clips = with_pyramid("Mixed_5c"), random_clips(40, 32, 32)
    maps_BTHW, _ = grad_cam(model, clips, torch.tensor([1]), "Mixed_5c")
    _, tapped = model(clips, taps=["Mixed_5c"])
    leaf = tapped["Mixed_5c"].detach().requires_grad_()
    (gradient,) = torch.autograd.grad(model.logits(leaf)[0, 1], leaf)
    weights = gradient.mean(dim=(2, 3, 4), keepdim=True)
    torch.testing.assert_close(maps_BTHW, (leaf.detach() * weights).sum(dim=1).relu())


@torch.no_grad()
def test_levels_of_a_linear_head_are_its_own_logits_and_those_of_each_cell() -> None:
    model, clips = small_model(), random_clips(24, 32, 32, batch=2)
    logits_BK, tapped = model(clips, taps=["Mixed_5c"])
    levels = model.levels(clips)
    assert torch.equal(levels.logits_BK, logits_BK)
    cells_BCT = tapped["Mixed_5c"].mean(dim=(3, 4))
    assert torch.equal(levels.local_features_BD, cells_BCT.transpose(1, 2).flatten(1))
    weights_T = torch.tensor([0.25, 0.5, 0.25])  # of three cells, as the head has it
    torch.testing.assert_close(levels.features_BD, (cells_BCT * weights_T).sum(dim=2))
    scores_BKT = model.logits.conv3d(cells_BCT[..., None, None])[..., 0, 0]
    torch.testing.assert_close(levels.local_logits_BSK, scores_BKT.transpose(1, 2))
    torch.testing.assert_close((scores_BKT * weights_T).sum(dim=2), logits_BK)
