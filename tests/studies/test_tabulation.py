from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from anigifs.evaluation import bootstrap_interval
from anigifs.foundation import UsageError
from anigifs.studies import tabulate
from anigifs.studies.cells import Cell, Share, Table
from anigifs.studies.sections import WHILE_TESTED, notes
from tests.studies.made import outcome, quick

FEW: dict[str, Any] = {"replicates": 1000}


def cell(table: Table, model: str, of_set: str) -> Cell:
    found = table.cell(model, of_set)
    assert found is not None
    return found


def test_small_numbers_by_hand() -> None:
    labels = ["run", "run", "run", "jump"]
    groups = ["a", "a", "b", "c"]
    options: dict[str, Any] = {"labels": labels, "groups": groups}
    table = tabulate(
        [
            outcome("erm", "film", [1, 1, 1, 0], **options),
            outcome("erm", "cartoon", [1, 0, 0, 0], **options),
            outcome("oracle", "film", [1, 1, 1, 1], **options),
            outcome("oracle", "cartoon", [1, 1, 0, 1], **options),
        ],
        "by hand",
        **FEW,
    )
    assert [column.key for column in table.columns] == ["film", "cartoon"]
    assert [(column.n, column.groups) for column in table.columns] == [(4, 3), (4, 3)]
    assert [(row.key, row.oracle) for row in table.rows] == [("erm", False), ("oracle", True)]
    film, cartoon = cell(table, "erm", "film"), cell(table, "erm", "cartoon")
    assert (film.n, film.groups, film.seeds) == (4, 3, (0,))
    assert (film.top1.value, film.mean_class.value) == (0.75, 0.5)
    assert (cartoon.top1.value, cartoon.mean_class.value) == pytest.approx((0.25, 1 / 6))
    assert film.top5 is not None
    assert film.top5.value == 1
    assert (film.gap, film.difference) == (None, None)
    assert cartoon.gap is not None
    assert (cartoon.gap.share.value, cartoon.gap.shared, cartoon.gap.groups) == (0.5, 3, 3)
    difference = cell(table, "oracle", "cartoon").difference
    assert difference is not None
    assert (difference.share.value, difference.seeds) == (0.5, (0,))
    assert film.origin.samplers == ("whole",)
    assert table.cell("erm", "nothing") is None


def test_one_seed_has_the_bootstrap_over_groups_and_the_exact_test() -> None:
    outcomes = quick()
    table = tabulate(outcomes, "quick")
    said = {(one.model, one.set): one for one in outcomes}
    a, b = (said[model, "cartoon-test"].ranking for model in ("oracle", "erm"))
    found = cell(table, "oracle", "cartoon-test")
    expected = bootstrap_interval(a.right_N, a.groups)
    assert (found.top1.value, found.top1.low, found.top1.high) == (
        expected.value,
        expected.low,
        expected.high,
    )
    counts = [
        [int((a.right_N & b.right_N).sum()), int((a.right_N & ~b.right_N).sum())],
        [int((~a.right_N & b.right_N).sum()), int((~a.right_N & ~b.right_N).sum())],
    ]
    assert found.difference is not None
    assert found.difference.p == pytest.approx(mcnemar(counts, exact=True).pvalue, abs=2e-3)
    assert found.difference.p_holm == found.difference.p


@pytest.mark.parametrize("seed", range(3))
def test_the_gap_is_scipys_bca_over_groups_of_both_sets_at_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hard_G = rng.beta(2, 1, 60)
    sets = {}
    for name, ease, most in (("film", 1.0, 3), ("cartoon", 0.6, 5)):
        group_N = np.repeat(np.arange(60), rng.integers(1, most, 60))
        right_N = rng.random(len(group_N)) < hard_G[group_N] * ease
        sets[name] = (right_N, group_N)
    table = tabulate(
        [
            outcome("erm", name, right_N.tolist(), groups=[f"g{g:02}" for g in group_N])
            for name, (right_N, group_N) in sets.items()
        ],
        "gap",
        seed=seed,
    )
    sums = [
        array
        for right_N, group_N in sets.values()
        for array in (np.bincount(group_N, right_N), np.bincount(group_N).astype(float))
    ]

    def statistic(
        a: np.ndarray, n: np.ndarray, b: np.ndarray, m: np.ndarray, axis: int
    ) -> np.ndarray:
        return np.asarray(a.sum(axis) / n.sum(axis) - b.sum(axis) / m.sum(axis))

    expected = stats.bootstrap(
        sums, statistic, paired=True, n_resamples=10_000, rng=seed
    ).confidence_interval
    gap = cell(table, "erm", "cartoon").gap
    assert gap is not None
    assert gap.share.value == pytest.approx(sets["film"][0].mean() - sets["cartoon"][0].mean())
    assert (gap.share.low, gap.share.high) == pytest.approx(
        (expected.low, expected.high), abs=0.012
    )
    assert (gap.shared, gap.groups) == (60, 60)


