"""``anigifs explain``: where models look, as pictures, and whether that is where people are."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.options import (
    BACKGROUNDS,
    ClipOptions,
    ModelOptions,
    warn_of_untrained,
    weights_described,
)
from anigifs.cli.output import percent, print_envelope, printable, warn, with_progress
from anigifs.foundation import UsageError, home

if TYPE_CHECKING:
    from anigifs.clips import Geometry
    from anigifs.models import WeightsRecord
    from anigifs.studies.explain.looking import Viewer, Wanted
    from anigifs.studies.explain.on_files import Showing

PICTURES, CURVES = 8, 16


@dataclass(frozen=True)
class Explain:
    """Show where models look in GIFs and videos, and score it where people are boxed.

    Example: anigifs explain dance.gif --weights runs/erm/best --beside runs/gating/best --out seen
    """

    files: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="FILE...", help_behavior_hint=""),
    ]
    """GIF, WebP, APNG, MP4, MOV, MKV, WebM or AVI files, or folders of them."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where pictures and scores go."""
    beside: Annotated[str | None, tyro.conf.arg(metavar="WEIGHTS")] = None
    """Other weights, of the same classes, to be shown beside the first."""
    class_: Annotated[str | None, tyro.conf.arg(name="class", metavar="NAME")] = None
    """Explain this class in every clip."""
    of: Literal["answer", "label"] = "answer"
    """Explain each model's answer, or, with an index, the true class."""
    layer: Annotated[str | None, tyro.conf.arg(metavar="ENDPOINT")] = None
    """Where to look into the network; by default Mixed_5c, of clips below 224 pixels Mixed_4f."""
    formats: Annotated[
        tuple[Literal["gif", "png", "mp4"], ...], tyro.conf.arg(metavar="{gif,png,mp4}...")
    ] = ("gif", "png")
    """gif and mp4 move as the clip does; png is a strip of its frames."""
    index: Annotated[Path | None, tyro.conf.arg(metavar="INDEX")] = None
    """Explain the rows of an index instead of files, and score them."""
    domain: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Of an index: rows of these domains only, each with figures of its own."""
    split: Annotated[str | None, tyro.conf.arg(metavar="NAME")] = None
    """Of an index: rows of this split only."""
    style: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Of an index: rows of these styles only."""
    limit: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Of an index: at most N clips of each domain, drawn by lot."""
    pictures: Annotated[int, tyro.conf.arg(metavar="N")] = PICTURES
    """Of an index: clips of each domain to show, half of them answered wrongly."""
    deletion: Annotated[int, tyro.conf.arg(metavar="N")] = CURVES
    """Of an index: clips of each domain whose evidence is taken away, some 60 passes each."""
    seed: Annotated[int, tyro.conf.arg(metavar="N")] = 0
    """Of every lot."""
    model: ModelOptions = field(default_factory=lambda: ModelOptions(precision="float32"))
    clip: ClipOptions = field(default_factory=ClipOptions)
    json: bool = False
    """Print one JSON object on standard output."""
    strict: bool = False
    """Exit with 2 if any file inside a folder could not be read, too."""

    def run(self) -> int:
        """Explain and print; exit code 2 where a file named on the command line failed."""
        self._check()
        from anigifs.models.weights import find
        from anigifs.studies.explain.on_files import Showing

        record = find(self.model.weights)[0]
        geometry = self.clip.geometry(record)
        if self.beside is not None:
            self._check_beside(record, find(self.beside)[0])
        showing = Showing(
            geometry,
            self.clip.sampler,
            BACKGROUNDS[self.clip.background],
            self._wanted(record),
            self.formats,
            self.out,
        )
        viewers = self._viewers(geometry)
        warnings = [line for viewer in viewers for line in warn_of_untrained(viewer.weights)]
        for line in warnings:
            warn(line)
        if self.index is None:
            return self._run_on_files(viewers, showing, warnings)
        return self._run_on_index(self.index, viewers, showing, warnings)

    def _check(self) -> None:
        if (self.index is None) == (not self.files):
            raise UsageError("name files to explain, or an --index, and not both")
        if self.index is None:
            if self.of == "label":
                raise UsageError("--of label is for an --index: files do not say what they show")
            if self.domain or self.split or self.style or self.limit is not None:
                raise UsageError("--domain, --split, --style and --limit are for an --index")
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"--limit {self.limit}: at least 1")
        for name in ("pictures", "deletion"):
            if getattr(self, name) < 0:
                raise UsageError(f"--{name} {getattr(self, name)}: at least 0")
        if self.out.exists() and not self.out.is_dir():
            raise UsageError(f"{self.out}: a file, not a folder to write into")
        if not self.formats:
            raise UsageError("--formats: one at least of gif, png and mp4")

    def _check_beside(self, first: "WeightsRecord", second: "WeightsRecord") -> None:
        from anigifs.studies.explain.looking import check_pair, names_of

        check_pair(first, second)
        names_of(first, second)
        if self.clip.geometry(first) != self.clip.geometry(second):
            raise UsageError(
                f"{second.name} was trained on {second.frames} x {second.size}, {first.name} on "
                f"{first.frames} x {first.size}; say --frames and --size for both"
            )

    def _wanted(self, record: "WeightsRecord") -> "Wanted":
        from anigifs.studies.explain.looking import Wanted, class_named

        name = None if self.class_ is None else class_named(self.class_, record)
        return Wanted(self.of, name)

    def _viewers(self, geometry: "Geometry") -> "list[Viewer]":
        from anigifs.studies.explain.looking import Viewer, layer_for, names_of

        layer = layer_for(geometry, self.layer)
        given = [self.model] + (
            [] if self.beside is None else [replace(self.model, weights=self.beside)]
        )
        loaded = [one.load() for one in given]
        records = [record for _, record in loaded]
        names = names_of(*records) if len(records) == 2 else [records[0].name]
        return [
            Viewer(name, model, record, layer)
            for name, (model, record) in zip(names, loaded, strict=True)
        ]

    def _run_on_files(
        self, viewers: "Sequence[Viewer]", showing: "Showing", warnings: list[str]
    ) -> int:
        from anigifs.evaluation import media_files
        from anigifs.studies.explain.on_files import explain_files
        from anigifs.studies.explain.writing import write_json

        paths = media_files(self.files)
        results = []
        explained = explain_files(viewers, paths, showing)
        for result in with_progress(explained, len(paths), "explaining"):
            results.append(result)
            if not self.json:
                print(_for_people(result), flush=True)
        failed = [result for result in results if result["error"] is not None]
        summary = {
            "files": len(results),
            "failed": len(failed),
            **self._described(viewers, showing),
        }
        if failed:
            warnings = [*warnings, f"{len(failed)} of {len(results)} files could not be read"]
            warn(warnings[-1])
        write_json(self.out, {**summary, "results": results, "warnings": warnings})
        if self.json:
            print_envelope(results, summary, warnings)
        named = {str(path) for path in self.files}
        return 2 if failed and (self.strict or any(f["file"] in named for f in failed)) else 0

    def _run_on_index(
        self, index: Path, viewers: "Sequence[Viewer]", showing: "Showing", warnings: list[str]
    ) -> int:
        from anigifs.studies.explain.on_index import explain_index
        from anigifs.studies.explain.rows import Clips
        from anigifs.studies.explain.tables import to_text
        from anigifs.studies.explain.writing import figures_of, write_explained

        clips = Clips(
            index,
            self.domain,
            self.split,
            self.style,
            self.limit,
            self.deletion,
            self.pictures,
            self.seed,
            home() / "prepared",
        )
        explained = explain_index(viewers, clips, showing, with_progress)
        for line in explained.warnings:
            warn(line)
        write_explained(self.out, explained)
        if self.json:
            summary = {**explained.record, **figures_of(explained)}
            print_envelope(explained.pictures, summary, [*warnings, *explained.warnings])
        else:
            print(to_text(explained.summary))
            print(f"{self.out}: {len(explained.pictures)} clips in pictures/, figures, clips.jsonl")
        return 2 if self.strict and explained.failed else 0

    def _described(self, viewers: "Sequence[Viewer]", showing: "Showing") -> dict[str, Any]:
        first, *others = viewers
        return {
            **weights_described(first.weights),
            "beside": weights_described(others[0].weights) if others else None,
            "layer": first.layer,
            "explained": str(showing.wanted),
            **self.clip.described(showing.geometry),
            "out": str(self.out),
        }


def _for_people(result: dict[str, Any]) -> str:
    if result["error"] is not None:
        return f"{printable(result['error'])}\n"
    lines = [printable(result["file"]), *(f"  ! {warning}" for warning in result["warnings"])]
    for model in result["models"]:
        lines.append(f"  {model['model']}, evidence for {model['explained']}")
        lines += [
            f"  {percent(one['probability']):>7}  {one['label']}" for one in model["predictions"]
        ]
    return "\n".join([*lines, *(f"  -> {printable(path)}" for path in result["pictures"]), ""])
