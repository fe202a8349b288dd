"""What was rebuilt of a release, told item by item, in counts, and in a line that can be cited."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from anigifs.curate.rebuilding.comparing import FATES, Answer
from anigifs.curate.rebuilding.opened import OpenRelease, short
from anigifs.index import Index

#: What may become of an item; ``removed``: it must not be made, as somebody has asked for that.
ENDS = (*FATES, "removed")
_REMOVED = "removed"
_TOLD = ("fate", "reason", "detail", "url", "sha256", "kind", "how", "share", "distance")


@dataclass(frozen=True)
class Rebuilt:
    """A release that was made again from its addresses.

    Attributes:
        release: What was to be made.
        index: What was.
        answers: To each item, by clip id, what speaks for it; None where it is not to be made.
        allow_similar: Whether files that only show the same are in the index.
        warnings: What is amiss with the release itself.
    """

    release: OpenRelease
    index: Index
    answers: Mapping[str, Answer | None]
    allow_similar: bool
    warnings: tuple[str, ...] = ()

    @cached_property
    def ends(self) -> dict[str, str]:
        """What became of each item, by clip id."""
        return {name: _REMOVED if one is None else one.fate for name, one in self.answers.items()}

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many items had each end."""
        found = Counter(self.ends.values())
        return {end: found[end] for end in ENDS}

    @property
    def classes(self) -> dict[str, dict[str, int]]:
        """The same for each class, by name."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for item in self.release.items:
            found[item.label][self.ends[item.clip_id]] += 1
        return {label: {end: found[label][end] for end in ENDS} for label in sorted(found)}

    @property
    def reasons(self) -> dict[str, dict[str, int]]:
        """Why there is no file, of the ends that have reasons."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for one in self.answers.values():
            if one is not None and one.reason:
                found[one.fate][one.reason] += 1
        return {fate: dict(found[fate].most_common()) for fate in FATES if fate in found}

    @property
    def citation(self) -> str:
        """One line for a paper: which release it was, and how much of it."""
        total = len(self.release.items)
        exact = f"{percent(self.counts['exact'], total)} exact"
        similar = f"{percent(self.counts['similar'], total)} similar"
        if self.counts["similar"] and not self.allow_similar:
            similar += " (left out)"
        same = self.index.identity == self.release.identity
        made = "" if same else f", rebuilt with identity {short(self.index.identity)}"
        return f"{self.release.title}{made}: {exact}, {similar}"

    def lines(self) -> Iterator[str]:
        """Yield the report for people."""
        total = len(self.release.items)
        for end, count in self.counts.items():
            why = ", ".join(f"{key} {of:,}" for key, of in self.reasons.get(end, {}).items())
            told = f"  ({why})" if why else ""
            yield f"{end:8}{count:>8,}{percent(count, total):>9}{told}"
        yield self.citation

    def report(self) -> dict[str, Any]:
        """Return the whole report, as JSON can hold it."""
        total = len(self.release.items)
        return {
            "schema": 1,
            "cite": self.citation,
            "release": {
                "name": self.release.name,
                "version": self.release.version,
                "identity": self.release.identity,
            },
            "identity": self.index.identity,
            "items": total,
            "rows": len(self.index),
            "allow_similar": self.allow_similar,
            "counts": self.counts,
            "shares": {end: count / total if total else 0.0 for end, count in self.counts.items()},
            "reasons": self.reasons,
            "classes": self.classes,
            "warnings": list(self.warnings),
            "fates": [
                {"clip_id": item.clip_id, "label": item.label, **_told(self.answers[item.clip_id])}
                for item in self.release.items
            ],
        }


def percent(count: int, of: int) -> str:
    """Return a share for people, rounded down, so that only all of it is 100 %.

    Example:
        >>> percent(9_999, 10_000), percent(3, 3), percent(0, 0)
        ('99.9 %', '100.0 %', '0.0 %')
    """
    return f"{1000 * count // max(1, of) / 10:.1f} %"


def _told(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"fate": _REMOVED}
    told = asdict(answer)
    return {key: told[key] for key in _TOLD}
