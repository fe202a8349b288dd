"""What the tables answer, from numbers that are made by hand."""

import pytest

from anigifs.studies.paper.scales import QUICK, SMOKE
from anigifs.studies.report.answer import answer_of, cautions
from anigifs.studies.report.certainty import MINUS
from tests.studies.made_report import STUDY1, STUDY2, Number, table

UNTOLD = "; the interval holds zero, so these tests cannot tell it from none."
FIRST = {"1": 0.7, "2": 0.2, "1w": 0.9, "2w": 0.85, "3": 0.86, "4": 0.6, "4b": 0.61, "5": 0.65}
SECOND = {"0": 0.6, "1": 0.61, "2": 0.62, "4": 0.65, "c1": 0.5, "o": 0.95}


def second(**differences: tuple[Number, float]) -> list[str]:
    """Answers of Study 2 with differences to ERM, by the rows' numbers after ``row``."""
    named = {f"{name.removeprefix('row')} - 0": told for name, told in differences.items()}
    return answer_of(table(STUDY2, SECOND, named))


def test_the_falls_are_told_from_videos_to_gifs_to_animated_gifs() -> None:
    said = answer_of(
        table(
            STUDY1,
            FIRST,
            {
                "1 - 2": (0.5, 0.45, 0.55),
                "1w - 2w": (0.05, -0.01, 0.11),
                "3 - 4": (0.26, 0.2, 0.32),
                "5 - 4b": ((0.04, 0.01, 0.07), 0.03),
            },
        )
    )
    film, gifs, cartoons = "film", "GIFs of film", "cartoons, held back"
    assert said == [
        f"From {film} to {gifs}, shown equally many frames of both, a model of film falls by 5.0 "
        f"points ({MINUS}1.0 to 11.0), from 90.0 % to 85.0 %{UNTOLD}",
        f"From {film} to {gifs}, shown all frames of both, a model of film falls by 50.0 points "
        "(45.0 to 55.0), from 70.0 % to 20.0 %.",
        f"From {gifs} to {cartoons}, a model of {gifs} falls by 26.0 points (20.0 to 32.0), from "
        "86.0 % to 60.0 %.",
        "The search for hard augmentations (RSDA) gains 4.0 points (1.0 to 7.0) over the same "
        f"updates of ERM on {cartoons}; the interval does not hold zero, and p = 0.030.",
    ]


def test_a_rise_is_not_called_a_fall() -> None:
    (said,) = answer_of(table(STUDY1, FIRST, {"3 - 4": (-0.03, -0.05, -0.01)}))
    assert "a model of GIFs of film rises by 3.0 points (1.0 to 5.0)" in said
    (said,) = answer_of(table(STUDY1, FIRST, {"3 - 4": (0.0, -0.05, 0.05)}))
    assert "neither falls nor rises: 0.0 points" in said


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (((0.02, -0.01, 0.05), 0.2), f"gains 2.0 points ({MINUS}1.0 to 5.0) over {{}}{UNTOLD}"),
        (((-0.02, -0.05, 0.01), 0.2), f"loses 2.0 points ({MINUS}1.0 to 5.0) over {{}}{UNTOLD}"),
        (
            ((0.05, 0.01, 0.09), 0.2),
            "gains 5.0 points (1.0 to 9.0) over {}; the interval does not hold zero, but "
            "p = 0.200: this is no sure difference.",
        ),
        (
            ((-0.05, -0.09, -0.01), 0.0001),
            "loses 5.0 points (1.0 to 9.0) over {}; the interval does not hold zero, and "
            "p < 0.001.",
        ),
    ],
)
def test_the_search_gains_or_loses_or_neither(told: tuple[Number, float], words: str) -> None:
    (said,) = answer_of(table(STUDY1, FIRST, {"5 - 4b": told}))
    where = "the same updates of ERM on cartoons, held back"
    assert said == f"The search for hard augmentations (RSDA) {words.format(where)}"


def test_the_highest_method_is_named_with_what_is_to_be_made_of_it() -> None:
    said = second(
        row1=((0.01, -0.02, 0.04), 0.9),
        row2=((0.02, -0.01, 0.05), 0.9),
        row4=((0.05, 0.02, 0.08), 0.01),
        rowc1=((-0.1, -0.2, -0.05), 0.01),
    )
    assert said == [
        "Of 3 methods that continue the same model, saliency gating comes out highest on cartoons, "
        "held back: 65.0 % (64.0 to 66.0), 5.0 points (2.0 to 8.0) above ERM; the interval does "
        "not hold zero, and p = 0.010 after correction for 4 comparisons."
    ]


