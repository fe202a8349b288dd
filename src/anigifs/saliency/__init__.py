"""Where a network looks, and whether that is where the labelled people are.

:func:`grad_cam` maps the evidence for a class on the grid of an endpoint, :func:`on_grid` brings
the tubes of a batch onto the same grid, and the scores compare the two. :func:`overlay` shows a map
to people, and :func:`curves_in_space` asks whether the model goes by what it shows. Nothing here
knows of files.
"""

from anigifs.saliency.gradcam import Pooling, grad_cam, grad_cam_of, spread
from anigifs.saliency.masks import on_grid
from anigifs.saliency.overlays import heat_of, outlined, overlay
from anigifs.saliency.perturbing import Curves, area, curves_in_space, curves_in_time
from anigifs.saliency.scores import energy_inside, iou_at_volume, peak_inside

__all__ = [
    "Curves",
    "Pooling",
    "area",
    "curves_in_space",
    "curves_in_time",
    "energy_inside",
    "grad_cam",
    "grad_cam_of",
    "heat_of",
    "iou_at_volume",
    "on_grid",
    "outlined",
    "overlay",
    "peak_inside",
    "spread",
]
