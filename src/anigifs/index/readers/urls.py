"""List clips that a list of URLs names, such as Ani-GIFs, and the files that they led to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.index.labels import Labels
from anigifs.index.names import NOT_UTF8, escaped, is_utf8
from anigifs.index.readers.trees import Tree, find_files
from anigifs.index.readers.url_files import UrlFiles, name_of
from anigifs.index.readers.url_lists import Address, passed_over, read_urls
from anigifs.index.row import Row, clip_id
from anigifs.index.table import Index

DOMAIN = "animated-gif"


@dataclass(frozen=True)
class UrlAccount:
    """What the list and the folder hold beside the rows.

    Attributes:
        lines: Lines of the list.
        repeated: Lines of a URL that stands there before, with the same label; they make no row.
        contradicted: URLs that stand there with two labels; their rows are in error.
        unlabelled: Rows without a label.
        by: Files found by a column ``file``, by the ``sha256`` of the URL, by its last ``name``.
        ambiguous: URLs that several files may be of, or whose file may be another URL's.
        files: Files in the folder.
        unused: Those that are no URL's.
        first_unused: The path of the first of these.
        passed_over: Columns that nothing was taken from.
    """

    lines: int
    repeated: int
    contradicted: int
    unlabelled: int
    by: dict[str, int]
    ambiguous: int
    files: int
    unused: int
    first_unused: str
    passed_over: tuple[str, ...]


def from_urls(
    path: Path | str,
    files: Path | str | None = None,
    *,
    taxonomy: str | Path | None = None,
    domain: str = DOMAIN,
    split: str = "",
    licence: str = "",
) -> tuple[Index, UrlAccount]:
    """List what a list of URLs names, with the file of each that is there; nothing is fetched.

    A URL has a row whether or not there is a file of it; its key and its source are the URL, and so
    is its group, if the list gives none. Sentences, as TGIF has in place of labels, follow the URL
    in the source, after tabs; such a row has the label "", and is for adaptation and for looking
    at, not to be trained on.

    Args:
        path: The list; see ``read_urls``.
        files: The folder of the files; None lists without files. ``UrlFiles.match`` says how a file
            is told.
        taxonomy: The class list that labels are found in; None takes them as they are.
        domain: Of every row.
        split: Of rows for which the list has none.
        licence: Likewise.

    Returns:
        The index, in the order of the list, and what else there was.

    Raises:
        UsageError: A line is no sense, a label is not in the class list, no URL is named, or the
            folder holds files but none of a URL.
    """
    path = Path(path)
    labels = Labels(taxonomy)
    said, lines, repeated = _read(path, labels)
    root = path.parent if files is None else Path(files)
    tree = Tree(root) if files is None else find_files(root, endings=None)
    matched = UrlFiles.match(tree, (ones[0] for ones in said.values()))
    _check_found(tree, matched, next(iter(said)))

    def rows() -> Iterator[Row]:
        for url, ones in said.items():
            yield _row(ones, matched.found.get(url), domain, split, licence)

    index = Index.from_rows(rows(), labels.taxonomy, root)
    taken = set(matched.found.values())
    unused = [one for one in tree.paths if one not in taken]
    return index, UrlAccount(
        lines=lines,
        repeated=repeated,
        contradicted=sum(_contradicted(ones) for ones in said.values()),
        unlabelled=sum(not ones[0].label for ones in said.values()),
        by={str(way): count for way, count in matched.by.items()},
        ambiguous=matched.ambiguous,
        files=len(tree.paths),
        unused=len(unused),
        first_unused=escaped(unused[0]) if unused else "",
        passed_over=passed_over(path),
    )


def _read(path: Path, labels: Labels) -> tuple[dict[str, list[Address]], int, int]:
    """Return what is said of each URL, how many lines there are, and how many say nothing new."""
    said: dict[str, list[Address]] = {}
    lines = repeated = 0
    for one in read_urls(path):
        lines += 1
        one = one._replace(label=labels.find(one.label, one.where) if one.label else "")
        ones = said.setdefault(one.url, [])
        new = all(one.label != other.label or one.sentence != other.sentence for other in ones)
        if new:
            ones.append(one)
        else:
            repeated += 1
    if not said:
        raise UsageError(f"{path}: names no URL")
    return said, lines, repeated


def _contradicted(ones: list[Address]) -> bool:
    return len({one.label for one in ones}) > 1


def _row(ones: list[Address], path: str | None, domain: str, split: str, licence: str) -> Row:
    first, error = ones[0], None
    if _contradicted(ones):
        # Without a path, since a check would find nothing wrong with the file.
        stated = " and as ".join(repr(label) for label in dict.fromkeys(one.label for one in ones))
        path, error = None, f"listed as {stated}"
    elif path is not None and not is_utf8(path):
        path, error = escaped(path), NOT_UTF8
    return Row(
        clip_id=clip_id(first.url),
        path=path,
        sha256=first.sha256 or None,
        label=first.label,
        domain=domain,
        style=first.style,
        split=first.split or split,
        group=first.group or first.url,
        licence=first.licence or licence,
        source="\t".join([first.url, *(one.sentence for one in ones if one.sentence)]),
        state="error" if error else "listed",
        error=error,
    )


def _check_found(tree: Tree, matched: UrlFiles, url: str) -> None:
    if tree.paths and not matched.found and not matched.ambiguous:
        called = f"{name_of(url)!r} or " if name_of(url) else ""
        raise UsageError(
            f"{tree.root}: none of its {len(tree.paths):,} files is of a listed URL; the first is "
            f"{escaped(tree.paths[0])}, and that of the first URL would be called {called}after "
            "the URL's sha256, unless the list has a column file"
        )
