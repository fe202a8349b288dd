"""``anigifs index``: which clips there are, and what is known of them."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.index_coverage import CoverageOf
from anigifs.cli.index_datasets import Hac, UcfHmdb, Urls
from anigifs.cli.index_export import Export
from anigifs.cli.index_kinetics import AvaKinetics, Kinetics
from anigifs.cli.index_text import (
    print_account,
    print_draws,
    print_joint,
    print_listed,
    print_splits,
    print_stats,
    summary_of,
)
from anigifs.cli.options import shares_of
from anigifs.cli.output import print_envelope, waiting, with_progress
from anigifs.foundation import UsageError, sha256_of

if TYPE_CHECKING:
    from anigifs.index import Index

IndexFile = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="INDEX")]
OutFile = Annotated[Path, tyro.conf.arg(metavar="FILE")]
Taxonomy = Annotated[
    str | None,
    tyro.conf.arg(
        metavar="LIST",
        help="The class list that labels are found in, however they are spelt, such as "
        "kinetics-600, or a file with a name a line; labels stay as they are by default.",
    ),
]


@dataclass(frozen=True)
class Folder:
    """List the files of a folder that has one folder a class.

    Example: anigifs index folder clips/ --taxonomy kinetics-600 --domain animated-gif
    """

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
    """A folder such as clips/, with clips/juggling balls/a.gif in it."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """The index to write; index.parquet in the folder by default."""
    taxonomy: Taxonomy = None
    domain: str = ""
    """Of every clip, such as animated-gif or video."""
    style: str = ""
    """A kind within the domain."""
    split: str = ""
    """Such as train or test."""
    licence: str = ""
    """What the clips may be used for."""
    source: str = ""
    """Where they come from."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """List, write and print the counts."""
        from anigifs.index import from_folder

        with waiting("listing"):
            index = from_folder(
                self.folder,
                taxonomy=self.taxonomy,
                domain=self.domain,
                style=self.style,
                split=self.split,
                licence=self.licence,
                source=self.source,
            )
        out = self.out or self.folder / "index.parquet"
        index.write(out)
        print_listed(index, out, json=self.json)
        return 0


@dataclass(frozen=True)
class Table:
    """List the clips that a CSV or JSON-lines table names.

    Example: anigifs index table clips/clips.csv --taxonomy kinetics-600
    """

    table: Annotated[
        Path,
        tyro.conf.Positional,
        tyro.conf.arg(
            metavar="TABLE",
            help="A .csv or .jsonl file with the columns path and label, and any of split, group, "
            "domain, style, start_ms, end_ms, licence and source; paths are relative to its "
            "folder.",
        ),
    ]
    out: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """The index to write; by default beside the table, under its name with .parquet."""
    taxonomy: Taxonomy = None
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """List, write and print the counts."""
        from anigifs.index import from_table

        with waiting("listing"):
            index = from_table(self.table, taxonomy=self.taxonomy)
        out = self.out or self.table.with_suffix(".parquet")
        index.write(out)
        print_listed(index, out, json=self.json)
        return 0


@dataclass(frozen=True)
class Check:
    """Look at every file of an index and note what it is, or what is wrong with it.

    It can be stopped at any moment: called again, it goes on from there, and files that have not
    changed are not looked at again.

    Example: anigifs index check clips/index.parquet --check decode

    Example: anigifs index check clips/index.parquet --executor ray --address 10.0.0.1:6379
    """

    index: IndexFile
    """The index; it is brought up to date when all its files have been looked at."""
    level: Annotated[
        Literal["probe", "decode"],
        tyro.conf.arg(
            name="check",
            help="probe walks over each file's container; decode decodes every frame as well.",
        ),
    ] = "probe"
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    json: bool = False
    """Print one JSON object on standard output."""
    strict: bool = False
    """Exit with 2 if any row is in error."""

    def run(self) -> int:
        """Check, write, and print the account."""
        from anigifs.index import Index, check, journal_of

        executor = self.work.executor()
        before, index = sha256_of(self.index), Index.read(self.index)
        checked, account = check(
            index,
            self.level,
            journal=journal_of(self.index),
            executor=executor,
            watch=lambda looks, files: with_progress(looks, files, "checking"),
        )
        if sha256_of(self.index) != before:  # which would be undone
            raise UsageError(
                f"{self.index}: was changed meanwhile; check it again, which looks at no file twice"
            )
        checked.write(self.index)
        bad = checked.filter(state="error")
        if self.json:
            columns = bad.table.select(["path", "label", "error"])
            summary = {**summary_of(checked, self.index), **asdict(account)}
            print_envelope(columns.to_pylist(), summary)
        else:
            print_account(account)
        return 2 if len(bad) and self.strict else 0


@dataclass(frozen=True)
class Split:
    """Divide an index into splits that no group crosses, balanced by class.

    Example: anigifs index split clips/index.parquet --shares train=0.8 val=0.1 test=0.1
    """

    index: IndexFile
    """The index; it is written anew."""
    shares: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=SHARE...")] = (
        "train=0.8",
        "val=0.1",
        "test=0.1",
    )
    """The splits, and how much goes to each; only the ratios count."""
    of: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Divide only the clips of this split, such as val into val and test; others keep theirs."""
    seed: int = 0
    """Of the order in which groups of one size are given out."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Write here instead."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Split, write and print the counts by class."""
        from anigifs.index import Index, split

        with waiting("splitting"):
            index = split(
                Index.read(self.index), shares_of("--shares", self.shares), self.seed, of=self.of
            )
        out = self.out or self.index
        index.write(out)
        print_splits(index, out, json=self.json)
        return 0


