"""Tables of the curation: rows with a version, in Parquet files that appear whole or not at all."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.foundation import UsageError, atomic_path

#: Rows that are turned over at a time.
BATCH_ROWS = 4_096
_KEY = b"anigifs.table"
#: Of the fields of a row; one that may be None is null there.
_TYPES: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    float | None: pa.float64(),
    tuple[str, ...]: pa.list_(pa.string()),
    tuple[int, ...]: pa.list_(pa.int64()),
    tuple[bytes, ...]: pa.list_(pa.binary()),  # of no fixed size, which pandas cannot read
    tuple[tuple[str, str, str], ...]: pa.list_(pa.list_(pa.string())),
}


def schema_of(row: type) -> pa.Schema:
    """Return the columns of a table whose rows are of a dataclass, in the order of its fields."""
    return pa.schema(
        [
            pa.field(name, _TYPES[kind], nullable=kind == float | None)
            for name, kind in row.__annotations__.items()
        ]
    )


def write_table(
    path: Path | str, name: str, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]
) -> int:
    """Write rows to a Parquet file, and return how many they are; the same rows, the same bytes.

    Args:
        path: Of the file.
        name: Of this kind of table and its version, such as ``screened 1``.
        schema: Of the rows.
        rows: In the order in which they are to stand there.
    """
    remaining, count = iter(rows), 0
    with (
        atomic_path(path) as temporary,
        temporary.open("wb") as file,
        pq.ParquetWriter(
            file,
            schema.with_metadata({_KEY: name}),
            compression="zstd",
            write_page_checksum=True,
        ) as writer,
    ):
        while batch := list(islice(remaining, BATCH_ROWS)):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=schema))
            count += len(batch)
    return count


def read_table(path: Path | str, name: str, make_it: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table as dictionaries, a batch in memory at a time.

    Args:
        path: Of the file.
        name: What :func:`write_table` was told.
        make_it: The command that makes such a file.

    Raises:
        UsageError: There is no such file, or it is another kind of file or version.
    """
    path = Path(path)
    if not path.is_file():
        raise UsageError(f"{path}: no such file; `{make_it}` makes it")
    try:
        with (
            path.open("rb") as opened,
            pq.ParquetFile(opened, page_checksum_verification=True) as file,
        ):
            found = (file.schema_arrow.metadata or {}).get(_KEY, b"").decode()
            if found != name:
                raise UsageError(
                    f"{path}: {found or 'no such table'}, where {name} is read; "
                    f"`{make_it}` makes it anew"
                )
            for batch in file.iter_batches(BATCH_ROWS):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UsageError(f"{path}: cannot be read ({reason})") from None
