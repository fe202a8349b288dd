"""Right and wrong answers against right and wrong evidence: two by two."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from anigifs.evaluation import bootstrap_interval

#: With fewer there is no interval: a bootstrap over so few is too short, and where clips fall into
#: two kinds, some draws would hold none of one.
FEWEST_GROUPS = 10


@dataclass(frozen=True)
class Evidence:
    """Counts of clips, by whether the answer is right and the evidence inside the tube.

    Attributes:
        right_inside: Right answers whose strongest evidence lies inside.
        right_outside: Right answers for the wrong reason, as far as a map can tell.
        wrong_inside: Wrong answers that looked at the right place.
        wrong_outside: Wrong answers that did not.
        difference: P(right | inside) - P(right | outside); None where one of them has no clips.
        low: Lower end of its 95 % interval, groups being resampled; None with fewer than ten groups
            on either side.
        high: Upper end.
        groups: Independent groups of clips.
    """

    right_inside: int
    right_outside: int
    wrong_inside: int
    wrong_outside: int
    difference: float | None
    low: float | None
    high: float | None
    groups: int

    @property
    def n(self) -> int:
        """How many clips."""
        return self.inside + self.outside

    @property
    def inside(self) -> int:
        """Clips whose strongest evidence lies inside."""
        return self.right_inside + self.wrong_inside

    @property
    def outside(self) -> int:
        """Clips whose strongest evidence lies outside."""
        return self.right_outside + self.wrong_outside

    @property
    def right_given_inside(self) -> float | None:
        """P(right | inside); None without such clips."""
        return self.right_inside / self.inside if self.inside else None

    @property
    def right_given_outside(self) -> float | None:
        """P(right | outside); None without such clips."""
        return self.right_outside / self.outside if self.outside else None

    def to_json(self) -> dict[str, Any]:
        """Return the table as JSON can hold it."""
        given = {
            "right_given_inside": self.right_given_inside,
            "right_given_outside": self.right_given_outside,
        }
        return {**asdict(self), "n": self.n, **given}


def evidence_of(
    right_N: Sequence[bool] | np.ndarray,
    inside_N: Sequence[bool] | np.ndarray,
    groups: Sequence[str],
    seed: int = 0,
) -> Evidence:
    """Count clips two by two, and compare how often answers are right on either evidence.

    Args:
        right_N: Whether each clip's answer is right.
        inside_N: Whether its strongest evidence lies inside the tube of the labelled people.
        groups: What must not be separated; see :func:`anigifs.evaluation.bootstrap_interval`.
        seed: Of the resampling.

    Example:
        >>> right, inside = [1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0]
        >>> found = evidence_of(right, inside, list("abcdefgh"))
        >>> found.right_inside, found.wrong_outside, found.difference
        (3, 3, 0.5)
    """
    right_N, inside_N = np.asarray(right_N, bool), np.asarray(inside_N, bool)
    names = np.asarray(groups)
    counts = {
        f"{answer}_{where}": int((right_N == is_right)[inside_N == is_inside].sum())
        for answer, is_right in (("right", True), ("wrong", False))
        for where, is_inside in (("inside", True), ("outside", False))
    }
    difference = low = high = None
    if inside_N.any() and not inside_N.all():
        # The mean over the two kinds of evidence of a mean in each: with these values it is the
        # difference of the two.
        values_N = np.where(inside_N, 2.0, -2.0) * right_N
        found = bootstrap_interval(values_N, groups, inside_N.astype(int), seed=seed)
        difference = found.value
        if min(len(set(names[inside_N == side])) for side in (True, False)) >= FEWEST_GROUPS:
            low, high = found.low, found.high
    return Evidence(**counts, difference=difference, low=low, high=high, groups=len(set(groups)))
