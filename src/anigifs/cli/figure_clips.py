"""``anigifs figure strips | tuples | saliency``: figures that show frames of clips."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.figure_output import Count, IndexFile, Json, Names, OutFile, check_out, finish
from anigifs.cli.options import BACKGROUNDS, ClipOptions, ModelOptions
from anigifs.cli.output import Warnings, waiting, while_preparing
from anigifs.foundation import UsageError, home

if TYPE_CHECKING:
    from anigifs.clips import Geometry
    from anigifs.studies.explain.looking import Viewer
    from anigifs.studies.explain.rows import Clips
    from anigifs.studies.figures.saliency import Sight
    from anigifs.transforms import Operations


@dataclass(frozen=True)
class Strips:
    """Show the same actions in several domains: the paper's Figure 1.

    Example: anigifs figure strips --index clips/index.parquet --out figure-1.png
    """

    index: IndexFile
    out: OutFile
    domain: Names = ("video", "animated-gif")
    """A strip for each, from above to below."""
    style: Names = ()
    """Clips of these styles only."""
    classes: Names = ()
    """Show these; by default some are drawn by lot."""
    count: Count = 3
    """How many classes are drawn."""
    frames: Count = 6
    """Of each clip, in equal steps of its time."""
    seed: int = 0
    """Another seed shows other clips."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.index import Index
        from anigifs.studies.figures.plate import draw_plate
        from anigifs.studies.figures.strips import Wish, blocks_of, choose_strips

        wish = Wish(self.domain, self.style, self.classes, self.count, self.frames, self.seed)
        warnings = Warnings()
        with waiting("drawing"):
            index = Index.read(self.index)
            chosen = choose_strips(index, wish, warnings.take)
            figure = draw_plate(blocks_of(chosen))
        names = ("label", "domain", "style", "clip_id", "path")
        drawn = [
            {name: getattr(clip.row, name) for name in names} for clips in chosen for clip in clips
        ]
        summary = {
            "shown": ", ".join(clips[0].row.label for clips in chosen),
            "index_hash": index.identity,
            "frames": self.frames,
            "seed": self.seed,
        }
        return finish(figure, self.out, drawn, summary, warnings.lines, json=self.json)


@dataclass(frozen=True)
class TupleStrips:
    """Show a clip after tuples of operations: the paper's Figure 4.

    Example: anigifs figure tuples yoga.gif --run runs/rsda --out figure-4.png
    """

    file: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
    """A GIF, WebP, APNG, MP4, MOV, MKV, WebM or AVI file."""
    out: OutFile
    run_: Annotated[Path | None, tyro.conf.arg(name="run", metavar="FOLDER|FILE")] = None
    """A run of RSDA, or its acts.jsonl: show the tuples that it found."""
    most: Count = 3
    """Of a run: its first N tuples."""
    tuples: Annotated[tuple[str, ...], tyro.conf.arg(metavar="TUPLE...")] = ()
    """Show these instead, such as "contrast 0.60, solarize 4" "grayscale, red +12"."""
    frames: Count = 6
    """In equal steps of the clip's time."""
    size: Annotated[int, tyro.conf.arg(metavar="PIXELS")] = 224
    """Height and width of what the network gets."""
    json: Json = False

    def run(self) -> int:
        """Draw, write and print."""
        check_out(self.out)
        from anigifs.studies.figures.plate import draw_plate
        from anigifs.studies.figures.tuples import Sizes, tuples_block
        from anigifs.transforms import to_json, words

        tuples = self._tuples()
        with waiting("drawing"):
            block = tuples_block(self.file, tuples, Sizes(self.frames, self.size))
            figure = draw_plate([block])
        drawn = [{"words": words(one), "operations": to_json(one)} for one in tuples]
        summary = {
            "shown": f"{len(tuples)} tuples on {self.file.name}",
            "file": str(self.file),
            "frames": self.frames,
            "size": self.size,
        }
        return finish(figure, self.out, drawn, summary, json=self.json)

    def _tuples(self) -> "list[Operations]":
        from anigifs.studies.figures.tuples import found_tuples, operations_named

        if (self.run_ is None) == (not self.tuples):
            raise UsageError("say which tuples: those of a --run, or --tuples, and not both")
        if self.run_ is not None:
            return found_tuples(self.run_, self.most)
        return [operations_named(text) for text in self.tuples]