@dataclass(frozen=True)
class Subset:
    """Choose some classes, the most frequent ones, or so many clips of each.

    Rows in error are left out. Where several choices are made, they are made in the order of the
    options here.

    Example: anigifs index subset clips/index.parquet --out top40.parquet --top 40 --per-class 100
    """

    index: IndexFile
    """The index to choose from."""
    out: OutFile
    """The index to write."""
    split: str | None = None
    """Only clips of this split."""
    domain: str | None = None
    """Only clips of this domain."""
    classes: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Only these classes, or those in a file with a name a line."""
    top: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Only the N classes with the most clips; of equals, those first by name."""
    per_class: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """N clips of each class, drawn by seed; a class that has fewer gives all."""
    replace: bool = False
    """With --per-class: repeat clips of classes that have fewer than N, so that each has N."""
    seed: int = 0
    """Of the draw."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Choose, write, and print how many clips of each class there are."""
        from anigifs.index import Index, per_class

        if self.replace and self.per_class is None:
            raise UsageError("--replace says how --per-class draws; add --per-class N")
        whole = Index.read(self.index)
        chosen = self._chosen(whole)
        if not len(chosen):
            raise UsageError(f"{self.index}: no usable clip is left; nothing was written")
        # Without a number every clip is drawn: the counts are wanted all the same.
        each = len(chosen) if self.per_class is None else self.per_class
        subset, draws = per_class(chosen, each, self.seed, replacement=self.replace)
        subset.write(self.out)
        short = sum(self.per_class is not None and draw.total < self.per_class for draw in draws)
        warnings = [f"classes with fewer clips than {self.per_class}: {short}"] if short else []
        summary = {
            **summary_of(subset, self.out),
            "distinct": sum(draw.distinct for draw in draws),
            "errors_left_out": len(whole.filter(state="error")),
        }
        print_draws(draws, summary, warnings, json=self.json)
        return 0

    def _chosen(self, whole: "Index") -> "Index":
        from anigifs.index import USABLE, most_frequent, of_classes

        wanted = {"split": self.split, "domain": self.domain}
        named = {name: value for name, value in wanted.items() if value is not None}
        index = whole.filter(state=USABLE, **named)
        if self.classes:
            index = of_classes(index, _class_names(self.classes, whole.taxonomy))
        return index if self.top is None else most_frequent(index, self.top)


