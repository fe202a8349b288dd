"""SAME padding against TensorFlow's rule written out, cell by cell, in NumPy."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from anigifs.models.padding import conv3d_same, max_pool3d_same, ready_for_conv3d, same_padding

Array = NDArray[np.float64]
Triple = tuple[int, int, int]
Pairs = list[tuple[int, int]]

KERNELS, STRIDES = (1, 2, 3, 7), (1, 2)


def cells(size: int, kernel: int, stride: int) -> list[Pairs]:
    """For each output of an axis, its (place in the kernel, place in the input) pairs."""
    out = math.ceil(size / stride)
    total = max((out - 1) * stride + kernel - size, 0)
    windows = [[(j, i * stride + j - total // 2) for j in range(kernel)] for i in range(out)]
    return [[(j, at) for j, at in window if 0 <= at < size] for window in windows]


def reference(x: Array, weight: Array | None, kernel: Triple, stride: Triple) -> Array:
    """Convolution of (C, T, H, W) with a (O, C, kt, kh, kw) weight, or max-pooling without one."""
    axes = [cells(*axis) for axis in zip(x.shape[1:], kernel, stride, strict=True)]
    channels = x.shape[0] if weight is None else weight.shape[0]
    out = np.zeros((channels, *(len(axis) for axis in axes)))
    for at in np.ndindex(out.shape[1:]):
        window = list(itertools.product(*(axis[i] for axis, i in zip(axes, at, strict=True))))
        values = np.stack([x[:, t, h, w] for (_, t), (_, h), (_, w) in window])
        if weight is None:
            out[(slice(None), *at)] = values.max(axis=0)
        else:
            taps = np.stack([weight[:, :, i, j, k] for (i, _), (j, _), (k, _) in window])
            out[(slice(None), *at)] = np.einsum("nc,noc->o", values, taps)
    return out


def check_both(sizes: Triple, kernel: Triple, stride: Triple) -> None:
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, *sizes)), rng.normal(size=(3, 2, *kernel))
    clip, taps = torch.from_numpy(x)[None], torch.from_numpy(weight)
    convolved = conv3d_same(clip, taps, stride=stride)[0].numpy()
    np.testing.assert_allclose(convolved, reference(x, weight, kernel, stride), atol=1e-12)
    pooled = reference(x, None, kernel, stride)
    np.testing.assert_array_equal(max_pool3d_same(clip, kernel, stride)[0].numpy(), pooled)
    with_gradient = max_pool3d_same(clip.requires_grad_(), kernel, stride)[0]
    np.testing.assert_array_equal(with_gradient.detach().numpy(), pooled)


@pytest.mark.parametrize("stride", STRIDES)
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_size_of_one_axis(kernel: int, stride: int) -> None:
    for size in range(1, 65):
        axis = size % 3

        def on_axis(value: int, axis: int = axis) -> Triple:
            return (value, 1, 1)[-axis:] + (value, 1, 1)[:-axis]  # type: ignore[return-value]

        check_both(on_axis(size), on_axis(kernel), on_axis(stride))


@settings(max_examples=40)
@given(
    st.tuples(*[st.integers(1, 8)] * 3),
    st.sampled_from([(3, 3, 3), (1, 3, 3), (2, 2, 2), (7, 7, 7), (2, 3, 1)]),
    st.sampled_from([(1, 1, 1), (2, 2, 2), (1, 2, 2), (2, 1, 1)]),
)
def test_sizes_of_three_axes_that_differ(sizes: Triple, kernel: Triple, stride: Triple) -> None:
    check_both(sizes, kernel, stride)


def test_the_odd_cell_goes_to_the_end() -> None:
    assert same_padding(224, kernel=7, stride=2) == (2, 3)
    assert same_padding(112, kernel=3, stride=2) == (0, 1)
    assert same_padding(7, kernel=2, stride=2) == (0, 1)


def test_pooling_without_gradient_is_pytorchs_own_in_the_layout_it_came_in() -> None:
    x = torch.randn(2, 8, 5, 7, 6).to(torch.bfloat16)
    x = x.contiguous(memory_format=torch.channels_last_3d)
    pooled = max_pool3d_same(x, (3, 3, 3), (1, 1, 1))
    expected = torch.nn.functional.max_pool3d(x, 3, stride=1, padding=1)
    assert torch.equal(pooled, expected)
    assert pooled.is_contiguous(memory_format=torch.channels_last_3d)


@pytest.mark.parametrize("kernel", [(3, 3, 3), (1, 3, 3), (2, 2, 2), (2, 3, 1), (1, 1, 1)])
@pytest.mark.parametrize("stride", [(1, 1, 1), (2, 2, 2), (1, 2, 2)])
@pytest.mark.parametrize("sizes", [(4, 6, 8), (5, 7, 9), (1, 2, 3)])
def test_maxima_of_bfloat16_are_those_of_float32(
    kernel: Triple, stride: Triple, sizes: Triple
) -> None:
    """Without a sign they are taken of integers; with one, or a NaN that has one, they are not."""
    generator = torch.Generator().manual_seed(0)
    signed = torch.randn(2, 8, *sizes, generator=generator).to(torch.bfloat16)
    spoilt = signed.relu()
    spoilt[0, 0, 0, 0, 0], spoilt[1, 3, 0, 1, 1] = float("nan"), float("inf")
    negative_nan = signed.abs()
    negative_nan.view(torch.int16)[0, 0, 0, 0, 0] = -64
    assert bool(negative_nan[0, 0, 0, 0, 0].isnan())
    for x in (signed, signed.relu(), spoilt, negative_nan, -signed.relu()):
        x = x.contiguous(memory_format=torch.channels_last_3d)
        expected = max_pool3d_same(x.float().requires_grad_(), kernel, stride).detach()
        pooled = max_pool3d_same(x, kernel, stride)
        assert pooled.dtype == torch.bfloat16
        torch.testing.assert_close(pooled.float(), expected, rtol=0, atol=0, equal_nan=True)
        assert pooled.is_contiguous(memory_format=torch.channels_last_3d)


@pytest.mark.parametrize("sizes", [(9, 32, 32), (10, 33, 31), (4, 7, 6)])
def test_a_stem_of_paired_columns_is_the_stem(sizes: Triple) -> None:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(2, 3, *sizes, generator=generator, dtype=torch.float64)
    x = x.to(torch.bfloat16).contiguous(memory_format=torch.channels_last_3d).requires_grad_()
    weight = torch.randn(8, 3, 7, 7, 7, generator=generator).to(torch.bfloat16).requires_grad_()
    ready = ready_for_conv3d(x, weight, (2, 2, 2))
    assert (ready.x_BCTHW.shape[1], ready.weight.shape[1:]) == (6, (6, 7, 7, 4))
    plain = tuple(one.detach().double().requires_grad_() for one in (x, weight))
    pads = [cells for size in reversed(sizes) for cells in same_padding(size, 7, 2)]
    padded = torch.nn.functional.pad(plain[0], pads)
    expected = torch.nn.functional.conv3d(padded, plain[1], None, 2)
    found = conv3d_same(x, weight, stride=(2, 2, 2))
    error = (found.detach().double() - expected.detach()).norm()
    assert float(error / expected.detach().norm()) < 0.01
    wanted = torch.randn(expected.shape, generator=generator, dtype=torch.float64)
    exact = torch.autograd.grad(expected, plain, wanted)
    gradients = torch.autograd.grad(found, (x, weight), wanted.to(torch.bfloat16))
    for gradient, right in zip(gradients, exact, strict=True):
        assert float((gradient.double() - right).norm() / right.norm()) < 0.01


def test_a_stem_that_learns_in_float32_sums_in_the_old_order() -> None:
    """A run is to give the bits that it gave before columns were paired."""
    x = torch.randn(1, 3, 9, 32, 32).contiguous(memory_format=torch.channels_last_3d)
    weight = torch.randn(8, 3, 7, 7, 7, requires_grad=True)
    pads = [cells for size in (32, 32, 9) for cells in same_padding(size, 7, 2)]
    old = torch.nn.functional.conv3d(torch.nn.functional.pad(x, pads), weight, None, 2)
    assert torch.equal(conv3d_same(x, weight, stride=(2, 2, 2)), old)
    assert ready_for_conv3d(x, weight, (2, 2, 2)).x_BCTHW.shape[1] == 3
    with torch.autocast("cpu", torch.bfloat16):
        assert ready_for_conv3d(x, weight, (2, 2, 2)).x_BCTHW.dtype == torch.bfloat16


def test_pooling_leaves_its_input_alone() -> None:
    x = torch.randn(1, 2, 4, 4, 4)
    before = x.clone()
    max_pool3d_same(x, (3, 3, 3), (1, 1, 1))
    assert torch.equal(x, before)


@pytest.mark.parametrize("time", [1, 2, 3, 4, 5])
def test_bfloat16_gradients_are_right_at_every_length(time: int) -> None:
    """At two cells oneDNN would take them from memory that nobody wrote; so it is filled here."""
    generator = torch.Generator().manual_seed(time)
    x = torch.randn(8, 32, time, 4, 4, generator=generator).to(torch.bfloat16)
    x = x.contiguous(memory_format=torch.channels_last_3d).requires_grad_()
    weight = torch.randn(128, 32, 3, 3, 3, generator=generator).to(torch.bfloat16).requires_grad_()
    exact_x, exact = (t.detach().double().requires_grad_() for t in (x, weight))
    expected = gradient(torch.nn.functional.conv3d(exact_x, exact, padding=1), exact)
    for _ in range(3):
        waste = torch.full((4_000_000,), float("nan"))
        del waste
        error = (gradient(conv3d_same(x, weight), weight) - expected).norm() / expected.norm()
        assert float(error) < 0.01


def gradient(output: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
    return torch.autograd.grad(output.sum(), at)[0].double()
