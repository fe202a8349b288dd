"""Checks a sample of a release for link rot: how much of it could be rebuilt today.

Addresses are asked also where the release carries the bytes, since links are what is checked.
Nothing is kept.
"""

import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anigifs.collect.collecting import Tell, Wishes
from anigifs.collect.frontier import host_of
from anigifs.collect.store import Store
from anigifs.curate.rebuilding.asking import Question, ask_web
from anigifs.curate.rebuilding.comparing import ELSEWHERE, FATES, Fate, Outcome, judge_all
from anigifs.curate.rebuilding.opened import OpenRelease, open_release
from anigifs.curate.release.released import ReleasedItem
from anigifs.foundation import UsageError, generator
from anigifs.foundation.work import Executor

#: Exactly or similarly there.
RECOVERABLE = "recoverable"
#: Days since a file was fetched, below which it is in a group, and what the group is called.
AGES = (
    (30, "under 30 days"),
    (183, "30 days to half a year"),
    (365, "half a year to a year"),
    (730, "1 to 2 years"),
    (float("inf"), "2 years or more"),
)
UNKNOWN = "unknown"
_DAY_S = 86_400


@dataclass(frozen=True)
class Share:
    """A share of a sample, and what it says of the whole.

    Attributes:
        count: Of those that are meant.
        of: Of all.
        share: The one by the other, 0..1.
        low: Lower end of Wilson's interval at 95 %.
        high: Upper end.
    """

    count: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Audited:
    """What an audit found.

    Attributes:
        release: What was checked.
        seed: Of the sample.
        outcomes: Of each item of the sample, in the order of the release.
        items: To each fate, and to ``recoverable``, its share of the items, all addresses of an
            item taken together.
        links: The same for the first address of each item alone: what is left without fallbacks.
        groups: By ``host``, ``provider`` and ``age``, and by name, the same of first addresses. An
            item is in the group of each provider that found it.
    """

    release: OpenRelease
    seed: int
    outcomes: tuple[Outcome, ...]
    items: Mapping[str, Share]
    links: Mapping[str, Share]
    groups: Mapping[str, Mapping[str, Mapping[str, Share]]]

    @property
    def reasons(self) -> dict[str, int]:
        """Why addresses gave no file, and how many."""
        answers = (answer for outcome in self.outcomes for answer in outcome.answers)
        return dict(Counter(one.reason for one in answers if one.reason).most_common())

    @property
    def title(self) -> str:
        """What was checked, in one line."""
        sample, of = len(self.outcomes), len(self.release.items)
        return f"{self.release.title}: {sample:,} of {of:,} items, seed {self.seed}"

    def report(self) -> dict[str, Any]:
        """Return the whole report, as JSON can hold it."""
        return {
            "schema": 1,
            "release": {
                "name": self.release.name,
                "version": self.release.version,
                "identity": self.release.identity,
            },
            "seed": self.seed,
            "sample": len(self.outcomes),
            "of": len(self.release.items),
            "items": _plain(self.items),
            "links": _plain(self.links),
            "groups": {
                by: {name: _plain(shares) for name, shares in groups.items()}
                for by, groups in self.groups.items()
            },
            "reasons": self.reasons,
            "fates": [{"fate": one.fate, **one.record()} for one in self.outcomes],
        }


def audit(
    folder: Path,
    sample: int,
    seed: int,
    wishes: Wishes,
    *,
    now: Callable[[], float] = time.time,
    tell: Tell = lambda stage, share: None,
    executor: Executor = ELSEWHERE,
) -> Audited:
    """Ask for a random sample of the items of a release, and tell what is left of them.

    Args:
        folder: Of the release.
        sample: Items; all of them where there are fewer.
        seed: Of the choice.
        wishes: Limits, manners, and how long things are waited for.
        now: Seconds since 1970, from which ages are counted.
        tell: Shown how far it is.
        executor: Looks at files of other bytes. They lie in a temporary folder of this machine,
            which is where it must work.

    Raises:
        UsageError: There is no release, or a sample of none is asked for.
    """
    if sample < 1:
        raise UsageError(f"a sample of {sample} items: at least 1")
    release = open_release(folder)
    chosen = _chosen(release.items, sample, seed)
    outcomes = _outcomes(chosen, wishes, tell, executor)
    return audited(release, seed, chosen, outcomes, now())


