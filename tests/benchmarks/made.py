"""Rows that nobody measured, for what is done with rows."""

from benchmarks.rows import Row
from benchmarks.table import Table

REACHED = Row(
    what="fold paper",
    shape="A4",
    threads=1,
    peer="hands 2.0",
    unit="ms",
    ours=0.002,
    theirs=0.008,
    ratios=(3.9, 4.0, 4.3),
    target=2.5,
    limit="gravity",
    limit_share=0.25,
    note="Both sides are clean.",
)
MISSED = Row("fold paper", "A3", 1, "hands 2.0", "us", 0.01, 0.02, (2.0, 2.1, 1.9), target=2.5)
SLOW = Row("read", "a page", 1, "eyes", "/s", 0.004, 0.008, (2.0,), rate=500)
ABSENT = Row("fold paper", "A4", 1, "machine", "ms", 0.002, target=9.0, note="not installed")
ALL = (REACHED, MISSED, SLOW, ABSENT)
TABLE = Table("Fast(R) Chip 3", "cpu", "3.11.7", ("torch 2.13.0",), 3, ALL)
