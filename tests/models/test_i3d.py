"""The network's shape, its two ways in, and its openings for methods that look inside."""

import copy

import pytest
import torch
from torch import Tensor

from anigifs.clips.tensors import to_model_input
from anigifs.models import ENDPOINTS, I3D, in_test_mode
from tests.models.small import CLASSES, random_clips, small_model

PUBLISHED = {  # channels, then time, height and width for 40 frames of 224 x 224, time for 64
    "Conv3d_1a_7x7": (64, 20, 112, 32),
    "MaxPool3d_2a_3x3": (64, 20, 56, 32),
    "Conv3d_2b_1x1": (64, 20, 56, 32),
    "Conv3d_2c_3x3": (192, 20, 56, 32),
    "MaxPool3d_3a_3x3": (192, 20, 28, 32),
    "Mixed_3b": (256, 20, 28, 32),
    "Mixed_3c": (480, 20, 28, 32),
    "MaxPool3d_4a_3x3": (480, 10, 14, 16),
    "Mixed_4b": (512, 10, 14, 16),
    "Mixed_4c": (512, 10, 14, 16),
    "Mixed_4d": (512, 10, 14, 16),
    "Mixed_4e": (528, 10, 14, 16),
    "Mixed_4f": (832, 10, 14, 16),
    "MaxPool3d_5a_2x2": (832, 5, 7, 8),
    "Mixed_5b": (832, 5, 7, 8),
    "Mixed_5c": (1024, 5, 7, 8),
}


def on_meta(num_classes: int, width: float = 1.0) -> I3D:
    with torch.device("meta"):
        return I3D(num_classes, width).eval()


def meta_clips(frames: int, size: int = 224) -> Tensor:
    return torch.empty(1, frames, size, size, 3, dtype=torch.uint8, device="meta")


def test_endpoints_have_the_published_shapes() -> None:
    assert list(PUBLISHED) == list(ENDPOINTS)
    model = on_meta(400, 1.0)
    for frames, time_at in ((40, 1), (64, 3)):
        logits_BK, tapped = model(meta_clips(frames), taps=ENDPOINTS)
        assert logits_BK.shape == (1, 400)
        for name, sizes in PUBLISHED.items():
            channels, time, side = sizes[0], sizes[time_at], sizes[2]
            assert tapped[name].shape == (1, channels, time, side, side), name


@pytest.mark.parametrize(
    ("classes", "parameters"),
    [(400, 12_697_264), (600, 12_902_264), (536, 12_836_664), (12, 12_299_564)],
)
def test_parameters_are_as_many_as_published(classes: int, parameters: int) -> None:
    assert sum(p.numel() for p in on_meta(classes).parameters()) == parameters


def test_state_has_344_keys_under_the_ports_names() -> None:
    keys = on_meta(400).state_dict().keys()
    assert len(keys) == 344
    assert {"Conv3d_1a_7x7.conv3d.weight", "Mixed_5c.b3b.bn.running_var"} <= keys
    assert {"logits.conv3d.weight", "logits.conv3d.bias"} <= keys


def test_a_state_without_counters_loads() -> None:
    model = small_model()
    state = {k: v for k, v in model.state_dict().items() if not k.endswith("num_batches_tracked")}
    assert len(state) == 287
    other = I3D(len(CLASSES), model.width)
    other.load_state_dict(dict(state), strict=True)
    assert torch.equal(
        other.state_dict()["Mixed_4e.b1b.bn.running_mean"], state["Mixed_4e.b1b.bn.running_mean"]
    )


@pytest.mark.parametrize(
    ("frames", "steps"),
    [(9, 1), (16, 1), (17, 2), (32, 3), (40, 4), (48, 5), (60, 7), (64, 7), (79, 9)],
)
def test_steps_of_the_head(frames: int, steps: int) -> None:
    _, tapped = on_meta(4, 1 / 16)(meta_clips(frames, 32), taps=["Mixed_5c"])
    assert tapped["Mixed_5c"].shape[2] - 1 == steps


