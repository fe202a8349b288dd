"""What a table says, in a few plain sentences made from its numbers."""

from collections.abc import Iterator, Sequence

from anigifs.studies.cells import Cell, Gap, ModelRow, SetColumn, Share, Table
from anigifs.studies.classes import ClassRow
from anigifs.studies.sections import ORACLE, p_words, percent, row_title

PLENTY = 5
NAMED = 3


def summarise(table: Table, classes: Sequence[ClassRow] = ()) -> list[str]:
    """Return three to five sentences on the first model, from the first set to the last.

    Args:
        table: The numbers.
        classes: Of the first model, the worst on the last set first.
    """
    first, source, target = table.rows[0], table.columns[0], table.columns[-1]
    home, away = first.cells[0], first.cells[-1]
    if home is None or away is None or source == target:
        return list(_plain(table))
    said = [_opening(table, first, home, away), _gap(away.gap, target)]
    said += _between(table, first)
    said += _methods(table, target)
    said += _oracle(table, target)
    said += _worst(classes, target)
    return said[:PLENTY]


def _plain(table: Table) -> Iterator[str]:
    for row in table.rows[:PLENTY]:
        cells = zip(table.columns, row.cells, strict=True)
        told = [f"{_share(cell.top1)} on {column.title}" for column, cell in cells if cell]
        yield f"{row_title(row.title, row.oracle)} names rightly: {'; '.join(told)}."


def _opening(table: Table, row: ModelRow, home: Cell, away: Cell) -> str:
    runs = f" (the mean of {len(home.seeds)} training runs)" if len(home.seeds) > 1 else ""
    level = f"{100 * table.level:g} % interval"
    source, target = table.columns[0], table.columns[-1]
    return (
        f"{row_title(row.title, row.oracle)}{runs} names the action rightly in "
        f"{_share(home.top1, level)} of {home.n} clips of {source.title}, "
        f"and in {_share(away.top1)} of {away.n} clips of {target.title}."
    )


def _gap(gap: Gap | None, target: SetColumn) -> str:
    if gap is None:
        return f"No training run was tested on both sets, so there is no gap to {target.title}."
    words = f"{percent(abs(gap.share.value))} points{_ends(gap.share)}"
    if gap.share.value < 0:
        return f"So it does better on {target.title}, by {words}{_certainty(gap.share)}."
    return f"So the gap is {words}{_certainty(gap.share)}."


def _certainty(share: Share) -> str:
    if share.low is None or share.high is None:
        return ""
    if share.low <= 0 <= share.high:
        return "; the interval holds zero, so these tests cannot tell it from none"
    return "; the interval does not hold zero"


def _between(table: Table, row: ModelRow) -> Iterator[str]:
    """Say how much is lost on the way: it tells style from what comes with it."""
    cells = list(zip(table.columns, row.cells, strict=True))[1:-1]
    told = [
        f"{percent(cell.gap.share.value)} on {column.title}"
        for column, cell in cells
        if cell is not None and cell.gap is not None
    ]
    if told:
        sets = "sets" if len(told) > 1 else "set"
        yield f"On the {sets} between, the gap in points is {_listed(told)}."


def _methods(table: Table, target: SetColumn) -> Iterator[str]:
    rows = [row for row in table.rows[1:] if not row.oracle]
    tried = [
        (cell.difference.share.value, row.title, cell)
        for row in rows
        if (cell := row.cells[-1]) is not None and cell.difference is not None
    ]
    if not tried:
        return
    _, title, cell = max(tried, key=lambda one: one[0])
    which = f"Of {len(tried)} other methods, {title} does best" if len(tried) > 1 else title
    yield f"{which} on {target.title}{':' if len(tried) > 1 else ' is'} {_against(cell)}."


def _oracle(table: Table, target: SetColumn) -> Iterator[str]:
    for row in table.rows[1:]:
        cell = row.cells[-1]
        if row.oracle and cell is not None and cell.difference is not None:
            verdict = _attainable(cell.difference.share)
            yield (
                f"The oracle, {row_title(row.title, True).removesuffix(ORACLE).rstrip()}, has seen "
                f"training clips of a target and reaches {_share(cell.top1)} on {target.title}, "
                f"{_against(cell)}: {verdict}."
            )
            return


def _attainable(share: Share) -> str:
    if share.low is not None and share.low > 0:
        return "so much is attainable for a model that has such clips to learn from"
    return "that more than the first model's accuracy is attainable is not shown"


def _against(cell: Cell) -> str:
    if cell.difference is None:
        return "without a comparison"
    p = cell.difference.p_holm
    amount = percent(abs(cell.difference.share.value))
    way = "above" if cell.difference.share.value >= 0 else "below"
    return f"{amount} points {way} the first model{'' if p is None else f' ({p_words(p)})'}"


def _worst(classes: Sequence[ClassRow], target: SetColumn) -> Iterator[str]:
    if not classes or (lowest := classes[0].top1[-1]) is None:
        return
    same = [row.label for row in classes if row.top1[-1] == lowest]
    if len(same) == 1:
        yield f"The hardest action of {target.title} is {same[0]}: {percent(lowest)} % are right."
        return
    names = same if len(same) <= NAMED else [*same[:NAMED], f"{len(same) - NAMED} more"]
    yield (
        f"The hardest actions of {target.title} are {_listed(names)}: of each, {percent(lowest)} % "
        "are right."
    )


def _share(share: Share, what: str = "") -> str:
    return f"{percent(share.value)} %{_ends(share, what)}"


def _ends(share: Share, what: str = "") -> str:
    if share.low is None or share.high is None:
        return ""
    return f" ({what}{' ' * bool(what)}{percent(share.low)} to {percent(share.high)})"


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
