"""``anigifs review init``: make a collection ready to be judged by people."""

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from anigifs.cli.output import Warnings, print_envelope, printable
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.review.review import Made
    from anigifs.review.settings import Settings

_COLUMNS = ["label", "definition"]
#: Options that are settings of the review.
_SETTINGS = (
    "name",
    "database",
    "overlap",
    "most",
    "lease_min",
    "gold_every",
    "quiz_a_class",
    "seed",
)


@dataclass(frozen=True)
class ReviewInit:
    """Make a review of a collection: who judges what, and what was said, in one database.

    No file is copied. Run again, it adds the items that are new, withdraws those that are gone, and
    changes nothing else; options that are not given stay as they were.

    Example: anigifs review init found --out review --classes classes.csv

    Example: anigifs review init found --out review --database postgresql://anigifs@db/review
    """

    collection: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="COLLECTION")]
    """Folder of `anigifs collect`, after `anigifs screen` and `anigifs duplicates`."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Of the review."""
    name: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """What people see; by default the name of the collection's folder."""
    gold: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Votes on items whose answer is known, to measure who judges: .csv, .jsonl or .parquet."""
    classes: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """What classes mean: .csv with columns label and definition. People may choose these, too."""
    database: Annotated[str | None, tyro.conf.arg(metavar="URL")] = None
    """Such as postgresql://USER@HOST/DATABASE, without a password; by default SQLite in FOLDER."""
    overlap: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """People who judge each item; 2 by default."""
    most: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """People who judge it where these differ; 3 by default."""
    lease_min: Annotated[int | None, tyro.conf.arg(metavar="MINUTES")] = None
    """How long an item is kept for who was given it; 30 by default."""
    gold_every: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Of so many items one is gold; 10 by default, 0 is none."""
    quiz_a_class: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Items of each class in the quiz; 5 by default."""
    seed: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Of what is drawn; 0 by default."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Make it, and print what is in it."""
        from anigifs.review.settings import check_installed

        check_installed()
        from anigifs.curate.votes import read_votes
        from anigifs.review.review import make_review

        definitions = {} if self.classes is None else read_definitions(self.classes)
        gold = [] if self.gold is None else read_votes(self.gold)
        settings = self._settings()
        made = make_review(self.collection, self.out, settings, gold, definitions)
        warnings = Warnings()
        for line in _doubts(made):
            warnings.take(line)
        if self.json:
            print_envelope([], {"out": str(self.out), **asdict(made)}, warnings.lines)
        else:
            for line in _lines(made, self.out):
                print(printable(line))
        return 0

    def _settings(self) -> "Settings":
        """Return the settings: what is given, else what the review has, else what is usual."""
        from dataclasses import replace

        from anigifs.review.settings import SETTINGS, Settings, read_settings

        given = {name: getattr(self, name) for name in _SETTINGS}
        given = {name: value for name, value in given.items() if value is not None}
        if (self.out / SETTINGS).is_file():
            return replace(read_settings(self.out), **given)
        usual = {"name": self.collection.resolve().name}
        if "overlap" in given and "most" not in given:
            usual["most"] = max(Settings.most, given["overlap"])
        return Settings(**{**usual, **given})


def read_definitions(path: Path) -> dict[str, str]:
    """Return what classes mean, by a table of ``label`` and ``definition``.

    Raises:
        UsageError: What is wrong, and in which line.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file of classes")
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            if next(reader, None) != _COLUMNS:
                raise UsageError(f"{path}, line 1: the columns are {' and '.join(_COLUMNS)}")
            for cells in reader:
                if not cells:
                    continue  # an empty line
                where = f"{path}, line {reader.line_num}"
                if len(cells) != len(_COLUMNS):
                    raise UsageError(f"{where}: {len(cells)} cells under {len(_COLUMNS)} columns")
                if cells[0] in found:
                    raise UsageError(f"{where}: {cells[0]!a} stands there twice")
                found[cells[0]] = cells[1]
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: not CSV in UTF-8 ({error})") from None
    return found


def _doubts(made: "Made") -> Iterator[str]:
    if made.foreign:
        yield f"{made.foreign:,} gold votes are on files that are in no item; they were passed over"
    if made.undecided:
        yield f"{made.undecided:,} items have gold votes that decide nothing; they are no gold"
    if made.late:
        yield f"{made.late:,} items that were to be gold had been given out before; they are none"


def _lines(made: "Made", out: Path) -> Iterator[str]:
    yield (
        f"{out}: {made.items:,} items of {made.classes:,} classes, {made.gold:,} of them gold; "
        f"{made.added:,} new, {made.withdrawn:,} withdrawn, {made.returned:,} back again"
    )
    yield (
        f"next: `anigifs review accounts add {out} NAME --role annotator`, then "
        f"`anigifs review serve {out}`"
    )