def test_five_time_cells_weigh_1_2_2_2_1() -> None:
    head = small_model().logits
    x_BCTHW = torch.randn(1, 64, 5, 7, 7, requires_grad=True)
    head(x_BCTHW)[0, 0].backward()
    assert x_BCTHW.grad is not None
    by_time = x_BCTHW.grad[0, :, :, 0, 0] / x_BCTHW.grad[0, :, :1, 0, 0]
    torch.testing.assert_close(by_time, torch.tensor([1.0, 2, 2, 2, 1]).expand(64, 5))


def test_fewer_than_nine_frames_are_refused() -> None:
    model = small_model()
    assert model(random_clips(9, 32, 32))[0].shape == (1, len(CLASSES))
    with pytest.raises(ValueError, match="9 frames or more, not 8"):
        model(random_clips(8, 32, 32))


@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 47), (1, 1)])
def test_any_size_gives_finite_logits(height: int, width: int) -> None:
    logits_BK, _ = small_model()(random_clips(9, height, width, batch=2))
    assert logits_BK.shape == (2, len(CLASSES))
    assert logits_BK.isfinite().all()


def test_stored_and_floating_clips_are_one_input() -> None:
    model, clips = small_model(), random_clips(9, 32, 40)
    from_stored, _ = model(clips)
    from_floats, _ = model(to_model_input(clips).contiguous())
    torch.testing.assert_close(from_stored, from_floats)


def test_other_inputs_are_refused() -> None:
    model = small_model()
    with pytest.raises(TypeError, match="floating clips"):
        model(torch.zeros(1, 9, 32, 32, 3))
    with pytest.raises(TypeError, match="uint8"):
        model(torch.zeros(1, 9, 32, 32, 3, dtype=torch.int64))


def test_a_gradient_reaches_a_floating_input() -> None:
    clips_BCTHW = to_model_input(random_clips(9, 32, 32)).requires_grad_()
    small_model()(clips_BCTHW)[0].sum().backward()
    assert clips_BCTHW.grad is not None
    assert clips_BCTHW.grad.abs().sum() > 0


@torch.inference_mode()
def test_with_a_map_of_zeros_only_the_bias_is_left() -> None:
    model = small_model()
    logits_BK, _ = model(random_clips(9, 32, 32), edits={"Mixed_5c": torch.zeros_like})
    assert torch.equal(logits_BK[0], model.state_dict()["logits.conv3d.bias"])


@torch.inference_mode()
def test_an_edit_acts_on_its_endpoint_and_on_what_follows() -> None:
    model, clips = small_model(), random_clips(9, 32, 32)
    seen: list[Tensor] = []

    def double(x_BCTHW: Tensor) -> Tensor:
        seen.append(x_BCTHW)
        return 2 * x_BCTHW

    _, plain = model(clips, taps=ENDPOINTS)
    _, edited = model(clips, edits={"Mixed_4c": double}, taps=ENDPOINTS)
    place = ENDPOINTS.index("Mixed_4c")
    assert len(seen) == 1
    assert torch.equal(seen[0], plain["Mixed_4c"])
    assert torch.equal(edited["Mixed_4c"], 2 * plain["Mixed_4c"])
    assert all(torch.equal(edited[name], plain[name]) for name in ENDPOINTS[:place])
    assert not any(torch.equal(edited[name], plain[name]) for name in ENDPOINTS[place:])


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_rest_of_the_network_goes_on_from_any_endpoint(endpoint: str) -> None:
    model, clips = small_model(), random_clips(17, 48, 40, batch=2)
    for grad in (False, True):
        with torch.set_grad_enabled(grad):
            logits_BK, tapped = model(clips, taps=[endpoint])
            before = tapped[endpoint].clone()
            assert torch.equal(model.rest(endpoint, tapped[endpoint]), logits_BK)
            assert torch.equal(tapped[endpoint], before)


