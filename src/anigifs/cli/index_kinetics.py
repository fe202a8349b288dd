"""``anigifs index kinetics`` and ``ava-kinetics``: the paper's sources as they are released."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.index_coverage import print_found
from anigifs.cli.output import Warnings, percent, printable, waiting
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.index import ClassDraw, Index
    from anigifs.index.readers import AvaAccount, KineticsAccount

OutFile = Annotated[Path, tyro.conf.arg(metavar="INDEX", help="The index to write.")]
Paths = Annotated[tuple[Path, ...], tyro.conf.arg(metavar="CSV...")]
Licence = Annotated[str, tyro.conf.arg(help="What the clips may be used for.")]
Json = Annotated[bool, tyro.conf.arg(help="Print one JSON object on standard output.")]


@dataclass(frozen=True)
class Kinetics:
    """List the clips of Kinetics' own lists, and which of them are there; no file is opened.

    Example: anigifs index kinetics train.csv validate.csv --videos kinetics600/ --out k600.parquet
    """

    annotations: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="ANNOTATIONS...", help_behavior_hint=""),
    ]
    """CSV files with the header label,youtube_id,time_start,time_end,split."""
    out: OutFile
    videos: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Where the clips lie, named <id>_<start>_<end>.mp4, in any folders; without it, all are listed
    without files."""
    taxonomy: Annotated[str, tyro.conf.arg(metavar="LIST")] = "kinetics-600"
    """The class list of the labels: kinetics-400, -600 or -700, or a file with a name a line."""
    domain: Literal["video", "video-gif"] = "video"
    """video-gif is for GIFs with the names of the clips."""
    split: str = ""
    """Of clips for which neither their list nor its file's name says it."""
    untrimmed: bool = False
    """The folder holds whole videos named <id>.mp4."""
    drop_shared: bool = False
    """Of a video with clips in several splits, put in error those in any but the one that is held
    back most: test, then val."""
    licence: Licence = ""
    json: Json = False

    def run(self) -> int:
        """List, write and print the counts."""
        from anigifs.index.readers import coverage, from_kinetics

        with waiting("listing"):
            index, account = from_kinetics(
                self.annotations,
                self.videos,
                taxonomy=self.taxonomy,
                domain=self.domain,
                split=self.split,
                untrimmed=self.untrimmed,
                drop_shared=self.drop_shared,
                licence=self.licence,
            )
        index.write(self.out)
        warnings = Warnings()
        _warn_of_lists(account, self, warnings)
        print_found(
            index, self.out, coverage(index), asdict(account), warnings, json=self.json
        )  # fmt: skip
        return 0


