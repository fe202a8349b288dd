"""Transformations of whole clips: the pool of RSDA, exact to Pillow's last bit, and larger ones.

``draw(rng)`` deals out a tuple of RSDA's operations, and ``apply(operations, clips)`` changes every
frame of every clip by it; ``draw_of`` and ``transform`` do so with any families of operations, of
colour, time, drawing and context. Names are handed out lazily, so that what only writes a tuple
down does not pay for OpenCV.
"""

from typing import TYPE_CHECKING

from anigifs.foundation.lazy import lazily

if TYPE_CHECKING:
    from anigifs.transforms.families import EVERY, FAMILIES, draw_of, families_of, transform
    from anigifs.transforms.photometric import Statistics, apply
    from anigifs.transforms.pool import (
        POOL,
        Operation,
        Operations,
        Pool,
        draw,
        from_json,
        to_json,
        words,
    )

__all__ = [
    "EVERY",
    "FAMILIES",
    "POOL",
    "Operation",
    "Operations",
    "Pool",
    "Statistics",
    "apply",
    "draw",
    "draw_of",
    "families_of",
    "from_json",
    "to_json",
    "transform",
    "words",
]

_HOMES = {
    "EVERY": "families",
    "FAMILIES": "families",
    "POOL": "pool",
    "Operation": "pool",
    "Operations": "pool",
    "Pool": "pool",
    "Statistics": "photometric",
    "apply": "photometric",
    "draw": "pool",
    "draw_of": "families",
    "families_of": "families",
    "from_json": "pool",
    "to_json": "pool",
    "transform": "families",
    "words": "pool",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
