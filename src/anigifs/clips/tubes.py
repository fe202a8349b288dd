"""From annotated boxes to where in a clip the labelled people are.

Boxes are annotated at instants. At any other moment a person is taken to be where the annotated
instant nearest to it has them, so that boxes at one instant, as in AVA-Kinetics (Li et al., 2020),
give a static tube, and boxes in every frame one that follows the person.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from anigifs.clips.geometry import Geometry
from anigifs.foundation import UsageError
from anigifs.index import Box

LEAST_SHARE = 0.1  # of a box, that the centre crop must leave; else the person is out of the clip

Edges = tuple[int, int, int, int]  # top, bottom, left, right, in pixels of the picture


@dataclass(frozen=True)
class TubeRule:
    """How boxes become tubes.

    Attributes:
        dilate: What is added to a box on each side, as a share of its width or height; people
            move between the annotated instants.
        span_ms: A frame farther than this from every annotated instant is true throughout: where
            people are then is not known. None lets the nearest instant speak for any frame.

    Raises:
        UsageError: One of them is below 0, or not finite.

    Example:
        >>> TubeRule(dilate=0.1, span_ms=1000)
        TubeRule(dilate=0.1, span_ms=1000)
    """

    dilate: float = 0.0
    span_ms: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.dilate < math.inf:
            raise UsageError(f"boxes grow by a share of 0 or more, not {self.dilate}")
        if self.span_ms is not None and self.span_ms < 0:
            raise UsageError(f"the span around an annotated instant is {self.span_ms} ms; below 0")


PLAIN = TubeRule()


def box_tube(
    boxes: Sequence[Box],
    instants_ms: Sequence[float] | np.ndarray,
    height: int,
    width: int,
    geometry: Geometry,
    rule: TubeRule = PLAIN,
    part: tuple[slice, slice] | None = None,
) -> np.ndarray:
    """Return where the people are at each of several instants, in the picture that a model sees.

    Of each person and action, the boxes of the annotated instant nearest in time are taken - of two
    that are equally near, the later - and their union over persons and actions. Where the
    annotation does not tell people apart, all of one action count as one person.

    A pixel that a box only touches belongs to it. A box of which the crop leaves less than a tenth,
    or less than one pixel, is dropped, and what is added to it does not save it.

    Args:
        boxes: In 0..1 of the full frame.
        instants_ms: When each frame begins to show, on the boxes' clock.
        height: Of the full frame, in pixels.
        width: Of the full frame, in pixels.
        geometry: How the full frame was cropped and scaled.
        rule: What is added to the boxes, in space and time.
        part: The rows and columns of the picture that are seen; None is all of it.

    Returns:
        bool ``(len(instants_ms), size, size)``, or the part of it; all false where no box is left
        in what is seen, whatever the rule's span.

    Example:
        >>> left, right = Box(0, 0.0, 0.0, 0.5, 1.0), Box(400, 0.5, 0.0, 1.0, 1.0)
        >>> box_tube([left, right], [0, 100, 200, 300], 8, 8, Geometry(9, 2)).astype(int)[:, 0]
        array([[1, 0],
               [1, 0],
               [0, 1],
               [0, 1]])
    """
    instants_ms = np.asarray(instants_ms, np.float64)
    tube_THW = np.zeros((len(instants_ms), geometry.size, geometry.size), bool)
    edges = _edges(boxes, height, width, geometry, rule.dilate)
    for times_ms, edges_at in _tracks(boxes, edges):
        for mask_HW, near in zip(tube_THW, _nearest(times_ms, instants_ms), strict=True):
            for box_edges in edges_at[near]:
                _paint(mask_HW, box_edges)
    seen_THW = tube_THW if part is None else tube_THW[:, *part]
    if rule.span_ms is not None and seen_THW.any():
        seen_THW[_away(boxes, instants_ms, rule.span_ms)] = True
    return seen_THW


def kept_instants_ms(
    delays: Sequence[int], tick: Fraction, available: int, most: int
) -> np.ndarray:
    """Return when each kept frame of a prepared clip began to show, from the clip's beginning.

    Of a thinned clip that is not stored, but nearly known: a frame was showing in the middle of the
    first of its intervals, and had begun half of a frame's usual time before, give or take as much.
    Where frames last equally long, the nearest annotated frame is then still the frame itself, or
    at a tie its neighbour.

    Args:
        delays: How long each kept frame stands for, in ticks.
        tick: Seconds in a tick.
        available: How many frames the clip had.
        most: How many a clip is thinned to; of at most so many, all are kept.

    Returns:
        float64 ``(F,)``, in milliseconds.

    Example:
        >>> kept_instants_ms((4, 4, 8), Fraction(1, 100), available=3, most=64)
        array([ 0., 40., 80.])
        >>> kept_instants_ms((400, 400), Fraction(1, 2000), available=4, most=2)  # 4 x 100 ms
        array([ 50., 250.])
    """
    starts = np.cumsum([0, *delays[:-1]], dtype=np.float64)
    if available > most:
        total = sum(delays)
        starts += (total / most - total / available) / 2
    return starts * float(1000 * tick)


def _edges(
    boxes: Sequence[Box], height: int, width: int, geometry: Geometry, dilate: float
) -> list[Edges]:
    """Return where the boxes lie in the picture, in whole pixels; a dropped one is empty.

    They are done all at once: with one in every frame of a clip, that is half of a tube's time.
    """
    if not boxes:
        return []
    rows, columns = geometry.crop_of(height, width)
    scale = geometry.size / (rows.stop - rows.start)
    shares_N22 = np.array([((box.y1, box.x1), (box.y2, box.x2)) for box in boxes])
    corners_N22 = (shares_N22 * (height, width) - (rows.start, columns.start)) * scale
    sides_N2 = corners_N22[:, 1] - corners_N22[:, 0]
    within_N22 = corners_N22.clip(0, geometry.size)
    area_N = (within_N22[:, 1] - within_N22[:, 0]).prod(axis=1)
    dropped_N = area_N < np.maximum(1.0, LEAST_SHARE * sides_N2.prod(axis=1))
    corners_N22[:, 0] -= dilate * sides_N2
    corners_N22[:, 1] += dilate * sides_N2
    grown_N22 = corners_N22.clip(0, geometry.size)
    first_N2, last_N2 = np.floor(grown_N22[:, 0]), np.ceil(grown_N22[:, 1])
    last_N2[dropped_N] = first_N2[dropped_N]
    edges_N4 = np.stack((first_N2[:, 0], last_N2[:, 0], first_N2[:, 1], last_N2[:, 1]), axis=1)
    return [tuple(edges) for edges in edges_N4.astype(int).tolist()]


def _tracks(
    boxes: Sequence[Box], edges: Sequence[Edges]
) -> list[tuple[np.ndarray, list[list[Edges]]]]:
    """Return for each person and action the annotated instants, rising, and the boxes at each."""
    found: dict[tuple[str, str], dict[int, list[Edges]]] = {}
    for box, box_edges in zip(boxes, edges, strict=True):
        at_times = found.setdefault((box.person, box.action), {})
        at_times.setdefault(box.t_ms, []).append(box_edges)
    tracks = []
    for at_times in found.values():
        times = sorted(at_times)
        tracks.append((np.array(times), [at_times[time] for time in times]))
    return tracks


def _nearest(times_ms: np.ndarray, instants_ms: np.ndarray) -> np.ndarray:
    """Return for each instant the place of the nearest time; of two as near, the later's."""
    middles = (times_ms[1:] + times_ms[:-1]) / 2
    return np.searchsorted(middles, instants_ms, side="right")


def _away(boxes: Sequence[Box], instants_ms: np.ndarray, span_ms: int) -> np.ndarray:
    """Return which instants are farther than a span from every annotated one."""
    times_ms = np.unique([box.t_ms for box in boxes])
    nearest_ms = times_ms[_nearest(times_ms, instants_ms)]
    away_T: np.ndarray = np.abs(nearest_ms - instants_ms) > span_ms
    return away_T


def _paint(mask_HW: np.ndarray, edges: Edges) -> None:
    top, bottom, left, right = edges
    mask_HW[top:bottom, left:right] = True
