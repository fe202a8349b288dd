"""What the tables answer, in a few plain sentences made from their numbers and intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from anigifs.studies.cells import Cell, Difference
from anigifs.studies.paper.scales import QUICK, SMOKE
from anigifs.studies.paper.table import Compared, Line, PaperTable
from anigifs.studies.report.certainty import amount, ends, if_zero, verdict, way
from anigifs.studies.sections import percent

#: The falls of Study 1: between which rows, by which rows the sets are called, and what is shown.
FALLS = (
    (("1w", "2w"), ("1w", "2w"), ", shown equally many frames of both,"),
    (("1", "2"), ("1w", "2w"), ", shown all frames of both,"),
    (("3", "4"), ("3", "4"), ","),
)
SEARCH = ("5", "4b")
#: The rows that others are compared with: of Study 2, and of adaptation in either direction.
BASES = {"0": "ERM", "v0": "the source alone", "a0": "the source alone"}
CONTROL = "control: "
#: Scales whose figures rank nothing.
DEMONSTRATIONS = (QUICK.title, SMOKE.title)
NOT_SHOWN = {
    "ERM": "that more than ERM's accuracy is to be had is not shown",
    "the source alone": "that more is to be had is not shown",
}
Pair = tuple[str, str]
#: A row, and how it differs from another.
Against = tuple[Line, Difference]


def answer_of(table: PaperTable) -> list[str]:
    """Return what a study's table answers; one sentence says so where it answers nothing yet.

    They are made of the comparisons that the table has: the falls from videos to GIFs of them and
    to animated GIFs, what the search gains over the same updates of ERM, the highest of the methods
    that continue one model, and what an oracle reaches.
    """
    told = _Told(table)
    parts = (_falls, _search, _methods, _oracle)
    said = [sentence for part in parts for sentence in part(told)]
    return said or ["No two rows that are to be compared have been tested yet."]


def cautions(tables: Sequence[PaperTable]) -> list[str]:
    """Return what must be known before anything is made of the answers."""
    scales = dict.fromkeys(table.scale for table in tables)
    found = [f"This is {one}." for one in scales if one in DEMONSTRATIONS]
    lines = [line for table in tables for line in table.lines]
    seeds = {line.cell.seeds for line in lines if line.cell is not None}
    if seeds and all(len(some) == 1 for some in seeds):
        found.append(
            "Every model was trained once: the intervals tell what other clips would change, and "
            "nothing of what another seed would."
        )
    if missing := sum(line.cell is None for line in lines):
        found.append(f"{missing} of {len(lines)} rows have not been tested yet.")
    return found


@dataclass(frozen=True)
class _Told:
    """A table whose rows and comparisons are asked for by their numbers."""

    table: PaperTable

    @cached_property
    def pairs(self) -> dict[Pair, Compared]:
        there = [one for one in self.table.compared if one.there]
        return {(one.comparison.number, one.comparison.other): one for one in there}

    @cached_property
    def lines(self) -> dict[str, Line]:
        return {line.row.number: line for line in self.table.lines}

    def against(self, other: str) -> list[Against]:
        """Return rows that were compared with one, on the same clips, in the table's order."""
        return [
            (self.lines[pair[0]], one.top1)
            for pair, one in self.pairs.items()
            if pair[1] == other and one.top1 is not None
        ]


def _falls(told: _Told) -> Iterator[str]:
    for pair, named, shown in FALLS:
        compared = told.pairs.get(pair)
        if compared is None or compared.gap is None:
            continue
        share, (home, away) = compared.gap.share, (told.lines[number] for number in pair)
        first, second = (
            told.lines.get(number, line) for number, line in zip(named, (home, away), strict=True)
        )
        verb = way(share, "falls by", "rises by", "neither falls nor rises:")
        yield (
            f"From {first.row.test} to {second.row.test}{shown} a model of {first.row.train} "
            f"{verb} {amount(share)}, from {_of(home)} % to {_of(away)} %{if_zero(share)}."
        )


def _search(told: _Told) -> Iterator[str]:
    number, other = SEARCH
    for line, difference in told.against(other):
        if line.row.number == number:
            verb = way(difference.share, "gains", "loses", "neither gains nor loses:")
            sure = verdict(difference, told.table.level, 1)
            yield (
                f"The search for hard augmentations (RSDA) {verb} {amount(difference.share)} over "
                f"the same updates of ERM on {line.row.test}{sure}."
            )


def _methods(told: _Told) -> Iterator[str]:
    for number, base in BASES.items():
        yield from _highest(told, number, base)


def _highest(told: _Told, number: str, base: str) -> Iterator[str]:
    rows = [one for one in told.against(number) if not one[0].oracle]
    methods = [one for one in rows if not _is_control(one[0])]
    if not methods:
        return
    best = max(difference.share.value for _, difference in methods)
    highest = [one for one in methods if one[1].share.value == best]
    line, difference = highest[0]
    yield (
        f"{_who(methods, highest, base)} on {line.row.test}: {_share(line)}, "
        f"{_beside(difference, base)}"
        f"{verdict(difference, told.table.level, len(told.against(number)))}."
        f"{_control(rows, best)}"
    )


def _who(methods: Sequence[Against], highest: Sequence[Against], base: str) -> str:
    """Return the methods that are highest, of how many, and whether that is above their base."""
    who = _listed([line.row.train for line, _ in highest])
    if len(methods) == 1:
        return f"{who[:1].upper()}{who[1:]} comes out"
    start = f"Of {len(methods)} methods that continue the same model"
    if all(line.adapted for line, _ in methods):
        start = f"{start} and see clips of the target without labels"
    come = "comes" if len(highest) == 1 else "come"
    if way(highest[0][1].share, "above", "", "") == "above":
        return f"{start}, {who} {come} out highest"
    return f"{start}, none comes out above {base}, and {who} {come} closest"


def _control(rows: Sequence[Against], best: float) -> str:
    """Return a sentence on a control that does as well: then the methods' idea is not the cause."""
    found = [one for one in rows if _is_control(one[0]) and one[1].share.value >= best]
    if not found:
        return ""
    line, difference = max(found, key=lambda one: one[1].share.value)
    much = "more" if difference.share.value > best else "as much"
    return f" A control, {line.row.train.removeprefix(CONTROL)}, reaches {much}: {_share(line)}."


def _oracle(told: _Told) -> Iterator[str]:
    oracles = [
        (line, difference, base)
        for number, base in BASES.items()
        for line, difference in told.against(number)
        if line.oracle
    ]
    for line, difference, base in oracles:
        low = difference.share.low
        yield (
            f"A model that goes on with training clips of the target (oracle) reaches "
            f"{_share(line)} on {line.row.test}, {_beside(difference, base)}: "
            f"{'so much is to be had' if low is not None and low > 0 else NOT_SHOWN[base]}."
        )


def _beside(difference: Difference, base: str) -> str:
    place = way(difference.share, "above", "below", "from")
    return f"{amount(difference.share)} {place} {base}"


def _share(line: Line) -> str:
    return f"{_of(line)} %{ends(_cell(line).top1)}"


def _of(line: Line) -> str:
    return percent(_cell(line).top1.value)


def _cell(line: Line) -> Cell:
    if line.cell is None:
        raise ValueError(f"row {line.row.number} was compared without a test")
    return line.cell


def _is_control(line: Line) -> bool:
    return line.row.train.startswith(CONTROL)


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
