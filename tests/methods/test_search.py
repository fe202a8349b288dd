from collections.abc import Callable

import numpy as np
import pytest

from anigifs.methods.search import Trial, evolution_search, random_search, worst
from anigifs.transforms import Operation, Operations
from tests.methods.made import rng_of


def solarized(operations: Operations) -> float:
    """The more solarize operations, the higher the loss."""
    return float(sum(one.name == "solarize" for one in operations))


@pytest.mark.parametrize("search", [random_search, evolution_search])
@pytest.mark.parametrize("trials", [1, 7, 50])
def test_a_search_tries_so_many_tuples_and_repeats_itself(
    search: Callable[..., list[Trial]], trials: int
) -> None:
    tried = search(solarized, rng_of(3), 4, trials)
    assert len(tried) == trials
    assert all(len(one.operations) == 4 for one in tried)
    assert all(one.loss == solarized(one.operations) for one in tried)
    assert tried == search(solarized, rng_of(3), 4, trials)
    assert trials == 1 or tried != search(solarized, rng_of(4), 4, trials)


def test_evolution_climbs_where_chance_does_not() -> None:
    best = {}
    for search in (random_search, evolution_search):
        found = [search(solarized, rng_of(seed), 4, 110) for seed in range(20)]
        best[search] = np.mean([max(one.loss for one in tried) for tried in found])
    assert best[evolution_search] > best[random_search]


def test_children_inherit_in_place_but_for_mutations() -> None:
    """With parents of two constant tuples every child is a prefix of one and a suffix of one."""
    tried = evolution_search(lambda operations: 1.0, rng_of(), 4, 500)
    first = {one for trial in tried[:10] for one in trial.operations}
    rest = [one for trial in tried[10:20] for one in trial.operations]
    assert 0.7 < np.mean([one in first for one in rest]) < 1


def test_the_worst_is_the_first_of_the_highest_finite_losses() -> None:
    nan = float("nan")
    one = (Operation("grayscale", None),)
    assert worst([Trial(one, 1.0), Trial(one, nan), Trial(one, 2.0), Trial(one, 2.0)]) == 2
    assert worst([Trial(one, nan), Trial(one, float("inf"))]) is None
    assert worst([]) is None


def test_a_search_survives_losses_that_are_no_numbers() -> None:
    tried = evolution_search(lambda operations: float("nan"), rng_of(), 2, 30)
    assert len(tried) == 30
    assert worst(tried) is None
