"""``anigifs agreement``: how far those who judge agree, and how far they are right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from anigifs.cli.output import Warnings, percent, print_envelope, printable, waiting

if TYPE_CHECKING:
    from anigifs.curate.votes import Vote
    from anigifs.curate.voting.agreement import Reliability
    from anigifs.curate.voting.by_class import ClassReliability
    from anigifs.curate.voting.gold import OnGold
    from anigifs.curate.voting.items import Item
    from anigifs.curate.voting.pairs import PairReliability
    from anigifs.curate.voting.report import Estimated, VotesReport

SHOWN = 10  # pairs and classes, unless all are asked for
TITLES = {
    "verdict": "accepted or not",
    "outcome": "as which class",
    "gif": "it moves",
    "animated": "it is drawn",
    "action": "shows the action",
}
NAMES = {"raw": "raw", "fleiss": "Fleiss", "alpha": "alpha", "ac1": "AC1", "cohen": "Cohen"}
Row = Sequence[str]


@dataclass(frozen=True)
class Agreement:
    """Say how far people agree by their votes, with 95 % intervals, and how far they are right.

    Raw agreement, Fleiss' and Cohen's kappa, Krippendorff's alpha and Gwet's AC1: on each question,
    of each two people and in each class. docs/agreement.md says what they mean.

    Example: anigifs agreement votes.csv --collection found

    Example: anigifs agreement votes.csv --gold gold.csv --by pair
    """

    votes: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="VOTES")]
    """What people said of items: .csv, .jsonl or .parquet."""
    collection: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Of `anigifs collect`: knows which files are one item, and classes nobody has judged yet."""
    gold: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Votes that tell what is true; by default those of the adjudicator `gold` among the votes."""
    by: Annotated[Literal["class", "pair"] | None, tyro.conf.arg(metavar="WHAT")] = None
    """Show every class, or every two people, on every question."""
    seed: int = 0
    """Of the items that are drawn for intervals."""
    json: bool = False
    """Print one JSON object on standard output, with everything."""

    def run(self) -> int:
        """Count, and print."""
        from anigifs.curate.votes import read_votes
        from anigifs.curate.voting.agreement import Draws
        from anigifs.curate.voting.answers import QUESTIONS
        from anigifs.curate.voting.report import report

        votes, gold = _parted(read_votes(self.votes))
        if self.gold is not None:
            gold = read_votes(self.gold)
        everything = tuple(QUESTIONS)
        with waiting("counting"):
            found = report(
                self._items([*votes, *gold]),
                votes,
                gold,
                Draws(seed=self.seed),
                pair_questions=everything if self.json or self.by == "pair" else ("verdict",),
                class_questions=everything if self.json or self.by == "class" else ("verdict",),
            )
        warnings = Warnings()
        for line in _doubts(found, known=self.collection is not None):
            warnings.take(line)
        if self.json:
            _print_json(found, warnings)
        else:
            for line in self._lines(found):
                print(printable(line).rstrip())
        return 0

    def _items(self, votes: "Sequence[Vote]") -> "list[Item]":
        from anigifs.curate.voting.items import read_items
        from anigifs.curate.voting.unlisted import items_of_votes

        return items_of_votes(votes) if self.collection is None else read_items(self.collection)

    def _lines(self, found: "VotesReport") -> Iterator[str]:
        if self.by == "class":
            yield from _class_lines(found.classes, len(found.classes), tuple(TITLES))
        elif self.by == "pair":
            for question in TITLES:
                yield from _pair_lines(found.pairs, len(found.pairs), question)
        else:
            yield from _head(self.votes, found)
            yield from _question_lines(found.agreement.questions)
            yield from _pair_lines(found.pairs, SHOWN, "verdict")
            yield from _people_lines(found)
            yield from _gold_lines(found.gold)
            yield from _class_lines(found.classes, SHOWN, ())


def _parted(votes: "Iterable[Vote]") -> "tuple[list[Vote], list[Vote]]":
    """Return the votes of people, and the known answers that a review writes among them."""
    cast: list[Vote] = []
    known: list[Vote] = []
    for vote in votes:
        (known if vote.is_known_answer else cast).append(vote)
    return cast, known


def _print_json(found: "VotesReport", warnings: Warnings) -> None:
    told = asdict(found)
    questions = told["agreement"].pop("criteria")
    for name in ("outcome", "verdict"):
        questions = {name: told["agreement"].pop(name), **questions}
    results = [{"question": name, **one} for name, one in questions.items()]
    print_envelope(results, {**told.pop("agreement"), **told}, warnings.lines)


def _doubts(found: "VotesReport", *, known: bool) -> Iterator[str]:
    from anigifs.curate.voting.report import FEW_ANSWERS

    if found.foreign:
        yield f"{found.foreign:,} votes are on files that are in no item; they were passed over"
    if not known:
        yield (
            "without --collection each file is an item and a family of its own: copies of one "
            "picture make intervals too narrow"
        )
    model = found.estimated
    if model and not model.converged:
        yield f"the model of who errs has not converged in {model.iterations:,} steps"
    if model and model.answers_an_item < FEW_ANSWERS:
        yield (
            f"items have {model.answers_an_item:.1f} votes in the mean: the model of who errs can "
            "hardly tell whose vote is wrong where two differ"
        )
    if found.gold and found.gold.unknown:
        yield f"{found.gold.unknown:,} items have known answers that differ; they were passed over"


def _head(path: Path, found: "VotesReport") -> Iterator[str]:
    of = found.agreement
    items = sum(of.judged.values())
    yield f"{path}: {found.votes:,} votes of {of.annotators:,} people on {items:,} items count"
    states = ", ".join(f"{count:,} {state}" for state, count in found.states.items())
    known = "; known answers decide nothing here" if found.gold else ""
    yield f"items: {states}; {found.adjudicated:,} with an adjudicator's vote{known}"
    judged = ", ".join(f"{people:,} by {count:,}" for count, people in of.judged.items())
    yield (
        f"judged (items by people): {judged or 'none'}; compared are the first {of.compared:,} "
        "votes on each"
    )


def _question_lines(questions: "Mapping[str, Reliability]") -> Iterator[str]:
    names = ("raw", "fleiss", "alpha", "ac1")
    heads = ("", "items", "people", *(NAMES[name] for name in names))
    rows = [
        (TITLES[name], f"{one.items:,}", f"{one.people:,}", *_measures(one, names))
        for name, one in questions.items()
    ]
    yield ""
    yield from _table(heads, rows)
    sizes: dict[tuple[int, int], list[str]] = {}
    for name, one in questions.items():
        if one.fleiss_items:
            sizes.setdefault((one.fleiss_items, one.fleiss_answers), []).append(TITLES[name])
    if sizes:
        told = "; ".join(
            f"{items:,} with {answers:,} ({', '.join(titles)})"
            for (items, answers), titles in sizes.items()
        )
        yield f"Fleiss' kappa takes items with one number of answers: {told}"
    yield from _whys((TITLES[name], one) for name, one in questions.items())


def _pair_lines(pairs: "Sequence[PairReliability]", most: int, question: str) -> Iterator[str]:
    """Yield the pairs that agree least, by AC1."""
    found = [one for one in pairs if one.question == question]
    found.sort(key=lambda one: (one.ac1 is None, one.ac1, one.first, one.second))
    yield ""
    if not found:
        yield f"{TITLES[question]}: no two people judged the same item"
        return
    names = ("raw", "cohen", "ac1")
    rows = [
        (f"{one.first}, {one.second}", f"{one.items:,}", *_measures(one, names))
        for one in found[:most]
    ]
    title = f"each two, {TITLES[question]}"
    yield from _table((title, "items", *(NAMES[name] for name in names)), rows)
    if len(found) > most:
        yield f"the {most} of {len(found):,} that agree least; --by pair shows all"
    yield from _whys((f"{one.first}, {one.second}", one) for one in found[:most])


def _people_lines(found: "VotesReport") -> Iterator[str]:
    model = found.estimated
    if model is None:
        yield ""
        yield "who errs: cannot be told (no item has two votes)"
        yield from _right_lines(found.gold)
        return
    gold = {one.person: one for one in found.gold.people} if found.gold else {}
    rows = []
    for name, (accept, reject) in model.people.items():
        on_gold = "-"
        if (one := gold.get(name)) and one.share is not None:
            on_gold = f"{_share(one.share, one.low, one.high)} of {one.judged:,}"
        rows.append((name, on_gold, percent(accept), percent(reject)))
    yield ""
    yield from _table(("each person", "right on known", "accept, model", "reject, model"), rows)
    yield from _model_lines(model)


def _right_lines(gold: "OnGold | None") -> Iterator[str]:
    rows = [
        (one.person, f"{_share(one.share, one.low, one.high)} of {one.judged:,}")
        for one in (gold.people if gold else ())
        if one.share is not None
    ]
    if rows:
        yield from _table(("each person", "right on known"), rows)


def _model_lines(model: "Estimated") -> Iterator[str]:
    yield (
        f"model (Dawid and Skene): how often each accepts what is to be accepted and rejects the "
        f"rest, if errors are independent; {model.iterations:,} steps, "
        f"{'converged' if model.converged else 'not converged'}"
    )
    if model.doubts:
        first = ", ".join(name[:12] for name in list(model.doubts)[:4])
        more = ", ..." if len(model.doubts) > 4 else ""
        yield f"it would decide {len(model.doubts):,} items otherwise: {first}{more}"


def _gold_lines(gold: "OnGold | None") -> Iterator[str]:
    yield ""
    if gold is None or not gold.decisions:
        why = "no known answers; --gold gives them" if gold is None else "nobody judged such items"
        yield f"right or wrong: cannot be told ({why})"
        return
    rows = []
    for one in gold.decisions:
        error = "-" if one.share is None else _share(one.share, one.low, one.high)
        rates = (one.false_accepts, one.false_rejects, one.wrong_class)
        rows.append(
            (
                f"by {one.votes:,} votes" if one.votes else "by all their votes",
                f"{one.items:,}",
                percent(one.decided / one.items),
                error,
                *map(percent, rates),
            )
        )
    heads = ("decisions on known items", "items", "decided", "wrong", "bad accepted",
             "good rejected", "other class")  # fmt: skip
    yield from _table(heads, rows)
    yield (
        "as wrong as this are decisions on items like the known ones; others may be harder, and "
        "errors that known answers share are not seen"
    )


def _class_lines(
    classes: "Sequence[ClassReliability]", most: int, questions: tuple[str, ...]
) -> Iterator[str]:
    """Yield the classes whose accepted share is known least."""
    found = sorted(classes, key=lambda one: (-one.more, -_width(one), one.label))
    asked = questions or ("verdict",)
    names = ("raw", "ac1") if not questions else ("raw", "alpha", "ac1")
    titles = [
        NAMES[name] if question == "verdict" else f"{NAMES[name]}, {TITLES[question]}"
        for question in asked
        for name in names
    ]
    rows = []
    for one in found[:most]:
        share = "-" if one.share is None else _share(one.share, one.low, one.high)
        cells: list[str] = []
        for question in asked:
            agreed = one.questions.get(question)
            cells += _measures(agreed, names) if agreed else ("-",) * len(names)
        rows.append(
            (one.label or "(none)", f"{one.items:,}", f"{one.decided:,}", share, f"{one.more:,}",
             *cells)
        )  # fmt: skip
    yield ""
    if not found:
        yield "each class: no items"
        return
    yield from _table(("each class", "items", "decided", "accepted", "more", *titles), rows)
    if len(found) > most:
        yield f"the {most} of {len(found):,} whose share is known least; --by class shows all"
    yield "more: items to decide until the share is known to 10 % either way, or all that are left"


def _width(one: "ClassReliability") -> float:
    return 1.0 if one.low is None or one.high is None else one.high - one.low


def _measures(one: "Reliability | PairReliability", names: Iterable[str]) -> list[str]:
    return [_measure(name, getattr(one, name), one.intervals.get(name)) for name in names]


def _measure(name: str, value: float | None, ends: tuple[float, float] | None) -> str:
    if value is None:
        return "-"
    low, high = ends or (None, None)
    if name == "raw":
        return _share(value, low, high)
    return f"{value:.2f}" + ("" if ends is None else f" [{low:.2f}, {high:.2f}]")


def _share(value: float, low: float | None, high: float | None) -> str:
    between = "" if low is None or high is None else f" [{100 * low:.1f}, {100 * high:.1f}]"
    return percent(value) + between


def _whys(found: "Iterable[tuple[str, Reliability | PairReliability]]") -> Iterator[str]:
    """Yield each reason once, with what it is the reason of."""
    reasons: dict[str, list[str]] = {}
    for title, one in found:
        for name, why in one.why.items():
            what = NAMES[name] if getattr(one, name) is None else f"interval of {NAMES[name]}"
            reasons.setdefault(why, []).append(f"{what} ({title})")
    for why, told in reasons.items():
        more = f" and {len(told) - 4:,} more" if len(told) > 4 else ""
        yield f"no {', '.join(told[:4])}{more}: {why}"


def _table(heads: Row, rows: Sequence[Row]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
