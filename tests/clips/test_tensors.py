import numpy as np
import pytest
import torch

from anigifs.clips.tensors import to_model_input


def test_bytes_become_minus_one_to_one_with_channels_first() -> None:
    clips = np.random.default_rng(0).integers(0, 256, (2, 9, 5, 7, 3), dtype=np.uint8)
    ours = to_model_input(torch.from_numpy(clips))
    expected = (clips.astype(np.float64) / 255 * 2 - 1).transpose(0, 4, 1, 2, 3)
    assert ours.shape == (2, 3, 9, 5, 7)
    np.testing.assert_allclose(ours.numpy(), expected, atol=1e-6)
    assert ours.is_contiguous(memory_format=torch.channels_last_3d)


def test_the_way_back_is_exact() -> None:
    every = torch.arange(256, dtype=torch.uint8)[:, None, None, None, None].expand(256, 1, 1, 1, 3)
    back = torch.round((to_model_input(every) + 1) * 127.5).to(torch.uint8)
    assert torch.equal(back.permute(0, 2, 3, 4, 1), every)


@pytest.mark.parametrize(
    "wrong",
    [torch.zeros(1, 9, 4, 4, 3), torch.zeros(9, 4, 4, 3, dtype=torch.uint8)],
    ids=["float", "no batch"],
)
def test_anything_but_bytes_of_the_stated_layout_is_refused(wrong: torch.Tensor) -> None:
    with pytest.raises(TypeError, match=r"uint8 \(B, T, H, W, 3\)"):
        to_model_input(wrong)
