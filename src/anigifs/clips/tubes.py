"""From annotated boxes to where in a clip the labelled people are.

The tube is static: every box of the clip, whatever its instant, in every frame. Boxes are annotated
at single instants and people move little within a clip; source: AVA-Kinetics (Li et al., 2020).
"""

import math
from collections.abc import Iterable

import numpy as np

from anigifs.clips.geometry import Geometry
from anigifs.index import Box

LEAST_SHARE = 0.1  # of a box, that the centre crop must leave; else the person is out of the clip


def box_mask(boxes: Iterable[Box], height: int, width: int, geometry: Geometry) -> np.ndarray:
    """Return where boxes lie in the picture that a model sees.

    A pixel that a box only touches belongs to it. A box of which the crop leaves less than a tenth,
    or less than one pixel, is dropped.

    Args:
        boxes: In 0..1 of the full frame; their union is taken.
        height: Of the full frame, in pixels.
        width: Of the full frame, in pixels.
        geometry: How the full frame was cropped and scaled.

    Returns:
        bool ``(size, size)``.

    Example:
        >>> left_half = Box(t_ms=0, x1=0.0, y1=0.0, x2=0.5, y2=1.0)
        >>> box_mask([left_half], 100, 200, Geometry(9, 4)).astype(int)[0].tolist()
        [1, 1, 0, 0]
    """
    size = geometry.size
    mask_HW = np.zeros((size, size), bool)
    rows, columns = geometry.crop_of(height, width)
    scale = size / (rows.stop - rows.start)
    for box in boxes:
        x1, x2 = ((x * width - columns.start) * scale for x in (box.x1, box.x2))
        y1, y2 = ((y * height - rows.start) * scale for y in (box.y1, box.y2))
        left, right, top, bottom = (min(max(edge, 0.0), size) for edge in (x1, x2, y1, y2))
        area = (right - left) * (bottom - top)
        if area >= max(1.0, LEAST_SHARE * (x2 - x1) * (y2 - y1)):
            mask_HW[math.floor(top) : math.ceil(bottom), math.floor(left) : math.ceil(right)] = True
    return mask_HW
