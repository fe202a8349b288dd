"""Photometric transformations of whole clips: the pool of RSDA, exact to Pillow's last bit.

``draw(rng)`` deals out a tuple of operations, and ``apply(operations, clips)`` changes every frame
of every clip by it. Names are handed out lazily, so that what only writes a tuple down does not
pay for OpenCV.
"""

from typing import TYPE_CHECKING

from anigifs.foundation.lazy import lazily

if TYPE_CHECKING:
    from anigifs.transforms.photometric import Statistics, apply
    from anigifs.transforms.pool import (
        POOL,
        Operation,
        Operations,
        draw,
        from_json,
        to_json,
        words,
    )

__all__ = [
    "POOL",
    "Operation",
    "Operations",
    "Statistics",
    "apply",
    "draw",
    "from_json",
    "to_json",
    "words",
]

_HOMES = {
    "POOL": "pool",
    "Operation": "pool",
    "Operations": "pool",
    "Statistics": "photometric",
    "apply": "photometric",
    "draw": "pool",
    "from_json": "pool",
    "to_json": "pool",
    "words": "pool",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
