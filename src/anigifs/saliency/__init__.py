"""Where a network looks, and whether that is where the labelled people are.

:func:`grad_cam` maps the evidence for a class on the grid of an endpoint, :func:`on_grid` brings
the tubes of a batch onto the same grid, and the scores compare the two. All of it is in tensors;
nothing here knows of files.
"""

from anigifs.saliency.gradcam import Pooling, grad_cam, grad_cam_of, spread
from anigifs.saliency.masks import on_grid
from anigifs.saliency.scores import energy_inside, peak_inside

__all__ = [
    "Pooling",
    "energy_inside",
    "grad_cam",
    "grad_cam_of",
    "on_grid",
    "peak_inside",
    "spread",
]
