"""What ``anigifs index`` prints for people, and the summary that it prints for programs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anigifs.cli.output import print_envelope, printable, warn

if TYPE_CHECKING:
    from anigifs.index import Account, ClassDraw, Index, Stats


def summary_of(index: "Index", path: Path) -> dict[str, Any]:
    """Return what identifies an index, for the summary of every command."""
    return {
        "index": str(path),
        "rows": len(index),
        "taxonomy": index.taxonomy,
        "identity": index.identity,
    }


def print_listed(index: "Index", path: Path, *, json: bool) -> None:
    """Print what was listed, class by class for programs."""
    from anigifs.index import stats

    found = stats(index)
    if json:
        results = [{"label": label, "rows": rows} for label, rows in found.classes.items()]
        states = {"states": found.counts["state"]}
        print_envelope(results, {**summary_of(index, path), **states})
        return
    print(f"{printable(str(path))}: {len(index):,} clips of {len(found.classes):,} classes")
    if failed := found.counts["state"].get("error"):
        print(f"{failed:,} in error: its name is not valid UTF-8")


def print_account(account: "Account") -> None:
    """Print what a check found, and the reasons of what was wrong."""
    for state, rows in account.states.items():
        if rows:
            print(f"{state:10} {rows:9,}")
    print(f"files: {account.files:,}; looked at now: {account.looked_at:,}")
    _print_reasons("in error", account.errors)
    _print_reasons("usable, but", account.warnings)
    if account.changed:
        warn(f"{account.changed:,} clips: the file is no longer the one that the index named")
    if account.duplicates:
        warn(f"{account.duplicates:,} clips are the same as another one")


def print_splits(index: "Index", path: Path, *, json: bool) -> None:
    """Print how many clips, and of how many classes, each split has."""
    names, labels = (index.table[name].to_pylist() for name in ("split", "label"))
    counts = sorted(Counter(zip(labels, names, strict=True)).items())
    sizes = dict(Counter(names).most_common())
    if json:
        results = [{"label": label, "split": name, "rows": rows} for (label, name), rows in counts]
        print_envelope(results, {**summary_of(index, path), "splits": sizes})
        return
    classes = Counter(name for (_, name), _ in counts)
    for name, rows in sizes.items():
        print(f"{printable(name):24} {rows:9,} clips of {classes[name]:,} classes")


def print_joint(index: "Index", path: Path, *, json: bool) -> None:
    """Print how many clips, and of how many classes, each split of each domain has."""
    names = ("domain", "split", "label")
    columns = [index.table[name].to_pylist() for name in names]
    counts = Counter(zip(*columns[:2], strict=True))
    classes = Counter((domain, split) for domain, split, _ in set(zip(*columns, strict=True)))
    parts = [
        {"domain": domain, "split": split, "rows": rows, "classes": classes[domain, split]}
        for (domain, split), rows in sorted(counts.items())
    ]
    if json:
        print_envelope(parts, summary_of(index, path))
        return
    print(f"{printable(str(path))}: {len(index):,} clips of {len(index.labels):,} classes")
    for one in parts:
        domain, split = (printable(str(one[name])) or "(none)" for name in names[:2])
        print(f"{domain:16} {split:12} {one['rows']:9,} clips of {one['classes']:,} classes")


def print_draws(
    draws: "list[ClassDraw]", summary: Mapping[str, Any], warnings: list[str], *, json: bool
) -> None:
    """Print how many clips of each class were drawn, different ones and in all."""
    if json:
        print_envelope([asdict(draw) for draw in draws], summary, warnings)
        return
    print(f"{'class':40} {'available':>10} {'distinct':>10} {'total':>10}")
    for draw in draws:
        name = printable(draw.label)
        print(f"{name:40} {draw.available:10,} {draw.distinct:10,} {draw.total:10,}")
    available = sum(draw.available for draw in draws)
    print(f"{'all':40} {available:10,} {summary['distinct']:10,} {summary['rows']:10,}")
    for text in warnings:
        warn(text)


def print_stats(found: "Stats", top: int) -> None:
    """Print counts, spreads, and the most frequent classes."""
    print(f"{found.rows:,} rows, {found.clips:,} clips, {found.groups:,} groups")
    for kind, counts in found.counts.items():
        shown = (f"{printable(name) or '(none)'} {rows:,}" for name, rows in counts.items())
        print(f"{kind + ':':12} {', '.join(shown)}")
    for name, spread in found.spreads.items():
        if spread.rows:
            values = f"{spread.smallest:,} to {spread.largest:,}, median {spread.median:,.1f}"
            print(f"{name + ':':12} {values} ({spread.rows:,} rows)")
    print(f"{len(found.classes):,} classes")
    for label, rows in list(found.classes.items())[:top]:
        print(f"{rows:9,}  {printable(label)}")


def _print_reasons(title: str, reasons: Mapping[str, int]) -> None:
    if reasons:
        print(f"{title}:")
    for text, rows in reasons.items():
        print(f"{rows:9,}  {printable(text)}")
