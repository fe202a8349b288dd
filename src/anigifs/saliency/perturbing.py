"""Whether a map shows what a model goes by: take away what it points at, and ask the model again.

Source: deletion and insertion of Petsiuk et al., "RISE", BMVC 2018. A clip is perturbed in space,
where the same pixels of all frames are blurred, or in time, where frames are held still. A small
area under the deletion curve, and a large one under the insertion curve, speak for a map - compared
with the same map shuffled, since any damage lowers a probability.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from anigifs.saliency.gradcam import spread

STEPS = 10
BATCH = 8
#: Of the blur that takes a pixel's place, as a share of the picture's side: of a person who fills
#: the picture it leaves a cloud of colour.
BLUR = 1 / 8

#: From uint8 ``(B, T, H, W, 3)`` to a probability for each clip.
Probability = Callable[[Tensor], Tensor]
#: From which units are kept, bool ``(units,)``, to the clip with the others taken away.
Perturb = Callable[[np.ndarray], Tensor]


@dataclass(frozen=True)
class Curves:
    """A probability while more and more of a clip is taken away, or given back.

    Attributes:
        deletion: After 0, 1/steps, ..., all of the clip was taken away, most salient first.
        insertion: After as much was given back to a clip without anything, most salient first.
        shuffled: As ``deletion``, in the order of the same map with its cells shuffled. Read from
            its end it is an insertion in random order, so its area is the reference of both.
    """

    deletion: tuple[float, ...]
    insertion: tuple[float, ...]
    shuffled: tuple[float, ...]


def area(curve: Sequence[float]) -> float:
    """Return the area under a curve over 0..1, by trapezoids.

    Example:
        >>> area([1.0, 0.0, 0.0])
        0.25
    """
    return float((sum(curve) - (curve[0] + curve[-1]) / 2) / (len(curve) - 1))


def curves_in_space(
    probability: Probability,
    clip_THWC: Tensor,
    map_THW: Tensor,
    rng: np.random.Generator,
    steps: int = STEPS,
) -> Curves:
    """Take away the most salient pixels of all frames at once, which are blurred instead.

    Args:
        probability: Of the class that the map is of, as the model gives it.
        clip_THWC: uint8 RGB.
        map_THW: 0 or more, on an endpoint's grid; its mean over time is the order.
        rng: Shuffles the map's cells, and breaks ties.
        steps: Of each curve.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> clip_THWC = torch.full((9, 8, 8, 3), 255, dtype=torch.uint8)
        >>> always = lambda clips_BTHWC: torch.ones(len(clips_BTHWC))
        >>> curves_in_space(always, clip_THWC, torch.rand(2, 4, 4), rng, steps=2).deletion
        (1.0, 1.0, 1.0)
    """
    size = clip_THWC.shape[1]
    map_HW = map_THW.float().mean(dim=0)
    shuffled_HW = map_HW.flatten()[rng.permutation(map_HW.numel())].view_as(map_HW)
    orders = [_order(spread(one[None, None], 1, size), rng) for one in (map_HW, shuffled_HW)]
    return _curves(probability, blurring(clip_THWC), orders[0], orders[1], steps)


def curves_in_time(
    probability: Probability,
    clip_THWC: Tensor,
    map_THW: Tensor,
    rng: np.random.Generator,
    steps: int = STEPS,
) -> Curves:
    """Take away the most salient frames: the one before that is left is held instead.

    One frame is always left, a still picture; the curves' ends are of that. Arguments are those of
    :func:`curves_in_space`; the order is the map's mean over space.
    """
    frames = len(clip_THWC)
    map_T = map_THW.float().mean(dim=(1, 2))
    shuffled_T = map_T[rng.permutation(len(map_T))]
    orders = [
        _order(spread(one[None, :, None, None], frames, 1), rng) for one in (map_T, shuffled_T)
    ]
    return _curves(probability, freezing(clip_THWC), orders[0], orders[1], steps, least=1)


def blurring(clip_THWC: Tensor) -> Perturb:
    """Return what blurs the pixels that are not kept, in every frame."""
    frames_THWC = clip_THWC.numpy()
    sigma = BLUR * frames_THWC.shape[1]
    blurred_THWC = torch.from_numpy(
        np.stack(
            [
                cv2.GaussianBlur(f, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
                for f in frames_THWC
            ]
        )
    )

    def perturb(kept_N: np.ndarray) -> Tensor:
        kept_HW1 = torch.from_numpy(kept_N).view(*clip_THWC.shape[1:3], 1)
        return torch.where(kept_HW1, clip_THWC, blurred_THWC)

    return perturb


def freezing(clip_THWC: Tensor) -> Perturb:
    """Return what holds the last kept frame over those that are not kept.

    Before the first that is kept, that one stands.
    """

    def perturb(kept_T: np.ndarray) -> Tensor:
        last_T = np.maximum.accumulate(np.where(kept_T, np.arange(len(kept_T)), -1))
        return clip_THWC[np.where(last_T < 0, kept_T.argmax(), last_T)]

    return perturb


def _order(values: Tensor, rng: np.random.Generator) -> np.ndarray:
    """Return places from the highest value to the lowest; of equal ones, in random order.

    Where a map is of zeros there is no order, and going row by row would be one.
    """
    values_N = values.flatten().numpy()
    return np.lexsort((rng.random(len(values_N)), -values_N))


def _curves(
    probability: Probability,
    perturb: Perturb,
    order_N: np.ndarray,
    shuffled_N: np.ndarray,
    steps: int,
    least: int = 0,
) -> Curves:
    units = len(order_N)
    counts = [(2 * step * units + steps) // (2 * steps) for step in range(steps + 1)]
    deleted = [_kept(order_N[min(count, units - least) :], units) for count in counts]
    inserted = [_kept(order_N[: max(count, least)], units) for count in counts]
    random = [_kept(shuffled_N[min(count, units - least) :], units) for count in counts]
    # The whole clip and the empty one, among others, are asked for several times.
    states = {kept_N.tobytes(): kept_N for kept_N in (*deleted, *inserted, *random)}
    found = dict(zip(states, _asked(probability, perturb, list(states.values())), strict=True))
    curves = [
        tuple(found[kept_N.tobytes()] for kept_N in one) for one in (deleted, inserted, random)
    ]
    return Curves(*curves)


def _kept(places: np.ndarray, units: int) -> np.ndarray:
    kept_N = np.zeros(units, bool)
    kept_N[places] = True
    return kept_N


def _asked(probability: Probability, perturb: Perturb, states: Sequence[np.ndarray]) -> list[float]:
    found: list[float] = []
    for start in range(0, len(states), BATCH):
        clips_BTHWC = torch.stack([perturb(kept_N) for kept_N in states[start : start + BATCH]])
        found += probability(clips_BTHWC).double().tolist()
    return found
