"""Maps of evidence: against captum, against plain CAM, and what a map must not disturb."""

from itertools import product
from typing import cast

import pytest
import torch
from captum.attr import LayerGradCam
from torch import Tensor, nn

from anigifs.clips.tensors import to_model_input
from anigifs.models import ENDPOINTS, I3D, for_inference
from anigifs.saliency import Pooling, grad_cam, grad_cam_of, spread
from anigifs.saliency.gradcam import gradients_of
from tests.models.small import CLASSES, random_clips, small_model

SIZES = [(9, 64, 64), (16, 72, 96), (40, 64, 48)]


def labels(batch: int = 2) -> Tensor:
    """Classes for which this network finds evidence in noise."""
    return torch.tensor([4, 2, 1])[:batch]


def tapped_at(model: I3D, clips: Tensor, endpoint: str) -> Tensor:
    with torch.no_grad():
        return cast(Tensor, model(clips, taps=[endpoint])[1][endpoint])


def close(ours: Tensor, theirs: Tensor, share: float = 1e-5) -> None:
    """Compare on the scale of the map; channels cancel, so its small cells are less exact."""
    assert theirs.max() > 0
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=share * float(theirs.max()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("endpoint", ["Mixed_5c", "Mixed_4f", "Mixed_3c", "MaxPool3d_4a_3x3"])
def test_maps_are_captums(endpoint: str, size: tuple[int, int, int]) -> None:
    model, clips = small_model(), random_clips(*size, batch=5)
    every_class = torch.arange(5)  # some of them find no evidence in noise
    oracle = LayerGradCam(lambda x_BCTHW: model(x_BCTHW)[0], model.get_submodule(endpoint))
    theirs = oracle.attribute(
        to_model_input(clips).requires_grad_(), every_class, relu_attributions=True
    )
    maps_BTHW, logits_BK = grad_cam(model, clips, every_class, endpoint)
    close(maps_BTHW, theirs.detach()[:, 0])
    torch.testing.assert_close(logits_BK, model(clips)[0])
    assert maps_BTHW.dtype == logits_BK.dtype == torch.float32
    assert (maps_BTHW >= 0).all()
    assert not maps_BTHW.requires_grad
    assert not logits_BK.requires_grad


def mapped_by_hand(model: I3D, clips: Tensor, endpoint: str, pooling: Pooling) -> Tensor:
    """Maps from a backward pass of the whole network, cell by cell and channel by channel."""
    kept: list[Tensor] = []

    def keep(x_BCTHW: Tensor) -> Tensor:
        kept.append(x_BCTHW)
        return x_BCTHW

    logits_BK, _ = model(to_model_input(clips).requires_grad_(), edits={endpoint: keep})
    chosen = logits_BK[torch.arange(2), labels()].sum()
    activations, gradients = kept[0].detach().float(), torch.autograd.grad(chosen, kept)[0].float()
    maps_BTHW = torch.zeros(2, *activations.shape[2:])
    for clip, cell in product(range(2), range(maps_BTHW.shape[1])):
        where = gradients[clip] if pooling == "clip" else gradients[clip, :, cell : cell + 1]
        for channel, weight in enumerate(where.mean(dim=(1, 2, 3))):
            maps_BTHW[clip, cell] += weight * activations[clip, channel, cell]
    return maps_BTHW.relu()


@pytest.mark.parametrize("endpoint", ["Mixed_5c", "Mixed_4f"])
@pytest.mark.parametrize("pooling", ["clip", "frame"])
def test_maps_are_what_a_backward_pass_of_the_whole_network_gives(
    endpoint: str, pooling: Pooling
) -> None:
    model, clips = small_model(), random_clips(40, 64, 64, batch=2)
    maps_BTHW, _ = grad_cam(model, clips, labels(), endpoint, pooling)
    close(maps_BTHW, mapped_by_hand(model, clips, endpoint, pooling))
    with torch.autocast("cpu", torch.bfloat16):
        rough_BTHW, _ = grad_cam(model, clips, labels(), endpoint, pooling)
        close(rough_BTHW, mapped_by_hand(model, clips, endpoint, pooling), share=0.01)


@pytest.mark.parametrize("size", SIZES)
def test_the_heads_gradient_in_closed_form_is_that_of_a_backward_pass(
    size: tuple[int, int, int],
) -> None:
    model = small_model()
    tapped = tapped_at(model, random_clips(*size, batch=2), "Mixed_5c")
    gradients = gradients_of(model, "Mixed_5c", tapped, labels())
    for pooling, axes in (("clip", (2, 3, 4)), ("frame", (3, 4))):
        generic = (tapped * gradients.mean(dim=axes, keepdim=True)).sum(dim=1).relu()
        close(grad_cam_of(model, "Mixed_5c", tapped, labels(), cast(Pooling, pooling)), generic)


def test_the_last_map_needs_no_backward_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Tensor:
        raise AssertionError("a pass was made")

    model, clips = small_model(), random_clips(9, 32, 32, batch=2)
    monkeypatch.setattr(I3D, "rest", refuse)
    grad_cam(model, clips, labels(), "Mixed_5c")
    with pytest.raises(AssertionError, match="a pass was made"):
        grad_cam(model, clips, labels(), "Mixed_5b")


def test_what_comes_before_the_endpoint_runs_once() -> None:
    model, runs = small_model(), []
    for name in ("Conv3d_1a_7x7", "Mixed_4f", "Mixed_5b"):
        model.get_submodule(name).register_forward_hook(lambda *_, n=name: runs.append(n))
    grad_cam(model, random_clips(9, 32, 32), labels(1), "Mixed_4f")
    assert runs == ["Conv3d_1a_7x7", "Mixed_4f", "Mixed_5b", "Mixed_5b"]


def test_at_the_last_map_it_is_plain_cam_up_to_a_factor() -> None:
    """At the paper's size: 5 x 7 x 7 cells, of which each has 1/245 = 8/1960 of the weight."""
    model, clips = small_model(), random_clips(40, 224, 224)
    tapped = tapped_at(model, clips, "Mixed_5c")
    weight_KC = model.logits.conv3d.weight.detach().flatten(1)
    cam_KTHW = torch.einsum("kc,cthw->kthw", weight_KC, tapped[0])
    every_class = torch.arange(len(CLASSES))
    maps_KTHW = grad_cam_of(model, "Mixed_5c", tapped.expand(5, -1, -1, -1, -1), every_class)
    assert maps_KTHW.shape == (5, 5, 7, 7)
    close(maps_KTHW, 8 / 1960 * cam_KTHW.relu())


def test_a_clip_is_mapped_alike_in_any_company_and_in_training() -> None:
    model, clips = small_model(), random_clips(9, 32, 32, batch=3)
    together, _ = grad_cam(model, clips, labels(3), "Mixed_4f")
    model.train()
    alone = [grad_cam(model, clips[i : i + 1], labels(3)[i : i + 1], "Mixed_4f") for i in range(3)]
    close(torch.cat([maps for maps, _ in alone]), together)


def test_a_class_without_weights_has_a_map_of_zeros() -> None:
    model, clips = small_model(), random_clips(9, 32, 32, batch=2)
    with torch.no_grad():
        model.logits.conv3d.weight[1] = 0
        assert model.logits.conv3d.bias is not None
        model.logits.conv3d.bias[1] = 0
    for endpoint in ("Mixed_4f", "Mixed_5c"):
        maps_BTHW, logits_BK = grad_cam(model, clips, torch.tensor([1, 2]), endpoint)
        assert not maps_BTHW[0].any()
        assert maps_BTHW[1].any()
        assert logits_BK[0, 1] == 0


@pytest.mark.parametrize("endpoint", ["Mixed_4f", "Mixed_5c"])
@pytest.mark.parametrize("pooling", ["clip", "frame"])
def test_other_number_types_and_folded_copies_give_nearly_the_same(
    endpoint: str, pooling: Pooling
) -> None:
    model, clips = small_model(), random_clips(16, 64, 64, batch=2)
    exact, _ = grad_cam(model, clips, labels(), endpoint, pooling)
    folded = for_inference(model, "float32")
    close(grad_cam(folded, clips, labels(), endpoint, pooling)[0], exact, share=1e-4)
    halves = grad_cam(for_inference(model, "bfloat16"), clips, labels(), endpoint, pooling)[0]
    with torch.autocast("cpu", torch.bfloat16):
        cast_maps, logits_BK = grad_cam(model, clips, labels(), endpoint, pooling)
    for rough in (halves, cast_maps):
        assert rough.dtype == torch.float32
        # Rounded to 8 bits, gradients of random weights are rough: channels cancel.
        assert torch.cosine_similarity(rough.flatten(), exact.flatten(), dim=0) > 0.95
    assert logits_BK.dtype == torch.float32


@pytest.mark.parametrize("endpoint", ["Mixed_4f", "Mixed_5c"])
def test_maps_may_be_asked_for_where_gradients_are_off(endpoint: str) -> None:
    model, clips = small_model(), random_clips(9, 32, 32, batch=2)
    expected, _ = grad_cam(model, clips, labels(), endpoint)
    with torch.no_grad():
        assert torch.equal(grad_cam(model, clips, labels(), endpoint)[0], expected)
    with torch.inference_mode():
        assert torch.equal(grad_cam(model, clips, labels(), endpoint)[0], expected)
        tapped = model(clips, taps=[endpoint])[1][endpoint]
    assert torch.equal(grad_cam_of(model, endpoint, tapped, labels()), expected)


def test_no_gradient_flows_back_into_what_was_tapped() -> None:
    model, clips = small_model(), random_clips(9, 32, 32, batch=2)
    logits_BK, tapped = model(clips, taps=["Mixed_4f"])
    maps_BTHW = grad_cam_of(model, "Mixed_4f", tapped["Mixed_4f"], labels())
    assert not maps_BTHW.requires_grad
    assert tapped["Mixed_4f"].requires_grad
    torch.autograd.backward(logits_BK.sum())  # the graph of the pass is whole
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("endpoint", ["Conv3d_2c_3x3", "Mixed_4f", "Mixed_5c"])
def test_the_network_and_the_generators_are_left_as_they_were(endpoint: str) -> None:
    model = small_model().train()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm3d):
            module.eval()  # frozen, as training may have it
    model.logits.conv3d.weight.grad = torch.ones_like(model.logits.conv3d.weight)
    modes = [module.training for module in model.modules()]
    state = {name: value.clone() for name, value in model.state_dict().items()}
    drawn = torch.get_rng_state()
    grad_cam(model, random_clips(9, 32, 32, batch=2), labels(), endpoint)
    assert torch.equal(torch.get_rng_state(), drawn)
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    for name, parameter in model.named_parameters():
        assert parameter.requires_grad
        if name == "logits.conv3d.weight":
            assert torch.equal(cast(Tensor, parameter.grad), torch.ones_like(parameter))
        else:
            assert parameter.grad is None


