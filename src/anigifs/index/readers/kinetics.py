"""List Kinetics: what its lists name, and which of it lies in a tree of clips."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.index.labels import Labels
from anigifs.index.names import NOT_UTF8, escaped, is_utf8
from anigifs.index.readers.clip_files import ClipFiles, find_clips
from anigifs.index.readers.clip_names import SUFFIXES, ClipName
from anigifs.index.readers.kinetics_csv import read_kinetics_csv
from anigifs.index.readers.split_names import HELD_BACK
from anigifs.index.row import Row, clip_id
from anigifs.index.table import Index

TAXONOMY, DOMAIN = "kinetics-600", "video"

#: A label and a split that a list gives a clip.
Said = tuple[str, str]


@dataclass(frozen=True)
class KineticsAccount:
    """What the lists and the tree hold beside the rows.

    Attributes:
        lines: Lines of the lists.
        repeated: Lines that say again what an earlier one says; they make no row.
        contradicted: Clips under two labels or in two splits; each of their rows is in error.
        unlabelled: Clips without a label.
        shared: Videos that have clips in several splits.
        files: Clips in the tree.
        extra: Files that are another copy of a clip; one of them is taken.
        unlisted: Clips in the tree, or with ``untrimmed`` videos, that no line names.
        first_unlisted: The path of the first of these.
        others: Files in the tree that are not named like a clip.
        first_other: The path of the first of these.
    """

    lines: int
    repeated: int
    contradicted: int
    unlabelled: int
    shared: int
    files: int = 0
    extra: int = 0
    unlisted: int = 0
    first_unlisted: str = ""
    others: int = 0
    first_other: str = ""


@dataclass
class Lists:
    """The lines of the lists, clip by clip.

    Attributes:
        said: What is said of each clip, in the order in which clips are first named.
        lines: How many lines were read.
        repeated: How many of them say again what an earlier one says.
    """

    said: dict[ClipName, tuple[Said, ...]] = field(default_factory=dict)
    lines: int = 0
    repeated: int = 0


def from_kinetics(
    annotations: Sequence[Path | str],
    videos: Path | str | None = None,
    *,
    taxonomy: str | Path = TAXONOMY,
    domain: str = DOMAIN,
    split: str = "",
    untrimmed: bool = False,
    drop_shared: bool = False,
    licence: str = "",
) -> tuple[Index, KineticsAccount]:
    """List the clips that lists of Kinetics name, with the file of each that lies in a tree.

    A clip has a row whether or not there is a file of it. Its key is its name in Kinetics, and its
    group the video, so that clips of one video are never separated. A file that holds the clip
    alone is taken from its beginning to its end. Clips of which the lists contradict each other are
    in error.

    Args:
        annotations: CSV files with a header; see ``read_kinetics_csv``.
        videos: The tree; None lists without files.
        taxonomy: The class list of the labels, however they spell it.
        domain: ``video``, or ``video-gif`` for a tree of GIFs with the names of the clips.
        split: Of clips for which neither their list nor its name says it.
        untrimmed: The tree holds whole videos named ``<id>.mp4``, in which a clip is some seconds.
        drop_shared: Of a video with clips in several splits, put in error those in any but the one
            that is held back most: ``test``, then ``val``. Training refuses such videos otherwise.
        licence: What the clips may be used for.

    Returns:
        The index, in the order of the lists, and what else there was.

    Raises:
        UsageError: A line is no sense, a label is not in the class list, no clip is named, or the
            tree holds files but none of a clip that is named.
    """
    if not annotations:
        raise UsageError("no list of clips; give at least one CSV file")
    if domain not in SUFFIXES:
        raise UsageError(f"clips of domain {domain!r}: one of {', '.join(SUFFIXES)}")
    labels = Labels(taxonomy)
    lists = read_lists([Path(path) for path in annotations], labels, split)
    root = Path(annotations[0]).parent if videos is None else Path(videos)
    tree = ClipFiles(root) if videos is None else find_clips(root, domain)
    unlisted = _unlisted(tree, lists, untrimmed=untrimmed)
    shared = _shared(lists)

    def rows() -> Iterator[Row]:
        for name, said in lists.said.items():
            for label, of_split in said:
                start_ms, end_ms = (1000 * name.start, 1000 * name.end) if untrimmed else (0, None)
                path = tree.whole.get(name.video) if untrimmed else tree.path_of(name, label)
                path, error = _sound(path, said)
                if drop_shared and shared.get(name.video, of_split) != of_split and not error:
                    path, error = None, f"its video has a clip in {shared[name.video]!r}, too"
                yield Row(
                    clip_id=clip_id(str(name), start_ms, end_ms),
                    path=path,
                    start_ms=start_ms,
                    end_ms=end_ms,
                    label=label,
                    domain=domain,
                    split=of_split,
                    group=name.video,
                    licence=licence,
                    source=name.url,
                    state="error" if error else "listed",
                    error=error,
                )

    index = Index.from_rows(rows(), labels.taxonomy, root)
    return index, KineticsAccount(
        lines=lists.lines,
        repeated=lists.repeated,
        contradicted=sum(len(said) > 1 for said in lists.said.values()),
        unlabelled=sum(not label for said in lists.said.values() for label, _ in said),
        shared=len(shared),
        files=len(tree.whole if untrimmed else tree.clips),
        extra=tree.extra,
        unlisted=len(unlisted),
        first_unlisted=unlisted[0] if unlisted else "",
        others=tree.others,
        first_other=tree.first_other,
    )


def read_lists(paths: Sequence[Path], labels: Labels, split: str = "") -> Lists:
    """Read lists of Kinetics.

    Raises:
        UsageError: A line is no sense, or there is none.
    """
    lists = Lists()
    once: dict[Said, tuple[Said]] = {}  # half a million clips share a few hundred of them
    for path in paths:
        for name, label, of_split in read_kinetics_csv(path, labels, split):
            lists.lines += 1
            said = once.setdefault((label, of_split), ((label, of_split),))
            earlier = lists.said.get(name, ())
            if said[0] in earlier:
                lists.repeated += 1
            else:
                lists.said[name] = (*earlier, *said) if earlier else said
    if not lists.said:
        raise UsageError(f"{paths[0]}: names no clip")
    return lists


def _sound(path: str | None, said: Sequence[Said]) -> tuple[str | None, str | None]:
    """Return the path that a row may have, and what is wrong with the row."""
    if len(said) > 1:
        # Without a path, since a check would find nothing wrong with the file.
        stated = " and as ".join(f"{label!r} in {split!r}" for label, split in said)
        return None, f"listed as {stated}"
    if path is not None and not is_utf8(path):
        return escaped(path), NOT_UTF8
    return path, None


def _unlisted(tree: ClipFiles, lists: Lists, *, untrimmed: bool) -> list[str]:
    """Return the paths of clips, or of whole videos, that no line names.

    Raises:
        UsageError: The tree holds files, but none of these is named.
    """
    if untrimmed:
        tree.check_holds_whole()
        videos = {name.video for name in lists.said}
        there = len(tree.whole)
        paths = [path for video, path in tree.whole.items() if video not in videos]
    else:
        tree.check_holds_clips()
        there = len(tree.clips)
        paths = [path for name, path in tree.clips.items() if name not in lists.said]
    if paths and len(paths) == there:
        first = next(iter(lists.said))
        raise UsageError(
            f"{tree.root}: none of its {there:,} files is listed; the first is {paths[0]}, and the "
            f"first that is listed {first}"
        )
    return paths


def _shared(lists: Lists) -> dict[str, str]:
    """Return of each video that has clips in several splits the one that is held back most."""
    split_of: dict[str, str] = {}
    shared: dict[str, str] = {}
    for name, said in lists.said.items():
        for _, split in said:
            first = split_of.setdefault(name.video, split)
            if first != split:
                held = (shared.get(name.video, first), split)
                shared[name.video] = max(
                    held, key=lambda one: (HELD_BACK.index(one) if one in HELD_BACK else -1, one)
                )
    return shared