@dataclass(frozen=True)
class AvaKinetics:
    """List clips around the key frames of AVA-Kinetics, with the boxes of those who act.

    Example: anigifs index ava-kinetics --annotations kinetics_train_v1.0.csv
    --videos kinetics700/ --out ava-kinetics.parquet --per-class 2000
    """

    annotations: Paths
    """AVA's annotations: CSV files without a header."""
    out: OutFile
    videos: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER|INDEX")] = None
    """Where the clips of Kinetics-700 lie; or their index, which once it is checked says which key
    frames lie beyond the end of a file."""
    kinetics: Paths = ()
    """Kinetics' own lists, which name clips without a file, and the class of each clip."""
    kinetics_taxonomy: Annotated[str, tyro.conf.arg(metavar="LIST")] = "kinetics-700"
    """The class list of these."""
    movies: Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")] = None
    """Where AVA's movies lie, named <id>.mkv; without it, they are left out."""
    classes: Annotated[str, tyro.conf.arg(metavar="MAP")] = "ava-12"
    """Which classes, and what they are in Kinetics: ava-12, or a map in a file."""
    actions: Annotated[Path | None, tyro.conf.arg(metavar="PBTXT")] = None
    """The release's list of actions; AVA's 80 by default."""
    window: Annotated[str, tyro.conf.arg(metavar="SECONDS|whole")] = "2"
    """How much of the clip is taken, with the key frame in its middle."""
    several: Literal["drop", "rarest"] = "drop"
    """What becomes of a key frame with several of the classes."""
    per_class: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """N clips of each class in each split, drawn by seed. Clips of a class that has fewer are
    repeated, except in val and test."""
    seed: int = 0
    """Of the draw."""
    split: str = ""
    """Of all clips; by default the one in the name of each file."""
    licence: Licence = ""
    json: Json = False

    def run(self) -> int:
        """List, draw, write and print the counts."""
        from anigifs.index.readers import coverage, draw_per_split, from_ava_kinetics

        with waiting("listing"):
            index, account = from_ava_kinetics(
                self.annotations,
                self.videos,
                kinetics=self.kinetics,
                kinetics_taxonomy=self.kinetics_taxonomy,
                movies=self.movies,
                classes=self.classes,
                actions=self.actions,
                window_s=_window(self.window),
                several=self.several,
                split=self.split,
                licence=self.licence,
            )
        more: dict[str, Any] = {**asdict(account), "listed_before_draw": len(index)}
        draws: list[tuple[str, ClassDraw]] = []
        before = _parts(index)
        if self.per_class is not None:
            index, draws = draw_per_split(_to_draw_from(index), self.per_class, self.seed)
            more["draws"] = [{"split": split, **asdict(draw)} for split, draw in draws]
        index.write(self.out)
        warnings = Warnings()
        if lost := before - _parts(index):
            names = ", ".join(f"{label!r} in {split!r}" for split, label in sorted(lost))
            warnings.take(f"without a clip to draw from: {names}")
        if not self.json:
            _print_account(account)
            _print_draws(draws)
        print_found(index, self.out, coverage(index), more, warnings, json=self.json)
        return 0


def _warn_of_lists(account: "KineticsAccount", asked: Kinetics, warnings: Warnings) -> None:
    advice = "" if asked.drop_shared else "; training refuses them: see --drop-shared"
    said = {
        "lines say again what an earlier one says": account.repeated,
        "clips are under two labels or in two splits; their rows are in error": (
            account.contradicted
        ),
        "clips have no label": account.unlabelled,
        f"videos have clips in several splits{advice}": account.shared,
        "files are another copy of a clip": account.extra,
        f"files are not listed, the first is {account.first_unlisted}": account.unlisted,
        f"files are not named like a clip, the first is {account.first_other}": account.others,
    }
    for text, count in said.items():
        if count:
            warnings.take(f"{count:,} {text}")


def _window(text: str) -> float | None:
    if text == "whole":
        return None
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"--window {text}: a number of seconds, or whole") from None


def _to_draw_from(index: "Index") -> "Index":
    """Return the rows with a file; where there are none, all: then the draw is of the list."""
    from anigifs.index.readers import as_listed

    found = as_listed(index)
    return found if len(found) else index


def _parts(index: "Index") -> set[tuple[str, str]]:
    """Return each split and class that has a row."""
    splits, labels = (index.table[name].to_pylist() for name in ("split", "label"))
    return set(zip(splits, labels, strict=True))


def _print_account(account: "AvaAccount") -> None:
    taken = account.lines - account.short - account.other - account.no_box
    print(
        f"{account.lines:,} lines: {account.short:,} without a box or an action, {account.other:,} "
        f"of other actions, {account.no_box:,} with a box that is none, {taken:,} taken"
    )
    print(f"{account.key_frames:,} key frames, of which were dropped:")
    for reason, count in account.dropped.items():
        print(f"{count:9,}  {reason}")
    if account.agreement:
        print(f"{'':40} {'known':>9} {'equal':>9}  class in Kinetics")
    for one in account.agreement:
        share = percent(one.equal / one.labelled if one.labelled else None)
        print(f"{printable(one.label):40} {one.labelled:9,} {one.equal:9,} {share:>9}")


def _print_draws(draws: "list[tuple[str, ClassDraw]]") -> None:
    if draws:
        print(f"{'drawn':40} {'available':>10} {'distinct':>10} {'total':>10}")
    for split, draw in draws:
        name = printable(" ".join(filter(None, (split, draw.label))))
        print(f"{name:40} {draw.available:10,} {draw.distinct:10,} {draw.total:10,}")
