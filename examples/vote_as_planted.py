"""Vote on the files of `anigifs collect --demo` by what was planted: a script, not people.

    anigifs collect --demo --classes 20 --out demo
    anigifs screen demo
    anigifs duplicates demo
    python examples/vote_as_planted.py demo votes.csv

The demo says in `planted.jsonl` what each of its files is. Made-up annotators read that, and each
of their votes is wrong with the chance that --slips gives. Two judge each item, and a third where
these differ. What agreement comes of this tells nothing of people; it shows the format of votes
(docs/votes.md), and that the steps after it work. No clock is read: the times are made up as well.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from anigifs.curate.votes import CRITERIA, Vote, write_votes
from anigifs.curate.voting.agreement import agreement
from anigifs.curate.voting.decisions import count_states, decide
from anigifs.curate.voting.items import Item, read_items
from anigifs.foundation import AnigifsError, UsageError, generator
from anigifs.index.json_lines import json_objects

BEGIN = datetime(2000, 1, 1, tzinfo=UTC)
SECONDS_A_VOTE = 4
SLIP = "a slip, as planned"
#: What `planted.jsonl` says of a file.
Truth = Mapping[str, Any]


@dataclass(frozen=True)
class Script:
    """How those who are made up vote.

    Attributes:
        annotators: How many there are, 3 or more.
        slips: With which chance each vote is wrong, 0..1.
        seed: The same one makes the same votes.
    """

    annotators: int = 4
    slips: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        if self.annotators < 3:
            raise UsageError("a third judges where two differ: give 3 annotators or more")
        if not 0 <= self.slips <= 1:
            raise UsageError(f"slips of {self.slips}: a chance is 0 to 1")

    def votes(self, items: Sequence[Item], planted: Mapping[str, Truth]) -> list[Vote]:
        """Return their votes on all items."""
        cast = (vote for item in items for vote in self._on(item, truth_of(item, planted)))
        return [replace(vote, at=_time(number)) for number, vote in enumerate(cast)]

    def _on(self, item: Item, truth: Truth) -> Iterator[Vote]:
        rng = generator(self.seed, "votes", item.cluster)
        first, second, third = rng.permutation(self.annotators)[:3] + 1
        two = [self._vote(item, truth, person, rng) for person in (first, second)]
        yield from two
        if decide([item], two, least=2)[item.cluster].state == "undecided":
            yield self._vote(item, truth, third, rng)

    def _vote(self, item: Item, truth: Truth, person: int, rng: np.random.Generator) -> Vote:
        right = judged(item, truth)
        name = f"scripted-{person}"
        if rng.random() >= self.slips:
            return replace(right, annotator=name)
        wrong = [vote for vote in _outcomes(item) if not _same(vote, right)]
        return replace(wrong[rng.integers(len(wrong))], annotator=name, comment=SLIP)


def read_planted(folder: Path) -> dict[str, Truth]:
    """Return what is planted in a demo's folder, by the path of its address."""
    path = folder / "planted.jsonl"
    if not path.is_file():
        raise UsageError(f"{path}: no such file; `anigifs collect --demo --out {folder}` makes it")
    return {truth["path"]: truth for _, truth in json_objects(path, "path")}


def truth_of(item: Item, planted: Mapping[str, Truth]) -> Truth:
    """Return what was planted of the file that stands for an item."""
    urls = (hit.url for hit in item.hits if hit.sha256 == item.cluster)
    for path in (urlsplit(url).path for url in urls):
        if path in planted:
            return planted[path]
    raise UsageError(f"{item.cluster}: planted.jsonl knows none of its addresses; it is no demo's")


def judged(item: Item, truth: Truth) -> Vote:
    """Return the vote of somebody who never errs."""
    if truth["kind"] in ("still", "frozen") or not truth["shows"]:
        return _reject(item, "gif")
    if truth["style"] == "film":
        return _reject(item, "animated")
    if truth["shows"] not in item.labels:
        return _reject(item, "action")
    return _accept(item, truth["shows"], truth["style"])


def _accept(item: Item, label: str, style: str = "") -> Vote:
    return Vote(item=item.cluster, annotator="-", verdict="accept", label=label, style=style)


def _reject(item: Item, criterion: str) -> Vote:
    asked = item.labels[0]
    return Vote(
        item=item.cluster, annotator="-", verdict="reject", label=asked, criterion=criterion
    )


def _outcomes(item: Item) -> list[Vote]:
    """Return all votes that may be cast on an item."""
    rejections = [_reject(item, criterion) for criterion in CRITERIA]
    return [*rejections, *(_accept(item, label) for label in item.labels)]


def _same(vote: Vote, other: Vote) -> bool:
    """Return whether two votes have one outcome; of a rejection, whatever the criterion."""
    return vote.verdict == other.verdict and (vote.verdict == "reject" or vote.label == other.label)


def _time(number: int) -> str:
    time = BEGIN + timedelta(seconds=SECONDS_A_VOTE * number)
    return time.isoformat().replace("+00:00", "Z")


def main() -> None:
    """Vote on the collection that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("collection", type=Path, help="a demo that was screened and clustered")
    parser.add_argument("votes", type=Path, help="a .csv, .jsonl or .parquet file")
    parser.add_argument("--annotators", type=int, default=Script.annotators)
    parser.add_argument("--slips", type=float, default=Script.slips)
    parser.add_argument("--seed", type=int, default=Script.seed)
    told = parser.parse_args()
    try:
        script = Script(told.annotators, told.slips, told.seed)
        items = read_items(told.collection)
        votes = script.votes(items, read_planted(told.collection))
        write_votes(told.votes, votes)
    except AnigifsError as error:
        parser.error(str(error))
    states = ", ".join(
        f"{count:,} {state}" for state, count in count_states(decide(items, votes)).items()
    )
    alpha = agreement(items, votes).verdict.alpha
    slips = sum(vote.comment == SLIP for vote in votes)
    print(f"{told.votes}: {len(votes):,} scripted votes, {slips:,} of them slips")
    print(f"{len(items):,} items: {states}; alpha {'-' if alpha is None else f'{alpha:.3f}'}")


if __name__ == "__main__":
    main()