def audited(
    release: OpenRelease,
    seed: int,
    chosen: Sequence[ReleasedItem],
    outcomes: Sequence[Outcome],
    now: float,
) -> Audited:
    """Return what the outcomes of a sample say, in shares.

    Args:
        release: What it is of.
        seed: Of the sample.
        chosen: Its items.
        outcomes: What became of each, in the same order.
        now: Seconds since 1970.
    """
    first = [Outcome(one.clip_id, one.answers[:1]).fate for one in outcomes]
    groups: dict[str, dict[str, list[Fate]]] = {
        "host": defaultdict(list),
        "provider": defaultdict(list),
        "age": defaultdict(list),
    }
    for item, fate in zip(chosen, first, strict=True):
        groups["host"][host_of(item.urls[0]) if item.urls else ""].append(fate)
        groups["age"][_age(item.retrieved_at, now)].append(fate)
        for provider in sorted({provider for _, _, provider in item.found_under}):
            groups["provider"][provider].append(fate)
    return Audited(
        release=release,
        seed=seed,
        outcomes=tuple(outcomes),
        items=shares([one.fate for one in outcomes]),
        links=shares(first),
        groups={
            by: {name: shares(found[name]) for name in sorted(found, key=_place_among(found))}
            for by, found in groups.items()
        },
    )


def shares(fates: Sequence[Fate]) -> dict[str, Share]:
    """Return the share of each fate, and of what is recoverable, with Wilson's interval.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    JASA 22 (1927).

    Example:
        >>> one = shares(["exact"] * 9 + ["gone"])["recoverable"]
        >>> one.count, one.of, round(one.low, 3), round(one.high, 3)
        (9, 10, 0.596, 0.982)
    """
    from statsmodels.stats.proportion import proportion_confint

    counts = Counter[str](fates)
    counts[RECOVERABLE] = counts["exact"] + counts["similar"]
    found = {}
    for name in (*FATES, RECOVERABLE):
        low, high = proportion_confint(counts[name], len(fates), alpha=0.05, method="wilson")
        share = counts[name] / len(fates)
        found[name] = Share(counts[name], len(fates), share, float(low), float(high))
    return found


def _chosen(items: Sequence[ReleasedItem], sample: int, seed: int) -> list[ReleasedItem]:
    if not items:
        raise UsageError("the release has no items to be checked")
    order = generator(seed, "audit").permutation(len(items))
    return [items[place] for place in sorted(order[:sample].tolist())]


def _outcomes(
    chosen: Sequence[ReleasedItem], wishes: Wishes, tell: Tell, executor: Executor
) -> list[Outcome]:
    outcomes: dict[str, Outcome] = {}

    def hear(outcome: Outcome) -> None:
        outcomes[outcome.clip_id] = outcome
        tell("fetching", 0.9 * len(outcomes) / len(chosen))

    def judged(outcome: Outcome) -> None:
        outcomes[outcome.clip_id] = outcome

    items = {item.clip_id: item for item in chosen}
    with tempfile.TemporaryDirectory(prefix="anigifs-audit-") as name:
        store = Store(name)
        ask_web(map(Question, chosen), store, wishes, hear)
        judge_all(
            list(outcomes.values()), items, store, judged,
            lambda share: tell("comparing", 0.9 + 0.1 * share), executor,
        )  # fmt: skip
    return [outcomes[item.clip_id] for item in chosen]


def _age(retrieved_at: str, now: float) -> str:
    """Return the name of the group of a date, which is ISO 8601, in UTC if it does not say."""
    try:
        date = datetime.fromisoformat(retrieved_at)
    except ValueError:
        return UNKNOWN
    then = date if date.tzinfo else date.replace(tzinfo=UTC)
    days = (now - then.timestamp()) / _DAY_S
    return next(name for below, name in AGES if days < below)


def _place_among(found: Mapping[str, list[Fate]]) -> Callable[[str], tuple[int, int, str]]:
    """Return what groups are sorted by: ages from young to old, all others from large to small."""
    ages = [name for _, name in AGES]
    return lambda name: (ages.index(name) if name in ages else -1, -len(found[name]), name)


def _plain(found: Mapping[str, Share]) -> dict[str, Any]:
    return {name: asdict(share) for name, share in found.items()}
