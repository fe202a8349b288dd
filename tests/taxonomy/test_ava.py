"""AVA's ids and types against its own published files."""

import re
from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.taxonomy import AvaType, ava_action, ava_actions, class_list

NOT_IN_60 = {2, 16, 18, 19, 21, 23, 25, 31, 32, 33, 35, 39, 40, 42, 44, 50, 53, 55, 71, 75}


def test_the_60_scored_classes_are_as_published(shared_labels: Path) -> None:
    text = (shared_labels / "ava_action_list_v2.1_60.pbtxt").read_text()
    published = {int(id_): name for name, id_ in re.findall(r'name: "(.+)"\s+id: (\d+)', text)}
    assert {a.id: a.name for a in ava_actions().values() if a.in_60} == published


def test_the_ids_run_from_1_to_80_and_20_are_not_scored() -> None:
    actions = ava_actions()
    assert list(actions) == list(range(1, 81))
    assert {id_ for id_, action in actions.items() if not action.in_60} == NOT_IN_60


def test_an_id_is_not_a_list_index() -> None:
    assert ava_action(8).name == "lie/sleep"
    assert class_list("ava-80").names[8] == "martial art"


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        (14, AvaType.PERSON_MOVEMENT),
        (63, AvaType.OBJECT_MANIPULATION),
        (80, AvaType.PERSON_INTERACTION),
    ],
)
def test_the_types_are_three_runs_of_ids(last: int, kind: AvaType) -> None:
    assert max(id_ for id_, action in ava_actions().items() if action.type is kind) == last


def test_the_list_has_the_names_in_the_order_of_the_ids() -> None:
    assert class_list("ava-80").names == tuple(a.name for a in ava_actions().values())


@pytest.mark.parametrize("action_id", [0, 81, -1])
def test_other_ids_are_refused(action_id: int) -> None:
    with pytest.raises(UsageError, match="1 to 80"):
        ava_action(action_id)
