"""List a folder that has one folder a class."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from anigifs.foundation import UsageError
from anigifs.foundation.tree import visible_files
from anigifs.index.labels import Labels
from anigifs.index.names import NOT_UTF8, escaped, is_utf8
from anigifs.index.row import Row, clip_id
from anigifs.index.table import Index


def from_folder(
    root: Path | str,
    *,
    taxonomy: str | Path | None = None,
    domain: str = "",
    style: str = "",
    split: str = "",
    licence: str = "",
    source: str = "",
) -> Index:
    """List the files of a folder that has one folder a class; no file is opened.

    Hidden files and folders are passed over, and so is what lies beside the class folders; links
    are followed. What a file holds, and what may not be listed, is for
    :func:`~anigifs.index.check` to find out. Each file is a group of its own.
    A file whose name is not UTF-8 is a row in error (:mod:`anigifs.index.names`).

    Args:
        root: Such as ``clips``, with ``clips/yoga/a.gif`` in it.
        taxonomy: The class list that the folders' names are found in, however they spell it; None
            takes them as they are.
        domain: Of every row, such as ``animated-gif``; the other texts are every row's, too.
        style: A kind within the domain.
        split: Such as ``test``.
        licence: What the clips may be used for.
        source: Where they come from.

    Raises:
        UsageError: There is no such folder, it has no class folder with a file in it, or one that
            the taxonomy does not know.
    """
    root = Path(root)
    if not root.is_dir():
        raise UsageError(f"{root}: not a folder; give one that holds one folder a class")
    labels = Labels(taxonomy)

    def rows() -> Iterator[Row]:
        for folder in _class_folders(root):
            names = sorted(visible_files(folder))
            label = labels.find(escaped(folder.name), escaped(str(folder))) if names else ""
            for name in names:
                path = str(PurePosixPath(folder.name, name))
                key, sound = escaped(path), is_utf8(path)
                yield Row(
                    clip_id=clip_id(key),
                    path=key,
                    label=label,
                    group=key,
                    domain=domain,
                    style=style,
                    split=split,
                    licence=licence,
                    source=source,
                    state="listed" if sound else "error",
                    error=None if sound else NOT_UTF8,
                )

    index = Index.from_rows(rows(), labels.taxonomy, root)
    if not len(index):
        raise UsageError(f"{root}: holds no class folders with files in them")
    return index


def _class_folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != ".")