def test_pairing_by_group_makes_the_gap_surer_than_sets_without_common_groups() -> None:
    """Motions that are hard in film are hard in cartoons: what they share cancels out."""
    right = [1, 0] * 20
    lost = [*[0] * 4, *right[4:]]
    same = tabulate([outcome("erm", "a", right), outcome("erm", "b", lost)], "", **FEW)
    others = [f"other {i}" for i in range(40)]
    apart = tabulate(
        [outcome("erm", "a", right), outcome("erm", "b", lost, groups=others)], "", **FEW
    )
    one, two = cell(same, "erm", "b").gap, cell(apart, "erm", "b").gap
    assert one is not None
    assert two is not None
    assert one.share.value == two.share.value == pytest.approx(0.05)
    assert (two.shared, two.groups) == (0, 80)
    widths = []
    for share in (one.share, two.share):
        assert share.low is not None
        assert share.high is not None
        widths.append(share.high - share.low)
    # Two independent shares of 1/2 of 40 clips: 1.96 * sqrt(2 * 0.25 / 40) on either side.
    assert widths[1] == pytest.approx(2 * 1.96 * np.sqrt(2 * 0.25 / 40), rel=0.15)
    assert widths[0] < widths[1] / 2


def test_several_seeds_have_scipys_t_intervals_and_paired_t_tests() -> None:
    rng = np.random.default_rng(1)
    shares = {("erm", "film"): 0.9, ("erm", "cartoon"): 0.5}
    shares |= {("rsda", "film"): 0.9, ("rsda", "cartoon"): 0.6}
    shares |= {("oracle", "film"): 0.8, ("oracle", "cartoon"): 0.8}
    means: dict[tuple[str, str], list[float]] = {}
    outcomes = []
    for (model, of_set), share in shares.items():
        for seed in range(3):
            right = rng.random(40) < share
            means.setdefault((model, of_set), []).append(float(right.mean()))
            outcomes.append(outcome(model, of_set, right, seed=seed))
    table = tabulate(outcomes, "seeds", **FEW)
    found = cell(table, "rsda", "cartoon")
    assert found.seeds == (0, 1, 2)
    own, first = means["rsda", "cartoon"], means["erm", "cartoon"]
    t = stats.ttest_1samp(own, 0).confidence_interval()
    assert (found.top1.low, found.top1.high) == pytest.approx((t.low, t.high))
    paired = stats.ttest_rel(own, first)
    difference = found.difference
    assert difference is not None
    assert difference.p == pytest.approx(paired.pvalue)
    ends = paired.confidence_interval()
    assert (difference.share.low, difference.share.high) == pytest.approx((ends.low, ends.high))
    p_values = [stats.ttest_rel(means[m, "cartoon"], first).pvalue for m in ("rsda", "oracle")]
    oracle = cell(table, "oracle", "cartoon")
    assert oracle.difference is not None
    assert [difference.p_holm, oracle.difference.p_holm] == pytest.approx(
        list(multipletests(p_values, method="holm")[1])
    )
    lost = stats.ttest_rel(means["rsda", "film"], own)
    assert found.gap is not None
    assert found.gap.share.value == pytest.approx(np.subtract(means["rsda", "film"], own).mean())
    ends = lost.confidence_interval()
    assert (found.gap.share.low, found.gap.share.high) == pytest.approx((ends.low, ends.high))
    way = np.mean(means["oracle", "cartoon"]) - np.mean(first)
    assert found.closed is not None
    assert found.closed.value == pytest.approx((np.mean(own) - np.mean(first)) / way)
    assert found.closed.low is not None
    assert found.closed.high is not None
    assert found.closed.low < found.closed.value < found.closed.high
    assert (oracle.closed, cell(table, "erm", "cartoon").closed) == (None, None)


def test_the_way_to_an_oracle_is_shared_out_only_where_the_oracle_is_ahead() -> None:
    right = [1, 0] * 20
    outcomes = [outcome(model, "film", right) for model in ("erm", "rsda", "oracle")]
    assert cell(tabulate(outcomes, "", **FEW), "rsda", "film").closed is None
    outcomes[2] = outcome("oracle", "film", [1] * 40)
    outcomes[1] = outcome("rsda", "film", [1, 1, *right[2:]])
    closed = cell(tabulate(outcomes, "", **FEW), "rsda", "film").closed
    assert closed is not None
    assert closed.value == pytest.approx(1 / 20)


def test_what_learns_while_it_is_tested_is_compared_with_nothing() -> None:
    right = [1, 0] * 20
    others = [
        outcome("erm", "film", right),
        outcome("rsda", "film", [1, 1, *right[2:]]),
        outcome("oracle", "film", [1] * 40),
    ]
    tent = outcome("tent", "film", [1] * 30 + [0] * 10)
    tent = replace(
        tent,
        model_title=f"tent {WHILE_TESTED}",
        record={**tent.record, "test_time": "entropy"},
    )
    table = tabulate([*others, tent], "", **FEW)
    found = cell(table, "tent", "film")
    assert found.top1.value == 0.75
    assert (found.difference, found.closed) == (None, None)
    # Nor is it one of those that a p-value is corrected for.
    without = tabulate(others, "", **FEW)
    assert cell(table, "rsda", "film").difference == cell(without, "rsda", "film").difference
    assert any("compared with no other model" in note for note in notes(table))
    assert not any("compared with no other model" in note for note in notes(without))


