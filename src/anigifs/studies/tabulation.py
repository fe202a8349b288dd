"""From tests to a table: a pure function of their predictions.

Two things make a number differ the next time: other clips, and another seed. A model with one seed
has BCa intervals over groups of clips; one with several has Student's t intervals over the seeds,
which is what a claim about a method needs.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from anigifs.evaluation import Ranking, bootstrap_interval, compare, holm, t_interval
from anigifs.evaluation.intervals import LEVEL, NO_SPREAD, REPLICATES
from anigifs.evaluation.metrics import accuracy, mean_class
from anigifs.evaluation.pretraining import Pretraining, pretraining_words
from anigifs.evaluation.share import share_of_way
from anigifs.foundation import UsageError
from anigifs.studies.cells import (
    Cell,
    Difference,
    Gap,
    ModelRow,
    Origin,
    SetColumn,
    Share,
    Table,
)
from anigifs.studies.outcomes import Outcome

METRICS = {"top1": 1, "top5": 5, "mean_class": 1}
Seeds = Mapping[int, Outcome]
Options = Mapping[str, Any]


def tabulate(
    outcomes: Iterable[Outcome],
    title: str,
    *,
    models: Sequence[str] | None = None,
    sets: Sequence[str] | None = None,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Table:
    """Return the table of a study's tests.

    Args:
        outcomes: From :func:`anigifs.studies.outcomes.read_outcomes`.
        title: What the table shows.
        models: Keys of the rows, the one that others are compared with first; by default all, in
            the order of the outcomes.
        sets: Keys of the columns, the source first; by default all.
        level: Of the intervals, 0..1.
        replicates: Draws of the bootstrap and of the permutation test.
        seed: The same seed gives the same numbers.

    Raises:
        UsageError: Nothing is left to show, a key is unknown, or the tests of one set were made on
            different clips.
    """
    options: Options = {"level": level, "replicates": replicates, "seed": seed}
    grid: dict[tuple[str, str], dict[int, Outcome]] = {}
    for one in outcomes:
        grid.setdefault((one.model, one.set), {})[one.seed] = one
    model_keys = _chosen("model", [model for model, _ in grid], models)
    set_keys = _chosen("set", [of_set for _, of_set in grid], sets)
    columns = tuple(_column(key, [grid.get((m, key), {}) for m in model_keys]) for key in set_keys)
    rows = tuple(_row(key, set_keys, grid, options) for key in model_keys)
    return Table(
        title, columns, _compared(rows, model_keys, set_keys, grid, options), level, replicates
    )


def gap_between(first: Ranking, other: Ranking, options: Options) -> Gap:
    """Return top-1 on one set of clips minus that on another, groups being resampled.

    A group that is drawn brings its clips of both sets, so that what makes a motion hard in every
    style cancels out. Sets without a common group are resampled side by side.

    Args:
        first: Of the source.
        other: Of the target, by the same model.
        options: ``level``, ``replicates`` and ``seed`` of the bootstrap.
    """
    return gap_of_values((first.right_N, first.groups), (other.right_N, other.groups), options)


def gap_of_values(
    first: tuple[np.ndarray, Sequence[str]],
    other: tuple[np.ndarray, Sequence[str]],
    options: Options,
) -> Gap:
    """Return the mean of a value on one set of clips minus that on another, groups being resampled.

    Args:
        first: A value and a group of each clip of the source.
        other: Of each clip of the target.
        options: ``level``, ``replicates`` and ``seed`` of the bootstrap.
    """
    (first_N, groups), (other_N, other_groups) = first, other
    # A mean over two "classes" of 2 a and -2 b is the difference of the means of a and b.
    values_N = np.concatenate([2.0 * first_N, -2.0 * other_N])
    which_N = np.repeat([0, 1], [len(first_N), len(other_N)])
    found = bootstrap_interval(values_N, [*groups, *other_groups], which_N, **options)
    shared = len(set(groups) & set(other_groups))
    return Gap(Share(found.value, found.low, found.high), shared, found.groups)


def _chosen(what: str, there: Iterable[str], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the keys to show, in order."""
    keys = tuple(dict.fromkeys(there))
    if unknown := [key for key in wanted or () if key not in keys]:
        raise UsageError(f"no test of the {what} {unknown[0]!r}; there are {', '.join(keys)}")
    shown = keys if wanted is None else tuple(dict.fromkeys(wanted))
    if not shown:
        raise UsageError(f"a table without a {what}; give the tests of at least one")
    return shown


def _column(key: str, cells: Iterable[Seeds]) -> SetColumn:
    """Return a column, having checked that all its tests were made on the same clips."""
    tests = [one for cell in cells for one in cell.values()]
    if not tests:
        raise UsageError(f"the set {key!r}: none of the models was tested on it")
    truth = _truth(tests[0])
    for one in tests[1:]:
        if _truth(one) != truth:
            raise UsageError(
                f"the set {key!r}: {one.model} (seed {one.seed}) was tested on other clips or "
                f"labels than {tests[0].model} (seed {tests[0].seed}); run both on the same"
            )
    groups = len(set(tests[0].predictions.groups))
    return SetColumn(key, tests[-1].set_title, len(tests[0].predictions), groups)


