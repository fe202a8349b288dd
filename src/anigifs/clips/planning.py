"""What preparing clips would do and how much room it takes, known before it starts."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from anigifs.clips.rule import PrepareRule
from anigifs.clips.shards import read_journals, stored_bytes


@dataclass(frozen=True)
class ClipSource:
    """Where a clip is to be found.

    Attributes:
        clip_id: The name it is stored under: a hash of the file's and of the window.
        path: The file.
        start_ms: Where the clip begins in it.
        end_ms: Where it ends; None is the file's end.
        sha256: What the file must hash to; None takes it as it is.
        frames: How many frames the file has, where that is known; it makes the plan sharper.
    """

    clip_id: str
    path: Path
    start_ms: int = 0
    end_ms: int | None = None
    sha256: str | None = None
    frames: int | None = None


@dataclass(frozen=True)
class Plan:
    """What preparing would do, known before it starts.

    Attributes:
        folder: Where the shards will lie.
        to_do: The clips that are not there yet, none twice.
        ready: How many are there already.
        most_bytes: What the rest will take if nothing fits the compact form.
        least_bytes: What it will take if everything does.
        free_bytes: What the disk has left.
    """

    folder: Path
    to_do: tuple[ClipSource, ...]
    ready: int
    most_bytes: int
    least_bytes: int
    free_bytes: int

    def __str__(self) -> str:
        """One line for people."""
        need = f"{self.least_bytes / 1e9:.2f} to {self.most_bytes / 1e9:.2f} GB"
        return (
            f"{len(self.to_do):,} clips to prepare, {self.ready:,} ready; needs {need}, "
            f"{self.free_bytes / 1e9:.2f} GB free in {self.folder}"
        )


def plan(sources: Iterable[ClipSource], rule: PrepareRule, folder: Path | str) -> Plan:
    """Return what is left to prepare and how much room it takes; nothing is read or written.

    Where the number of frames is not known, the most that the rule keeps is taken.
    """
    home = Path(folder) / rule.key
    stored, _ = read_journals(home, rule.size)
    wanted = {source.clip_id: source for source in sources}
    to_do = tuple(source for name, source in wanted.items() if name not in stored)
    frames = sum(min(source.frames or rule.max_frames, rule.max_frames) for source in to_do)
    existing = next(path for path in (home, *home.absolute().parents) if path.exists())
    return Plan(
        folder=home,
        to_do=to_do,
        ready=len(wanted) - len(to_do),
        most_bytes=stored_bytes(frames, rule.size),
        least_bytes=stored_bytes(frames, rule.size, "compact"),
        free_bytes=shutil.disk_usage(existing).free,
    )
