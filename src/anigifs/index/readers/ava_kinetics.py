"""List AVA-Kinetics: clips around key frames, with the boxes of those who act (Li et al., 2020).

The annotations say at which instant of a YouTube video someone does something, and where. The
videos are clips of Kinetics-700 and, in AVA's own part, movies (Li et al., "The AVA-Kinetics
localized human actions video dataset", arXiv 2005.00214).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.index.readers.ava_actions import read_actions, shipped_actions
from anigifs.index.readers.ava_clips import KINETICS, Sources, kinetics_sources, movie_sources
from anigifs.index.readers.ava_rows import LineCounts, Mark, read_marks
from anigifs.index.readers.ava_windows import (
    NO_CLIP,
    REASONS,
    KeyFrame,
    Several,
    Window,
    key_frames,
    place,
    settle,
)
from anigifs.index.readers.kinetics import DOMAIN
from anigifs.index.readers.split_names import split_of_file
from anigifs.index.row import Row, clip_id
from anigifs.index.table import Index
from anigifs.taxonomy import CLASS_LISTS, CLASS_MAPS, ClassMap, class_map, normalise

CLASSES = "ava-12"
WINDOW_S = 2.0


@dataclass(frozen=True)
class Agreement:
    """How often Kinetics' own class of a clip is the class that AVA's mark makes it.

    Attributes:
        label: The class of the rows.
        rows: How many there are.
        labelled: Those whose clip has a class in Kinetics.
        equal: Those of them for which it is the same class.
    """

    label: str
    rows: int
    labelled: int
    equal: int


@dataclass(frozen=True)
class AvaAccount:
    """What became of the annotations.

    Attributes:
        lines: Lines read.
        short: Lines without a box or an action.
        other: Lines of other actions.
        no_box: Lines whose box is empty or leaves the frame.
        key_frames: Instants with a mark of the classes.
        dropped: How many of these make no row, by reason, every reason named.
        agreement: By class, by name; empty where no clip has a class in Kinetics.
    """

    lines: int
    short: int
    other: int
    no_box: int
    key_frames: int
    dropped: dict[str, int]
    agreement: tuple[Agreement, ...]


@dataclass(frozen=True)
class _Classes:
    """What AVA's ids are called, and the class of each that is wanted."""

    taxonomy: str
    map: ClassMap
    actions: dict[int, str]
    class_of: dict[int, str]


def from_ava_kinetics(
    annotations: Sequence[Path | str],
    videos: Path | str | None = None,
    *,
    kinetics: Sequence[Path | str] = (),
    kinetics_taxonomy: str | Path = KINETICS,
    movies: Path | str | None = None,
    classes: str | Path = CLASSES,
    actions: Path | str | None = None,
    window_s: float | None = WINDOW_S,
    several: Several = "drop",
    split: str = "",
    licence: str = "",
) -> tuple[Index, AvaAccount]:
    """List a clip for each key frame of some classes of AVA-Kinetics.

    A row is a key frame and a class: so many seconds around the key frame, clamped to the clip,
    with the boxes of all persons who have the class. An instant in the file is the annotated one
    less the beginning of the clip, and is never moved.

    Args:
        annotations: The CSV files of the release, without a header.
        videos: A tree of Kinetics' clips, or an index of ``from_kinetics``. Where that is checked,
            what lies beyond the real end of a file is dropped, and the rows are checked, too.
        kinetics: Kinetics' own lists, which name clips without a file, and the class of each.
        kinetics_taxonomy: The class list of these.
        movies: A tree of AVA's movies, ``<id>.mkv``; None leaves their key frames out.
        classes: ``ava-12``, or a map of AVA's classes to others; see ``class_map``. A class with
            several targets is left out.
        actions: The release's list of actions, if its ids are not AVA's usual ones.
        window_s: Seconds; None takes the whole clip.
        several: What becomes of a key frame with several of the classes: ``drop`` it, or take the
            ``rarest``.
        split: Of all rows; by default the one that each file's name names.
        licence: What the clips may be used for.

    Raises:
        UsageError: A line is no sense, the tree is none of such clips, or no row is left.
    """
    if window_s is not None and not 0 < window_s < float("inf"):
        raise UsageError(f"a window of {window_s} s: more than 0")
    if window_s is None and movies is not None:
        raise UsageError("the whole of a movie is no clip; give a window in seconds")
    if not annotations:
        raise UsageError("no annotations; give at least one CSV file")
    wanted = _classes(classes, actions)
    lines = LineCounts()
    frames = key_frames(_marks([Path(path) for path in annotations], wanted, split, lines))
    clips = kinetics_sources(
        {frame.video for frame in frames},
        None if videos is None else Path(videos),
        [Path(one) for one in kinetics],
        kinetics_taxonomy,
    )
    dropped: Counter[str] = Counter()
    window_ms = None if window_s is None else max(1, round(1000 * window_s))
    windows = place(frames, clips, _movies(movies, clips, frames), window_ms, dropped)
    kept = settle(windows, wanted.class_of, several, dropped)
    if not kept:
        raise UsageError(_nothing_left(annotations[0], frames, clips, dropped))
    rows = (_row(window, label, of_split, wanted, licence) for window, label, of_split in kept)
    index = Index.from_rows(rows, wanted.taxonomy, clips.root)
    return index, AvaAccount(
        lines=lines.lines,
        short=lines.short,
        other=lines.other,
        no_box=lines.no_box,
        key_frames=len(frames),
        dropped={reason: dropped[reason] for reason in REASONS},
        agreement=_agreement(kept, wanted, clips.taxonomy) if clips.taxonomy else (),
    )