def _truth(one: Outcome) -> set[tuple[str, str, str]]:
    said = one.predictions
    return set(zip(said.clip_ids, said.labels, said.groups, strict=True))


def _row(
    key: str, sets: Sequence[str], grid: Mapping[tuple[str, str], Seeds], options: Options
) -> ModelRow:
    own = [grid.get((key, of_set), {}) for of_set in sets]
    if not any(own):
        raise UsageError(f"the model {key!r}: tested on none of the sets {', '.join(sets)}")
    last = [one for cell in own for one in cell.values()][-1]
    cells = tuple(
        cell_of(cell, own[0] if place else None, options) if cell else None
        for place, cell in enumerate(own)
    )
    return ModelRow(key, last.model_title, last.oracle, cells)


def cell_of(own: Seeds, source: Seeds | None, options: Options) -> Cell:
    """Return the numbers of one model on one set, without a comparison with other models.

    Args:
        own: The model's tests on it by seed, at least one.
        source: Its tests on another set, which the gap is counted from; None for no gap.
        options: ``level``, ``replicates`` and ``seed`` of the bootstrap.

    Raises:
        UsageError: The set has no clips.
    """
    first = next(iter(own.values()))
    rankings = [one.ranking for one in own.values()]
    top1, top5, by_class = (_share(rankings, name, options) for name in METRICS)
    if top1 is None or by_class is None:
        raise UsageError(f"the set {first.set!r}: no clips; there is nothing to score")
    return Cell(
        n=len(rankings[0]),
        groups=len(set(rankings[0].groups)),
        seeds=tuple(sorted(own)),
        top1=top1,
        top5=top5,
        mean_class=by_class,
        difference=None,
        gap=None if source is None else gap_of(source, own, options),
        closed=None,
        origin=origin_of(own.values()),
    )


def _share(rankings: Sequence[Ranking], metric: str, options: Options) -> Share | None:
    if len(rankings) == 1:
        return _over_groups(rankings[0], metric, options)
    points = [_point(ranking, metric) for ranking in rankings]
    known = [point for point in points if point is not None]
    return _over_seeds(known, options) if len(known) == len(points) else None


def _over_groups(ranking: Ranking, metric: str, options: Options) -> Share | None:
    within_N = ranking.within(METRICS[metric])
    if within_N is None or not within_N.size:
        return None
    labels = ranking.labels if metric == "mean_class" else None
    found = bootstrap_interval(within_N, ranking.group_N, labels, **options)
    return Share(found.value, found.low, found.high)


def _over_seeds(values: Sequence[float], options: Options) -> Share:
    found = t_interval(values, options["level"])
    return Share(found.mean, found.low, found.high)


def _point(ranking: Ranking, metric: str) -> float | None:
    return mean_class(ranking) if metric == "mean_class" else accuracy(ranking, METRICS[metric])


def gap_of(source: Seeds, own: Seeds, options: Options) -> Gap | None:
    """Return top-1 on one set minus that on another; None where no seed has both tests."""
    common = tuple(sorted(own.keys() & source.keys()))
    if not common:
        return None
    pairs = [(source[seed].ranking, own[seed].ranking) for seed in common]
    if len(pairs) == 1:
        return replace(gap_between(*pairs[0], options), seeds=common)
    lost = [float(first.right_N.mean() - other.right_N.mean()) for first, other in pairs]
    groups = [set(one.groups) for one in pairs[0]]
    shared, either = len(groups[0] & groups[1]), len(groups[0] | groups[1])
    return Gap(_over_seeds(lost, options), shared, either, common)


def _compared(
    rows: tuple[ModelRow, ...],
    models: Sequence[str],
    sets: Sequence[str],
    grid: Mapping[tuple[str, str], Seeds],
    options: Options,
) -> tuple[ModelRow, ...]:
    """Return the rows with what each column says of the others against the first.

    What adapts while it is tested sees the clips of the test, so that it is compared with none.
    """
    columns = []
    for place, of_set in enumerate(sets):
        seeds = [_before_the_test(grid.get((model, of_set), {})) for model in models]
        found = [difference_of(own, seeds[0], options) for own in seeds[1:]]
        differences = corrected(found, several=any(len(own) > 1 for own in seeds))
        cells = [
            cell and replace(cell, difference=difference)
            for cell, difference in zip(
                [row.cells[place] for row in rows], [None, *differences], strict=True
            )
        ]
        oracles = [n for n, row in enumerate(rows) if row.oracle and cells[n]]
        if oracles and _surely_ahead(cells[oracles[0]]):
            ends = seeds[0], seeds[oracles[0]]
            cells = [
                cell and replace(cell, closed=_closed(own, *ends, options))
                for cell, own in zip(cells, seeds, strict=True)
            ]
        columns.append(cells)
    return tuple(
        replace(row, cells=tuple(column[place] for column in columns))
        for place, row in enumerate(rows)
    )