def test_a_difference_that_correction_takes_away_is_not_sure() -> None:
    said = " ".join(second(row2=((0.02, 0.01, 0.05), 0.3), row4=((0.05, 0.01, 0.08), 0.3)))
    assert "but p = 0.300 after correction for 2 comparisons: this is no sure difference." in said


def test_methods_that_are_not_above_erm_are_not_called_highest() -> None:
    worse, worst = ((-0.01, -0.02, 0.02), 1.0), ((-0.05, -0.08, 0.02), 1.0)
    (said,) = second(row2=worse, row4=worst)
    start = "Of 2 methods that continue the same model, none comes out above ERM, and RSDA comes"
    assert said.startswith(f"{start} closest on cartoons, held back: 62.0 %")
    assert said.endswith(UNTOLD)
    (said,) = second(row2=((0.0, -0.02, 0.02), 1.0), row4=worst)
    assert "none comes out above ERM" in said
    assert f"0.0 points ({MINUS}2.0 to 2.0) from ERM{UNTOLD}" in said


def test_two_that_are_highest_are_both_named() -> None:
    even = ((0.02, -0.02, 0.05), 1.0)
    assert "RSDA and saliency gating come out highest" in second(row2=even, row4=even)[0]
    assert second(row4=even)[0].startswith("Saliency gating comes out on cartoons, held back:")


@pytest.mark.parametrize(("value", "word"), [(0.05, "as much"), (0.07, "more"), (0.04, None)])
def test_a_control_that_does_as_well_is_said(value: float, word: str | None) -> None:
    (said,) = second(row4=((0.05, 0.02, 0.08), 0.01), rowc1=((value, 0.01, 0.09), 0.01))
    if word is None:
        assert "control" not in said
    else:
        control = "A control, the mask elsewhere, every batch, reaches"
        assert said.endswith(f" {control} {word}: 50.0 % (49.0 to 51.0).")


def test_the_oracle_tells_what_is_to_be_had() -> None:
    start = (
        "A model that goes on with training clips of the target (oracle) reaches 95.0 % (94.0 to "
        "96.0) on cartoons, held back, 35.0 points"
    )
    assert second(rowo=((0.35, 0.3, 0.4), 0.001)) == [
        f"{start} (30.0 to 40.0) above ERM: so much is to be had."
    ]
    (said,) = second(rowo=((0.35, -0.3, 1.0), 0.5))
    assert said.endswith(": that more than ERM's accuracy is to be had is not shown.")


def test_nothing_is_answered_before_it_is_tested() -> None:
    assert answer_of(table(STUDY1, {"1": 0.7}, {})) == [
        "No two rows that are to be compared have been tested yet."
    ]


def test_cautions_say_what_may_not_be_made_of_it() -> None:
    whole = table(STUDY1, FIRST, {})
    assert cautions([whole]) == []
    (said,) = cautions([table(STUDY1, FIRST, {}, seeds=(0,))])
    assert said.startswith("Every model was trained once")
    (said,) = cautions([whole, table(STUDY2, {"0": 0.5}, {})])
    assert (
        said == f"{len(STUDY2.rows) - 1} of {len(STUDY2.rows) + 8} rows have not been tested yet."
    )
    for scale, words in ((QUICK, "no ranking claimed"), (SMOKE, "its figures mean nothing")):
        (said,) = cautions([table(STUDY1, FIRST, {}, scale.title)])
        assert words in said


def test_both_studies_together_answer_in_six_sentences() -> None:
    first = {f"{one.number} - {one.other}": (0.1, 0.0, 0.2) for one in STUDY1.comparisons[:3]}
    sure = ((0.1, 0.05, 0.2), 0.01)
    second = {f"{one.number} - 0": sure for one in STUDY2.comparisons}
    rows = {row.number: 0.5 for row in STUDY2.rows}
    said = answer_of(table(STUDY1, FIRST, {**first, "5 - 4b": sure}))
    assert len(said) + len(answer_of(table(STUDY2, rows, second))) == 6
