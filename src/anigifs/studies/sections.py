"""A table's numbers as words: sections of cells, the same for text, Markdown, LaTeX and HTML."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from anigifs.studies.cells import Cell, Difference, Gap, Share, Table, merged, share_of

ORACLE = "(oracle)"
UNLABELLED = "(sees the target, unlabelled)"
WHILE_TESTED = "(adapts while it is tested)"
NO_INTERVAL = "[-]"
PREFIX = 12  # characters of a hash, enough to tell it by


@dataclass(frozen=True)
class Words:
    """What stands in a cell: a number, and in smaller print its interval and p-value."""

    main: str = ""
    detail: str = ""
    test: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.main, self.detail, self.test) if part)


@dataclass(frozen=True)
class Section:
    """One kind of number of every model on every set.

    Attributes:
        title: What the numbers are.
        rows: Each model's name and cells, in the table's order; an empty cell has no number.
    """

    title: str
    rows: tuple[tuple[str, tuple[Words, ...]], ...]

    @property
    def filled(self) -> tuple[tuple[str, tuple[Words, ...]], ...]:
        """The rows that have a number."""
        return tuple(row for row in self.rows if any(cell.main for cell in row[1]))


@dataclass(frozen=True)
class Grid:
    """A table's words as they are laid out for people.

    Attributes:
        corner: What the rows are.
        heads: Title and note of each column.
        parts: A section's title, and its rows: title, note and cells.
    """

    corner: str
    heads: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, tuple[tuple[str, str, tuple[Words, ...]], ...]], ...]


def laid_out(table: Table) -> Grid:
    """Return a table's words with a row a set where models are fewer, else with a row a model.

    The longer way goes down the page, which terminals and phones have more of.
    """
    found = sections(table)
    models = [(name, "") for name, _ in found[0].rows]
    titles = [" ".join(column.title.split()) for column in table.columns]
    sets = list(zip(titles, column_notes(table), strict=True))
    turned = len(models) < len(sets)
    heads, sides = (models, sets) if turned else (sets, models)
    parts = []
    for part in found:
        lines = [cells for _, cells in part.rows]
        lines = list(zip(*lines, strict=True)) if turned else lines
        rows = [(*side, line) for side, line in zip(sides, lines, strict=True)]
        filled = tuple(row for row in rows if any(cell.main for cell in row[2]))
        parts.append((part.title, filled))
    return Grid("set" if turned else "model", tuple(heads), tuple(parts))


def sections(table: Table) -> tuple[Section, ...]:
    """Return the sections of a table; those without a number are left out.

    They are top-1, the gap from the first set, the difference to the first model, the share of the
    way to the oracle, top-5, and mean-class where it is not top-1 again.
    """
    top = table.rows[0]
    first, source = row_title(top.title, top.oracle), table.columns[0].title
    kinds: list[tuple[str, Callable[[Cell], Words]]] = [
        ("top-1 accuracy, %", lambda cell: share_words(cell.top1)),
        (
            f"gap: top-1 on {source} minus top-1 here, points",
            lambda cell: share_words(share_of(cell.gap), signed=True),
        ),
        (f"top-1 minus that of {first}, points", lambda cell: difference_words(cell.difference)),
        (
            f"share of the way from {first} to the oracle, %",
            lambda cell: share_words(cell.closed),
        ),
        ("top-5 accuracy, %", lambda cell: share_words(cell.top5)),
    ]
    if not balanced(table):
        kinds.append(("mean-class accuracy, %", lambda cell: share_words(cell.mean_class)))
    made = [_section(table, title, words) for title, words in kinds]
    return tuple(one for one in made if one.filled)


def _section(table: Table, title: str, words: Callable[[Cell], Words]) -> Section:
    rows = []
    for row, name in zip(table.rows, _names(table), strict=True):
        cells = tuple(Words() if cell is None else words(cell) for cell in row.cells)
        rows.append((name, cells))
    return Section(title, tuple(rows))


def _names(table: Table) -> list[str]:
    """Return the models' titles, with the number of seeds where not all models have as many."""
    titles = [row_title(row.title, row.oracle) for row in table.rows]
    counts = [len({s for cell in row.cells if cell for s in cell.seeds}) for row in table.rows]
    return with_seeds(titles, counts)


