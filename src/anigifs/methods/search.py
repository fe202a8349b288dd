"""Two searches for the operations that a network stands worst: at random, and by evolution.

Source: Volpi & Murino (ICCV 2019), their random search (RSDA) and evolution search (ESDA); here
the worst is the one of the highest loss, as in the paper, rather than of the lowest accuracy.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from anigifs.transforms import Operations, draw

#: The mean loss under operations; not finite where the network breaks down.
LossOf = Callable[[Operations], float]
#: Draws a tuple of a length.
Draw = Callable[[np.random.Generator, int], Operations]

POPULATION = 10
MUTATION = 0.1  # of each operation of a child
"""Both as the authors of ESDA have them."""


@dataclass(frozen=True)
class Trial:
    """Operations that were tried, and the mean loss under them."""

    operations: Operations
    loss: float


def random_search(
    loss_of: LossOf, rng: np.random.Generator, length: int, trials: int, draw: Draw = draw
) -> list[Trial]:
    """Try operations drawn at random, with repetition.

    Args:
        loss_of: The mean loss under operations.
        rng: Draws them.
        length: Operations in a tuple.
        trials: How many tuples.
        draw: Draws a tuple from the pool that is searched; by default RSDA's.
    """
    candidates = [draw(rng, length) for _ in range(trials)]
    return [Trial(one, loss_of(one)) for one in candidates]


def evolution_search(
    loss_of: LossOf, rng: np.random.Generator, length: int, trials: int, draw: Draw = draw
) -> list[Trial]:
    """Try a population and its children, parents being drawn in proportion to their loss.

    Each child is its first parent up to a cut and its second from there on; then each of its
    operations may be drawn anew. The children replace the whole population.

    Args:
        loss_of: The mean loss under operations.
        rng: Draws everything.
        length: Operations in a tuple.
        trials: How many tuples, all generations together.
        draw: Draws a tuple from the pool that is searched; by default RSDA's.
    """
    population = random_search(loss_of, rng, length, min(POPULATION, trials), draw)
    tried = list(population)
    while len(tried) < trials:
        size = min(POPULATION, trials - len(tried))
        children = [_child(population, rng, length, draw) for _ in range(size)]
        population = [Trial(one, loss_of(one)) for one in children]
        tried += population
    return tried


def worst(trials: Iterable[Trial]) -> int | None:
    """Return the place of the highest finite loss, the first among equals; None without one.

    Example:
        >>> worst([Trial((), 0.5), Trial((), float("nan")), Trial((), 0.7), Trial((), 0.7)])
        2
    """
    losses = [one.loss if math.isfinite(one.loss) else -math.inf for one in trials]
    highest = max(losses, default=-math.inf)
    return None if highest == -math.inf else losses.index(highest)


def _child(
    population: Sequence[Trial], rng: np.random.Generator, length: int, draw: Draw
) -> Operations:
    first, second = (population[_parent(population, rng)].operations for _ in range(2))
    cut = int(rng.integers(0, length + 1))
    genes = (*first[:cut], *second[cut:])
    return tuple(draw(rng, 1)[0] if rng.random() < MUTATION else gene for gene in genes)


def _parent(population: Sequence[Trial], rng: np.random.Generator) -> int:
    fitness = np.array([one.loss if math.isfinite(one.loss) else 0.0 for one in population])
    total = fitness.sum()
    return int(rng.choice(len(population), p=fitness / total if total > 0 else None))
