import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from torch import Tensor

from anigifs.foundation import UsageError
from anigifs.methods import make_method
from anigifs.methods.rand_conv import SIZES, RandConv, convolved, random_kernel
from tests.methods.made import batch_of, network, rng_of, run_of


def method_of(*options: str) -> RandConv:
    method = make_method("rand-conv", options)
    assert isinstance(method, RandConv)
    method.build(network(), run_of())
    return method


def in_scipy(clip_THWC: Tensor, kernel_OIHW: Tensor, original: float) -> np.ndarray:
    """The same by scipy, in float64 and before rounding."""
    frames_THWC = clip_THWC.numpy() / 127.5 - 1
    kernel = kernel_OIHW.double().numpy()
    seen = np.zeros_like(frames_THWC)
    for time in range(len(frames_THWC)):
        for out in range(3):
            for channel in range(3):
                plane = frames_THWC[time, :, :, channel]
                seen[time, :, :, out] += correlate2d(plane, kernel[out, channel], mode="same")
    mixed = original * frames_THWC + (1 - original) * seen.clip(-1, 1)
    return np.asarray((mixed + 1) * 127.5)


@pytest.mark.parametrize(("size", "original"), [(1, 0.0), (3, 0.0), (5, 0.4), (7, 0.9)])
def test_it_is_the_convolution_cut_off_at_black_and_white(size: int, original: float) -> None:
    clip_THWC = batch_of(1).clips_BTHWC[0, :2, :16, :20]
    weights = rng_of(size).normal(0, (3 * size**2) ** -0.5, (3, 3, size, size))
    kernel_OIHW = torch.from_numpy(weights).float()
    levels_THWC = convolved(clip_THWC, kernel_OIHW, original)
    expected = in_scipy(clip_THWC, kernel_OIHW, original)
    assert levels_THWC.dtype == torch.uint8
    assert levels_THWC.shape == clip_THWC.shape
    assert np.abs(levels_THWC.numpy() - expected).max() <= 0.501  # half a level
    if original == 0:
        assert (expected == 0).any(), "something is cut off"


@pytest.mark.parametrize("size", SIZES)
def test_a_kernel_of_one_in_the_middle_keeps_every_bit(size: int) -> None:
    clip_THWC = batch_of(1).clips_BTHWC[0, :3]
    kernel_OIHW = torch.zeros(3, 3, size, size)
    kernel_OIHW[range(3), range(3), size // 2, size // 2] = 1
    assert torch.equal(convolved(clip_THWC, kernel_OIHW), clip_THWC)
    assert torch.equal(convolved(clip_THWC, 3 * kernel_OIHW, original=1.0), clip_THWC)


def test_kernels_are_of_all_sizes_and_keep_the_variance_of_what_they_sum_up() -> None:
    rng = rng_of()
    kernels = [random_kernel(rng) for _ in range(400)]
    for size in SIZES:
        own = [kernel for kernel in kernels if kernel.shape == (3, 3, size, size)]
        assert 70 <= len(own) <= 130
        weights = torch.cat([kernel.flatten() for kernel in own])
        assert weights.std().item() * (3 * size**2) ** 0.5 == pytest.approx(1, rel=0.1)
        assert weights.mean().item() == pytest.approx(0, abs=0.1 * weights.std().item())


def test_a_batch_has_one_kernel_for_all_clips_and_frames() -> None:
    method, batch = method_of("p=1"), batch_of(2)
    batch.clips_BTHWC[:] = batch.clips_BTHWC[:1, :1].clone()
    before = batch.clips_BTHWC.clone()
    seen = method.augment(batch, rng_of(5))
    assert torch.equal(seen.clips_BTHWC, seen.clips_BTHWC[:1, :1].expand_as(seen.clips_BTHWC))
    assert not torch.equal(seen.clips_BTHWC, before)
    assert torch.equal(batch.clips_BTHWC, before)
    assert seen.tubes_BTHW is batch.tubes_BTHW
    again = method.augment(batch.parts(2)[1], rng_of(5))  # as another process has it
    assert torch.equal(again.clips_BTHWC, seen.clips_BTHWC[1:])
    other = method.augment(batch, rng_of(6))
    assert not torch.equal(other.clips_BTHWC, seen.clips_BTHWC)


def test_half_of_the_batches_stay_as_they_are_unless_all_are_mixed() -> None:
    batch = batch_of(1)
    plain = method_of()
    assert 18 < sum(plain.augment(batch, rng_of(seed)) is batch for seed in range(60)) < 42
    mixing = method_of("mix=true")
    assert not any(mixing.augment(batch, rng_of(seed)) is batch for seed in range(10))
    rare = method_of("mix=true", "p=0.3")
    assert sum(rare.augment(batch, rng_of(seed)) is batch for seed in range(60)) > 30


def test_mixing_brings_clips_nearer_to_the_originals() -> None:
    batch = batch_of(1)
    distances: dict[str, list[float]] = {}
    for mix in ("false", "true"):
        method = method_of("p=1", f"mix={mix}")
        for seed in range(5):
            seen = method.augment(batch, rng_of(seed)).clips_BTHWC
            away = (seen.float() - batch.clips_BTHWC.float()).abs().mean().item()
            distances.setdefault(mix, []).append(away)
    pairs = zip(distances["true"], distances["false"], strict=True)
    assert all(mixed < plain for mixed, plain in pairs)


def test_what_a_batch_went_through_is_told_and_counted_and_resumed() -> None:
    method, batch = method_of("mix=true", "p=0.5"), batch_of(1)
    assert method.shortfall() == "no batch went through a convolution"
    told = []
    for seed in range(12):
        seen = method.augment(batch, rng_of(seed))
        act = method.after_step(seed + 1, {})
        assert (act is None) == (seen is batch)
        if act is not None:
            rng = rng_of(seed)
            rng.random()
            kernel_OIHW = random_kernel(rng)
            assert act == {
                "step": seed + 1,
                "kernel": len(kernel_OIHW[0, 0]),
                "original": rng.random(),
            }
            told.append(act)
        assert method.has_acted() == bool(told)
    again = method_of()
    again.load_state_dict(method.state_dict())
    assert again.state_dict() == {"convolved": len(told)}
    assert again.shortfall() is None


@pytest.mark.parametrize("option", ["p=0", "p=1.1"])
def test_a_share_that_is_none_is_one_line(option: str) -> None:
    with pytest.raises(UsageError, match="p is above 0 and at most 1"):
        method_of(option)
