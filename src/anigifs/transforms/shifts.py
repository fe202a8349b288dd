"""Synthetic shifts of a source, by which a method's settings may be chosen.

A target must not be looked at while a method is made, and a source's own validation says little of
what it will do elsewhere. These shifts lie between: noise, lost detail, and changes of shape, none
of which is in any pool that a method trains under, nor in what draws the benchmark's cartoons,
which squash and stretch figures but never a whole picture. The kinds are those of Hendrycks &
Dietterich, "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations", ICLR
2019, and of affine transformations; strengths are this project's own.
"""

import io
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from anigifs.foundation import UsageError, generator

NOISE_GREYS = 24.0
JPEG_QUALITY = 8
TURN_DEGREES = 20.0
STRETCH = 1.5
HIDDEN_SHARE = 0.45  # of the height and of the width
WAVE_PX, WAVE_BLUR = 6.0, 9.0  # of 112 pixels
FOG = 0.65
SHAKE_PX = 6.0  # of 112 pixels
USUAL_PX = 112


def shifted(clip_THWC: np.ndarray, kind: str, clip_id: str) -> np.ndarray:
    """Return a clip under a shift; the same clip always falls out the same.

    Args:
        clip_THWC: uint8 RGB; not changed.
        kind: A key of :data:`SHIFTS`.
        clip_id: Decides what is left to chance.

    Raises:
        UsageError: There is no such shift.

    Example:
        >>> clip_THWC = np.full((9, 32, 32, 3), 100, np.uint8)
        >>> bool((shifted(clip_THWC, "noise", "a") == shifted(clip_THWC, "noise", "a")).all())
        True
    """
    if kind not in SHIFTS:
        raise UsageError(f"no shift {kind!r}; there are {', '.join(SHIFTS)}")
    return SHIFTS[kind](clip_THWC, generator(0, "shift", kind, clip_id))


def _noisy(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    noise_THWC = rng.standard_normal(clip_THWC.shape, np.float32) * np.float32(NOISE_GREYS)
    return np.asarray(np.rint(clip_THWC + noise_THWC).clip(0, 255).astype(np.uint8))


def _jpeg(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.stack([_coded(frame) for frame in clip_THWC])


def _coded(frame_HWC: np.ndarray) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(frame_HWC).save(buffer, format="JPEG", quality=JPEG_QUALITY)
    with Image.open(buffer) as decoded:
        return np.asarray(decoded)


def _turned(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    angle = TURN_DEGREES if rng.random() < 0.5 else -TURN_DEGREES
    height, width = clip_THWC.shape[1:3]
    return _warped(clip_THWC, cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0))


def _stretched(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = clip_THWC.shape[1:3]
    across, down = (STRETCH, 1.0) if rng.random() < 0.5 else (1.0, STRETCH)
    left, top = (1 - across) * width / 2, (1 - down) * height / 2
    return _warped(clip_THWC, np.array([[across, 0, left], [0, down, top]]))


def _hidden(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    sides = [round(HIDDEN_SHARE * size) for size in clip_THWC.shape[1:3]]
    top, left = (
        int(rng.integers(size - side + 1))
        for size, side in zip(clip_THWC.shape[1:3], sides, strict=True)
    )
    hidden_THWC = clip_THWC.copy()
    hidden_THWC[:, top : top + sides[0], left : left + sides[1]] = 128
    return hidden_THWC


def _wavy(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = clip_THWC.shape[1:3]
    scale = height / USUAL_PX
    rows_HW, columns_HW = np.mgrid[:height, :width].astype(np.float32)
    columns_HW += _field(rng, columns_HW, scale)
    rows_HW += _field(rng, rows_HW, scale)
    return np.stack(
        [
            cv2.remap(frame, columns_HW, rows_HW, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            for frame in clip_THWC
        ]
    )


def _field(rng: np.random.Generator, like_HW: np.ndarray, scale: float) -> np.ndarray:
    """Return smooth displacements, the largest of which is as long as a wave is high."""
    noise_HW = rng.standard_normal(like_HW.shape).astype(np.float32)
    field_HW = np.asarray(cv2.GaussianBlur(noise_HW, (0, 0), WAVE_BLUR * scale))
    largest = max(float(np.abs(field_HW).max()), 1e-6)
    return np.asarray(field_HW * np.float32(WAVE_PX * scale / largest))


def _foggy(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = clip_THWC.shape[1:3]
    coarse = rng.random((4, 4)).astype(np.float32)
    fog_HW1 = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    share_HW1 = np.float32(FOG) * fog_HW1.clip(0, 1) ** np.float32(0.5)
    mixed_THWC = clip_THWC * (1 - share_HW1) + 230 * share_HW1
    return np.asarray(np.rint(mixed_THWC).clip(0, 255).astype(np.uint8))


def _shaken(clip_THWC: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    most = SHAKE_PX * clip_THWC.shape[1] / USUAL_PX
    moves_T2 = rng.uniform(-most, most, (len(clip_THWC), 2))
    return np.stack(
        [
            _warped(frame[None], np.array([[1.0, 0, across], [0, 1.0, down]]))[0]
            for frame, (across, down) in zip(clip_THWC, moves_T2, strict=True)
        ]
    )


def _warped(clip_THWC: np.ndarray, matrix_23: np.ndarray) -> np.ndarray:
    size = (clip_THWC.shape[2], clip_THWC.shape[1])
    return np.stack(
        [
            cv2.warpAffine(
                frame, matrix_23, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
            )
            for frame in clip_THWC
        ]
    )


SHIFTS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "noise": _noisy,
    "jpeg": _jpeg,
    "turn": _turned,
    "stretch": _stretched,
    "occlusion": _hidden,
    "waves": _wavy,
    "fog": _foggy,
    "shake": _shaken,
}