def test_a_training_step_in_the_same_autocast_keeps_its_gradients() -> None:
    """Autocast remembers weights that it has cast, and must not remember them without a graph."""
    model, clips = small_model(), random_clips(9, 32, 32, batch=2)

    def gradient(looks: bool) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            if looks:
                grad_cam(model, clips, labels(), "Mixed_4f")
            logits_BK, _ = model(clips)
        return torch.autograd.grad(logits_BK.sum(), list(model.parameters()))[0]

    assert gradient(looks=False).abs().sum() > 0
    assert torch.equal(gradient(looks=True), gradient(looks=False))


def test_what_cannot_be_mapped_is_refused() -> None:
    model, clips = small_model(), random_clips(9, 32, 32, batch=2)
    with pytest.raises(ValueError, match=r"no endpoint 'Mixed_6a'; .*Mixed_5c"):
        grad_cam(model, clips, labels(), "Mixed_6a")
    with pytest.raises(ValueError, match="no pooling 'mean'; there are clip, frame"):
        grad_cam(model, clips, labels(), "Mixed_5c", cast(Pooling, "mean"))
    for wrong in (labels(1), labels(2)[:, None]):
        with pytest.raises(ValueError, match="2 clips need a label each"):
            grad_cam(model, clips, wrong, "Mixed_5c")
        with pytest.raises(ValueError, match="2 clips need a label each"):
            grad_cam_of(model, "Mixed_5c", tapped_at(model, clips, "Mixed_5c"), wrong)


