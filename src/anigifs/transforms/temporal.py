"""Operations on time: the same pictures, or differences between them, at other moments.

All but one choose which frame is shown when, by a vector of places; where people are goes along.
Frames stay as many, so that each operation can follow any other.
"""

from collections.abc import Callable

import numpy as np

from anigifs.transforms.pool import Operation, Pool

TEMPORAL: Pool = {
    "speed": (0.5, 0.67, 1.5, 2.0, 3.0),  # a slow one shows the middle of the clip
    "hold": (2, 3, 4),  # frames for which each picture stays
    "drop": (0.25, 0.5, 0.75),  # share of the frames that are lost; the one before stays
    "uneven": (0.3, 0.6, 0.9),  # by how much time runs faster and slower than it should
    "reverse": (None,),
    "ping-pong": (None,),  # forth and back, both twice as fast
    "phase": (0.25, 0.5, 0.75),  # share of the clip after which it begins; then it goes round
    "exaggerate": (0.25, 0.5, 1.0),  # share of what sets a frame apart from the clip's mean
}

CYCLES = 1  # of faster and slower in a clip of uneven time
GOLDEN = (5**0.5 - 1) / 2  # its multiples fall evenly into 0..1, so frames are lost here and there


def places_of(operation: Operation, frames: int) -> np.ndarray:
    """Return which frame is shown at each moment: int ``(T,)``.

    Args:
        operation: Of :data:`TEMPORAL`; ``exaggerate`` shows every frame at its time.
        frames: How many there are.

    Example:
        >>> places_of(Operation("hold", 2), 6).tolist()
        [0, 0, 2, 2, 4, 4]
        >>> places_of(Operation("ping-pong", None), 5).tolist()
        [0, 2, 4, 2, 0]
    """
    return _PLACES[operation.name](np.arange(frames), float(operation.level or 0))


def apply_temporal(
    operation: Operation, clips_BTHWC: np.ndarray, tubes_BTHW: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return clips under an operation, and where people are in them.

    Args:
        operation: Of :data:`TEMPORAL`.
        clips_BTHWC: uint8; not changed.
        tubes_BTHW: bool; not changed.
    """
    if operation.name == "exaggerate":
        return _exaggerated(clips_BTHWC, float(operation.level or 0)), tubes_BTHW
    places_T = places_of(operation, clips_BTHWC.shape[1])
    tubes_BTHW = None if tubes_BTHW is None else tubes_BTHW[:, places_T]
    return clips_BTHWC[:, places_T], tubes_BTHW


def _exaggerated(clips_BTHWC: np.ndarray, share: float) -> np.ndarray:
    """Return clips whose frames lie farther from the clip's mean, cut off at black and white."""
    mean_B1HWC = clips_BTHWC.mean(axis=1, keepdims=True, dtype=np.float32)
    far_BTHWC = clips_BTHWC * np.float32(1 + share) - np.float32(share) * mean_B1HWC
    return np.asarray(np.rint(far_BTHWC).clip(0, 255).astype(np.uint8))


def _sped(moments_T: np.ndarray, rate: float) -> np.ndarray:
    count = len(moments_T)
    begin = max(0.0, count * (1 - rate) / 2)
    return np.asarray(np.floor(begin + moments_T * rate).astype(int) % count)


def _held(moments_T: np.ndarray, length: float) -> np.ndarray:
    return np.asarray(moments_T - moments_T % int(length))


def _dropped(moments_T: np.ndarray, share: float) -> np.ndarray:
    kept_T = (moments_T * GOLDEN) % 1 >= share
    kept_T[0] = True
    return np.asarray(np.maximum.accumulate(np.where(kept_T, moments_T, 0)))


def _uneven(moments_T: np.ndarray, amount: float) -> np.ndarray:
    # The rate is 1 + amount * cos(...), so below 1 time never runs backwards.
    turns = 2 * np.pi * CYCLES / len(moments_T)
    warped_T = moments_T + amount / turns * np.sin(turns * moments_T)
    return np.rint(warped_T).astype(int).clip(0, len(moments_T) - 1)


def _reversed(moments_T: np.ndarray, _: float) -> np.ndarray:
    return moments_T[::-1]


def _forth_and_back(moments_T: np.ndarray, _: float) -> np.ndarray:
    last = len(moments_T) - 1
    return np.asarray(last - np.abs(last - 2 * moments_T))


def _shifted(moments_T: np.ndarray, share: float) -> np.ndarray:
    return (moments_T + round(share * len(moments_T))) % len(moments_T)


def _as_it_is(moments_T: np.ndarray, _: float) -> np.ndarray:
    return moments_T


_PLACES: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "speed": _sped,
    "hold": _held,
    "drop": _dropped,
    "uneven": _uneven,
    "reverse": _reversed,
    "ping-pong": _forth_and_back,
    "phase": _shifted,
    "exaggerate": _as_it_is,
}
