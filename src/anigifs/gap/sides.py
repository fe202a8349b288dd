"""One side of a comparison: which clips it has, and where they lie."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from anigifs.clips import ClipSource
from anigifs.evaluation import media_files
from anigifs.foundation import UsageError, generator, sha256_of
from anigifs.index import Index, Row, clip_id, distinct
from anigifs.index.names import escaped

#: Intervals over fewer groups hold the truth too rarely to be worth printing (docs/scores.md).
FEWEST_GROUPS = 10
KINDS_SHOWN = 8


@dataclass(frozen=True)
class Side:
    """The clips of one domain.

    Attributes:
        text: As it was asked for, such as ``index.parquet:animated-gif:flat``.
        name: What people call it, such as ``flat``.
        rows: Each clip once.
        root: The folder that their paths are relative to.
        index: The index file; None for a folder of files.
        identity: Of the whole index; None for a folder.
    """

    text: str
    name: str
    rows: tuple[Row, ...]
    root: Path
    index: Path | None = None
    identity: str | None = None

    @property
    def groups(self) -> int:
        """How many independent groups of clips there are."""
        return len({row.group for row in self.rows})

    @property
    def sources(self) -> list[ClipSource]:
        """Where the clips lie."""
        return [
            ClipSource(row.clip_id, self.root / row.path, row.start_ms, row.end_ms, row.sha256)
            for row in self.rows
            if row.path is not None
        ]

    def only(self, clip_ids: Collection[str]) -> "Side":
        """Return the side with those of its clips that are named."""
        return replace(self, rows=tuple(row for row in self.rows if row.clip_id in clip_ids))


def read_side(text: str, split: str | None = None) -> Side:
    """Return the clips that a text names.

    Args:
        text: ``INDEX``, ``INDEX:DOMAIN`` or ``INDEX:DOMAIN:STYLE`` - several styles with commas
            between them, and an empty domain is any - or a folder of files.
        split: Rows of this split only; None takes all.

    Raises:
        UsageError: There is no such file, or it has no such clips, or one under two labels.
    """
    path, wanted = _parts(text)
    if path.is_dir():
        if wanted or split is not None:
            raise UsageError(f"{text}: a folder has no domains, styles or splits; name an index")
        return _folder_side(path)
    if split is not None:
        wanted["split"] = (split,)
    index = Index.read(path)
    rows = distinct(index.filter(state="decoded", **wanted).rows(), path)
    if not rows:
        asked = ", ".join(f"{name} {'/'.join(map(repr, them))}" for name, them in wanted.items())
        raise UsageError(
            f"{path}: no decoded rows of {asked or 'any kind'}; it has {_kinds(index)}"
        )
    name = "+".join(wanted.get("style", wanted.get("domain", (path.stem,))))
    return Side(text, name, rows, path.absolute().parent, path, index.identity)


def both_sides(a: str, b: str, split: str | None = None) -> tuple[Side, Side]:
    """Return two sides with different names and clips, and enough groups of each.

    Raises:
        UsageError: A side cannot be read or is too small, or a clip is on both.
    """
    sides = [read_side(text, split) for text in (a, b)]
    shared = {row.clip_id for row in sides[0].rows} & {row.clip_id for row in sides[1].rows}
    if shared:
        raise UsageError(
            f"{a} and {b}: {len(shared):,} clips are on both sides; name two that have none in "
            "common"
        )
    for side in sides:
        check_size(side)
    if sides[0].name == sides[1].name:
        sides = [replace(side, name=side.text) for side in sides]
    return sides[0], sides[1]


def check_size(side: Side, errors: Mapping[str, str] = MappingProxyType({})) -> None:
    """Refuse a side of fewer than 10 groups.

    Args:
        side: The clips that are left.
        errors: Why others could not be read.

    Raises:
        UsageError: It has fewer.
    """
    if side.groups < FEWEST_GROUPS:
        lost = (
            f" ({len(errors)} could not be read: {next(iter(errors.values()))})" if errors else ""
        )
        raise UsageError(
            f"{side.text}: {len(side.rows)} clips of {side.groups} groups{lost}; an interval needs "
            f"{FEWEST_GROUPS} groups at least"
        )


def drawn(sides: tuple[Side, Side], most: int, seed: int) -> tuple[Side, Side]:
    """Return at most so many clips of each side, drawn by seed in whole groups.

    Both sides take groups in one order, so that groups that are on both stay together.
    """
    names = sorted({row.group for side in sides for row in side.rows})
    order = [names[place] for place in generator(seed, "gap", "clips").permutation(len(names))]
    a, b = (_at_most(side, most, order) for side in sides)
    return a, b


def _at_most(side: Side, most: int, order: list[str]) -> Side:
    if len(side.rows) <= most:
        return side
    members: dict[str, list[str]] = {}
    for row in side.rows:
        members.setdefault(row.group, []).append(row.clip_id)
    kept: set[str] = set()
    for group in order:
        if len(kept) + len(members.get(group, ())) <= most:
            kept.update(members.get(group, ()))
    return side.only(kept)


def _parts(text: str) -> tuple[Path, dict[str, tuple[str, ...]]]:
    """Return the path at the beginning of a text, and what it says of domain and style."""
    fields = text.split(":")
    for count in range(min(3, len(fields))):
        path = Path(":".join(fields[: len(fields) - count]))
        if path.exists():
            named = zip(("domain", "style"), fields[len(fields) - count :], strict=False)
            return path, {name: tuple(them.split(",")) for name, them in named if them}
    raise UsageError(
        f"{text}: no such index or folder; write INDEX, INDEX:DOMAIN or INDEX:DOMAIN:STYLE"
    )


def _kinds(index: Index) -> str:
    """Return what domains, styles and splits an index has, for somebody who mistyped one."""
    columns = (index.table[name].to_pylist() for name in ("domain", "style", "split", "state"))
    counts = Counter(zip(*columns, strict=True))
    shown = [
        f"{':'.join(filter(None, kind[:2])) or 'no domain'} ({kind[2] or 'no split'}, "
        f"{kind[3]}) {rows:,}"
        for kind, rows in counts.most_common(KINDS_SHOWN)
    ]
    return ", ".join([*shown, "..."] if len(counts) > KINDS_SHOWN else shown) or "no rows"


def _folder_side(folder: Path) -> Side:
    """Return the files of a folder; a class is the folder that a file lies in, if there is one."""
    found: dict[str, Row] = {}
    for path in media_files([folder]):
        name = path.relative_to(folder)
        key = escaped(name.as_posix())
        try:
            sha256: str | None = sha256_of(path)
        except OSError:
            sha256 = None  # reading it will say what is wrong
        clip = clip_id(sha256 or key)
        label = escaped(name.parts[0]) if len(name.parts) > 1 else ""
        found.setdefault(clip, Row(clip_id=clip, path=key, sha256=sha256, label=label, group=key))
    return Side(str(folder), folder.absolute().name, tuple(found.values()), folder.absolute())
