"""Files to prepared clips: in processes side by side, and resumable at any moment.

Each process decodes a clip, writes it to a shard of its own and notes it there; the one that was
called only hands out work and counts. Starting again does what is not noted yet, and tries once
more what failed. A clip that is done twice, since a machine was lost before it could say so, lies
in two shards, and one of them is read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from anigifs.clips.compact import compress
from anigifs.clips.load import load_frames
from anigifs.clips.planning import ClipSource, Plan, plan
from anigifs.clips.rule import PrepareRule
from anigifs.clips.shards import DELAY, ShardWriter
from anigifs.clips.timeline import timeline
from anigifs.foundation import MediaError, UsageError, sha256_of, write_text
from anigifs.foundation.errors import one_line, said_of
from anigifs.foundation.work import Executor, Local, Work


@dataclass(frozen=True)
class Report:
    """What preparing did.

    Attributes:
        plan: As it was before.
        prepared: How many clips were added.
        errors: Why the others could not be, by clip id; one line each.
    """

    plan: Plan
    prepared: int
    errors: dict[str, str]


Outcome = tuple[str, str | None]  # clip id, and its error or None
Watch = Callable[[Iterator[Outcome], int], Iterable[Outcome]]


def prepare(
    sources: Iterable[ClipSource],
    rule: PrepareRule,
    folder: Path | str,
    *,
    executor: Executor = Local(),
    watch: Watch = lambda outcomes, total: outcomes,
) -> Report:
    """Decode clips into shards; those that are there already cost nothing.

    A clip that cannot be decoded, or ends its process, carries its error and the others go on.

    Args:
        sources: The clips; what is named twice is prepared once.
        rule: What is kept of them. Each rule has a folder of its own inside ``folder``.
        folder: Where prepared clips are kept.
        executor: Decodes them; processes of this machine by default. All of its machines must see
            the files and ``folder`` under the same names.
        watch: Sees ``(clip_id, error or None)`` of each clip as it is done, and their number; it
            must hand them on. A progress bar fits here.

    Raises:
        UsageError: The disk cannot hold the clips, or became full. What is done is kept.

    Example:
        >>> sources = [ClipSource("0a1b", Path("dance.gif"))]
        >>> prepare(sources, PrepareRule(), "prepared").errors  # doctest: +SKIP
        {}
    """
    agenda = plan(sources, rule, folder)
    if agenda.least_bytes > agenda.free_bytes:
        raise UsageError(f"{agenda}; make room, or prepare fewer clips or smaller ones")
    if agenda.to_do and not (agenda.folder / "rule.json").exists():
        write_text(agenda.folder / "rule.json", rule.text + "\n")
    errors: dict[str, str] = {}
    done = 0
    for clip_id, error in watch(_run(agenda, rule, executor), len(agenda.to_do)):
        done += 1
        if error is not None:
            errors[clip_id] = error
    return Report(agenda, done - len(errors), errors)


def prepare_one(source: ClipSource, rule: PrepareRule, writer: ShardWriter) -> Outcome:
    """Decode one clip and append it to a shard, or note there why that cannot be done."""
    try:
        parts, facts = _decode(source, rule)
    except MediaError as error:
        message = str(error)
    except OSError as error:
        message = f"{source.path}: cannot be read ({error.strerror})"
    except Exception as error:  # one clip must not end the work on all others
        message = f"{source.path}: {one_line(said_of(error))}"
    else:
        writer.append(source.clip_id, parts, facts)
        return source.clip_id, None
    writer.note_error(source.clip_id, message)
    return source.clip_id, message


def _decode(
    source: ClipSource, rule: PrepareRule
) -> tuple[Sequence[np.ndarray], Mapping[str, str | int]]:
    if source.sha256 is not None and source.sha256 != sha256_of(source.path):
        raise MediaError(f"{source.path}: the file has changed since it was indexed")
    window = (source.start_ms, source.end_ms, rule.max_frames)
    clip = load_frames(
        source.path,
        lambda info: timeline(info, *window).indices,
        rule.geometry,
        background=rule.background,
    )
    kept = timeline(clip.info, *window)
    compact = compress(clip.frames_THWC)
    facts = {
        "form": "raw" if compact is None else "compact",
        "frames": len(kept.indices),
        "available": kept.available,
        "width": clip.shown[1],
        "height": clip.shown[0],
        "tick": str(kept.tick),
    }
    pixels = [clip.frames_THWC] if compact is None else compact
    return [np.array(kept.delays, DELAY), *pixels], facts


def _run(agenda: Plan, rule: PrepareRule, executor: Executor) -> Iterator[Outcome]:
    with ShardWriter(agenda.folder.absolute()) as writer:

        def failed(source: ClipSource, reason: str) -> Outcome:
            message = f"{source.path}: {reason}"
            writer.note_error(source.clip_id, message)
            return source.clip_id, message

        # Sent elsewhere, a writer becomes another, with a shard of its own.
        do = partial(prepare_one, rule=rule, writer=writer)
        sources = (replace(source, path=source.path.absolute()) for source in agenda.to_do)
        yield from executor.run(Work("prepare", do, failed), sources)
