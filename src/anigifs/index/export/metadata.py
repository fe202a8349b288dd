"""What loaders read beside the files: a table of metadata a split, and a README that names both."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from anigifs.foundation import UsageError, atomic_path, write_text
from anigifs.index.columns import SCHEMA
from anigifs.index.export.plan import NO_SPLIT
from anigifs.index.row import Row

#: What is told of each clip, besides the name of its file.
TOLD = (
    "label",
    "group",
    "split",
    "domain",
    "style",
    "licence",
    "source",
    "clip_id",
    "sha256",
    "width",
    "height",
    "frames",
    "duration_ms",
)
#: Texts that pandas, through which metadata.csv is loaded, takes for a missing value.
_MISSING = {
    "", "#n/a", "#n/a n/a", "#na", "-1.#ind", "-1.#qnan", "-nan", "1.#ind", "1.#qnan", "<na>",
    "n/a", "na", "nan", "none", "null",
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|true|false", re.I)

Cells = dict[str, Any]


def cells_of(row: Row, **changed: object) -> Cells:
    """Return what is told of a row, with boxes only where it has any."""
    told = {name: getattr(row, name) for name in TOLD}
    if row.boxes:
        told["boxes"] = [asdict(box) for box in row.boxes]
    return {**told, **changed}


def unsafe_columns(splits: Iterable[Sequence[Cells]]) -> list[str]:
    """Return the columns of text that CSV cannot hold: loaders would disagree on their type.

    Loaders guess what a column of CSV holds from each split by itself. If it has no text in one
    split, or only what looks like a number, and texts in another, nothing can be loaded.

    Raises:
        UsageError: One of them is the label, which cannot be left out.
    """
    texts = [name for name in TOLD if SCHEMA.field(name).type == pa.string()]
    found = [name for rows in splits for name in texts if not _has_text(rows, name)]
    for rows in splits:
        for row in rows:
            if row["label"] and row["label"].lower() in _MISSING:
                raise UsageError(
                    f"label {row['label']!r}: readers of CSV take it for a missing value; export "
                    "with --metadata parquet"
                )
    if "label" in found:
        raise UsageError(
            "labels that are empty or look like numbers throughout a split are not read back from "
            "CSV; export with --metadata parquet"
        )
    return [name for name in texts if name in found]


def _has_text(rows: Sequence[Cells], name: str) -> bool:
    return any(
        row[name].lower() not in _MISSING and not _NUMBER.fullmatch(row[name]) for row in rows
    )


def write_csv(folder: Path, rows: Sequence[Cells], without: Iterable[str]) -> None:
    """Write ``metadata.csv`` into the folder of a split; boxes are JSON within a cell."""
    names = ["file_name", *(name for name in TOLD if name not in without)]
    if any("boxes" in row for row in rows):
        names.append("boxes")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        boxes = json.dumps(row.get("boxes", []))
        writer.writerow([boxes if name == "boxes" else row[name] for name in names])
    write_text(folder / "metadata.csv", text.getvalue())


def write_parquet(folder: Path, rows: Sequence[Cells]) -> None:
    """Write ``metadata.parquet`` into the folder of a split, with all columns."""
    fields = [pa.field("file_name", pa.string())]
    fields.extend(pa.field(name, SCHEMA.field(name).type) for name in (*TOLD, "boxes"))
    full = [{"boxes": [], **row} for row in rows]
    table = pa.Table.from_pylist(full, schema=pa.schema(fields))
    with atomic_path(folder / "metadata.parquet") as temporary, temporary.open("wb") as file:
        pq.write_table(table, file, compression="zstd")


def write_readme(folder: Path, kind: str, counts: Mapping[str, int]) -> None:
    """Write a README whose head tells Hugging Face's loader which files are which split.

    Args:
        folder: The export.
        kind: Its layout.
        counts: Clips of each split.
    """
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for split in counts:
        pattern = f"{split}-*.tar" if kind == "webdataset" else f"{split}/**"
        # A split's name, as loaders want it; without splits they say "train".
        name = "train" if split == NO_SPLIT else re.sub(r"\W", "_", split)
        lines += [f"  - split: {name}", f"    path: {json.dumps(pattern)}"]
    clips = ", ".join(f"{split} {count:,}" for split, count in counts.items())
    lines += ["---", "", f"{sum(counts.values()):,} clips ({clips}), exported by `anigifs` as"]
    lines += [f"{kind}. `export.json` names the index that they are of.", ""]
    write_text(folder / "README.md", "\n".join(lines))
