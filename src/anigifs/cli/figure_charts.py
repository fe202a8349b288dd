"""``anigifs figure``: those figures that are charts, from tables and records."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from anigifs.cli.figure_output import (
    Count,
    IndexFile,
    Json,
    Names,
    OutFile,
    check_out,
    finish,
    say,
)
from anigifs.cli.output import Warnings, waiting
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.studies.figures.answers import Answers

Files = Annotated[tuple[Path, ...], tyro.conf.arg(metavar="FILE...")]
Classes = Annotated[
    str | None,
    tyro.conf.arg(
        metavar="FILE|LIST",
        help="Classes of the logits in another model's file: a list such as kinetics-600, or a "
        "file with a name a line.",
    ),
]
Study = Annotated[
    Path | None,
    tyro.conf.arg(metavar="FOLDER", help="A study's or a sweep's folder, instead of files."),
]
Model = Annotated[
    str | None, tyro.conf.arg(metavar="KEY", help="Of a study: which model, such as erm.")
]


@dataclass(frozen=True)
class ClassBars:
    """Show how many clips the most frequent classes have: the paper's Figure 3.

    Example: anigifs figure classes --index clips/index.parquet --out figure-3.png
    """

    index: IndexFile
    out: Annotated[Path, tyro.conf.arg(metavar="FILE", help="A name that ends in .png.")]
    domain: Names = ()
    """Clips of these domains only."""
    top: Count = 40
    """How many classes."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        from anigifs.index import Index, draw_classes, stats

        if self.top < 1:
            raise UsageError(f"--top {self.top}: at least 1")
        index = Index.read(self.index)
        classes = stats(index.filter(domain=self.domain) if self.domain else index).classes
        with waiting("drawing"):
            draw_classes(classes, self.out, self.top)
        drawn = [{"label": name, "clips": clips} for name, clips in classes.items()][: self.top]
        summary = {
            "shown": f"{len(drawn)} of {len(classes)} classes",
            "classes": len(classes),
            "index_hash": index.identity,
        }
        return say(self.out, drawn, summary, json=self.json)


@dataclass(frozen=True)
class ConfusionMatrix:
    """Show what a model takes for what.

    Example: anigifs figure confusion --predictions predictions.parquet --out confusion.svg
    """

    out: OutFile
    predictions: Files = ()
    """A run's predictions, or another model's (docs/scores.md); several are seeds of one model."""
    study: Study = None
    model: Model = None
    set: Annotated[str | None, tyro.conf.arg(metavar="KEY")] = None
    """Of a study: which set of clips, such as cartoon-dev."""
    classes: Classes = None
    most: Count = 40
    """The classes that most errors are of."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.studies.figures.confusion import draw_confusion, matrix_of

        answers = answers_of(
            "predictions", self.predictions, self.study, self.model, self.set, self.classes
        )
        matrix = matrix_of(answers, self.most)
        name = f"{answers.model} on {answers.title}" if answers.model else answers.title
        figure = draw_confusion(matrix, name)
        drawn = [
            {"label": label, "counts": dict(zip(matrix.answers, row.tolist(), strict=True))}
            for label, row in zip(matrix.labels, matrix.counts_RC, strict=True)
        ]
        summary = {
            "shown": f"{len(drawn)} of {matrix.classes} classes, {matrix.clips} clips",
            "title": name,
            "classes": matrix.classes,
            "clips": matrix.clips,
            "seeds": matrix.seeds,
            "top1": matrix.top1,
        }
        return finish(figure, self.out, drawn, summary, json=self.json)


@dataclass(frozen=True)
class ClassGap:
    """Show how far each class falls from the source to the target, the largest fall first.

    Example: anigifs figure class-gap --source film.parquet --target cartoons.parquet --out gap.svg
    """

    out: OutFile
    source: Files = ()
    """Predictions on the source; several are seeds of one model."""
    target: Files = ()
    """Predictions on the target."""
    study: Study = None
    model: Model = None
    sets: Annotated[tuple[str, str] | None, tyro.conf.arg(metavar="SOURCE TARGET")] = None
    """Of a study: the two sets of clips, such as film cartoon-dev."""
    classes: Classes = None
    most: Count = 40
    """The classes that fall most."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.studies.figures.class_gap import draw_falls, falls_of

        of_sets = self.sets or (None, None)
        source, target = (
            answers_of(name, files, self.study, self.model, of_set, self.classes)
            for name, files, of_set in zip(
                ("source", "target"), (self.source, self.target), of_sets, strict=True
            )
        )
        falls = falls_of(source, target)
        warnings = Warnings()
        if falls.left_out:
            warnings.take(f"only one of the sets has {', '.join(falls.left_out)}")
        figure = draw_falls(falls, source.model, self.most)
        drawn = [{**asdict(row), "change": row.change} for row in falls.rows[: self.most]]
        summary = {
            "shown": f"{len(drawn)} of {len(falls.rows)} classes",
            "classes": len(falls.rows),
            "source": falls.source,
            "target": falls.target,
        }
        return finish(figure, self.out, drawn, summary, warnings.lines, json=self.json)


