from collections.abc import Callable

import numpy as np
import pytest

from anigifs.methods import search
from anigifs.methods.search import MUTATION, Trial, evolution_search, random_search, worst
from anigifs.transforms import POOL, Operation, Operations
from tests.methods.made import rng_of


def solarized(operations: Operations) -> float:
    """The more solarize operations, the higher the loss."""
    return float(sum(one.name == "solarize" for one in operations))


@pytest.mark.parametrize("searched", [random_search, evolution_search])
@pytest.mark.parametrize("trials", [1, 7, 50])
def test_a_search_tries_so_many_tuples_and_repeats_itself(
    searched: Callable[..., list[Trial]], trials: int
) -> None:
    tried = searched(solarized, rng_of(3), 4, trials)
    assert len(tried) == trials
    assert all(len(one.operations) == 4 for one in tried)
    assert all(one.loss == solarized(one.operations) for one in tried)
    assert tried == searched(solarized, rng_of(3), 4, trials)
    assert trials == 1 or tried != searched(solarized, rng_of(4), 4, trials)


def test_evolution_climbs_where_chance_does_not() -> None:
    best = {}
    for searched in (random_search, evolution_search):
        found = [searched(solarized, rng_of(seed), 4, 110) for seed in range(20)]
        best[searched] = np.mean([max(one.loss for one in tried) for tried in found])
    assert best[evolution_search] > best[random_search]


def test_children_are_a_beginning_of_one_parent_and_the_end_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    red = tuple(Operation("red", level) for level in POOL["red"][:4])
    blue = tuple(Operation("blue", level) for level in POOL["blue"][:4])
    parents = [Trial(red, 1.0), Trial(blue, 1.0)]
    monkeypatch.setattr(search, "MUTATION", 0.0)
    monkeypatch.setattr(search, "random_search", lambda *anything: parents)
    children = {one.operations for one in evolution_search(solarized, rng_of(), 4, 12)[2:]}
    crossed = {
        (*one[:cut], *two[cut:]) for one in (red, blue) for two in (red, blue) for cut in range(5)
    }
    assert children <= crossed
    assert children - {red, blue}, "some are mixtures"


def test_a_gene_is_now_and_then_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    gray = (Operation("grayscale", None),) * 4
    monkeypatch.setattr(search, "random_search", lambda *anything: [Trial(gray, 1.0)])
    genes = [
        gene
        for seed in range(60)
        for child in evolution_search(solarized, rng_of(seed), 4, 11)[1:]
        for gene in child.operations
    ]
    changed = sum(gene.name != "grayscale" for gene in genes) / len(genes)
    assert changed == pytest.approx(0.9 * MUTATION, abs=0.03)  # one draw in ten is gray again


def test_parents_are_drawn_in_proportion_to_their_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    red, blue = ((Operation(name, POOL[name][0]),) * 4 for name in ("red", "blue"))
    monkeypatch.setattr(search, "MUTATION", 0.0)
    monkeypatch.setattr(
        search, "random_search", lambda *anything: [Trial(red, 9.0), Trial(blue, 1.0)]
    )
    genes = [
        gene.name
        for seed in range(60)
        for child in evolution_search(solarized, rng_of(seed), 4, 12)[2:]
        for gene in child.operations
    ]
    assert genes.count("red") / len(genes) == pytest.approx(0.9, abs=0.05)


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
