"""Spellings that are one name, and those that are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.foundation import UsageError
from anigifs.taxonomy import CLASS_LISTS, ClassList, class_list, normalise
from anigifs.taxonomy.names import AMERICAN

CLASSES = [(name, one) for name in CLASS_LISTS for one in class_list(name)]


def cases(letter: str) -> st.SearchStrategy[str]:
    return st.sampled_from([letter.lower(), letter.upper()])


@pytest.mark.parametrize("name", CLASS_LISTS)
def test_every_name_finds_itself(name: str) -> None:
    names = class_list(name)
    assert [names.find(one) for one in names] == list(names)


@given(st.sampled_from(CLASSES), st.data())
def test_case_and_separators_do_not_matter(where: tuple[str, str], data: st.DataObject) -> None:
    listed, name = where
    separators = st.sampled_from([" ", "_", "-", "  ", "", " _ "])
    spelt = "".join(
        data.draw(separators) if letter in " _-" else data.draw(cases(letter)) for letter in name
    )
    assert class_list(listed).find(spelt) == name


@given(st.lists(st.sampled_from([*AMERICAN, *AMERICAN.values()]) | st.text(max_size=5)))
def test_normalising_twice_changes_nothing(pieces: list[str]) -> None:
    once = normalise("".join(pieces))
    assert normalise(once) == once


@pytest.mark.parametrize("british", AMERICAN)
def test_every_word_of_the_table_occurs_in_a_list(british: str) -> None:
    plain = {one.casefold() for _, one in CLASSES}
    assert any(british in one or AMERICAN[british] in one for one in plain)


@pytest.mark.parametrize(
    ("listed", "text", "found"),
    [
        ("kinetics-600", "Break Dancing", "breakdancing"),
        ("kinetics-600", "Making Jewellery", "making jewelry"),
        ("kinetics-600", "making paper airplanes", "making paper aeroplanes"),
        ("kinetics-600", "eating donuts", "eating doughnuts"),
        ("kinetics-600", "Checking Tyres", "checking tires"),
        ("kinetics-600", "colouring in", "coloring in"),
        ("kinetics-600", "shovelling snow", "shoveling snow"),
        ("kinetics-600", "chiselling wood", "chiseling wood"),
        ("kinetics-600", "barbecuing", "barbequing"),
        ("kinetics-600", "archeological excavation", "archaeological excavation"),
        ("kinetics-700", "mixing colors", "mixing colours"),
        ("kinetics-600", "massaging persons head", "massaging person's head"),
        ("kinetics-600", "massaging person’s head", "massaging person's head"),  # noqa: RUF001
        ("ucf-101", "basketball dunk", "BasketballDunk"),
        ("ucf-101", "Yo Yo", "YoYo"),
        ("kinetics-600", "TaiChi", "tai chi"),
        ("ucf-hmdb-12", "pull-up", "pullup"),
    ],
)
def test_known_spellings(listed: str, text: str, found: str) -> None:
    assert class_list(listed).find(text) == found


@pytest.mark.parametrize(
    ("listed", "text", "found"),
    [
        ("kinetics-600", "hugging", "hugging (not baby)"),
        ("kinetics-600", "hugging baby", "hugging baby"),
        ("kinetics-600", "Fencing", "fencing (sport)"),
        ("kinetics-400", "skiing", "skiing (not slalom or crosscountry)"),
        ("ava-80", "drive", "drive (e.g., a car, a truck)"),
        ("ava-80", "listen", "listen (e.g., to music)"),
        ("ava-80", "listen to", "listen to (a person)"),
        ("ava-80", "give/serve to", "give/serve (an object) to (a person)"),
    ],
)
def test_a_qualifier_may_be_left_out_where_one_class_fits(
    listed: str, text: str, found: str
) -> None:
    assert class_list(listed).find(text) == found


@pytest.mark.parametrize(
    "name",
    ["passing American football (in game)", "passing american football (not in game)"],
)
def test_a_qualifier_keeps_two_classes_apart(name: str) -> None:
    assert class_list("kinetics-600").find(name.upper()) == name


@pytest.mark.parametrize(
    ("listed", "text", "choices"),
    [
        (
            "kinetics-600",
            "passing american football",
            (
                "passing American football (in game)",
                "passing american football (not in game)",
            ),
        ),
        ("ava-80", "kick", ("kick (an object)", "kick (a person)")),
    ],
)
def test_an_ambiguous_name_says_between_which(
    listed: str, text: str, choices: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError, match="fits") as error:
        class_list(listed).find(text)
    assert all(repr(choice) in str(error.value) for choice in choices)


def test_a_qualifier_of_the_text_is_never_dropped() -> None:
    with pytest.raises(UsageError, match=r"throwing ball \(not baseball or American football\)"):
        class_list("kinetics-600").find("throwing ball (baseball)")


def test_a_whole_name_goes_before_one_with_a_qualifier() -> None:
    both = ClassList("both", ("hug (not baby)", "hug"), "1", "here")
    assert both.find("HUG") == "hug"
