import json
from pathlib import Path

import pytest

from anigifs.evaluation.pretraining import Pretraining, pretraining, pretraining_words
from anigifs.models.weights.seen import add_seen

GROUPS = ["abcdefghijk", "abcdefghijk", "0123456789-", "yoga/a.gif"]


@pytest.fixture(autouse=True)
def own_cache(anigifs_home: Path) -> Path:
    return anigifs_home


def add(tmp_path: Path, name: str, *ids: str) -> None:
    (tmp_path / "ids.txt").write_text("\n".join(ids))
    add_seen(name, [tmp_path / "ids.txt"])


def test_a_map_tells_classes_that_are_called_otherwise() -> None:
    """Kinetics-400's "hugging" is two classes in Kinetics-600, whose other class is new there."""
    classes = ["hugging (not baby)", "waving hand"]
    assert pretraining(classes, [], ["kinetics-400"], "kinetics-600").classes_seen == 1
    assert pretraining(["hugging"], [], ["kinetics-600"], "kinetics-400").classes_seen == 1


def test_without_a_map_the_spelling_decides() -> None:
    found = pretraining(["Playing_Cricket", "walking on the moon"], [], ["kinetics-400"])
    assert (found.classes, found.classes_seen) == (2, 1)


def test_videos_are_counted_clip_by_clip(tmp_path: Path) -> None:
    add(tmp_path, "kinetics-400", "abcdefghijk", "unrelated__")
    found = pretraining(["yoga", "waving hand"], GROUPS, ["kinetics-400"])
    assert (found.clips, found.clips_seen) == (3, 2)
    words = pretraining_words(found)
    assert "had 1 of the 2 classes tested; 2 of 3 clips are of its videos." in words


def test_a_missing_list_is_said(tmp_path: Path) -> None:
    none = pretraining(["yoga"], GROUPS, ["kinetics-400"])
    assert (none.clips_seen, none.without_list) == (None, ("kinetics-400",))
    assert "is not known (see `anigifs weights seen`)" in pretraining_words(none)
    add(tmp_path, "kinetics-400", "unrelated__")
    some = pretraining(["yoga"], GROUPS, ["kinetics-400", "kinetics-600"])
    assert some.clips_seen == 0
    assert "by the lists of all but kinetics-600" in pretraining_words(some)


def test_what_is_not_on_record_is_said() -> None:
    found = pretraining(["yoga"], GROUPS, [])
    assert (found.data, found.classes_seen) == ((), 0)
    assert pretraining_words(found) == "What the weights were pre-trained on is not on record."


def test_a_record_says_it_again() -> None:
    found = pretraining(["yoga", ""], GROUPS, ["kinetics-400"])
    assert Pretraining.from_json(json.loads(json.dumps(found.to_json()))) == found
