"""What a file shows, as a set of perceptual hashes without an order, and the table of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
from PIL import Image

from anigifs.curate.seeing.pdq import HASH_BYTES, SIDE, pdq
from anigifs.curate.tables import read_table, write_table

#: The table's name in a collection's folder.
FINGERPRINTS = "fingerprints.parquet"
#: Raised by one whenever hashes of the same frames come out differently.
FINGERPRINT_VERSION = 1
_NAME = f"fingerprints {FINGERPRINT_VERSION}"
#: Frames of a file that are hashed, at most; equally spaced among those that look different.
MOST_FRAMES = 40
#: Hashes of poorer pictures are not used: flat ones are like one another by chance.
LEAST_QUALITY = 50
#: A pixel moves if its luminance changes by so much, of 255; less is noise and dither.
LEAST_CHANGE = 24
#: The share of all change that may lie outside the moving part, on each of its sides.
OUTSIDE = 0.01
#: Of a moving part, in pixels; what is smaller is not hashed by itself.
LEAST_SIDE = 8
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """The hashes of a file's frames.

    Attributes:
        hashes_NB: uint8, 32 bytes a hash (:mod:`anigifs.curate.seeing.pdq`): first of the whole
            frames, then of the moving part of each.
        quality_N: uint8, 0..100.
        whole: How many of the hashes are of whole frames.
    """

    hashes_NB: np.ndarray
    quality_N: np.ndarray
    whole: int

    @property
    def views(self) -> tuple[np.ndarray, np.ndarray]:
        """The hashes that can be relied on: of whole frames, and of their moving parts."""
        sound_N = self.quality_N >= LEAST_QUALITY
        first, rest = slice(None, self.whole), slice(self.whole, None)
        return self.hashes_NB[first][sound_N[first]], self.hashes_NB[rest][sound_N[rest]]


SCHEMA = pa.schema(
    [
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("hashes", pa.list_(pa.binary(HASH_BYTES)), nullable=False),
        pa.field("quality", pa.list_(pa.uint8()), nullable=False),
        pa.field("whole", pa.int32(), nullable=False),
    ]
)


def fingerprint_of(*shown: np.ndarray) -> Fingerprint:
    """Return the fingerprint of frames that look different.

    Each frame is hashed whole and, by itself, the part where anything moves in the file, which
    bars, captions and wide borders leave as it was. Both are made 64 x 64 with a triangle filter,
    so that the hash is the same at any size and, mirrored, the mirror's.

    Args:
        *shown: ``frames_THWC``, uint8 RGB, at most :data:`MOST_FRAMES`; several where the frames
            may have this or that behind them (:attr:`anigifs.curate.seeing.frames.Frames.solid`).
    """
    wholes, parts = [], []
    for frames_THWC in shown:
        luma_THW = np.stack([cv2.cvtColor(one, cv2.COLOR_RGB2GRAY) for one in frames_THWC])
        wholes.append(_hashed(luma_THW, None))
        if (box := moving_part(luma_THW)) is not None:
            parts.append(_hashed(luma_THW, box))
    whole_NB, whole_N = _each_once(wholes)
    part_NB, part_N = _each_once(parts)
    return Fingerprint(
        np.concatenate([whole_NB, part_NB]), np.concatenate([whole_N, part_N]), len(whole_NB)
    )


def moving_part(luma_THW: np.ndarray) -> Box | None:
    """Return where something moves: left, top, right and bottom, in pixels and parts of them.

    A pixel weighs what its luminance varies by over the frames, in whatever order they come;
    1 % of all weight may lie outside on each side. So the part is the same, up to the scale, in
    copies of any size, and one stray pixel does not matter.

    Returns:
        None where nothing moves, or only a few pixels do.

    Example:
        >>> dot_THW = np.zeros((2, 64, 64), np.uint8)
        >>> dot_THW[1, 20:40, 10:50] = 255
        >>> [round(edge) for edge in moving_part(dot_THW)]
        [10, 20, 50, 40]
    """
    weight_HW = luma_THW.max(0).astype(np.float64) - luma_THW.min(0)
    weight_HW[weight_HW < LEAST_CHANGE] = 0
    if not weight_HW.any():
        return None
    left, right = _span(weight_HW.sum(0))
    top, bottom = _span(weight_HW.sum(1))
    return None if min(right - left, bottom - top) < LEAST_SIDE else (left, top, right, bottom)


def _span(weight_S: np.ndarray) -> tuple[float, float]:
    rising = np.concatenate([[0.0], np.cumsum(weight_S)])
    low, high = np.interp([OUTSIDE, 1 - OUTSIDE], rising / rising[-1], np.arange(len(rising)))
    return float(low), float(high)


def _hashed(luma_THW: np.ndarray, box: Box | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the hashes of a part of all frames, and their quality."""
    small = [
        Image.fromarray(luma_HW).resize((SIDE, SIDE), Image.Resampling.BILINEAR, box)
        for luma_HW in luma_THW
    ]
    return pdq(np.stack([np.asarray(one) for one in small]))


def _each_once(hashed: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Return different hashes and their quality, in their order."""
    nothing = np.empty((0, HASH_BYTES), np.uint8), np.empty(0, np.uint8)
    hashes_NB, quality_N = (np.concatenate(all_) for all_ in zip(nothing, *hashed, strict=True))
    _, first = np.unique(hashes_NB, axis=0, return_index=True)
    first.sort()
    return hashes_NB[first], quality_N[first]


def hashes_of(row: Fingerprint) -> list[bytes]:
    """Return the hashes one by one, as tables hold them."""
    return [one.tobytes() for one in row.hashes_NB]


def from_hashes(hashes: Sequence[bytes], quality: Sequence[int], whole: int) -> Fingerprint:
    """Return the fingerprint that a table's row holds."""
    flat = np.frombuffer(b"".join(hashes), np.uint8)
    return Fingerprint(flat.reshape(-1, HASH_BYTES), np.array(quality, np.uint8), whole)


def write_fingerprints(path: Path | str, rows: Iterable[tuple[str, Fingerprint]]) -> int:
    """Write the table of (sha256, fingerprint), sorted, and return how many rows it has."""
    ordered = sorted(rows, key=lambda row: row[0])
    return write_table(
        path,
        _NAME,
        SCHEMA,
        (
            {
                "sha256": sha256,
                "hashes": hashes_of(one),
                "quality": one.quality_N.tolist(),
                "whole": one.whole,
            }
            for sha256, one in ordered
        ),
    )


def read_fingerprints(folder: Path | str) -> dict[str, Fingerprint]:
    """Return the fingerprint of each file of a collection, by its sha256.

    Raises:
        UsageError: The collection has not been screened.
    """
    return read_fingerprints_file(Path(folder) / FINGERPRINTS, f"anigifs screen {folder}")


def read_fingerprints_file(
    path: Path | str, make_it: str = "anigifs duplicates"
) -> dict[str, Fingerprint]:
    """Return the fingerprints of a table, by name.

    Args:
        path: Of the table.
        make_it: The command that makes it.

    Raises:
        UsageError: There is no such table, or it is of another version.
    """
    rows = read_table(path, _NAME, make_it)
    return {row["sha256"]: from_hashes(row["hashes"], row["quality"], row["whole"]) for row in rows}
