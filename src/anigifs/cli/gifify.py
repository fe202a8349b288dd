"""``anigifs gifify``: videos to Kinetics GIFs."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.index_text import summary_of
from anigifs.cli.output import print_envelope, printable, with_progress
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.foundation.work import Executor
    from anigifs.index import Index
    from anigifs.media.gif_folder import GifJob, GifOutcome
    from anigifs.media.gifify import GifRecipe

INDEX = ".parquet"


@dataclass(frozen=True)
class Gifify:
    """Turn videos into Kinetics GIFs: 4 frames of each second, played at 16 a second.

    It can be stopped at any moment: called again, it goes on from there.

    Example: anigifs gifify clips/ --out gifs/
    """

    paths: Annotated[
        tuple[Path, ...],
        tyro.conf.Positional,
        tyro.conf.arg(metavar="PATH...", help_behavior_hint=""),
    ]
    """Videos, folders of them, whose tree is kept, or one index of videos."""
    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where the GIFs go, with manifest.jsonl and, for an index, index.parquet."""
    sample_fps: Annotated[float, tyro.conf.arg(metavar="FPS")] = 4.0
    """Frames taken from a second of the video."""
    pick: Literal["showing", "nearest"] = "showing"
    """Take the frame showing at each instant, or the one that begins nearest to it."""
    max_frames: Annotated[int, tyro.conf.arg(metavar="N")] = 40
    """The most frames; a longer video is cut off."""
    longer_side: Annotated[int, tyro.conf.arg(metavar="PIXELS")] = 400
    """Shrink, in proportion, until the longer side is at most this."""
    play_fps: Annotated[float, tyro.conf.arg(metavar="FPS")] = 16.0
    """Frames shown in a second of the GIF: at 16, delays of 60 and 70 ms."""
    constant_delay: bool = False
    """Show every frame equally long: at 16 a second, 60 ms."""
    palette: Literal["global", "frame"] = "global"
    """One palette for the whole GIF, or one for each frame."""
    colours: Annotated[int, tyro.conf.arg(metavar="N")] = 256
    """The most colours of a palette."""
    dither: bool = True
    """Do not spread the error of colours over neighbouring pixels (Floyd-Steinberg)."""
    style: str | None = None
    """Of every clip of the new index; gifified by default."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    json: bool = False
    """Print one JSON object on standard output."""
    strict: bool = False
    """Exit with 2 if any video could not be made a GIF."""

    def run(self) -> int:
        """Make the GIFs, and the index if there was one, and print the counts."""
        from anigifs.media.gif_folder import make_gifs

        recipe = self._recipe()
        executor = self.work.executor()
        if any(path.suffix == INDEX for path in self.paths):
            outcomes, summary = self._of_index(recipe, executor)
        elif self.style is not None:
            raise UsageError("--style is of an index; give one, or index the GIFs afterwards")
        else:
            jobs = self._jobs()
            outcomes = make_gifs(jobs, self.out, recipe, executor=executor, watch=_watch)
            summary = {}
        counts = _counts(outcomes)
        if self.json:
            summary = {**summary, **counts, "out": str(self.out), "recipe": asdict(recipe)}
            print_envelope([_result(one) for one in outcomes], summary)
        else:
            _print(outcomes, counts, self.out)
        return 2 if counts["failed"] and self.strict else 0

    def _recipe(self) -> "GifRecipe":
        from anigifs.media.gifify import GifRecipe

        return GifRecipe(**{one.name: getattr(self, one.name) for one in fields(GifRecipe)})

    def _of_index(
        self, recipe: "GifRecipe", executor: "Executor"
    ) -> "tuple[list[GifOutcome], dict[str, Any]]":
        from anigifs.index import Index
        from anigifs.index.gifified import STYLE, gifify_index

        source, target = self.paths[0], self.out / "index.parquet"
        if len(self.paths) > 1:
            raise UsageError(f"{source}: an index is given alone, without other paths")
        if os.path.realpath(source) == os.path.realpath(target):
            raise UsageError(f"{target}: it would be written over; choose another --out")
        videos = Index.read(source)
        style = STYLE if self.style is None else self.style
        gifs, outcomes = gifify_index(
            videos, self.out, recipe, style=style, executor=executor, watch=_watch
        )
        gifs.write(target)
        return outcomes, {**summary_of(gifs, target), "passed_over": _passed_over(videos)}

    def _jobs(self) -> "list[GifJob]":
        from anigifs.media.gif_folder import GifJob, gif_names

        videos = [pair for path in self.paths for pair in _videos(path, self.out)]
        if not videos:
            raise UsageError("no video to make a GIF of, as in: anigifs gifify clips/ --out gifs/")
        names = gif_names([(below, 0, None) for _, below in videos])
        return [GifJob(video, name) for (video, _), name in zip(videos, names, strict=True)]


def _videos(path: Path, out: Path) -> Iterator[tuple[Path, str]]:
    """Yield the videos of a path with their paths below it, but not what this program made."""
    from anigifs.evaluation.files import media_files

    for file in media_files([path]):
        if file == path:
            yield file, file.name
        elif file.suffix not in (INDEX, ".jsonl") and not _lies_in(file, out):
            yield file, file.relative_to(path).as_posix()


def _lies_in(file: Path, folder: Path) -> bool:
    return Path(os.path.realpath(file)).is_relative_to(os.path.realpath(folder))


def _passed_over(videos: "Index") -> int:
    columns = (videos.table[name].to_pylist() for name in ("path", "state"))
    return sum(path is None or state == "error" for path, state in zip(*columns, strict=True))


def _watch(outcomes: "Iterator[GifOutcome]", total: int) -> "Iterator[GifOutcome]":
    return with_progress(outcomes, total, "making GIFs")


def _counts(outcomes: "list[GifOutcome]") -> dict[str, int]:
    failed = sum(one.error is not None for one in outcomes)
    made = sum(one.made for one in outcomes)
    return {"made": made, "there": len(outcomes) - made - failed, "failed": failed}


def _result(outcome: "GifOutcome") -> dict[str, Any]:
    job, record = outcome.job, outcome.record or {}
    return {
        "source": str(job.source),
        "gif": job.gif if outcome.record else None,
        "made": outcome.made,
        "frames": record.get("frames"),
        "duration_ms": record.get("duration_ms"),
        "warnings": list(record.get("warnings", ())),
        "error": outcome.error,
    }


def _print(outcomes: "list[GifOutcome]", counts: dict[str, int], out: Path) -> None:
    for one in outcomes:
        if one.error is not None:
            print(printable(one.error))
    made, there, failed = (f"{counts[name]:,}" for name in ("made", "there", "failed"))
    print(f"{printable(str(out))}: {made} GIFs made, {there} there already, {failed} failed")