@dataclass(frozen=True)
class Join:
    """Put several indexes into one, such as the videos and the animated GIFs of a study.

    Example: anigifs index join videos.parquet gifs.parquet --shared-classes --out study.parquet
    """

    indexes: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="INDEX...", help_behavior_hint=""),
    ]
    """The indexes, whose labels are of one class list."""
    out: OutFile
    """The index to write."""
    shared_classes: bool = False
    """Only classes that each of them has usable clips of."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Join, write, and print how many clips there are of each domain and split."""
        from anigifs.index import Index, join

        parts = [Index.read(path) for path in self.indexes]
        joint = join(parts, self.out.parent, shared_classes=self.shared_classes)
        joint.write(self.out)
        print_joint(joint, self.out, json=self.json)
        return 0


@dataclass(frozen=True)
class StatsOf:
    """Count and measure the clips of an index; draw its most frequent classes.

    Example: anigifs index stats clips/index.parquet --figure classes.png
    """

    index: IndexFile
    """The index."""
    figure: Annotated[Path | None, tyro.conf.arg(metavar="FILE.png")] = None
    """Draw the most frequent classes, as in the paper's Figure 3."""
    top: Annotated[int, tyro.conf.arg(metavar="N")] = 40
    """How many classes to draw and to print."""
    json: bool = False
    """Print one JSON object on standard output, with all classes."""

    def run(self) -> int:
        """Count, and print or draw."""
        from anigifs.index import Index, draw_classes, stats

        if self.top < 1:
            raise UsageError(f"--top {self.top}: at least 1")
        index = Index.read(self.index)
        found = stats(index)
        if self.figure is not None:
            draw_classes(found.classes, self.figure, self.top)
        if self.json:
            measured = asdict(found)
            classes = measured.pop("classes")
            results = [{"label": label, "rows": rows} for label, rows in classes.items()]
            print_envelope(results, {**summary_of(index, self.index), **measured})
        else:
            print_stats(found, self.top)
        return 0


IndexCommand = (
    Annotated[Folder, tyro.conf.subcommand("folder")]
    | Annotated[Table, tyro.conf.subcommand("table")]
    | Annotated[Check, tyro.conf.subcommand("check")]
    | Annotated[Split, tyro.conf.subcommand("split")]
    | Annotated[Subset, tyro.conf.subcommand("subset")]
    | Annotated[Join, tyro.conf.subcommand("join")]
    | Annotated[StatsOf, tyro.conf.subcommand("stats")]
    | Annotated[CoverageOf, tyro.conf.subcommand("coverage")]
    | Annotated[Kinetics, tyro.conf.subcommand("kinetics")]
    | Annotated[AvaKinetics, tyro.conf.subcommand("ava-kinetics")]
    | Annotated[UcfHmdb, tyro.conf.subcommand("ucf-hmdb")]
    | Annotated[Hac, tyro.conf.subcommand("hac")]
    | Annotated[Urls, tyro.conf.subcommand("urls")]
    | Annotated[Export, tyro.conf.subcommand("export")]
)


@dataclass(frozen=True)
class IndexGroup:
    """List, check, split, choose, join and count clips.

    Example: anigifs index folder clips/
    """

    command: IndexCommand

    def run(self) -> int:
        """Run the command that was named."""
        return self.command.run()


def _class_names(texts: tuple[str, ...], taxonomy: str) -> list[str]:
    """Return the classes that are named, or that a file names, spelt as the index spells them."""
    from anigifs.taxonomy import CLASS_LISTS, class_list

    names = list(texts)
    if len(texts) == 1 and (Path(texts[0]).is_file() or texts[0] in CLASS_LISTS):
        names = list(class_list(texts[0]))
    return [class_list(taxonomy).find(name) for name in names] if taxonomy in CLASS_LISTS else names
