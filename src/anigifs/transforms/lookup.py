"""Many images through tables of 256 entries, each group of images through its own."""

import cv2
import numpy as np

from anigifs.transforms.tables import VALUES

_PIXELS_AT_ONCE = 2**19  # their planes stay in a cache, and need no memory anew


def look_up(frames_NHWC: np.ndarray, tables_GC256: np.ndarray, out_NHWC: np.ndarray) -> None:
    """Write what tables make of images.

    Args:
        frames_NHWC: uint8, contiguous, of 1 channel or 3.
        tables_GC256: uint8. G groups of equally many neighbouring frames each have their own; of
            C = 1 table for all channels, or C = 3 tables.
        out_NHWC: uint8 of the same N, H and W, contiguous, not the input: of 3 channels if C or
            the channels of the input are 3, else of 1.

    Example:
        >>> frames = np.array([3, 4], np.uint8).reshape(1, 1, 2, 1)
        >>> tables = np.stack([VALUES, 255 - VALUES, VALUES])[None]
        >>> out = np.empty((1, 1, 2, 3), np.uint8)
        >>> look_up(frames, tables, out)
        >>> out.tolist()
        [[[[3, 252, 3], [4, 251, 4]]]]
    """
    groups, kinds, _ = tables_GC256.shape
    channels = frames_NHWC.shape[-1]
    rows_GRWC, out_GRWC = _in_rows(frames_NHWC, groups), _in_rows(out_NHWC, groups)
    sums = shifts_of(tables_GC256[0]) if (groups, kinds, channels) == (1, 3, 3) else None
    for rows_RWC, tables_C256, out_RWC in zip(rows_GRWC, tables_GC256, out_GRWC, strict=True):
        if kinds == 1 and channels == out_NHWC.shape[-1]:
            cv2.LUT(_flat(rows_RWC), tables_C256[0], _flat(out_RWC))
        elif sums is not None:
            _shift_after(rows_RWC, *sums, out_RWC)
        else:
            _by_channel(rows_RWC, tables_C256, out_RWC)


def shifts_of(tables_3256: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return a table for all channels, and what is then added to each, that do the same as three.

    Adding is much faster than looking up. None where no such pair was found: the table tried is the
    one that changes nothing, or that of a channel to which nothing would be added.

    Example:
        >>> halved = VALUES // 2
        >>> table, amounts = shifts_of(np.stack([halved, halved, halved + 9]))
        >>> bool((table == halved).all()), amounts.tolist()
        (True, [0, 0, 9])
        >>> shifts_of(np.stack([halved, halved, 255 - VALUES])) is None
        True
    """
    clipped_3256 = (tables_3256 == 0) | (tables_3256 == 255)
    telling_3 = clipped_3256.argmin(-1)  # a value that no clipping hides the sum of
    channels = np.arange(3)
    for table in (VALUES, *tables_3256):
        amounts_3 = tables_3256[channels, telling_3].astype(np.int64) - table[telling_3]
        if np.array_equal(np.clip(table + amounts_3[:, None], 0, 255), tables_3256):
            return table, amounts_3
    return None


def _shift_after(
    rows_RWC: np.ndarray, table: np.ndarray, amounts_3: np.ndarray, out_RWC: np.ndarray
) -> None:
    if table is not VALUES:
        cv2.LUT(_flat(rows_RWC), table, _flat(out_RWC))
        rows_RWC = out_RWC
    elif not amounts_3.any():
        np.copyto(out_RWC, rows_RWC)
    # Numbers below 0 would make OpenCV leave bytes, so they are taken away instead.
    for step, sign in ((cv2.add, 1), (cv2.subtract, -1)):
        numbers = np.array([*np.maximum(sign * amounts_3, 0), 0], np.float64)
        if numbers.any():
            step(rows_RWC, numbers, out_RWC)
            rows_RWC = out_RWC


def _in_rows(frames_NHWC: np.ndarray, groups: int) -> np.ndarray:
    _, _, width, channels = frames_NHWC.shape
    return frames_NHWC.reshape(groups, -1, width, channels)


def _flat(rows_RWC: np.ndarray) -> np.ndarray:
    return rows_RWC.reshape(len(rows_RWC), -1)


def _by_channel(rows_RWC: np.ndarray, tables_C256: np.ndarray, out_RWC: np.ndarray) -> None:
    """Do one plane after another: OpenCV takes half as long again for three tables at once."""
    rows, width, _ = rows_RWC.shape
    together = min(rows, max(1, _PIXELS_AT_ONCE // width))
    planes_3RW = np.empty((3, together, width), np.uint8)
    changing = (tables_C256 != VALUES).any(-1)
    for start in range(0, rows, together):
        part = slice(start, start + together)
        part_RWC, part_out_RWC = rows_RWC[part], out_RWC[part]
        planes = list(planes_3RW[:, : len(part_RWC)])
        if rows_RWC.shape[-1] == 3:
            cv2.split(part_RWC, planes)
            for plane_RW, table, changes in zip(planes, tables_C256, changing, strict=True):
                if changes:
                    cv2.LUT(plane_RW, table, plane_RW)
            cv2.merge(planes, part_out_RWC)
            continue
        for plane_RW, table in zip(planes, tables_C256, strict=False):
            cv2.LUT(part_RWC[..., 0], table, plane_RW)
        if len(tables_C256) == 1:
            cv2.cvtColor(planes[0], cv2.COLOR_GRAY2RGB, part_out_RWC)
        else:
            cv2.merge(planes, part_out_RWC)
