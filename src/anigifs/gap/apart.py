"""A fall in accuracy taken apart: how much of it each of several factors explains.

Clips are shown in every combination of the factors, the same clips in each, and a model is right or
wrong on each. With ``v(S)`` the accuracy where the factors ``S`` are those of the target and the
others those of the source, ``f(S) = v(none) - v(S)`` is the fall that ``S`` brings about, and the
whole fall is ``f(all)``. It is a cooperative game, so a factor's fair share is its Shapley value:
the fall that it adds, as a mean over all orders in which factors may come. The shares sum to the
whole fall exactly.

Everything here is a sum of accuracies with fixed weights, so a mean over clips of that sum over
their right and wrong answers; its interval is that of any such mean, and it is paired by itself.

Sources: L. S. Shapley, "A value for n-person games" (1953); M. Grabisch and M. Roubens, "An
axiomatic approach to the concept of interaction among players in cooperative games" (1999),
doi 10.1007/s001820050125.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

import numpy as np

from anigifs.evaluation.intervals import LEVEL, REPLICATES, Estimate, Names, bootstrap_interval
from anigifs.foundation import UsageError

Answers = Sequence[float] | Sequence[bool] | np.ndarray


@dataclass(frozen=True)
class Factor:
    """What one factor does to the accuracy, as shares of all clips; above 0 it explains a fall.

    Attributes:
        name: Of the factor.
        share: Its Shapley value; those of all factors sum to the whole fall.
        added: How far the accuracy falls when it alone is added to the source.
        removed: How far it rises when it alone is removed from the target.
    """

    name: str
    share: Estimate
    added: Estimate
    removed: Estimate


@dataclass(frozen=True)
class Interaction:
    """What two factors do together beyond what each does without the other.

    Attributes:
        one: A factor.
        other: Another one.
        value: Shapley interaction index, as a share of all clips. Above 0 they are worse together
            than the sum of both, below 0 either does some of what the other does.
    """

    one: str
    other: str
    value: Estimate


@dataclass(frozen=True)
class Apart:
    """A fall, taken apart.

    Attributes:
        factors: The factors, in the order given.
        interactions: Every pair of them.
        fall: From none of the factors to all of them.
        accuracy: Of each combination, by the names of its factors with ``+`` between them in the
            order given; without any it is ``none``.
        only_added: How far the accuracy falls from the source where something else is added, by
            its name.
    """

    factors: tuple[Factor, ...]
    interactions: tuple[Interaction, ...]
    fall: Estimate
    accuracy: dict[str, Estimate]
    only_added: dict[str, Estimate] = field(default_factory=dict)


def take_apart(
    right: Mapping[frozenset[str], Answers],
    groups: Names,
    factors: Sequence[str],
    *,
    added: Mapping[str, Answers] | None = None,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Apart:
    """Take a fall apart.

    Args:
        right: Whether each of N clips was answered rightly, 1 or 0, for every combination of the
            factors; the same clip at the same place in each.
        groups: Each clip's group, N; whole groups are resampled, and in all combinations alike.
        factors: Their names, in the order wanted.
        added: The same answers where something else was added to the source.
        level: Share of such intervals that hold the truth, 0..1.
        replicates: How often the groups are drawn.
        seed: The same seed gives the same intervals.

    Raises:
        UsageError: A combination is lacking, or has another number of clips than there are groups.

    Example:
        >>> none, a, b, both = [1, 1, 1, 1], [0, 1, 1, 1], [1, 0, 0, 1], [0, 0, 0, 1]
        >>> right = {frozenset(""): none, frozenset("a"): a, frozenset("b"): b,
        ...          frozenset("ab"): both}
        >>> found = take_apart(right, range(4), "ab")
        >>> [factor.share.value for factor in found.factors], found.fall.value
        ([0.25, 0.5], 0.75)
    """
    game = _Game(tuple(factors))
    right_SN = _stacked(right, game, len(groups))
    estimate = partial(
        bootstrap_interval, groups=groups, level=level, replicates=replicates, seed=seed
    )

    parts = math.factorial(len(factors))  # every weight is so many parts of a whole

    def of(weights_S: np.ndarray) -> Estimate:
        # In whole numbers, so that clips which count alike do so to the last bit.
        return estimate(np.rint(weights_S * parts) @ right_SN / parts)

    others = {name: _answers(name, values, len(groups)) for name, values in (added or {}).items()}
    return Apart(
        factors=tuple(
            Factor(name, of(game.share(name)), of(game.added(name)), of(game.removed(name)))
            for name in factors
        ),
        interactions=tuple(
            Interaction(one, other, of(game.interaction(one, other)))
            for one, other in combinations(factors, 2)
        ),
        fall=of(game.fall(factors)),
        accuracy={game.name(some): of(game.accuracy(some)) for some in game.subsets},
        only_added={name: estimate(right_SN[0] - values_N) for name, values_N in others.items()},
    )


@dataclass(frozen=True)
class _Game:
    """Weights of the accuracies of all combinations, by which each quantity is their sum."""

    factors: tuple[str, ...]

    @property
    def subsets(self) -> list[frozenset[str]]:
        """Every combination; first none of the factors, last all of them."""
        return _subsets(self.factors)

    def name(self, some: Collection[str]) -> str:
        return "+".join(factor for factor in self.factors if factor in some) or "none"

    def accuracy(self, some: Collection[str]) -> np.ndarray:
        return np.array([float(subset == frozenset(some)) for subset in self.subsets])

    def fall(self, some: Collection[str]) -> np.ndarray:
        return np.asarray(self.accuracy(()) - self.accuracy(some))

    def added(self, factor: str) -> np.ndarray:
        return self.fall({factor})

    def removed(self, factor: str) -> np.ndarray:
        return np.asarray(self.fall(self.factors) - self.fall(set(self.factors) - {factor}))

    def share(self, factor: str) -> np.ndarray:
        total_S = np.zeros(len(self.subsets))
        for some in _subsets([one for one in self.factors if one != factor]):
            more = self.fall(some | {factor}) - self.fall(some)
            total_S += more * _chance(len(some), len(self.factors) - 1)
        return total_S

    def interaction(self, one: str, other: str) -> np.ndarray:
        total_S = np.zeros(len(self.subsets))
        for some in _subsets([each for each in self.factors if each not in (one, other)]):
            together = self.fall(some | {one, other}) - self.fall(some)
            apart = self.fall(some | {one}) + self.fall(some | {other}) - 2 * self.fall(some)
            total_S += (together - apart) * _chance(len(some), len(self.factors) - 2)
        return total_S


def _subsets(factors: Sequence[str]) -> list[frozenset[str]]:
    counts = range(len(factors) + 1)
    return [frozenset(some) for count in counts for some in combinations(factors, count)]


def _chance(before: int, others: int) -> float:
    """Return how likely just these factors come before, in an order drawn by lot.

    Args:
        before: How many they are.
        others: Of how many.
    """
    return 1 / ((others + 1) * math.comb(others, before))


def _stacked(right: Mapping[frozenset[str], Answers], game: _Game, count: int) -> np.ndarray:
    if lacking := [game.name(some) for some in game.subsets if some not in right]:
        raise UsageError(f"the combination {lacking[0]!r} is lacking; test every combination")
    return np.stack([_answers(game.name(some), right[some], count) for some in game.subsets])


def _answers(name: str, values: Answers, count: int) -> np.ndarray:
    values_N = np.asarray(values, dtype=np.float64)
    if values_N.shape != (count,):
        raise UsageError(f"{name}: {values_N.size} answers for {count} clips; test the same clips")
    return values_N