@dataclass(frozen=True)
class SearchDots:
    """Show what the searches of RSDA tried and found over a run.

    Example: anigifs figure search --run runs/rsda --out search.svg
    """

    run_: Annotated[Path, tyro.conf.arg(name="run", metavar="FOLDER|FILE")]
    """A run of RSDA or ESDA, or its acts.jsonl."""
    out: OutFile
    most: Count = 40
    """Searches to show; of more, those evenly spread over the run."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.studies.figures.acts import read_searches, run_name
        from anigifs.studies.figures.search import draw_searches, spread

        searches = read_searches(self.run_)
        figure = draw_searches(searches, run_name(self.run_), self.most)
        drawn = [one.to_json() for one in spread(searches, self.most)]
        summary = {
            "shown": f"{len(drawn)} of {len(searches)} searches",
            "run": run_name(self.run_),
            "searches": len(searches),
        }
        return finish(figure, self.out, drawn, summary, json=self.json)


@dataclass(frozen=True)
class HitLines:
    """Show whether runs of saliency gating learn to look at people.

    Example: anigifs figure hits --run runs/gating runs/control --out hits.svg
    """

    run_: Annotated[tuple[Path, ...], tyro.conf.arg(name="run", metavar="FOLDER|FILE...")]
    """Runs of saliency gating, or the acts.jsonl of each."""
    out: OutFile
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.studies.figures.acts import read_checks, run_names
        from anigifs.studies.figures.hits import draw_hits

        if not self.run_:
            raise UsageError("--run: name one run at least")
        names = run_names(self.run_)
        runs = dict(zip(names, map(read_checks, self.run_), strict=True))
        figure = draw_hits(runs)
        drawn = [
            {"run": name, "checks": [asdict(check) for check in checks]}
            for name, checks in runs.items()
        ]
        summary = {"shown": ", ".join(names)}
        return finish(figure, self.out, drawn, summary, json=self.json)


@dataclass(frozen=True)
class Curves:
    """Show how methods of a sweep learn, at equal updates.

    Example: anigifs figure curves --study results/puppets --runs erm rsda --out curves.svg
    """

    study: Annotated[Path, tyro.conf.arg(metavar="FOLDER", help="A sweep's folder.")]
    out: OutFile
    runs: Names = ()
    """Which runs, in the order of the legend; six at most."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.studies.figures.curves import draw_curves, read_curves

        curves = read_curves(self.study, self.runs)
        figure = draw_curves(curves, self.runs)
        drawn = [{**asdict(one), "steps": one.steps, "mean": one.mean} for one in curves]
        shown = list(dict.fromkeys(one.run for one in curves))
        summary = {"shown": ", ".join(shown)}
        return finish(figure, self.out, drawn, summary, json=self.json)


@dataclass(frozen=True)
class GainDots:
    """Show how far methods of a sweep are from the one they are compared with, with intervals.

    Example: anigifs figure gains --study results/puppets --set cartoon-test --out gains.svg
    """

    study: Annotated[Path, tyro.conf.arg(metavar="FOLDER", help="A sweep's folder, with tables.")]
    set: Annotated[str, tyro.conf.arg(metavar="KEY")]
    """Which set of clips, such as cartoon-test."""
    out: OutFile
    runs: Names = ()
    """Which runs; all without."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.studies.figures.gains import draw_gains, read_gains

        gains = read_gains(self.study, self.set, self.runs)
        warnings = Warnings()
        if gains.left_out:
            warnings.take(f"not compared with any: {', '.join(gains.left_out)}")
        figure = draw_gains(gains)
        drawn = [asdict(row) for row in gains.rows]
        summary = {
            "shown": f"{len(drawn)} method{'s' * (len(drawn) > 1)} on {gains.set_title}",
            "first": gains.first,
            "clips": gains.clips,
            "level": gains.level,
        }
        return finish(figure, self.out, drawn, summary, warnings.lines, json=self.json)


def answers_of(
    name: str,
    files: tuple[Path, ...],
    study: Path | None,
    model: str | None,
    of_set: str | None,
    classes: str | None,
) -> "Answers":
    """Return what a model answered, from files or from a study.

    Args:
        name: Of the option that names files.
        files: Predictions; none where a study is named.
        study: A study's folder.
        model: Of the study.
        of_set: Of the study.
        classes: Of another model's logits.

    Raises:
        UsageError: Not exactly one of the two is given, or it cannot be read.
    """
    from anigifs.studies.figures.answers import from_files, from_study
    from anigifs.taxonomy import class_list

    if (study is None) == (not files):
        raise UsageError(f"name files by --{name}, or a --study, and not both")
    if study is None:
        return from_files(files, class_list(classes) if classes else None)
    if of_set is None:
        raise UsageError("of a --study, say which set of clips")
    return from_study(study, model, of_set)
