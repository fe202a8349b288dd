"""Freed memory kept for the next layer, where the C library would give it back each time."""

import ctypes
import sys
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
_BLOCKS = (1 << 30, 32 << 20)  # bytes; the second is the most that some versions of glibc take
_NEVER = 2**31 - 1


@cache
def keep_freed_memory() -> int:
    """Tell glibc to keep what this process frees; other C libraries are left as they are.

    An output of I3D's first layers has 32 MB and more. glibc asks the system for each such block
    and hands it back when it is freed, and every page is filled with zeros anew when it is first
    touched: a seventh of the processor's time of a forward pass. Kept, a process stays as large as
    it once was.

    Returns:
        Up to how many bytes in one block are kept; 0 where there is no glibc to tell.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is None:
        return 0
    most = next((block for block in _BLOCKS if mallopt(_MMAP_THRESHOLD, block)), 0)
    return most if mallopt(_TRIM_THRESHOLD, _NEVER) else 0
