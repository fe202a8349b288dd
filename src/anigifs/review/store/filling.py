"""Bringing the table of items to what a collection has."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, func, insert, select, update

from anigifs.curate.voting.decisions import Decision
from anigifs.curate.voting.items import Item
from anigifs.foundation import seed_of
from anigifs.review.settings import Settings
from anigifs.review.store.log import rebuild
from anigifs.review.store.schema import classes, events, items, leases

#: What a number in a database can be.
_MOST = 2**63 - 1


@dataclass(frozen=True)
class Filled:
    """How many items were added, withdrawn, and back again."""

    added: int
    withdrawn: int
    returned: int


def balanced(queued: Iterable[Item]) -> list[Item]:
    """Return items so that no class waits for another: the first of each, the second of each...

    Args:
        queued: In the order in which those of a class are to be judged. The first class under
            which an item was found is its own.
    """
    seen: Counter[str] = Counter()
    ranks: dict[str, int] = {}
    ordered = list(queued)
    for item in ordered:
        label = first_label(item)
        ranks[item.cluster] = seen[label]
        seen[label] += 1
    return sorted(ordered, key=lambda item: ranks[item.cluster])  # else as they were


def first_label(item: Item) -> str:
    """Return the class that is asked for, or nothing where an item was found under none."""
    return item.labels[0] if item.labels else ""


def under_known_names(connection: Connection, found: Iterable[Item]) -> list[Item]:
    """Return items under the names that they have here already.

    Another file may stand for a cluster than did before, such as a larger one that was found since.
    What has been said of the item must not be lost by that, nor an escalated one come back.
    """
    known = set(connection.scalars(select(items.c.sha256)))
    named = []
    for item in found:
        before = next((file for file in item.files if file.sha256 in known), None)
        if item.cluster not in known and before is not None:
            others = [file for file in item.files if file is not before]
            item = replace(item, cluster=before.sha256, files=(before, *others))
        named.append(item)
    return named


def fill(connection: Connection, settings: Settings, found: Sequence[Item]) -> Filled:
    """Add the items that are new, behind the others, and withdraw those that are gone."""
    known = {
        row.sha256: row.state for row in connection.execute(select(items.c.sha256, items.c.state))
    }
    there = {item.cluster for item in found}
    new = [item for item in found if item.cluster not in known]
    gone = [sha256 for sha256, state in known.items() if sha256 not in there]
    gone = [sha256 for sha256 in gone if known[sha256] != "withdrawn"]
    back = [sha256 for sha256 in there if known.get(sha256) == "withdrawn"]
    _add(connection, settings, new)
    _withdraw(connection, gone)
    _return(connection, settings, back)
    return Filled(len(new), len(gone), len(back))


def add_classes(
    connection: Connection, labels: Collection[str], definitions: Mapping[str, str]
) -> None:
    """Add classes that people may choose, and take definitions over."""
    known = set(connection.scalars(select(classes.c.label)))
    new = (set(labels) | definitions.keys()) - known - {""}
    rows = [{"label": label, "definition": definitions.get(label, "")} for label in sorted(new)]
    if rows:
        connection.execute(insert(classes), rows)
    for label in definitions.keys() & known:
        changed = update(classes).where(classes.c.label == label)
        connection.execute(changed.values(definition=definitions[label]))


def make_gold(connection: Connection, answers: Mapping[str, Decision]) -> int:
    """Let items be those whose answer is known, unless people have seen them already.

    Args:
        connection: To the database, in a transaction that writes.
        answers: By sha256; accepted or rejected, each.

    Returns:
        How many people had seen, and that are judged as the others.
    """
    given = select(leases.c.item).union(select(events.c.item))
    seen = set(
        connection.scalars(
            select(items.c.sha256).where(items.c.id.in_(given), items.c.gold.is_(None))
        )
    )
    known = set(connection.scalars(select(items.c.sha256).where(items.c.gold.is_not(None))))
    rows = [
        {"which": sha256, "answer": _answer(decision)}
        for sha256, decision in answers.items()
        if sha256 not in seen | known
    ]
    if rows:
        change = update(items).where(items.c.sha256 == bindparam("which"))
        connection.execute(change.values(gold=bindparam("answer")), rows)
    return len(answers.keys() & seen)


def _answer(decision: Decision) -> str:
    verdict = "accept" if decision.state == "accepted" else "reject"
    return json.dumps(
        {"verdict": verdict, "label": decision.label, "criterion": decision.criterion}
    )


def _add(connection: Connection, settings: Settings, new: Sequence[Item]) -> None:
    first = connection.scalar(select(func.coalesce(func.max(items.c.place) + 1, 0)))
    rows = [
        {
            "sha256": item.cluster,
            "kind": item.shown.kind,
            "label": first_label(item),
            "labels": json.dumps(item.labels, ensure_ascii=False),
            "place": place,
            "draw": seed_of(settings.seed, "quiz", item.cluster) & _MOST,
            "needed": settings.overlap,
        }
        for place, item in enumerate(balanced(new), start=first or 0)
    ]
    if rows:
        connection.execute(insert(items), rows)


def _withdraw(connection: Connection, gone: Sequence[str]) -> None:
    if not gone:
        return
    which = [{"which": sha256} for sha256 in gone]
    # The items first, whose rows that locks: a lease that is given meanwhile would run on, and
    # ending it later would count below none.
    change = update(items).where(items.c.sha256 == bindparam("which"))
    connection.execute(change.values(state="withdrawn", leased=0), which)
    one = select(items.c.id).where(items.c.sha256 == bindparam("which")).scalar_subquery()
    connection.execute(update(leases).where(leases.c.item == one).values(runs=False), which)


def _return(connection: Connection, settings: Settings, back: Sequence[str]) -> None:
    """Let items be what the votes make of them, again."""
    if not back:
        return
    rebuilt = rebuild(connection, settings)
    for sha256 in back:
        item = connection.execute(select(items.c.id).where(items.c.sha256 == sha256)).scalar_one()
        state = rebuilt.items[item].state
        connection.execute(update(items).where(items.c.id == item).values(state=state))
