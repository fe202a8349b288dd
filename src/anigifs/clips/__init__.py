"""From a file to the clip a model sees: which frames, which part of them, at what size.

A clip is ``uint8``, laid out ``T, H, W, C``, RGB. Samplers choose frames, a geometry chooses size
and crop, :func:`load_clip` brings both together. For training, :func:`prepare` does the decoding
once and :class:`PreparedClips` holds the result; :mod:`anigifs.clips.loader` makes batches of it,
and :mod:`anigifs.clips.tensors` is the one place where clips become a model's input (these two need
torch, and are not handed out here). :mod:`anigifs.clips.statistics` says what clips look like.
"""

from anigifs.clips.geometry import GEOMETRIES, LAPTOP, PAPER, Geometry, resize_and_crop
from anigifs.clips.load import Clip, load_clip
from anigifs.clips.prepared import (
    ClipSource,
    PreparedClip,
    PreparedClips,
    PrepareRule,
    plan,
    prepare,
)
from anigifs.clips.samplers import FEWEST_FRAMES, SAMPLERS, Sampler, sample

__all__ = [
    "FEWEST_FRAMES",
    "GEOMETRIES",
    "LAPTOP",
    "PAPER",
    "SAMPLERS",
    "Clip",
    "ClipSource",
    "Geometry",
    "PrepareRule",
    "PreparedClip",
    "PreparedClips",
    "Sampler",
    "load_clip",
    "plan",
    "prepare",
    "resize_and_crop",
    "sample",
]
