"""A gap as JSON rows, aligned text, Markdown and CSV."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from anigifs.foundation import write_text
from anigifs.gap.contrasts import Contrast
from anigifs.gap.drawing import draw_gap
from anigifs.gap.endpoints import Distance
from anigifs.gap.measure import Gap
from anigifs.gap.words import MEASURES, error_words, number, sentences

QUANTILES = ("q05", "q25", "median", "q75", "q95")
LOOK_HEADS = ("looks", "{a}", "{b}", "P({a} < {b})")
DISTANCE_HEADS = ("features", "distance", "value", "halves", "scale", "p")
Table = tuple[Sequence[str], list[list[str]]]


def results(gap: Gap) -> list[dict[str, Any]]:
    """Return a row for each look and each distance, as JSON can hold it."""
    looks = [
        {
            "kind": "look",
            "key": one.key,
            "title": one.title,
            "a": dict(zip(QUANTILES, one.a, strict=True)),
            "b": dict(zip(QUANTILES, one.b, strict=True)),
            "auc": one.auc,
            "low": one.low,
            "high": one.high,
        }
        for one in gap.contrasts
    ]
    return [*looks, *({"kind": "distance", **asdict(one)} for one in gap.distances)]


def summary(gap: Gap) -> dict[str, Any]:
    """Return all that the numbers depend on, and what they say."""
    return {**gap.facts, "shared_groups": gap.shared_groups, "said": sentences(gap)}


def write_files(gap: Gap, folder: Path) -> None:
    """Write ``gap.json``, ``gap.txt``, ``gap.md``, ``gap.csv`` and ``gap.svg``, each whole."""
    body = {"results": results(gap), "summary": summary(gap), "warnings": list(gap.warnings)}
    texts = {
        "json": json.dumps({"schema": 1, **body}, allow_nan=False, indent=1) + "\n",
        "txt": to_text(gap) + "\n",
        "md": to_markdown(gap),
        "csv": to_csv(gap),
        "svg": draw_gap(gap),
    }
    for suffix, text in texts.items():
        write_text(folder / f"gap.{suffix}", text)


def to_text(gap: Gap) -> str:
    """Return the sentences and tables for a terminal, without a line end after the last."""
    parts = [_title(gap), "", *sentences(gap)]
    for table in _tables(gap):
        parts += ["", *_aligned(table)]
    return "\n".join([*parts, "", *notes(gap)])


def to_markdown(gap: Gap) -> str:
    """Return the same as Markdown."""
    parts = [f"# {_escaped(_title(gap))}", *(_escaped(one) for one in sentences(gap))]
    for heads, rows in _tables(gap):
        cells = [list(heads), ["---", *["---:"] * (len(heads) - 1)], *rows]
        parts.append("\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in cells))
    parts.append("\n".join(f"- {_escaped(note)}" for note in notes(gap)))
    return "\n\n".join(parts) + "\n"


def to_csv(gap: Gap) -> str:
    """Return a line for each look and each distance; numbers are not rounded."""
    rows = []
    for row in results(gap):
        flat = {name: value for name, value in row.items() if not isinstance(value, dict)}
        for side in ("a", "b"):
            flat |= {f"{side}_{name}": value for name, value in row.get(side, {}).items()}
        rows.append(flat)
    names = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def notes(gap: Gap) -> list[str]:
    """Return what a reader of the tables has to know."""
    level = f"{100 * gap.facts['level']:g} %"
    said = [f"Looks: median [quartiles]; P [{level} interval, bootstrap over groups]."]
    if gap.distances:
        said += [
            f"Distances: value [{level} interval over groups]; around 0 for two samples of one "
            "domain.",
            "halves: the largest between two random halves of one side; p: permutation of groups.",
            f"scale: between two classes of {gap.a.name}, on average (KID, MMD²); of its "
            "covariance from none (CORAL); of a classifier that is never wrong (A-distance).",
        ]
    return said


def _title(gap: Gap) -> str:
    sides = [
        f"{one.name} ({len(one.rows):,} clips, {one.groups:,} groups)" for one in (gap.a, gap.b)
    ]
    shared = f"; {gap.shared_groups:,} groups are on both sides" if gap.shared_groups else ""
    return f"{' and '.join(sides)}{shared}"


def _tables(gap: Gap) -> Iterator[Table]:
    names = {"a": gap.a.name, "b": gap.b.name}
    yield [head.format(**names) for head in LOOK_HEADS], [_look(one) for one in gap.contrasts]
    if gap.distances:
        yield DISTANCE_HEADS, [_distance(one) for one in gap.distances]


def _look(one: Contrast) -> list[str]:
    sides = [f"{number(side[2])} [{number(side[1])}, {number(side[3])}]" for side in (one.a, one.b)]
    ends = "" if one.low is None else f" [{one.low:.2f}, {one.high:.2f}]"
    return [one.title, *sides, f"{one.auc:.2f}{ends}"]


def _distance(one: Distance) -> list[str]:
    ends = "" if one.low is None else f" [{number(one.low)}, {number(one.high)}]"
    name = ", ".join([MEASURES[one.measure], *error_words(one)])
    p = "-" if one.p is None else f"{one.p:.3f}"
    return [
        one.endpoint,
        name,
        f"{number(one.value)}{ends}",
        number(one.halves),
        number(one.scale),
        p,
    ]


def _aligned(table: Table) -> list[str]:
    rows = [list(table[0]), *table[1]]
    widths = [max(len(row[place]) for row in rows) for place in range(len(table[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
