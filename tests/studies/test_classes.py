from anigifs.evaluation.metrics import Confused
from anigifs.studies.classes import ClassRow, by_class, confusions
from tests.studies.made import outcome

LABELS = ["run", "run", "jump", "jump"]


def test_classes_by_hand_with_the_deepest_fall_first() -> None:
    outcomes = [
        outcome("erm", "film", [1, 1, 1, 0], labels=LABELS),
        outcome("erm", "cartoon", [0, 0, 1, 1], labels=LABELS),
        outcome("erm", "cartoon", [0, 1, 1, 1], labels=LABELS, seed=1),
        outcome("oracle", "cartoon", [1, 1, 1, 1], labels=LABELS),
    ]
    found = by_class(outcomes, "erm", "film", "cartoon")
    assert found == (ClassRow("run", 1.0, 0.25), ClassRow("jump", 0.5, 1.0))
    assert [row.fall for row in found] == [0.75, -0.5]
    assert by_class(outcomes, "erm", "cartoon", "film")[0].label == "jump"


def test_a_class_that_a_set_lacks_comes_last() -> None:
    outcomes = [
        outcome("erm", "film", [1, 1], labels=["run", "bow"]),
        outcome("erm", "cartoon", [1], labels=["run"]),
    ]
    found = by_class(outcomes, "erm", "film", "cartoon")
    assert found == (ClassRow("run", 1.0, 1.0), ClassRow("bow", 1.0, None))
    assert [row.fall for row in found] == [0.0, None]


def test_confusions_are_counted_over_all_seeds() -> None:
    outcomes = [
        outcome("erm", "film", [0, 0, 1, 1], labels=LABELS),
        outcome("erm", "film", [0, 1, 0, 1], labels=LABELS, seed=1),
        outcome("erm", "cartoon", [0, 0, 0, 0], labels=LABELS),
    ]
    assert confusions(outcomes, "erm", "film") == [
        Confused("run", "jump", 3, 0.75),
        Confused("jump", "wave", 1, 0.25),
    ]
