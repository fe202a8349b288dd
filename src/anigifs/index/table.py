"""The index: a table of rows, its file, and its identity."""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anigifs.foundation import UsageError, atomic_path
from anigifs.index.columns import (
    COLUMNS,
    SCHEMA,
    SCHEMA_VERSION,
    rows_of,
    table_of,
    values_of,
)
from anigifs.index.names import escaped, is_utf8
from anigifs.index.row import Row

#: The taxonomy of labels that come from no list.
CUSTOM = "custom"
_VERSION_KEY = b"anigifs.index.schema"
_TAXONOMY_KEY = b"anigifs.index.taxonomy"


@dataclass(frozen=True, eq=False)
class Index:
    """One row a clip; a value that is never changed, only made anew.

    Attributes:
        table: The rows as a pyarrow table, with the columns of :class:`Row`.
        taxonomy: The class list that labels are names of, or ``custom``.
        root: The folder that paths are relative to: once written, that of the index file.

    Example:
        >>> row = Row(clip_id="1", path="yoga/a.gif", label="yoga", group="a", domain="video")
        >>> index = Index.from_rows([row], root=Path("clips"))
        >>> len(index), len(index.filter(domain=["video", "animated-gif"], state="decoded"))
        (1, 0)
    """

    table: pa.Table
    taxonomy: str = CUSTOM
    root: Path = Path()

    @classmethod
    def from_rows(cls, rows: Iterable[Row], taxonomy: str = CUSTOM, root: Path = Path()) -> "Index":
        """Return the index of ``rows``, which are taken in a batch at a time."""
        return cls(table_of(rows), taxonomy, root)

    @classmethod
    def read(cls, path: Path | str) -> "Index":
        """Read an index file; paths are relative to the folder that it lies in.

        Raises:
            UsageError: There is no such file, or it is no index, or one of another version.
        """
        path = Path(path)
        if not path.is_file():
            raise UsageError(f"{path}: no such index; make one with `anigifs index folder`")
        try:
            # One open file for footer and rows, so that a file renamed over it cannot mix them.
            with (
                path.open("rb") as opened,
                pq.ParquetFile(opened, page_checksum_verification=True) as file,
            ):
                metadata = file.schema_arrow.metadata or {}
                _check_is_index(path, metadata, file.schema_arrow)
                table = file.read(columns=list(COLUMNS)).cast(SCHEMA)
                taxonomy = metadata[_TAXONOMY_KEY].decode()
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise UsageError(f"{path}: not an index, which is a Parquet file ({reason})") from None
        return cls(table, taxonomy, path.parent)

    def write(self, path: Path | str) -> None:
        """Write the index; the file appears whole or not at all.

        Paths are rewritten where the file goes to another folder than ``root``, so that they
        still lead to the same files.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        metadata = {_VERSION_KEY: str(SCHEMA_VERSION), _TAXONOMY_KEY: self.taxonomy}
        table = self.rooted(path.parent).table.replace_schema_metadata(metadata)
        # Files are opened here: pyarrow would take some names for addresses.
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            pq.write_table(table, file, compression="zstd", write_page_checksum=True)

    def rows(self) -> Iterator[Row]:
        """Yield the rows, in their order."""
        return rows_of(self.table)

    def filter(self, **wanted: str | Collection[str]) -> "Index":
        """Return the rows whose columns of text have the wanted value, or one of several.

        Args:
            **wanted: Such as ``split="train", domain=("video", "video-gif")``; all must hold.

        Raises:
            UsageError: There is no such column of text.
        """
        kept = self.table
        for name, values in wanted.items():
            if name not in COLUMNS or SCHEMA.field(name).type != pa.string():
                raise UsageError(f"an index cannot be filtered by {name!r}; see Row for its names")
            values = [values] if isinstance(values, str) else list(values)
            kept = kept.filter(pc.is_in(kept[name], pa.array(values, pa.string())))
        return replace(self, table=kept)

    def rooted(self, folder: Path) -> "Index":
        """Return the same rows with their paths relative to ``folder``.

        Raises:
            UsageError: A folder on the way has a name that is not UTF-8.
        """
        here, there = os.path.realpath(self.root), os.path.realpath(folder)
        if here == there:
            return replace(self, root=folder)
        step = os.path.relpath(here, there)
        if not is_utf8(step):
            raise UsageError(f"{escaped(step)}: no path through a name that is not UTF-8 is kept")
        paths = self.table["path"]
        if not step.startswith(".."):  # the files lie below: no path can cancel out with it
            moved = pc.binary_join_element_wise(step, paths, "/")
        else:
            moved = pa.array(
                (path and os.path.relpath(f"{here}/{path}", there) for path in paths.to_pylist()),
                pa.string(),
            )
        place = COLUMNS.index("path")
        return replace(
            self, table=self.table.set_column(place, SCHEMA.field("path"), moved), root=folder
        )

    @cached_property
    def identity(self) -> str:
        """SHA-256, in hexadecimal, of the taxonomy and the sorted rows without their paths.

        Moving the dataset or the index, or listing rows in another order, does not change it;
        anything else does. (A name that a file has within its dataset is in the rows where it
        serves as the file's group.) Each row is hashed by itself and the hashes are sorted, which
        takes little memory.
        """
        path = COLUMNS.index("path")
        hashes = sorted(
            hashlib.sha256(_canonical(values[:path] + values[path + 1 :])).digest()
            for values in values_of(self.table)
        )
        return hashlib.sha256(b"".join([_canonical(self.taxonomy), b"\n", *hashes])).hexdigest()

    @property
    def labels(self) -> set[str]:
        """The labels that rows have."""
        return set(self.table["label"].to_pylist())

    def __len__(self) -> int:
        return int(self.table.num_rows)


def _canonical(value: Any) -> bytes:  # noqa: ANN401 - what JSON can say
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _check_is_index(path: Path, metadata: dict[bytes, bytes], schema: pa.Schema) -> None:
    version = metadata.get(_VERSION_KEY)
    if version is None or _TAXONOMY_KEY not in metadata:
        raise UsageError(f"{path}: a Parquet file, but no index; `anigifs index table` reads lists")
    if version != str(SCHEMA_VERSION).encode():
        raise UsageError(
            f"{path}: an index of version {version.decode(errors='replace')}, where "
            f"{SCHEMA_VERSION} is read; list its clips anew, or update anigifs"
        )
    if missing := set(COLUMNS) - set(schema.names):
        raise UsageError(f"{path}: an index without its {', '.join(sorted(missing))}; list it anew")
