"""AVA's actions with their ids, which start at 1 and are no list indices."""

import csv
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from anigifs.foundation import UsageError
from anigifs.taxonomy.tables import packaged, read_table


class AvaType(StrEnum):
    """What an AVA action is done to: nothing, a thing, or another person."""

    PERSON_MOVEMENT = "PERSON_MOVEMENT"
    OBJECT_MANIPULATION = "OBJECT_MANIPULATION"
    PERSON_INTERACTION = "PERSON_INTERACTION"


@dataclass(frozen=True)
class AvaAction:
    """One of AVA's 80 atomic actions.

    Attributes:
        id: The ``action_id`` of AVA's annotation files, 1 to 80.
        name: The name as published.
        type: The group that AVA puts it in.
        in_60: Whether it is one of the 60 classes that AVA's benchmark scores.
    """

    id: int
    name: str
    type: AvaType
    in_60: bool


@cache
def ava_actions() -> dict[int, AvaAction]:
    """Return all 80 actions by their id, in the order of the ids."""
    rows = csv.DictReader(read_table(packaged("ava-80.csv")).lines)
    actions = (
        AvaAction(int(row["id"]), row["name"], AvaType(row["type"]), row["in_60"] == "yes")
        for row in rows
    )
    return {action.id: action for action in actions}


def ava_action(action_id: int) -> AvaAction:
    """Return one action by its AVA id.

    Raises:
        UsageError: The id is not one of 1 to 80.

    Example:
        >>> ava_action(8).name
        'lie/sleep'
    """
    try:
        return ava_actions()[action_id]
    except KeyError:
        raise UsageError(f"AVA has no action {action_id}; its ids are 1 to 80") from None
