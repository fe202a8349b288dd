"""What each process of a run holds, told to all of them."""

from typing import TypeVar

from torch import distributed

Thing = TypeVar("Thing")


def of_all(own: Thing) -> list[Thing]:
    """Return what each process holds, in the order of their ranks; of one process its own."""
    if not distributed.is_initialized():
        return [own]
    parts: list[Thing] = [own] * distributed.get_world_size()
    distributed.all_gather_object(parts, own)
    return parts


def place_of(count: int) -> tuple[int, int]:
    """Return where this process's rows begin among those of all, and how many those are.

    Args:
        count: Rows of this process.
    """
    counts = of_all(count)
    rank = distributed.get_rank() if distributed.is_initialized() else 0
    return sum(counts[:rank]), sum(counts)