def test_the_rest_follows_an_edit() -> None:
    model, clips = small_model(), random_clips(9, 32, 32)
    logits_BK, tapped = model(clips, edits={"Mixed_4e": torch.square}, taps=["Mixed_4e"])
    assert torch.equal(model.rest("Mixed_4e", tapped["Mixed_4e"]), logits_BK)


def test_the_rest_after_an_unknown_endpoint_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no endpoint 'logits'; .*Mixed_5c"):
        small_model().rest("logits", torch.zeros(1, 64, 2, 1, 1))


def in_training_with_frozen_statistics() -> tuple[I3D, list[bool]]:
    model = small_model().train()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm3d):
            module.eval()
    return model, [module.training for module in model.modules()]


def test_test_mode_lasts_as_long_as_asked_and_each_module_gets_its_own_back() -> None:
    model, before = in_training_with_frozen_statistics()
    assert True in before
    assert False in before
    with in_test_mode(model):
        assert not any(module.training for module in model.modules())
        with in_test_mode(model):
            pass
        assert not any(module.training for module in model.modules())
    assert [module.training for module in model.modules()] == before


def test_modes_come_back_after_an_exception() -> None:
    model, before = in_training_with_frozen_statistics()
    with pytest.raises(ValueError, match="9 frames or more"), in_test_mode(model):
        model(random_clips(8, 32, 32))
    assert [module.training for module in model.modules()] == before


def test_only_what_was_tapped_is_handed_out() -> None:
    _, tapped = small_model()(random_clips(9, 32, 32), taps=["Mixed_4f", "Mixed_5c"])
    assert list(tapped) == ["Mixed_4f", "Mixed_5c"]


@pytest.mark.parametrize("how", [{"taps": ["Mixed_6a"]}, {"edits": {"Mixed_6a": torch.relu}}])
def test_an_unknown_endpoint_is_refused_with_the_known_ones(how: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no endpoint 'Mixed_6a'; .*Conv3d_1a_7x7.*Mixed_5c"):
        small_model()(random_clips(9, 32, 32), **how)


def test_dropout_is_the_share_that_is_dropped() -> None:
    head = I3D(3, 1 / 16, dropout=1.0).train().logits
    assert torch.equal(head(torch.rand(1, 64, 2, 4, 4))[0], head.state_dict()["conv3d.bias"])


def test_momentum_and_epsilon_are_the_networks() -> None:
    bn = I3D(3, 1 / 16, batch_norm_momentum=0.25).get_submodule("Mixed_4d.b1b.bn")
    assert isinstance(bn, torch.nn.BatchNorm3d)
    assert (bn.momentum, bn.eps) == (0.25, 1e-3)


def test_autocast_keeps_the_logits_in_float32_and_close() -> None:
    model, clips = small_model(), random_clips(9, 32, 32)
    with torch.no_grad():
        exact, _ = model(clips)
        with torch.autocast("cpu", torch.bfloat16):
            rough, tapped = model(clips, taps=["Mixed_5c"])
    assert tapped["Mixed_5c"].dtype == torch.bfloat16
    assert rough.dtype == torch.float32
    torch.testing.assert_close(rough, exact, atol=0.1, rtol=0.05)


def test_gradients_are_finite_under_bfloat16_at_the_small_geometry() -> None:
    """Of a whole network at 16 x 112 x 112 in batches of 8, where Mixed_5 has two time cells."""
    torch.manual_seed(0)
    model = I3D(12).train()
    with torch.autocast("cpu", torch.bfloat16):
        logits_BK, _ = model(random_clips(16, 112, 112, batch=8))
    torch.autograd.backward(torch.nn.functional.cross_entropy(logits_BK, torch.arange(8)))
    bad = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.isfinite().all()]
    assert bad == []


def test_a_copy_computes_the_same() -> None:
    model, clips = small_model(), random_clips(9, 32, 32)
    assert torch.equal(copy.deepcopy(model)(clips)[0], model(clips)[0])
