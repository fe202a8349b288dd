"""Rows as columns: the schema of the Parquet file, and the way there and back."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from itertools import islice
from operator import attrgetter
from typing import Any

import pyarrow as pa

from anigifs.index.row import Box, Row

#: Raised by one whenever a column changes; written into every file.
SCHEMA_VERSION = 1
#: Rows that are turned into columns at a time, so that memory holds few of them as objects.
BATCH_ROWS = 16_384

BOX_TYPE = pa.struct(
    [
        pa.field("t_ms", pa.int64(), nullable=False),
        *(pa.field(edge, pa.float64(), nullable=False) for edge in ("x1", "y1", "x2", "y2")),
        *(pa.field(text, pa.string(), nullable=False) for text in ("action", "person")),
    ]
)
_OPTIONAL = {
    "path": pa.string(),
    "sha256": pa.string(),
    "end_ms": pa.int64(),
    "width": pa.int32(),
    "height": pa.int32(),
    "frames": pa.int32(),
    "duration_ms": pa.int64(),
    "error": pa.string(),
}
_REQUIRED = {"start_ms": pa.int64(), "boxes": pa.list_(pa.field("box", BOX_TYPE, nullable=False))}

#: The row's names, in the row's order.
COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Row))
SCHEMA = pa.schema(
    [
        pa.field(name, _OPTIONAL[name])
        if name in _OPTIONAL
        else pa.field(name, _REQUIRED.get(name, pa.string()), nullable=False)
        for name in COLUMNS
    ]
)

_row_values = attrgetter(*COLUMNS)
_box_values = attrgetter(*(field.name for field in fields(Box)))
_BOXES = COLUMNS.index("boxes")


def table_of(rows: Iterable[Row]) -> pa.Table:
    """Return rows as a table, taking in a batch of them at a time."""
    remaining = iter(rows)
    batches = []
    while batch := list(islice(remaining, BATCH_ROWS)):
        columns = list(zip(*map(_row_values, batch), strict=True))
        columns[_BOXES] = tuple([_box_values(box) for box in boxes] for boxes in columns[_BOXES])
        arrays = [
            pa.array(column, field.type) for column, field in zip(columns, SCHEMA, strict=True)
        ]
        batches.append(pa.record_batch(arrays, schema=SCHEMA))
    return pa.Table.from_batches(batches, schema=SCHEMA)


def rows_of(table: pa.Table) -> Iterator[Row]:
    """Yield the rows of a table that has this schema, in its order."""
    for values in values_of(table):
        named = dict(zip(COLUMNS, values, strict=True))
        named["boxes"] = tuple(Box(**box) for box in named["boxes"])
        yield Row(**named)


def values_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Yield each row's values as plain Python objects, turning over a batch at a time."""
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
