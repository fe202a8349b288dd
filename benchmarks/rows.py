"""One line of the table: a piece of work, done by us and by a peer in turns, and what bounds it."""

import gc
import importlib.metadata
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

import cv2
import torch

Work = Callable[[], object]
Unit = Literal["s", "ms", "us", "/s"]
UNITS = {"s": 1.0, "ms": 1e3, "us": 1e6}
OURS, LIMIT = "ours", "limit"


@dataclass(frozen=True)
class Asked:
    """How the table is to be measured.

    Attributes:
        rounds: In which all sides of a row take turns, after one that warms up.
        threads: Of the networks; all else has one. One thread is measured in processor time,
            several in seconds.
        device: On which the networks are.
        files: A folder of real GIFs, or none.
        tiny: Of a size that only shows that it runs.
    """

    rounds: int = 5
    threads: int = 1
    device: str = "cpu"
    files: Path | None = None
    tiny: bool = False

    @property
    def cuda(self) -> bool:
        """Whether the networks are on a GPU."""
        return self.device != "cpu"

    def clock(self) -> float:
        """Return the time of the networks' rows, in seconds from any beginning."""
        if self.cuda:
            torch.cuda.synchronize()
        return time.process_time() if self.threads == 1 and not self.cuda else time.perf_counter()


@dataclass(frozen=True)
class Row:
    """A comparison with one peer.

    Attributes:
        what: The work.
        shape: Of how much.
        threads: Of each side.
        peer: Whom with, and its version.
        unit: In which times are shown; ``/s`` shows how many are done in a second.
        ours: Seconds, the median; none where nothing was compared.
        theirs: Seconds, the median.
        ratios: ``theirs / ours`` of each round.
        target: The least ratio that is wanted.
        rate: How many a second are wanted of ours.
        limit: What bounds the work.
        limit_share: Which part of our time that bound takes by itself.
        note: What else is to be said.
    """

    what: str
    shape: str
    threads: int
    peer: str
    unit: Unit
    ours: float | None = None
    theirs: float | None = None
    ratios: tuple[float, ...] = ()
    target: float | None = None
    rate: float | None = None
    limit: str = ""
    limit_share: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The median ratio."""
        return statistics.median(self.ratios) if self.ratios else None

    @property
    def missed(self) -> bool:
        """Whether a target was set, could be tried and was not reached."""
        by_ratio = self.target is not None and self.ratio is not None and self.ratio < self.target
        by_rate = self.rate is not None and self.ours is not None and 1 / self.ours < self.rate
        return by_ratio or by_rate

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it; the median ratio is there for readers."""
        return asdict(self) | {"ratio": self.ratio, "missed": self.missed}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Return what :meth:`plain` made JSON of."""
        known = {name: plain[name] for name in cls.__dataclass_fields__}
        return cls(**known | {"ratios": tuple(plain["ratios"])})


@dataclass(frozen=True)
class Task:
    """What all sides are to do.

    Attributes:
        what: The work.
        shape: Of how much.
        unit: In which times are shown.
        count: How many pieces one call does; times are of one.
        threads: Of each side.
        targets: The least ratio that is wanted, by the peer's name.
        rate: How many a second are wanted of ours.
        limit: What the side called ``limit`` is.
        note: What else is to be said.
        notes: The same, of one peer.
    """

    what: str
    shape: str
    unit: Unit = "ms"
    count: int = 1
    threads: int = 1
    targets: Mapping[str, float] | None = None
    rate: float | None = None
    limit: str = ""
    note: str = ""
    notes: Mapping[str, str] | None = None

    def rows(
        self,
        sides: Mapping[str, Work],
        rounds: int,
        clock: Callable[[], float] = time.process_time,
        absent: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """Let all sides take turns, and return a row for each peer.

        Args:
            sides: By name: ``ours``, perhaps ``limit``, and the peers.
            rounds: How many, after one that warms up.
            clock: Read before and after each side.
            absent: Peers that cannot be asked, and why.
        """
        tell(f"{self.what}, {self.shape}")
        taken = turns(sides, rounds, clock)
        ours = [seconds / self.count for seconds in taken[OURS]]
        share = None
        if LIMIT in taken:
            pairs = zip(taken[LIMIT], taken[OURS], strict=True)
            share = statistics.median(bound / whole for bound, whole in pairs)
        absent = absent or {}
        rows = []
        for peer in [*(name for name in sides if name not in (OURS, LIMIT)), *absent]:
            theirs = [seconds / self.count for seconds in taken.get(peer, [])]
            row = Row(
                what=self.what,
                shape=self.shape,
                threads=self.threads,
                peer=peer,
                unit=self.unit,
                ours=statistics.median(ours),
                theirs=statistics.median(theirs) if theirs else None,
                ratios=tuple(round(b / a, 4) for a, b in zip(ours, theirs, strict=False)),
                target=(self.targets or {}).get(peer),
                rate=self.rate,
                limit=self.limit,
                limit_share=share,
                note=absent.get(peer) or (self.notes or {}).get(peer) or self.note,
            )
            rows.append(row)
            tell(f"  {said(row)}")
        return rows


def turns(
    sides: Mapping[str, Work], rounds: int, clock: Callable[[], float]
) -> dict[str, list[float]]:
    """Return the seconds of each side in each round, one after the other; the first warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    gc.collect()
    for _ in range(rounds + 1):
        for name, side in sides.items():
            begun = clock()
            side()
            seconds[name].append(clock() - begun)
    return {name: own[1:] for name, own in seconds.items()}


def said(row: Row) -> str:
    """Return one row in words."""
    if row.ratio is None:
        return f"{row.peer}: {row.note}"
    return f"{row.peer}: {row.ratio:.2f} ({min(row.ratios):.2f} - {max(row.ratios):.2f})"


def tell(line: str) -> None:
    """Say how far it is."""
    print(line, file=sys.stderr, flush=True)


def version(package: str) -> str:
    """Return a package's name and version, or its name where it is not installed."""
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return package


NOT_INSTALLED = "not installed"


def one_thread() -> None:
    """Let OpenCV and PyTorch compute on one thread."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