def test_every_endpoint_has_a_map_on_its_grid() -> None:
    model, clips = small_model(), random_clips(9, 32, 32)
    for endpoint in ENDPOINTS:
        maps_BTHW, _ = grad_cam(model, clips, labels(1), endpoint)
        tapped = tapped_at(model, clips, endpoint)
        assert maps_BTHW.shape == (1, *tapped.shape[2:])
        assert maps_BTHW.isfinite().all()


def test_spread_lays_the_middles_of_cells_over_the_middles_of_their_shares() -> None:
    """A field that rises evenly stays one, from the first middle to the last."""
    t, y, x = (torch.arange(cells).float() for cells in (5, 7, 7))
    maps_BTHW = (t[:, None, None] + 10 * y[:, None] + 100 * x).expand(2, -1, -1, -1)
    whole = spread(maps_BTHW, 40, 224)
    assert whole.shape == (2, 40, 224, 224)
    t, y, x = ((torch.arange(n) + 0.5) / step - 0.5 for n, step in ((40, 8), (224, 32), (224, 32)))
    t, y, x = t.clamp(0, 4), y.clamp(0, 6), x.clamp(0, 6)
    expected = t[:, None, None] + 10 * y[:, None] + 100 * x
    torch.testing.assert_close(whole, expected.expand(2, -1, -1, -1), rtol=1e-5, atol=1e-3)
    assert torch.equal(
        spread(torch.full((1, 2, 4, 4), 0.5), 9, 20), torch.full((1, 9, 20, 20), 0.5)
    )
    assert spread(maps_BTHW.bfloat16(), 9, 20).dtype == torch.float32