def _classes(classes: str | Path, actions: Path | str | None) -> _Classes:
    """Return the wanted classes.

    Raises:
        UsageError: The map is none of AVA's classes, gives none a single target, or names one that
            the list of actions does not have.
    """
    short = f"{classes}-kinetics-600"
    found = class_map(short if short in CLASS_MAPS else classes)
    targets = found.single_targets()
    names = shipped_actions() if actions is None else read_actions(Path(actions))
    if strange := sorted(set(targets) - set(shipped_actions().values())):
        raise UsageError(f"{classes}: {strange[0]!r} is no class of AVA; map from the list ava-80")
    if missing := sorted(set(targets) - set(names.values())):
        raise UsageError(f"{actions}: has no action {missing[0]!r}, which {found.name} maps")
    if not targets:
        raise UsageError(f"{classes}: no class of AVA has a single target in it")
    target_list = found.target_list.name
    return _Classes(
        taxonomy=target_list if target_list in CLASS_LISTS else Path(target_list).stem,
        map=found,
        actions=names,
        class_of={number: targets[name] for number, name in names.items() if name in targets},
    )


def _marks(
    paths: Sequence[Path], wanted: _Classes, split: str, lines: LineCounts
) -> Iterator[tuple[str, Mark]]:
    for path in paths:
        of_file = split or split_of_file(path)
        for mark in read_marks(path, wanted.class_of, lines):
            yield of_file, mark


def _movies(
    folder: Path | str | None, clips: Sources, frames: Sequence[KeyFrame]
) -> Sources | None:
    if folder is None:
        return None
    annotated = dict.fromkeys(
        frame.video for frame in frames if frame.tells_apart and frame.video not in clips.by_video
    )
    return movie_sources(Path(folder), clips.root, annotated)


def _row(window: Window, label: str, split: str, wanted: _Classes, licence: str) -> Row:
    source, checked = window.source, window.source.checked
    names = {
        number: wanted.actions[number] for number, one in wanted.class_of.items() if one == label
    }
    sha256 = checked.sha256 if checked else None
    return Row(
        clip_id=clip_id(sha256 or source.key, window.start_ms, window.end_ms),
        path=source.path,
        sha256=sha256,
        start_ms=window.start_ms,
        end_ms=window.end_ms,
        label=label,
        domain=DOMAIN,
        split=split,
        group=source.video,
        width=checked.width if checked else None,
        height=checked.height if checked else None,
        frames=checked.frames if checked else None,
        duration_ms=checked.duration_ms if checked else None,
        boxes=window.boxes(names),
        licence=licence or (checked.licence if checked else ""),
        source=source.url,
        state=checked.state if checked else "listed",
    )


def _agreement(
    kept: Sequence[tuple[Window, str, str]], wanted: _Classes, taxonomy: str
) -> tuple[Agreement, ...]:
    """Compare the class of each row with that of its clip in Kinetics."""
    counts: dict[str, list[int]] = {}
    spellings = {label: _spellings(label, wanted.map, taxonomy) for _, label, _ in kept}
    for window, label, _ in kept:
        count = counts.setdefault(label, [0, 0, 0])
        own = window.source.label
        count[0] += 1
        count[1] += bool(own)
        count[2] += bool(own) and normalise(own) in spellings[label]
    return tuple(Agreement(label, *counts[label]) for label in sorted(counts))


def _spellings(label: str, found: ClassMap, taxonomy: str) -> set[str]:
    """Return the keys of all names that a class has in the list that Kinetics' labels are of."""
    names = {label}
    if (between := f"{found.target_list.name}-{taxonomy}") in CLASS_MAPS:
        names.update(class_map(between).targets(label))
    return set(map(normalise, names))


def _nothing_left(
    annotations: Path | str, frames: Sequence[KeyFrame], clips: Sources, dropped: Mapping[str, int]
) -> str:
    if not frames:
        return f"{annotations}: no line marks one of the classes"
    why = ", ".join(f"{dropped[reason]:,} {reason}" for reason in REASONS if dropped[reason])
    text = f"no clip is left of {len(frames):,} key frames: {why}"
    if dropped[NO_CLIP]:
        text += f"; the first that is annotated is of {frames[0].video}, the first clip "
        text += clips.first or "is none"
    return text
