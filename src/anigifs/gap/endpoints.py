"""All distances between two sides in one endpoint's features, with what chance would do to each."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from anigifs.foundation import generator
from anigifs.gap.classifier import a_distance, held_out_errors, proxy_a_distance
from anigifs.gap.distances import (
    Coral,
    WeightedDistance,
    between_classes,
    discrepancy,
    within_classes,
)
from anigifs.gap.kernels import gaussian_kernel, polynomial_kernel
from anigifs.gap.pairs import PairMean, Pool
from anigifs.gap.resampling import Interval, Resampling, halves, jackknife, swap_test

Measure = Literal["kid", "mmd", "mmd-within-classes", "coral", "a-distance"]
#: How often each side is halved.
HALVINGS = 10
#: A class counts as shared from so many groups on each side.
FEWEST_OF_A_CLASS = 3


@dataclass(frozen=True)
class Distance:
    """One distance between the sides.

    Attributes:
        endpoint: An endpoint of the network, or ``logits``.
        measure: Which distance.
        value: The estimate, around 0 for two samples of one domain.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
        halves: The largest found between two random halves of one side: what chance makes of no
            difference, at half the number of clips.
        p: Of a permutation test, where there is one.
        scale: Something to compare it with that does not depend on the number of clips. Of KID and
            MMD the distance between two classes of the first side, on average; None where it has
            no two, or they are no further apart than halves. Of CORAL the first side's covariance
            from none; of the A-distance 2, which is never wrong.
    """

    endpoint: str
    measure: Measure
    value: float
    low: float | None
    high: float | None
    halves: float | None = None
    p: float | None = None
    scale: float | None = None


def endpoint_distances(
    endpoint: str, features_ND: np.ndarray, pool: Pool, how: Resampling
) -> Iterator[Distance]:
    """Yield every distance between the two sides in one endpoint.

    Args:
        endpoint: Its name.
        features_ND: A row a clip.
        pool: Which side, group and class it is of.
        how: Of intervals and tests.
    """
    features_ND = features_ND.astype(np.float64)
    meter = _Meter(endpoint, pool, how)
    yield meter.discrepancy("kid", polynomial_kernel(features_ND))
    gaussian_NN = gaussian_kernel(features_ND)
    yield (found := meter.discrepancy("mmd", gaussian_NN))
    if shared := shared_classes(pool):
        classwise = within_classes(gaussian_NN, pool.group_N, pool.label_N, shared)
        yield replace(meter.measured("mmd-within-classes", classwise), scale=found.scale)
    yield meter.covariances(Coral(features_ND))
    yield meter.told_apart(features_ND)


def shared_classes(pool: Pool) -> list[str]:
    """Return the classes that have three groups or more on either side."""

    def groups(label: str, side_N: np.ndarray) -> int:
        return len(np.unique(pool.group_N[side_N & (pool.label_N == label)]))

    return [
        label
        for label in sorted(set(pool.label_N.tolist()) - {""})
        if min(groups(label, side_N) for side_N in (pool.is_b_N, ~pool.is_b_N)) >= FEWEST_OF_A_CLASS
    ]


class _Meter:
    """Measures distances in one endpoint; all of them on the same halves, blocks and draws."""

    def __init__(self, endpoint: str, pool: Pool, how: Resampling) -> None:
        self.endpoint, self.pool, self.how = endpoint, pool, how
        self.halves = halves(pool, HALVINGS, self._rng("halves"))

    def discrepancy(self, measure: Measure, kernel_NN: np.ndarray) -> Distance:
        """Measure by a kernel, with a test, and with what lies between two classes."""
        mean = PairMean(kernel_NN, self.pool.group_N)
        distance = discrepancy(mean)
        p = swap_test(distance, self.pool, replicates=self.how.replicates, rng=self._rng("swaps"))
        classes = between_classes(mean, self.pool.a_1N, self.pool.label_N)
        found = self.measured(measure, distance)
        # Classes that are no further apart than halves are no measure of anything.
        far = classes is not None and classes > max(found.halves or 0.0, 0.0)
        return replace(found, p=p, scale=classes if far else None)

    def measured(
        self, measure: Measure, distance: WeightedDistance, *, corrected: bool = False
    ) -> Distance:
        """Measure with an interval; ``corrected`` takes the bias off the estimates."""

        def estimate(a_1N: np.ndarray, b_1N: np.ndarray) -> float:
            if corrected:
                return self._jackknife(distance, a_1N, b_1N).corrected
            return float(distance(a_1N, b_1N)[0])

        found = self._jackknife(distance, self.pool.a_1N, self.pool.b_1N)
        value = found.corrected if corrected else found.value
        within = max(estimate(*pair) for pair in self.halves)
        return Distance(
            self.endpoint, measure, value, value - found.half, value + found.half, within
        )

    def covariances(self, coral: Coral) -> Distance:
        """Measure by covariances, with the size of the first side's."""
        found = self.measured("coral", coral, corrected=True)
        nothing_1N = np.zeros_like(self.pool.a_1N)
        size = self._jackknife(coral.size, self.pool.a_1N, nothing_1N)
        return replace(found, scale=size.corrected if size.corrected > 0 else None)

    def told_apart(self, features_ND: np.ndarray) -> Distance:
        """Measure by what a linear classifier can tell."""
        level, replicates, seed = self.how.level, self.how.replicates, self.how.seed
        found = proxy_a_distance(
            features_ND, self.pool, level=level, replicates=replicates, seed=seed
        )
        low, high = (
            None if error is None else a_distance(error) for error in (found.high, found.low)
        )
        within = max(self._half_told(features_ND, *pair) for pair in self.halves)
        return Distance(self.endpoint, "a-distance", found.distance, low, high, within, scale=2.0)

    def _half_told(self, features_ND: np.ndarray, a_1N: np.ndarray, b_1N: np.ndarray) -> float:
        chosen_N = (a_1N + b_1N)[0] > 0
        half = self.pool.take(chosen_N, is_b_N=b_1N[0] > 0)
        wrong_N = held_out_errors(features_ND[chosen_N], half, self._rng("half folds"))
        return a_distance(np.mean([wrong_N[half.is_b_N == side].mean() for side in (False, True)]))

    def _jackknife(
        self, distance: WeightedDistance, a_1N: np.ndarray, b_1N: np.ndarray
    ) -> Interval:
        rng = self._rng("blocks")
        return jackknife(distance, self.pool, a_1N, b_1N, level=self.how.level, rng=rng)

    def _rng(self, purpose: str) -> np.random.Generator:
        return generator(self.how.seed, "gap", purpose)
