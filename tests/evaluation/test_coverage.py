import pytest

from anigifs.evaluation import cover
from anigifs.foundation import UsageError
from anigifs.taxonomy import class_list

K400 = class_list("kinetics-400").names
K600 = class_list("kinetics-600").names


def test_folder_names_are_matched_in_any_spelling() -> None:
    coverage = cover(["Juggling_Balls", "ARM WRESTLING", "knitting socks"], K400, "kinetics-400")
    assert coverage.name_of["Juggling_Balls"] == "juggling balls"
    assert coverage.index_of == {
        "juggling balls": K400.index("juggling balls"),
        "arm wrestling": K400.index("arm wrestling"),
    }
    assert coverage.uncovered == ("knitting socks",)


def test_kinetics_600_labels_under_a_kinetics_400_model() -> None:
    coverage = cover(K600, K400, "kinetics-400", "kinetics-600")
    # 368 names stand in both lists; the renamed ones are known through the map between them.
    assert sum(name in K400 for name in coverage.index_of) == 368
    assert len(coverage.index_of) + len(coverage.uncovered) == 600
    assert 368 < len(coverage.index_of) <= 400
    assert "sleeping" in coverage.uncovered
    for name, index in coverage.index_of.items():
        if name in K400:
            assert K400[index] == name


def test_lists_without_a_map_between_them_are_matched_by_spelling() -> None:
    coverage = cover(
        ["JugglingBalls", "PullUps", "SkyDiving", "Diving"], K400, "kinetics-400", "ucf-101"
    )
    assert {K400[index] for index in coverage.index_of.values()} == {
        "juggling balls",
        "pull ups",
        "skydiving",
    }
    assert coverage.uncovered == ("Diving",)


def test_classes_whose_rows_nobody_trained_are_not_known() -> None:
    coverage = cover(["yoga", "archery"], K400, "kinetics-400", untrained=["yoga"])
    assert list(coverage.index_of) == ["archery"]
    assert coverage.uncovered == coverage.untrained == ("yoga",)


def test_a_stated_list_must_hold_every_folder() -> None:
    with pytest.raises(UsageError, match=r"kinetics-600: no class 'arm wrestlin'.*'arm wrestling'"):
        cover(["arm wrestlin"], K600, "kinetics-600", "kinetics-600")


def test_two_folders_of_one_class_are_refused() -> None:
    with pytest.raises(UsageError, match="spell one class, arm wrestling"):
        cover(["arm wrestling", "Arm_Wrestling"], K400, "kinetics-400")
