"""Grad-CAM on the endpoints of an I3D.

Source: Selvaraju et al., ICCV 2017, with time as a third axis: ``S = ReLU(sum_k a_k A_k)``, where
``A_k`` is a channel of an endpoint's output and ``a_k`` the mean over that channel of the gradient
of the class's logit, the one averaged over time.
"""

from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from anigifs.models import ENDPOINTS, I3D, in_test_mode
from anigifs.models.pyramid import PyramidHead

Pooling = Literal["clip", "frame"]
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)


def grad_cam(
    model: I3D, clips: Tensor, labels_B: Tensor, endpoint: str, pooling: Pooling = "clip"
) -> tuple[Tensor, Tensor]:
    """Map where an endpoint holds evidence for a class, as the network stands in a test.

    No graph is kept of what comes before the endpoint. The network comes back as it was: its
    modes, its gradients, and nothing random is drawn.

    Args:
        model: The network; a copy made by ``for_inference`` will do. It may be in training.
        clips: What the network takes: ``uint8`` ``(B, T, H, W, 3)``, or floating point
            ``(B, 3, T, H, W)`` in [-1, 1]. T >= 9.
        labels_B: int64, the class of each clip to map.
        endpoint: One of :data:`anigifs.models.ENDPOINTS`.
        pooling: Over what a gradient is averaged to the weight of a channel: the whole ``clip``,
            as in the paper, or each time cell, the ``frame``, for itself.

    Returns:
        ``maps_BTHW``, float32, 0 or more, on the endpoint's grid; and ``logits_BK`` of the same
        pass, float32.

    Raises:
        ValueError: No such endpoint or pooling, too few frames, or not one label for each clip.

    Example:
        >>> model = I3D(400, width=1 / 16)
        >>> clips_BTHWC = torch.zeros(2, 16, 64, 64, 3, dtype=torch.uint8)
        >>> maps_BTHW, logits_BK = grad_cam(model, clips_BTHWC, torch.tensor([0, 7]), "Mixed_4f")
        >>> maps_BTHW.shape, logits_BK.shape
        (torch.Size([2, 4, 4, 4]), torch.Size([2, 400]))
    """
    _check(labels_B, len(clips), pooling)
    with in_test_mode(model), torch.no_grad():
        logits_BK, tapped = model(clips, taps=[endpoint])
    return grad_cam_of(model, endpoint, tapped[endpoint], labels_B, pooling), logits_BK


def grad_cam_of(
    model: I3D,
    endpoint: str,
    activations_BCTHW: Tensor,
    labels_B: Tensor,
    pooling: Pooling = "clip",
) -> Tensor:
    """Map the evidence in an endpoint's output that a pass has handed out already.

    At ``Mixed_5c`` all that follows is linear, unless the head is a pyramid, so the gradient is
    known without a backward pass.

    Args:
        model: The network, under the autocast that the output was computed under.
        endpoint: Its name.
        activations_BCTHW: Its output, as ``taps`` hands it out; no gradient flows back into it.
        labels_B: int64, the class of each clip to map.
        pooling: As in :func:`grad_cam`.

    Returns:
        ``maps_BTHW``, float32, 0 or more, without a graph.

    Raises:
        ValueError: No such endpoint or pooling, or not one label for each clip.
    """
    _check(labels_B, len(activations_BCTHW), pooling)
    labels_B = labels_B.to(activations_BCTHW.device)
    if endpoint == ENDPOINTS[-1] and not isinstance(model.logits, PyramidHead):
        gradients = _gradients_of_head(model, activations_BCTHW, labels_B)
    else:
        gradients = gradients_of(model, endpoint, activations_BCTHW, labels_B)
    return _maps(activations_BCTHW, gradients, pooling)


def gradients_of(model: I3D, endpoint: str, activations_BCTHW: Tensor, labels_B: Tensor) -> Tensor:
    """Return the gradient of each clip's logit by an endpoint's output, by a backward pass.

    Works at every endpoint; only what follows the endpoint is run, in test mode.

    Returns:
        float32 ``(B, C, T, H, W)``.
    """
    # What was computed in inference mode cannot be part of a graph, even outside of it.
    with in_test_mode(model), torch.inference_mode(False), torch.enable_grad():
        leaf = activations_BCTHW.detach()
        leaf = (leaf.clone() if leaf.is_inference() else leaf).requires_grad_()
        logits_BK = model.rest(endpoint, leaf)
        # In test mode no clip sees another, so each gets the gradient of its own logit.
        chosen_BK = functional.one_hot(labels_B, logits_BK.shape[1]).to(logits_BK.dtype)
        (gradients,) = torch.autograd.grad(logits_BK, leaf, chosen_BK)
    return gradients.float()


@torch.no_grad()
def _gradients_of_head(model: I3D, activations_BCTHW: Tensor, labels_B: Tensor) -> Tensor:
    """Return the same at the last endpoint: ``W_yk`` times the weight of a cell in the mean.

    The head averages over height and width, and over windows of two time cells, so that the first
    and the last cell weigh half as much as the others. The result is ``(B, C, T, 1, 1)``.
    """
    cells, height, width = activations_BCTHW.shape[2:]
    weight_BC = model.logits.conv3d.weight.flatten(1)[labels_B]
    share_T = weight_BC.new_full((cells,), 1 / (cells - 1))
    share_T[[0, -1]] /= 2
    return weight_BC[:, :, None, None, None] * share_T[:, None, None] / (height * width)


@torch.no_grad()
def _maps(activations_BCTHW: Tensor, gradients: Tensor, pooling: Pooling) -> Tensor:
    axes = (2, 3, 4) if pooling == "clip" else (3, 4)
    weights = gradients.mean(dim=axes, keepdim=True)
    # A product and a sum, not an einsum: that would be rounded to bfloat16 under autocast.
    return (activations_BCTHW.float() * weights).sum(dim=1).relu()


def spread(maps_BTHW: Tensor, frames: int, size: int) -> Tensor:
    """Stretch maps over the clips that they are of, for a person to look at.

    A cell is laid over its share of the frames and pixels, and values between the middles of cells
    are interpolated. What a cell has really seen reaches far beyond its share.

    Args:
        maps_BTHW: Floating point, on any grid.
        frames: T of the clips.
        size: Height and width of the clips, in pixels.

    Returns:
        float32 ``(B, frames, size, size)``, within the range of the maps.

    Example:
        >>> spread(torch.tensor([0.0, 1.0]).view(1, 2, 1, 1), 4, 1).flatten().tolist()
        [0.0, 0.25, 0.75, 1.0]
    """
    maps_B1THW = maps_BTHW.float().unsqueeze(1)
    whole = (frames, size, size)
    return functional.interpolate(maps_B1THW, whole, mode="trilinear", align_corners=False)[:, 0]


def _check(labels_B: Tensor, clips: int, pooling: str) -> None:
    if labels_B.shape != (clips,):
        raise ValueError(f"{clips} clips need a label each, not labels {tuple(labels_B.shape)}")
    if pooling not in POOLINGS:
        raise ValueError(f"no pooling {pooling!r}; there are {', '.join(POOLINGS)}")
