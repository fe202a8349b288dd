"""What film and the flat cartoon differ in, and the names of clips that mix them."""

from collections.abc import Iterable
from itertools import combinations
from typing import Literal, get_args

from anigifs.foundation import UsageError

Factor = Literal["timing", "proportions", "context", "drawing"]
FACTORS: tuple[Factor, ...] = get_args(Factor)
Combination = frozenset[Factor]
#: The name of the combination that has nothing of the cartoon.
FILM = "film"


def all_combinations() -> tuple[Combination, ...]:
    """Return every combination: first none of the factors, last all of them."""
    return tuple(
        frozenset(some)
        for count in range(len(FACTORS) + 1)
        for some in combinations(FACTORS, count)
    )


def name_of(combination: Iterable[Factor]) -> str:
    """Return the name of a combination, as ``style`` in the index has it.

    Example:
        >>> name_of({"drawing", "timing"}), name_of(())
        ('timing+drawing', 'film')
    """
    has = set(combination)
    return "+".join(factor for factor in FACTORS if factor in has) or FILM


def combination_of(name: str) -> Combination:
    """Return the combination of a name.

    Raises:
        UsageError: There is none of that name.

    Example:
        >>> sorted(combination_of("timing+drawing"))
        ['drawing', 'timing']
    """
    for combination in all_combinations():
        if name == name_of(combination):
            return combination
    raise UsageError(
        f"no combination {name!r}: {FILM}, or some of {', '.join(FACTORS)} in this order, with + "
        "between them"
    )
