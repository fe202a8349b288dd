import numpy as np
import pytest
from hypothesis import given
from matplotlib.collections import PathCollection

from anigifs.foundation import UsageError
from anigifs.studies.figures.class_gap import draw_falls, falls_of
from tests.studies.figures.look import assert_legible, print_of
from tests.studies.figures.test_confusion import PAIRS, answers_of

BEFORE = [("run", "run")] * 4 + [("jump", "jump")] * 2 + [("bow", "run")] + [("row", "row")]
AFTER = [("run", "run"), ("run", "bow"), ("jump", "run"), ("bow", "bow"), ("kick", "kick")]


def test_classes_come_in_the_order_of_their_fall() -> None:
    falls = falls_of(answers_of(BEFORE), answers_of(AFTER))
    rows = [(row.label, row.source, row.target) for row in falls.rows]
    assert rows == [("jump", 1, 0), ("run", 1, 0.5), ("bow", 0, 1)]
    assert falls.left_out == ("kick", "row")


@given(PAIRS, PAIRS)
def test_every_class_of_both_sets_is_there_once(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    source, target = ({label for label, _ in pairs} for pairs in (before, after))
    if not source & target:
        with pytest.raises(UsageError, match="no class in common"):
            falls_of(answers_of(before), answers_of(after))
        return
    falls = falls_of(answers_of(before), answers_of(after))
    assert {row.label for row in falls.rows} == source & target
    assert set(falls.left_out) == source ^ target
    changes = [row.change for row in falls.rows]
    assert changes == sorted(changes)


def test_the_dots_lie_where_the_scores_are() -> None:
    falls = falls_of(answers_of(BEFORE), answers_of(AFTER, AFTER))
    figure = draw_falls(falls, "ERM")
    assert_legible(figure)
    axes = figure.axes[0]
    dots = [one for one in axes.collections if isinstance(one, PathCollection)]
    source, target = (np.asarray(one.get_offsets()).tolist() for one in dots)
    assert source == [[100, 0], [100, 1], [0, 2]]
    assert target == [[0, 0], [50, 1], [100, 2]]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["jump", "run", "bow"]
    assert axes.yaxis_inverted()  # so the first is uppermost
    found = {text for text, _ in print_of(figure)}
    assert {"\N{MINUS SIGN}100.0", "\N{MINUS SIGN}50.0", "+100.0"} <= found
    assert {"film, 8 clips", "film, 5 clips, 2 seeds"} <= found


def test_of_many_classes_those_that_fall_most_are_shown() -> None:
    pairs = [(f"class {n} of a long name, and of many more words", "x") for n in range(60)]
    falls = falls_of(answers_of(pairs), answers_of(pairs))
    figure = draw_falls(falls, "x" * 100)
    assert_legible(figure)
    assert len(figure.axes[0].get_yticklabels()) == 40
    assert any("40 of 60 classes" in text for text, _ in print_of(figure))
    with pytest.raises(UsageError, match="at least 1"):
        draw_falls(falls, most=0)
    assert_legible(draw_falls(falls, most=1))