def with_seeds(titles: Sequence[str], counts: Sequence[int]) -> list[str]:
    """Return models' titles, with the numbers of their seeds where not all have as many.

    Example:
        >>> with_seeds(["ERM", "RSDA"], [3, 1]), with_seeds(["ERM"], [3])
        (['ERM - 3 seeds', 'RSDA - 1 seed'], ['ERM'])
    """
    if len(set(counts)) == 1:
        return list(titles)
    return [
        f"{title} - {count} seed{'s' * (count > 1)}"
        for title, count in zip(titles, counts, strict=True)
    ]


def row_title(title: str, oracle: bool, adapted: bool = False) -> str:
    """Return a model's title, with a mark where it is an oracle, or was adapted to the target.

    Example:
        >>> row_title("oracle: trained on cartoons", oracle=True)
        'trained on cartoons (oracle)'
    """
    title = " ".join(title.split())
    if oracle:
        return f"{title.removeprefix('oracle: ')} {ORACLE}"
    return f"{title} {UNLABELLED}" if adapted else title


def balanced(table: Table) -> bool:
    """Return whether mean-class accuracy is top-1 in every cell."""
    cells = [cell for row in table.rows for cell in row.cells if cell is not None]
    return all(abs(cell.top1.value - cell.mean_class.value) < 1e-9 for cell in cells)


def percent(share: float, signed: bool = False) -> str:
    """Return a share in percent with one decimal, and no sign before a zero.

    Example:
        >>> percent(0.98765), percent(0.05, signed=True), percent(-0.0001, signed=True)
        ('98.8', '+5.0', '0.0')
    """
    number = round(100 * share, 1) or 0.0
    return f"{number:+.1f}" if signed and number else f"{number:.1f}"


def share_words(share: Share | None, signed: bool = False) -> Words:
    """Return a number and its interval in brackets."""
    if share is None:
        return Words()
    return Words(percent(share.value, signed), interval(share, signed))


def interval(share: Share, signed: bool = False) -> str:
    """Return the interval of a number in brackets."""
    if share.low is None or share.high is None:
        return NO_INTERVAL
    return f"[{percent(share.low, signed)}, {percent(share.high, signed)}]"


def difference_words(difference: Difference | None) -> Words:
    """Return a difference, its interval, and its p-value after Holm's correction."""
    if difference is None:
        return Words()
    words = share_words(difference.share, signed=True)
    if difference.p_holm is None:
        return words
    return replace(words, test=p_words(difference.p_holm))


def p_words(p: float) -> str:
    """Return a p-value to three decimals.

    Example:
        >>> p_words(0.04321), p_words(0.00002)
        ('p=0.043', 'p<0.001')
    """
    return "p<0.001" if p < 0.001 else f"p={p:.3f}"


def column_notes(table: Table) -> list[str]:
    """Return how many clips in how many groups each column has."""
    return [f"n={column.n}, {column.groups} groups" for column in table.columns]


def notes(table: Table) -> list[str]:
    """Return sentences that say what the numbers are and what they depend on."""
    cells = [cell for row in table.rows for cell in row.cells if cell is not None]
    found = [f"n is clips. {interval_note(table.level, table.replicates, cells)}"]
    if any(cell.difference is not None for cell in cells):
        differences = [cell.difference for cell in cells if cell.difference is not None]
        found += p_notes(differences, "the models compared on a set")
    if any(cell.closed is not None for cell in cells):
        found.append(
            f"Shares of the way: {100 * table.level:g} % bootstrap intervals over seeds and "
            "groups, which are too narrow where seeds are few."
        )
    if any(cell.gap is not None for cell in cells):
        found.append(gap_note([cell.gap for cell in cells if cell.gap is not None]))
    if balanced(table):
        found.append("Mean-class accuracy is top-1 accuracy here: classes are equally frequent.")
    if any(row.oracle for row in table.rows):
        found.append(f"{ORACLE}: has seen training clips of a target; a ceiling, not a method.")
    if any(row.title.endswith(WHILE_TESTED) for row in table.rows):
        found.append(f"{WHILE_TESTED}: sees the clips of a test; compared with no other model.")
    rows = {row.key: [cell for cell in row.cells if cell] for row in table.rows}
    return [*found, *past_notes(cells), origin_note(cells, rows)]


