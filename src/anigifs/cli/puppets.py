"""``anigifs puppets``: the rendered benchmark, a sheet to look at, and a quiz for people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.index_text import summary_of
from anigifs.cli.output import percent, print_envelope, printable, waiting, with_progress
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.index import Index, Row
    from anigifs.puppets import Rendered, Spec

Domains = Literal["film", "film-neutral", "film-gif", "cartoon-dev", "cartoon-test"]
Splits = Literal["train", "val", "test"]
SPLITS: tuple[Splits, ...] = ("train", "val", "test")


@dataclass(frozen=True)
class Puppets:
    """Render the benchmark: film, GIFs of film, and cartoons of 16 actions, with an index.

    It can be stopped at any moment: called again, it goes on from there.

    Example: anigifs puppets --out puppets --clips-per-class 4 --sheet sheet.png
    """

    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where the clips go, with index.parquet and the boxes in AVA's form."""
    clips_per_class: Annotated[int, tyro.conf.arg(metavar="N")] = 32
    """Motion instances of each class to train on; 1/8 as many to validate, 3/8 to test."""
    domains: Annotated[tuple[Domains, ...], tyro.conf.arg(metavar="DOMAIN...")] = (
        "film",
        "film-neutral",
        "film-gif",
        "cartoon-dev",
        "cartoon-test",
    )
    """Which to render."""
    splits: Annotated[tuple[Splits, ...], tyro.conf.arg(metavar="SPLIT...")] = SPLITS
    """Which to render."""
    seed: int = 0
    """Of everything."""
    size: Annotated[int, tyro.conf.arg(metavar="PIXELS")] = 160
    """Height and width of the clips."""
    context_bias: Annotated[float, tyro.conf.arg(metavar="CHANCE")] = 0.7
    """How often a film shows a class in its own kind of place, 0 to 1."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    sheet: Annotated[Path | None, tyro.conf.arg(metavar="FILE.png")] = None
    """Write a contact sheet: every class in every style."""
    quiz: Annotated[Path | None, tyro.conf.arg(metavar="FILE.html")] = None
    """Write a page that asks a person what clips show."""
    quiz_clips: Annotated[int, tyro.conf.arg(metavar="N")] = 64
    """How many clips it asks for."""
    answers: Annotated[Path | None, tyro.conf.arg(metavar="FILE.json")] = None
    """Score the answers that such a page saved."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Render, write and score what was asked for, and print."""
        from anigifs.puppets import render
        from anigifs.puppets.frozen import check_frozen

        executor = self.work.executor()
        self._check()
        spec = self._spec()
        rendered = render(spec, self.out, executor=executor, watch=_watch)
        frozen = check_frozen(spec, rendered.index)
        written = self._written(rendered.index)
        scores = self._scores(rendered.index)
        if self.json:
            summary = {
                **summary_of(rendered.index, rendered.path),
                "made": rendered.made,
                **written,
                "answers": scores,
                "held_back": frozen and frozen.state,
            }
            print_envelope(_counts(rendered.index), summary)
            return 0
        for line in _rendered_lines(rendered):
            print(printable(line))
        if frozen is not None:
            print(f"held-back cartoons: {frozen.words}")
        for path in written.values():
            print(printable(f"{path}: written"))
        if scores is not None:
            for line in _score_lines(scores):
                print(printable(line))
        return 0

    def _check(self) -> None:
        """Refuse now what could not be written after all has been rendered."""
        if self.quiz_clips < 1:
            raise UsageError(f"--quiz-clips {self.quiz_clips}: at least 1")
        if self.answers is not None and not self.answers.is_file():
            raise UsageError(f"{self.answers}: no such file; save it from the quiz's last page")
        for path, ending in ((self.sheet, ".png"), (self.quiz, ".html")):
            if path is not None and path.suffix.lower() != ending:
                raise UsageError(f"{path}: let its name end in {ending}")

    def _spec(self) -> "Spec":
        from anigifs.puppets import Spec

        return Spec(
            clips_per_class=self.clips_per_class,
            seed=self.seed,
            size=self.size,
            context_bias=self.context_bias,
            domains=self.domains,
            splits=self.splits,
        )

    def _written(self, index: "Index") -> dict[str, str]:
        """Write the sheet and the quiz, where they are wanted."""
        written = {}
        if self.sheet is not None:
            from anigifs.puppets.sheet import contact_sheet

            with waiting("drawing the sheet"):
                contact_sheet(index, self.sheet, seed=self.seed)
            written["sheet"] = str(self.sheet)
        if self.quiz is not None:
            from anigifs.puppets.quiz import write_quiz

            write_quiz(index, self.quiz, clips=self.quiz_clips, seed=self.seed)
            written["quiz"] = str(self.quiz)
        return written

    def _scores(self, index: "Index") -> dict[str, Any] | None:
        if self.answers is None:
            return None
        from anigifs.puppets.quiz import score_quiz

        return score_quiz(index, self.answers)


def _watch(rows: "Iterator[Row]", total: int) -> "Iterator[Row]":
    return with_progress(rows, total, "rendering")


def _counts(index: "Index") -> list[dict[str, Any]]:
    """Return how many clips each domain, style and split has, in the order of the index."""
    columns = (index.table[name].to_pylist() for name in ("domain", "style", "split"))
    return [
        {"domain": domain, "style": style, "split": split, "rows": rows}
        for (domain, style, split), rows in Counter(zip(*columns, strict=True)).items()
    ]


def _rendered_lines(rendered: "Rendered") -> Iterator[str]:
    index = rendered.index
    counts = _counts(index)
    found = {(one["domain"], one["style"], one["split"]): one["rows"] for one in counts}
    yield f"{'domain':14} {'style':14}" + "".join(f"{split:>8}" for split in SPLITS)
    for domain, style in dict.fromkeys((one["domain"], one["style"]) for one in counts):
        rows = (found.get((domain, style, split), 0) for split in SPLITS)
        yield f"{domain:14} {style:14}" + "".join(f"{count or '-':>8}" for count in rows)
    there = len(index) - rendered.made
    yield f"{rendered.path}: {len(index):,} clips, {rendered.made:,} made now, {there:,} there"
    yield f"identity {index.identity}"


def _score_lines(scores: dict[str, Any]) -> Iterator[str]:
    names = [*scores["by_style"], *scores["by_class"]]
    width = max(map(len, names))
    for title, some in (("style", scores["by_style"]), ("class", scores["by_class"])):
        yield f"{title:{width}} {'right':>10} {'accuracy':>9}  [low, high] of 95 %"
        for name, one in {**some, "all": scores}.items():
            right = f"{one['right']} of {one['clips']}"
            ends = f"[{100 * one['low']:.1f}, {100 * one['high']:.1f}]"
            yield f"{name:{width}} {right:>10} {percent(one['accuracy']):>9}  {ends}"
    for one in scores["confusions"]:
        yield f"taken for something else: {one['label']} -> {one['answer']} ({one['clips']})"
    yield f'"cannot tell" {scores["cannot_tell"]} times, counted as wrong'
