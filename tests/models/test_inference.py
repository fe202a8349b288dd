"""The fast copy computes what the trained network computes, and keeps its openings."""

import pytest
import torch

from anigifs.foundation import UsageError
from anigifs.models import ENDPOINTS, fastest_dtype, folding, for_inference
from anigifs.models.inference import Precision
from tests.models.small import random_clips, small_model


@pytest.mark.parametrize(("frames", "height", "width"), [(9, 32, 32), (16, 33, 47), (11, 48, 35)])
@torch.inference_mode()
def test_every_endpoint_is_the_same_in_float32(frames: int, height: int, width: int) -> None:
    model, clips = small_model(), random_clips(frames, height, width, batch=2)
    expected, inside = model(clips, taps=ENDPOINTS)
    logits_BK, tapped = for_inference(model, "float32")(clips, taps=ENDPOINTS)
    torch.testing.assert_close(logits_BK, expected, atol=1e-4, rtol=1e-4)
    for name in ENDPOINTS:
        torch.testing.assert_close(tapped[name], inside[name], atol=1e-4, rtol=1e-4, msg=name)


@torch.inference_mode()
def test_bfloat16_keeps_the_logits_in_float32_and_close() -> None:
    model, clips = small_model(), random_clips(9, 64, 64, batch=4)
    expected, _ = model(clips)
    logits_BK, tapped = for_inference(model, "bfloat16")(clips, taps=["Mixed_5c"])
    assert (logits_BK.dtype, tapped["Mixed_5c"].dtype) == (torch.float32, torch.bfloat16)
    torch.testing.assert_close(logits_BK, expected, atol=0.1, rtol=0.05)


def test_the_given_network_is_left_as_it_is() -> None:
    model = small_model().train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    fast = for_inference(model, "float32")
    assert model.training
    assert not fast.training
    assert all(p.requires_grad for p in model.parameters())
    assert not any(p.requires_grad for p in fast.parameters())
    assert model.state_dict().keys() == before.keys()
    assert all(torch.equal(model.state_dict()[key], value) for key, value in before.items())


@torch.inference_mode()
def test_edits_act_in_the_copy_whatever_type_they_return() -> None:
    model, clips = small_model(), random_clips(9, 32, 32)
    fast = for_inference(model, "bfloat16")
    logits_BK, _ = fast(clips, edits={"Mixed_4f": lambda x: x.double() * 0})
    expected, _ = model(clips, edits={"Mixed_4f": torch.zeros_like})
    torch.testing.assert_close(logits_BK, expected, atol=0.05, rtol=0.05)


def test_gradients_at_a_tap_are_the_trained_networks() -> None:
    model, clips = small_model(), random_clips(9, 32, 32)

    def gradient_at_4f(network: torch.nn.Module) -> torch.Tensor:
        held = {"Mixed_4f": lambda x: x.detach().requires_grad_()}
        logits_BK, tapped = network(clips, edits=held, taps=["Mixed_4f"])
        (gradient,) = torch.autograd.grad(logits_BK[0, 1], tapped["Mixed_4f"])
        assert isinstance(gradient, torch.Tensor)
        return gradient

    expected = gradient_at_4f(model)
    found = gradient_at_4f(for_inference(model, "float32"))
    assert expected.abs().max() > 0
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_convolution_and_relu_in_one_pass_are_the_two_passes(
    precision: Precision, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, clips = for_inference(small_model(), precision), random_clips(9, 48, 64)
    with torch.inference_mode():
        fused, _ = fast(clips)
        monkeypatch.setattr(folding, "_fusible", lambda x: False)
        apart, _ = fast(clips)
    close = {"float32": 1e-5, "bfloat16": 0.02}[precision]
    torch.testing.assert_close(fused, apart, atol=close, rtol=close)


def test_what_asks_for_a_gradient_is_not_fused_as_that_has_none() -> None:
    fast = for_inference(small_model(), "float32")
    clips = torch.randn(1, 3, 9, 32, 32, requires_grad=True)
    (gradient,) = torch.autograd.grad(fast(clips)[0].sum(), clips)
    assert gradient.abs().max() > 0


@pytest.mark.parametrize("name", ["Mixed_4c.b1b.conv3d.weight", "logits.conv3d.weight"])
def test_weights_that_are_not_finite_are_refused(name: str) -> None:
    """A NaN comes out of the fused ReLU as 0: the answer would look like one."""
    model = small_model()
    with torch.no_grad():
        model.get_parameter(name)[0, 0, 0, 0, 0] = float("nan")
    with pytest.raises(UsageError, match="weights are not finite"):
        for_inference(model)


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="auto, float32 or bfloat16, not 'int8'"):
        for_inference(small_model(), "int8")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("probes", "expected"),
    [
        ({"avx512_bf16": True, "amx_tile": False}, torch.bfloat16),
        ({"avx512_bf16": False, "amx_tile": True}, torch.bfloat16),
        ({"avx512_bf16": False, "amx_tile": False}, torch.float32),
        ({}, torch.float32),  # a torch that no longer tells
    ],
)
def test_bfloat16_is_chosen_where_the_processor_has_it(
    probes: dict[str, bool], expected: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    for feature in ("avx512_bf16", "amx_tile"):
        monkeypatch.delattr(torch.cpu, f"_is_{feature}_supported", raising=False)
        if feature in probes:
            answer = probes[feature]
            monkeypatch.setattr(
                torch.cpu, f"_is_{feature}_supported", lambda answer=answer: answer, raising=False
            )
    assert fastest_dtype(torch.device("cpu")) == expected
    model = for_inference(small_model())
    assert next(model.parameters()).dtype == expected