def interval_note(level: float, replicates: int, cells: Sequence[Cell]) -> str:
    """Return the sentence that says what the brackets of cells are."""
    compared = [one for cell in cells for one in (cell.difference, cell.gap) if one is not None]
    counts = {len(one.seeds) for one in [*cells, *compared] if one.seeds}
    level_words = f"{100 * level:g} % intervals"
    groups = f"BCa bootstrap over groups of clips, {replicates:,} draws"
    seeds = ", ".join(str(seed) for seed in sorted({s for cell in cells for s in cell.seeds}))
    by_t = f"mean and Student's t over seeds ({seeds}), not cut at 0 or 100"
    between = "seeds"
    if counts == {1}:
        kind = f"{level_words}: {groups}; one training run each (seed {seeds})"
        between = "groups"
    elif 1 in counts:
        kind = f"{level_words}: {by_t}; with one seed, {groups}"
        between = "groups, or between seeds"
    else:
        kind = f"{level_words}: {by_t}"
    missing = f"{NO_INTERVAL}: nothing varies between {between}, which says nothing of others."
    has_none = any(share.low is None for cell in cells for share in _shares(cell))
    return f"[low, high]: {kind}.{' ' + missing if has_none else ''}"


def _shares(cell: Cell) -> list[Share]:
    maybe = [cell.top1, cell.top5, cell.mean_class]
    maybe += [share_of(cell.difference), share_of(cell.gap)]
    return [one for one in maybe if one is not None]


def p_notes(differences: Sequence[Difference], family: str) -> list[str]:
    """Return the sentence that says what test p-values are of; none where there is no p-value.

    Args:
        differences: All that are shown.
        family: What Holm's correction is for.
    """
    tests = {True: "paired permutation of groups", False: "paired t test over the seeds"}
    single = [len(one.seeds) == 1 for one in differences if one.p is not None]
    used = [words for kind, words in tests.items() if kind in single]
    without = {len(one.seeds) == 1 for one in differences if one.p is None}
    reasons = {True: "with one seed", False: "where seeds do not differ"}
    none = [words for kind, words in reasons.items() if kind in without]
    but = f", none {' or '.join(none)}" if none else ""
    said = f"p: {' or '.join(used)}{but}, after Holm's correction for {family}."
    return [said] if used else []


def gap_note(gaps: Sequence[Gap]) -> str:
    """Return the sentence that says how two sets are compared."""
    if all(gap.shared == gap.groups for gap in gaps):
        return "Gaps are paired: the sets have the same groups, which are drawn together."
    if any(gap.shared for gap in gaps):
        return "Gaps are paired by the groups that two sets share, which are drawn together."
    return "Gaps are between sets without common groups."


def origin_note(cells: Iterable[Cell], rows: Mapping[str, Iterable[Cell]]) -> str:
    """Return the sentence that says what numbers depend on.

    Args:
        cells: All that is shown.
        rows: The cells of each model.
    """
    origin = merged(cell.origin for cell in cells)
    weights = [
        f"{key} {_prefixes(merged(cell.origin for cell in own).weights_hashes)}"
        for key, own in rows.items()
    ]
    return (
        f"Sampler {', '.join(origin.samplers) or 'unknown'}; "
        f"geometry {', '.join(origin.presets) or 'unknown'}; weights {', '.join(weights)}; "
        f"index {_prefixes(origin.index_hashes)}; commit {_commits(origin.commits)}."
    )


def past_notes(cells: Iterable[Cell]) -> list[str]:
    """Return sentences on what models learnt before: of the tests, and of what is not there now."""
    origin = merged(cell.origin for cell in cells)
    again = ", ".join(origin.restarted)
    said = f"Continue weights that were trained again, not those recorded: {again}."
    return [*origin.pretraining, *origin.absent, *([said] if again else [])]


def _prefixes(hashes: Iterable[str]) -> str:
    return " ".join(one[:PREFIX] for one in hashes) or "unknown"


def _commits(commits: Iterable[str]) -> str:
    """Return prefixes of commits that keep the mark of changed files."""
    return ", ".join(f"{one[:PREFIX]}{'+' * one.endswith('+')}" for one in commits) or "unknown"