def _before_the_test(tests: Seeds) -> Seeds:
    """Return those tests in which nothing was learnt from the tested clips."""
    return {seed: one for seed, one in tests.items() if not one.record.get("test_time")}


def _surely_ahead(ceiling: Cell | None) -> bool:
    """Return whether there is a way to go: the interval of an oracle's difference is above zero."""
    if ceiling is None or ceiling.difference is None:
        return False
    low = ceiling.difference.share.low
    return low is not None and low > 0


def _closed(own: Seeds, first: Seeds, ceiling: Seeds, options: Options) -> Share | None:
    """Return the share of the way to the ceiling; None for its two ends, and without seeds."""
    common = sorted(own.keys() & first.keys() & ceiling.keys())
    if own is first or own is ceiling or not common:
        return None
    order = first[common[0]].ranking.clip_ids
    right = [
        np.stack([one[seed].ranking.in_order(order).right_N for seed in common])
        for one in (own, first, ceiling)
    ]
    if right[2].sum() == right[1].sum():  # with the seeds that all three have there is no way
        return None
    found = share_of_way(right[0], right[1], right[2], first[common[0]].ranking.groups, **options)
    return Share(found.value, found.low, found.high)


def difference_of(
    own: Seeds, first: Seeds, options: Options, metric: str = "top1"
) -> Difference | None:
    """Return an accuracy of one model minus that of another on the same clips.

    Args:
        own: Tests by seed.
        first: Those of the other model on the same set.
        options: ``level``, ``replicates`` and ``seed`` of the bootstrap and the permutation test.
        metric: A name in :data:`METRICS`.

    Returns:
        None where no seed has both tests, or there is no such accuracy; ``p_holm`` is left to
        :func:`corrected`.
    """
    common = tuple(sorted(own.keys() & first.keys()))
    if not common:
        return None
    if len(common) == 1:
        runs = [("the first model", first[common[0]].ranking), ("another", own[common[0]].ranking)]
        found = compare(runs, **options)[0][metric]
        if found is None:
            return None
        share = Share(found["difference"], found["low"], found["high"])
        return Difference(share, found["p"], None, common)
    points = [
        (_point(own[seed].ranking, metric), _point(first[seed].ranking, metric)) for seed in common
    ]
    gains = [one - other for one, other in points if one is not None and other is not None]
    if len(gains) < len(common):
        return None
    return Difference(_over_seeds(gains, options), _t_test(gains), None, common)


def _t_test(differences: Sequence[float]) -> float | None:
    """Return the two-sided p-value of the paired t test; None where the differences are equal."""
    from scipy.special import stdtr

    n, std = len(differences), float(np.std(differences, ddof=1))
    if std <= NO_SPREAD:
        return None
    t = float(np.mean(differences)) / (std / math.sqrt(n))
    return float(2 * stdtr(n - 1, -abs(t)))


def corrected(
    differences: Sequence[Difference | None], *, several: bool
) -> list[Difference | None]:
    """Return differences with their p-values after Holm's correction for all of them.

    Args:
        differences: Those that are corrected for one another.
        several: Whether one of the models has several seeds. Beside that a difference over a single
            seed has no p-value: permuting groups asks whether two runs differ, and not whether two
            methods do.
    """
    if several:
        differences = [
            replace(one, p=None) if one is not None and len(one.seeds) == 1 else one
            for one in differences
        ]
    p_values = [one.p for one in differences if one is not None and one.p is not None]
    corrected = iter(holm(p_values))
    return [
        replace(one, p_holm=next(corrected)) if one is not None and one.p is not None else one
        for one in differences
    ]


def origin_of(outcomes: Iterable[Outcome]) -> Origin:
    """Return what some tests depend on, in the order in which it first appears."""
    records = [one.record for one in outcomes]

    def values(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(one[name]) for one in records if one.get(name)))

    return Origin(
        samplers=values("sampler"),
        presets=values("preset"),
        index_hashes=values("index_hash"),
        weights_hashes=values("weights_hash"),
        commits=values("commit"),
        pretraining=tuple(dict.fromkeys(_past(records))),
        absent=tuple(dict.fromkeys(_absent(records))),
        restarted=values("restarted"),
    )


def _past(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in records:
        if (found := one.get("pretraining")) is not None:
            yield pretraining_words(Pretraining.from_json(found))


def _absent(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for one in records:
        for split, clips in (one.get("learnt_from") or {}).items():
            if clips["used"] < clips["listed"]:
                title = one.get("model_title") or one["model"]
                yield f"{title}: {clips['used']:,} of {clips['listed']:,} listed {split} clips."
