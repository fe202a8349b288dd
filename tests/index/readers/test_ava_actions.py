from pathlib import Path

import pytest

from anigifs.foundation import UsageError
from anigifs.index.readers.ava_actions import read_actions, shipped_actions
from anigifs.taxonomy import AvaType, ava_actions


def test_the_published_list_of_60_is_read(shared_labels: Path) -> None:
    actions = read_actions(shared_labels / "ava_action_list_v2.1_60.pbtxt")
    scored = {number: action.name for number, action in ava_actions().items() if action.in_60}
    assert len(actions) == 60
    assert actions == scored


def test_a_list_of_80_as_the_release_writes_it_is_read(tmp_path: Path) -> None:
    text = "".join(
        f'label {{\n  name: "{one.name}"\n  label_id: {number}\n  label_type: {one.type}\n}}\n'
        for number, one in ava_actions().items()
    )
    path = tmp_path / "ava_action_list_v2.2.pbtxt"
    path.write_text(text)
    assert text.count("\n") == 400  # as many lines as the published file has
    assert AvaType.PERSON_MOVEMENT.value in text
    assert read_actions(path) == shipped_actions()


def test_layout_and_comments_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.pbtxt"
    path.write_text(
        "# all\nitem{id:3 name:'Crouch / kneel'} label { name: \"stand\" label_id: 12 }"
    )
    assert read_actions(path) == {3: "crouch/kneel", 12: "stand"}


FAULTS = {
    "": "no entry such as label",
    "1: stand\n": "no entry such as label",
    'item { name: "stand" }': r"item \{name: \"stand\"\}: no name and id in it",
    "item { id: 12 }": "no name and id",
    'item { name: "fly" id: 1 }': "ava-80: no class 'fly'",
    'item { name: "sit" id: 1 } item { name: "stand" id: 1 }': "the id 1 stands there twice",
    "\udce9": "cannot be read as UTF-8",
}


@pytest.mark.parametrize(("text", "said"), FAULTS.items())
def test_what_is_no_list_of_actions_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.pbtxt"
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(UsageError, match=rf"a\.pbtxt: .*{said}"):
        read_actions(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_actions(tmp_path / "b.pbtxt")
