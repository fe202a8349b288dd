"""``anigifs score``: all scores of predictions files, from any model, with intervals."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.output import percent, print_envelope, printable, warn, with_progress
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.evaluation.ranking import Ranking

FEWEST_REPLICATES = 100
PAIRS_SHOWN = 5
TITLES = {"top1": "top-1", "top5": "top-5", "mean_class": "mean-class"}


@dataclass(frozen=True)
class Score:
    """Score predictions files, this program's or any other model's; several are compared.

    Example: anigifs score predictions.parquet mine.csv --classes kinetics-600 --by style
    """

    files: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(
            metavar="FILE...",
            help_behavior_hint="",
            help="Predictions of a run, an evaluation or a sweep, or another model's as CSV, JSON "
            "lines or Parquet (docs/scores.md). The others are compared with the first, on the "
            "same clips.",
        ),
    ]
    by: Literal["style", "domain", "length", "class"] | None = None
    """Show accuracy by this, too; JSON holds all four."""
    classes: Annotated[
        str | None,
        tyro.conf.arg(
            metavar="FILE|LIST",
            help="Classes of the logits in another model's file: a list such as kinetics-600, or "
            "a file with a name a line.",
        ),
    ] = None
    level: Annotated[float, tyro.conf.arg(metavar="SHARE")] = 0.95
    """Share of such intervals that hold the truth."""
    replicates: Annotated[int, tyro.conf.arg(metavar="N")] = 10_000
    """Draws of the bootstrap and of the permutation test."""
    seed: Annotated[int, tyro.conf.arg(metavar="N")] = 0
    """The same seed gives the same intervals."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Read every file, score, compare, and print."""
        self._check()
        from anigifs.evaluation.foreign import read_any
        from anigifs.evaluation.scorecard import as_ranking, compare, scorecard
        from anigifs.taxonomy import class_list

        classes = class_list(self.classes) if self.classes else None
        options: dict[str, Any] = {
            "level": self.level,
            "replicates": self.replicates,
            "seed": self.seed,
        }
        cards: list[dict[str, Any]] = []
        runs: list[tuple[str, Ranking]] = []
        warnings: list[str] = []
        for path in with_progress(self.files, len(self.files), "scoring"):
            predictions, said = read_any(path, classes)
            warnings += said
            runs.append((str(path), as_ranking(predictions)))
            cards.append({"file": str(path), **scorecard(predictions, **options)})
        differences = compare(runs, **options)
        if self.json:
            print_envelope(cards, {**options, "comparisons": differences}, warnings)
            return 0
        for text in warnings:
            warn(text)
        for line in _lines_for_people(cards, differences, self.by, self.level):
            print(printable(line))
        return 0

    def _check(self) -> None:
        if not self.files:
            raise UsageError("name at least one file, as in: anigifs score predictions.parquet")
        if not 0 < self.level < 1:
            raise UsageError(f"--level {self.level:g}: between 0 and 1, such as 0.95")
        if self.replicates < FEWEST_REPLICATES:
            raise UsageError(f"--replicates {self.replicates}: at least {FEWEST_REPLICATES}")


def _lines_for_people(
    cards: list[dict[str, Any]],
    differences: list[dict[str, Any]],
    by: str | None,
    level: float,
) -> Iterator[str]:
    for card in cards:
        yield from _card_lines(card)
        if by is not None:
            yield from _breakdown_lines(by, card[f"by_{by}"])
        yield ""
    if differences:
        yield from _difference_lines(differences)
    yield f"[low, high]: {100 * level:g} % intervals, bootstrap over groups"


def _card_lines(card: dict[str, Any]) -> Iterator[str]:
    yield f"{card['file']}  {card['n']} clips, {card['groups']} groups, {card['classes']} classes"
    for metric, title in TITLES.items():
        yield f"  {title:12} {_interval(card[metric])}"
    worst = card["worst_class"]
    yield f"  {'worst class':12} {percent(worst['top1']):>7}  {worst['class']} (n={worst['n']})"
    if (found := card["calibration"]) is not None:
        nll = "-" if found["nll"] is None else f"{found['nll']:.3f}"
        yield f"  {'calibration':12} {percent(found['ece']):>7}  ECE; NLL {nll}"
    for title, pair in _titled("confused", card["confusion"]["pairs"][:PAIRS_SHOWN]):
        share = f"n={pair['n']}, {percent(pair['share'])} of the class"
        yield f"  {title:12} {pair['label']} -> {pair['answer']} ({share})"
    for title, one in _titled("read as", card["readings"]):
        clips = {"all": "all clips", "covered": "clips of known classes"}[one["clips"]]
        yield (
            f"  {title:12} {clips}, the {one['classes']}'s classes: n={one['n']}, "
            f"top-1 {percent(one['top1'])}, top-5 {percent(one['top5'])}, "
            f"mean-class {percent(one['mean_class'])}"
        )


def _breakdown_lines(by: str, rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    if not rows:
        yield f"  no clip states its {by}"
        return
    items = list(rows.items())
    if by == "class":  # the classes that need a look come first
        items.sort(key=lambda item: (item[1]["top1"]["value"], item[0]))
    width = max(len(by), *map(len, rows))
    yield f"  {by:{width}} {'n':>6} {'groups':>6}  {'top-1':24} {'top-5':>7} {'mean-class':>10}"
    for name, row in items:
        yield (
            f"  {name:{width}} {row['n']:6} {row['groups']:6}  {_interval(row['top1']):24} "
            f"{percent(row['top5']):>7} {percent(row['mean_class']):>10}"
        )


def _difference_lines(differences: list[dict[str, Any]]) -> Iterator[str]:
    reference = differences[0]["reference"]
    yield f"difference to {reference}, in points; p by paired permutation, and after Holm"
    width = max(len(row["name"]) for row in differences)
    for row in differences:
        for metric, title in TITLES.items():
            if (one := row[metric]) is not None:
                yield (
                    f"  {row['name']:{width}}  {title:10} {100 * one['difference']:+6.1f} "
                    f"{_ends(one, '+.1f'):18} p {one['p']:.4f}, Holm {one['p_holm']:.4f}"
                )
    yield ""


def _interval(estimate: dict[str, Any] | None) -> str:
    if estimate is None:
        return f"{'-':>7}"
    return f"{percent(estimate['value']):>7}  {_ends(estimate, '.1f')}"


def _ends(estimate: dict[str, Any], form: str) -> str:
    if estimate["low"] is None:
        return "[no interval]"
    return f"[{100 * estimate['low']:{form}}, {100 * estimate['high']:{form}}]"


def _titled(title: str, items: Iterable[Any]) -> Iterable[tuple[str, Any]]:
    """Pair the first item with the title, and the others with none."""
    return ((title if place == 0 else "", item) for place, item in enumerate(items))
