"""Memory that is freed stays with the process, so that the next layer finds its pages made."""

import resource

import torch

from anigifs.models.memory import keep_freed_memory
from tests.conftest import absent

BYTES = 40 * 1024**2  # of a block; glibc by itself hands back all above 32 MB


def pages_made(rounds: int) -> int:
    """Return how many pages the system made for blocks that are written to and freed."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(rounds):
        torch.ones(BYTES, dtype=torch.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_a_block_that_was_freed_is_there_again() -> None:
    if keep_freed_memory() < BYTES:
        absent("glibc, or one that keeps blocks of this size")
    pages_made(24)  # blocks are cut and joined until some fit
    assert pages_made(4) < BYTES // resource.getpagesize()