def test_only_common_seeds_are_compared() -> None:
    right = [1, 0] * 10
    outcomes = [outcome("erm", "film", right, seed=seed) for seed in range(3)]
    outcomes.append(outcome("rsda", "film", [1] * 20, seed=1))
    outcomes.append(outcome("rada", "film", [1] * 20, seed=7))
    table = tabulate(outcomes, "", **FEW)
    difference = cell(table, "rsda", "film").difference
    assert difference is not None
    assert (difference.seeds, difference.share.value) == ((1,), 0.5)
    assert cell(table, "rada", "film").difference is None
    # Whether two runs differ says nothing of two methods.
    assert (difference.p, difference.p_holm) == (None, None)
    assert "with one seed, BCa" in " ".join(notes(table))
    same = [outcome("erm", "film", right, seed=s) for s in range(2)]
    same += [outcome("rsda", "film", [1] * 20, seed=s) for s in range(2)]
    equal = cell(tabulate(same, "", **FEW), "rsda", "film").difference
    assert equal is not None
    assert equal.share == Share(0.5, None, None)
    assert (equal.p, equal.p_holm) == (None, None)
    said = " ".join(notes(tabulate(same, "", **FEW)))
    assert "[-]: nothing varies between seeds" in said
    assert "p: " not in said  # there is none


def test_a_single_run_beside_several_seeds_has_no_p_value_and_costs_others_nothing() -> None:
    rng = np.random.default_rng(2)
    runs = {
        (model, seed): outcome(model, "film", rng.random(40) < share, seed=seed)
        for model, share in (("erm", 0.5), ("rsda", 0.7), ("rada", 0.7))
        for seed in range(3)
    }
    whole = {key: one for key, one in runs.items() if key[0] != "rada"}
    table = tabulate([*whole.values(), runs["rada", 0]], "", **FEW)
    single, several = (cell(table, model, "film").difference for model in ("rada", "rsda"))
    assert single is not None
    assert several is not None
    assert (single.seeds, single.p, single.p_holm) == ((0,), None, None)
    assert single.share.low is not None
    assert several.p_holm == several.p
    said = " ".join(notes(table))
    assert "p: paired t test over the seeds, none with one seed, after Holm's correction" in said
    equal = [outcome("mmd", "film", runs["erm", s].ranking.right_N, seed=s) for s in range(2)]
    said = " ".join(notes(tabulate([*runs.values(), *equal], "", **FEW)))
    assert "over the seeds, none where seeds do not differ, after" in said


def test_rows_and_columns_are_chosen_and_ordered_and_gaps_are_from_the_first() -> None:
    table = tabulate(quick(), "", models=["oracle", "erm"], sets=["cartoon-test", "film"], **FEW)
    assert [row.key for row in table.rows] == ["oracle", "erm"]
    assert [column.key for column in table.columns] == ["cartoon-test", "film"]
    gap = cell(table, "erm", "film").gap
    assert gap is not None
    assert gap.share.value < 0
    with pytest.raises(UsageError, match="no test of the model 'rsda'; there are erm, oracle"):
        tabulate(quick(), "", models=["rsda"])
    with pytest.raises(UsageError, match="a table without a model"):
        tabulate([], "")


def test_a_model_that_was_not_tested_on_a_set_has_no_cell_there() -> None:
    outcomes = [outcome("erm", "film", [1, 0]), outcome("oracle", "cartoon", [1, 0])]
    table = tabulate(outcomes, "", **FEW)
    assert (table.cell("erm", "cartoon"), table.cell("oracle", "film")) == (None, None)
    found = cell(table, "oracle", "cartoon")
    assert (found.gap, found.difference, found.closed) == (None, None, None)
    with pytest.raises(UsageError, match="the set 'cartoon': none of the models"):
        tabulate(outcomes, "", models=["erm"], sets=["cartoon"])
    with pytest.raises(UsageError, match="the model 'oracle': tested on none of the sets film"):
        tabulate(outcomes, "", sets=["film"])


def test_models_that_saw_other_clips_of_a_set_are_not_put_side_by_side() -> None:
    outcomes = [outcome("erm", "film", [1, 0]), outcome("oracle", "film", [1, 0, 1])]
    with pytest.raises(UsageError, match=r"'film': oracle \(seed 0\) was tested on other clips"):
        tabulate(outcomes, "")
    outcomes[1] = outcome("oracle", "film", [1, 0], labels=["box", "row"])
    with pytest.raises(UsageError, match="other clips or labels than erm"):
        tabulate(outcomes, "")


def test_the_seed_decides_and_the_order_of_tests_does_not() -> None:
    outcomes = quick()
    keys: dict[str, Any] = {
        "models": ["erm", "oracle"],
        "sets": ["film", "film-gif", "cartoon-test"],
    }
    one = tabulate(outcomes, "", **FEW, **keys)
    assert one == tabulate(outcomes[::-1], "", **FEW, **keys)
    assert one != tabulate(outcomes, "", seed=1, **FEW, **keys)
