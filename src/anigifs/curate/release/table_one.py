"""This release as a row of a table that compares data sets, as the paper's Table 1 does."""

import csv
import io
from pathlib import Path
from statistics import median

from anigifs.curate.release.account import Account
from anigifs.curate.release.settings import DOMAIN
from anigifs.foundation import write_text

NONE = "-"


def table_one(account: Account) -> dict[str, str]:
    """Return the row, by the names of its columns."""
    sizes = [one.accepted for one in account.by_class if one.accepted]
    alpha = account.agreement.verdict.alpha
    return {
        "data set": f"{account.name} {account.version}",
        "classes": f"{account.classes:,}",
        "clips": f"{account.items:,}",
        "clips a class (min, median, max)": f"{min(sizes):,}, {median(sizes):g}, {max(sizes):,}",
        "splits": ", ".join(f"{name} {count:,}" for name, count in account.splits.items()),
        "domains": DOMAIN,
        "performed by": "animated characters",
        "total duration": duration(account.duration_ms),
        "annotators": f"{account.annotators:,}",
        "agreement (Krippendorff's alpha)": NONE if alpha is None else f"{alpha:.2f}",
        "openly licensed": share(account.open_items, account.items),
        "files included": share(account.with_bytes, account.items),
    }


def write_table_one(folder: Path, row: dict[str, str]) -> None:
    """Write the row as ``table-1.md`` and ``table-1.csv``."""
    lines = [" | ".join(row), " | ".join("---" for _ in row), " | ".join(row.values())]
    write_text(folder / "table-1.md", "".join(f"| {line} |\n" for line in lines))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([row.keys(), row.values()])
    write_text(folder / "table-1.csv", text.getvalue())


def duration(milliseconds: int) -> str:
    """Return a time for people.

    Example:
        >>> duration(7_384_000), duration(9_500)
        ('2 h 3 min 4 s', '9.5 s')
    """
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min {seconds} s" if hours else f"{minutes} min {seconds} s"


def share(part: int, whole: int) -> str:
    """Return a share as a percentage for people.

    Example:
        >>> share(1, 3), share(0, 0)
        ('33.3 %', '-')
    """
    return f"{100 * part / whole:.1f} %" if whole else NONE