@dataclass(frozen=True)
class SaliencyPairs:
    """Show where two models look in the same clips: the paper's Figure 5.

    Example: anigifs figure saliency --index index.parquet --weights runs/erm/best
    --beside runs/gating/best --out figure-5.png --domain animated-gif
    """

    index: IndexFile
    beside: Annotated[str, tyro.conf.arg(metavar="WEIGHTS")]
    """The second model, of the same classes, whose heat stands below the first's."""
    out: OutFile
    domain: Names = ()
    """Clips of these domains only."""
    split: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Clips of this split only."""
    style: Names = ()
    """Clips of these styles only."""
    count: Count = 4
    """How many clips, of different classes first."""
    pick: Annotated[
        Literal["lot", "gained", "lost"],
        tyro.conf.arg(
            help="lot: whatever the models answer; gained: clips that only the second answers "
            "rightly, lost: only the first. Say which it is below the figure."
        ),
    ] = "lot"
    limit: Count = 64
    """Of each domain, look for them among N clips at most, drawn by lot."""
    of: Literal["answer", "label"] = "answer"
    """Explain each model's answer, or the true class."""
    shown: Count = 4
    """Frames of each clip that are shown."""
    columns: Count = 2
    """Clips side by side."""
    layer: Annotated[str | None, tyro.conf.arg(metavar="ENDPOINT")] = None
    """Where to look into the network; by default Mixed_5c, of clips below 224 pixels Mixed_4f."""
    seed: int = 0
    """Another seed shows other clips."""
    model: ModelOptions = field(default_factory=lambda: ModelOptions(precision="float32"))
    clip: ClipOptions = field(default_factory=ClipOptions)
    json: Json = False

    def run(self) -> int:
        """Look, draw, write and print."""
        check_out(self.out)
        for name in ("columns", "limit"):
            if getattr(self, name) < 1:
                raise UsageError(f"--{name} {getattr(self, name)}: at least 1")
        from anigifs.studies.figures.plate import draw_plate
        from anigifs.studies.figures.saliency import blocks_of

        sight = self._sight()
        figure = draw_plate(blocks_of(sight, self.shown), self.columns)
        warnings = Warnings()
        for error in sight.errors:
            warnings.take(error)
        if len(sight.seen) < self.count:
            found = f"{len(sight.seen)} of {self.count} clips found among {sight.looked}"
            warnings.take(f"{found}; --limit draws more")
        drawn = [one.to_json(sight.viewers) for one in sight.seen]
        return finish(figure, self.out, drawn, self._summary(sight), warnings.lines, json=self.json)

    def _sight(self) -> "Sight":
        from anigifs.models.weights import find
        from anigifs.studies.explain.looking import Wanted, check_pair
        from anigifs.studies.explain.on_files import Showing
        from anigifs.studies.figures.saliency import Choice, choose_clips

        choice = Choice(self.count, self.pick, self.shown)
        first, second = find(self.model.weights)[0], find(self.beside)[0]
        check_pair(first, second)
        geometry = self.clip.geometry(first)
        if geometry != self.clip.geometry(second):
            raise UsageError(
                f"{second.name} was trained on {second.frames} x {second.size}, {first.name} on "
                f"{first.frames} x {first.size}; say --frames and --size for both"
            )
        background = BACKGROUNDS[self.clip.background]
        showing = Showing(geometry, self.clip.sampler, background, Wanted(self.of), (), self.out)
        viewers = self._viewers(geometry)
        return choose_clips(viewers, self._clips(), showing, choice, while_preparing)

    def _clips(self) -> "Clips":
        from anigifs.studies.explain.rows import Clips

        return Clips(
            self.index,
            self.domain,
            self.split,
            self.style,
            limit=self.limit,
            curves=0,
            pictures=0,
            seed=self.seed,
            store=home() / "prepared",
        )

    def _viewers(self, geometry: "Geometry") -> "tuple[Viewer, Viewer]":
        from anigifs.studies.explain.looking import Viewer, layer_for, names_of

        layer = layer_for(geometry, self.layer)
        first, of_first = self.model.load()
        second, of_second = replace(self.model, weights=self.beside).load()
        names = names_of(of_first, of_second)
        return Viewer(names[0], first, of_first, layer), Viewer(names[1], second, of_second, layer)

    def _summary(self, sight: "Sight") -> dict[str, Any]:
        return {
            "shown": ", ".join(one.row.label for one in sight.seen),
            "weights": [viewer.weights.name for viewer in sight.viewers],
            "weights_sha256": [viewer.weights.sha256 for viewer in sight.viewers],
            "layer": sight.viewers[0].layer,
            "explained": sight.about,
            "pick": self.pick,
            "looked": sight.looked,
            "seed": self.seed,
        }
