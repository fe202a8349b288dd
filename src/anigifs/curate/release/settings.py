"""How a release is made: its name and version, and the choices that its contents follow from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError
from anigifs.foundation.counts import check_counts
from anigifs.index.labels import Labels

#: The domain of every row of a release.
DOMAIN = "animated-gif"
#: The split that a benchmark is measured on.
TEST = "test"
_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: Of a split: it stands in tables, in Markdown and in names of columns.
_SPLIT = re.compile(r"\w[\w .-]*")
_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


@dataclass(frozen=True, kw_only=True)
class ReleaseSettings:
    """What somebody decides of a release; all else follows from the collection and the votes.

    Attributes:
        name: Of the data set: small letters and digits, parted by hyphens, dots or underscores.
        version: Of this release, as in semantic versioning.
        date: Of this release, as ``2026-11-28``; empty takes the day of the last fetch, since a
            clock would make another release each time.
        splits: Shares of the splits; only their ratios count.
        seed: Of the order in which blocks of one size are given to splits.
        least_votes: Of an item that is decided.
        classes: The class list, a name or a file, that labels are names of.
        most_frequent: Classes of the subset for domain adaptation; the paper has 40.
        least_test: Items of a class in the test split, below which it is reported.
        include_all_bytes: Put in the bytes of every file, whatever its licence; such a release is
            not for others.
        licence: Of the annotations, as SPDX spells it.
        creators: Who made it, as it is to be cited.
        contact: Where to ask for a removal.
        removals: File of what must not be in it.

    Raises:
        UsageError: One of them makes no sense.

    Example:
        >>> ReleaseSettings(splits={"val": 1, "test": 3}).described()["splits"]
        {'test': 3, 'val': 1}
    """

    name: str = "ani-gifs"
    version: str = "1.0.0"
    date: str = ""
    splits: Mapping[str, float] = field(default_factory=lambda: {TEST: 1.0})
    seed: int = 0
    least_votes: int = 1
    classes: str | Path = "kinetics-600"
    most_frequent: int = 40
    least_test: int = 10
    include_all_bytes: bool = False
    licence: str = "CC-BY-4.0"
    creators: tuple[str, ...] = ()
    contact: str = ""
    removals: Path | None = None

    def __post_init__(self) -> None:
        check_counts(self, "least_votes", "most_frequent", "least_test")
        for what, pattern, example in (
            ("name", _NAME, "ani-gifs"),
            ("version", _VERSION, "1.0.0"),
            ("licence", _SPDX, "CC-BY-4.0"),
        ):
            if not pattern.fullmatch(getattr(self, what)):
                raise UsageError(f"{what} {getattr(self, what)!r}: one such as {example}")
        if wrong := next((one for one in self.splits if not _SPLIT.fullmatch(one)), None):
            raise UsageError(f"split {wrong!r}: a name such as test")
        if not self.splits or any(not name or not share > 0 for name, share in self.splits.items()):
            raise UsageError(f"splits {dict(self.splits)}: at least one, each with more than 0")
        if self.date:
            _check_day(self.date)

    @property
    def taxonomy(self) -> str:
        """The name of the class list; of a file only the file's own."""
        return Labels(self.classes).taxonomy

    def described(self) -> dict[str, Any]:
        """Return the settings as a release states them: no paths of this machine."""
        return {
            "splits": dict(sorted(self.splits.items())),
            "seed": self.seed,
            "least_votes": self.least_votes,
            "classes": self.taxonomy,
            "most_frequent": self.most_frequent,
            "least_test": self.least_test,
            "include_all_bytes": self.include_all_bytes,
            "licence": self.licence,
            "creators": list(self.creators),
            "contact": self.contact,
            "removals": self.removals is not None,
        }


def _check_day(text: str) -> None:
    try:
        sound = _DAY.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        sound = False
    if not sound:
        raise UsageError(f"date {text!r}: one such as 2026-11-28")
