"""What became of each class: found, judged, accepted, and how many are in each split."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from anigifs.curate.candidate import CandidateHit
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.votes import CRITERIA
from anigifs.curate.voting.decisions import Decision
from anigifs.curate.voting.items import Item
from anigifs.foundation import UsageError, write_text
from anigifs.taxonomy import CLASS_MAPS, ClassList, class_list, class_map

KINETICS = "kinetics-600"
#: Counts that are a column as they are.
_PLAIN = ("kinetics_600", "hits", "files", "screened_out", "clusters", "judged", "accepted",
          "undecided")  # fmt: skip


@dataclass(kw_only=True)
class ClassCount:
    """The counts of a class.

    Hits and files count under every class that found them; all that follows counts under one class
    only, so that it adds up: the class that was accepted, else the one that most hits are of.

    Attributes:
        label: The class.
        listed: Whether it is of the class list.
        kinetics_600: The same class of Kinetics-600; empty where it has none.
        hits: Of searches.
        files: Different ones that were stored.
        screened_out: Files that a program rejected: stills, broken ones and no media. They are in
            none of the counts that follow, whatever somebody said of them.
        clusters: Of the other files, those that show the same being one.
        judged: Clusters that somebody voted on.
        accepted: Items of the release.
        rejected: By the criterion that failed.
        undecided: Judged, but by too few, or not with one mind.
        splits: Items of the release in each split.
    """

    label: str
    listed: bool = False
    kinetics_600: str = ""
    hits: int = 0
    files: int = 0
    screened_out: int = 0
    clusters: int = 0
    judged: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    undecided: int = 0
    splits: Counter[str] = field(default_factory=Counter)


def count_classes(
    classes: ClassList,
    hits: Iterable[CandidateHit],
    items: Sequence[Item],
    decisions: Mapping[str, Decision],
    released: Iterable[ReleasedItem],
) -> list[ClassCount]:
    """Return the counts of every class of the list, in its order, and of others that were found.

    Args:
        classes: The list.
        hits: All of them.
        items: All clusters.
        decisions: What became of them, by cluster.
        released: Those that were accepted, in their splits.
    """
    counts = _Counts(classes)
    files: set[tuple[str, str]] = set()
    for hit in hits:
        one = counts.of(hit.label)
        one.hits += 1
        if hit.sha256 and (one.label, hit.sha256) not in files:
            files.add((one.label, hit.sha256))
            one.files += 1
    items_of = {item.cluster: item for item in released}
    for item in items:
        decision, accepted = decisions[item.cluster], items_of.get(item.cluster)
        one = counts.of(accepted.label if accepted else next(iter(item.labels), ""))
        if item.shown.reason:
            one.screened_out += 1
            continue
        one.clusters += 1
        one.judged += decision.state != "unjudged"
        one.undecided += decision.state == "undecided"
        if decision.state == "rejected":
            one.rejected[decision.criterion] += 1
        if accepted:
            one.accepted += 1
            one.splits[accepted.split] += 1
    return counts.in_order()


def write_classes(path: Path, counts: Sequence[ClassCount], splits: Iterable[str]) -> None:
    """Write the counts as CSV, a row a class."""
    rows = [flat(one, splits) for one in counts]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def flat(count: ClassCount, splits: Iterable[str]) -> dict[str, Any]:
    """Return the counts of a class as one row, each criterion and each split in its own column."""
    return {
        "class": count.label,
        "listed": "yes" if count.listed else "no",
        **{name: getattr(count, name) for name in _PLAIN},
        **{f"rejected_{name}": count.rejected[name] for name in CRITERIA},
        **{f"in_{name}": count.splits[name] for name in sorted(splits)},
    }


def kinetics_600_of(classes: ClassList) -> dict[str, str]:
    """Return the class of Kinetics-600 that is the same, for each class that has one.

    Example:
        >>> from anigifs.taxonomy import class_list
        >>> kinetics_600_of(class_list("kinetics-400"))["making bed"]
        'making the bed'
    """
    if classes.name == KINETICS:
        return {name: name for name in classes}
    if (name := f"{classes.name}-{KINETICS}") in CLASS_MAPS:
        return class_map(name).one_to_one()
    kinetics, found = class_list(KINETICS), {}
    for name in classes:
        try:
            found[name] = kinetics.find(name)
        except UsageError:
            continue
    return found


class _Counts:
    """The counts while they grow."""

    def __init__(self, classes: ClassList) -> None:
        self._classes = classes
        same = kinetics_600_of(classes)
        self._counts = {
            name: ClassCount(label=name, listed=True, kinetics_600=same.get(name, ""))
            for name in classes
        }
        self._found: dict[str, str] = {}

    def of(self, label: str) -> ClassCount:
        """Return the counts of a class, however it is spelt; one that no list has is a new one."""
        if label not in self._found:
            try:
                self._found[label] = self._classes.find(label)
            except UsageError:
                self._found[label] = label
        name = self._found[label]
        return self._counts.setdefault(name, ClassCount(label=name))

    def in_order(self) -> list[ClassCount]:
        """Return those of the list in its order, then the others by name."""
        listed = [self._counts[name] for name in self._classes]
        others = sorted(self._counts.keys() - set(self._classes))
        return [*listed, *(self._counts[name] for name in others)]
