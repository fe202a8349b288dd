"""Named generators from one seed, so that one use of randomness never shifts another."""

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def seed_of(seed: int, *names: str | int) -> int:
    """Return a 64-bit seed that depends on ``seed`` and every name, and on nothing else.

    Example:
        >>> seed_of(0, "sampler") == seed_of(0, "sampler")
        True
        >>> seed_of(0, "sampler") == seed_of(0, "augment")
        False
    """
    # Lengths are hashed too, so that ("ab", "c") and ("a", "bc") differ.
    parts = [str(seed), *map(str, names)]
    key = "".join(f"{len(part)}:{part}" for part in parts)
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "little")


def generator(seed: int, *names: str | int) -> "np.random.Generator":
    """Return NumPy's generator for one named purpose of a run, such as ``(7, "augment", 3)``."""
    import numpy as np  # a tenth of a second, which most commands need not spend

    return np.random.default_rng(seed_of(seed, *names))
