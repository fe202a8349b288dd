from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text
from sklearn.metrics import confusion_matrix

from anigifs.evaluation import Ranking
from anigifs.foundation import UsageError
from anigifs.studies.figures.answers import Answers
from anigifs.studies.figures.confusion import OTHER, draw_confusion, matrix_of
from tests.studies.figures.look import assert_legible

NAMES = ("bow", "jump", "kick", "row", "run")


def ranking(pairs: Sequence[tuple[str, str]]) -> Ranking:
    """One clip for each pair of a true class and an answer."""
    ids = tuple(map(str, range(len(pairs))))
    labels, answers = (tuple(names) for names in zip(*pairs, strict=True))
    rank_N = np.array([label != answer for label, answer in pairs], int)
    blank = ("",) * len(pairs)
    return Ranking(ids, ids, labels, blank, blank, (0,) * len(pairs), answers, rank_N, 1)


def answers_of(*seeds: Sequence[tuple[str, str]]) -> Answers:
    return Answers("film", tuple(map(ranking, seeds)))


PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1)


@settings(max_examples=40)
@given(PAIRS, PAIRS)
def test_the_counts_are_those_of_scikit_learn(
    first: list[tuple[str, str]], second: list[tuple[str, str]]
) -> None:
    matrix = matrix_of(answers_of(first, second))
    labels, answers = zip(*first, *second, strict=True)
    shown = sorted(set(labels))
    assert matrix.labels == tuple(shown)
    whole = confusion_matrix(labels, answers, labels=[*shown, *sorted(set(NAMES) - set(shown))])
    expected = whole[: len(shown), : len(shown)]
    np.testing.assert_array_equal(matrix.counts_RC[:, : len(shown)], expected)
    outside = whole[: len(shown), len(shown) :].sum(axis=1)
    if outside.any():
        assert matrix.answers == (*shown, OTHER)
        np.testing.assert_array_equal(matrix.counts_RC[:, -1], outside)
    else:
        assert matrix.answers == tuple(shown)
    np.testing.assert_allclose(matrix.shares_RC.sum(axis=1), 1)


def test_of_many_classes_the_most_confused_are_shown() -> None:
    pairs = [("run", "run")] * 9 + [("bow", "bow")] * 9
    pairs += [("kick", "row")] * 2 + [("jump", "kick"), ("row", "row"), ("jump", "jump")]
    matrix = matrix_of(answers_of(pairs), most=2)
    assert (matrix.labels, matrix.answers) == (("kick", "row"), ("kick", "row"))
    assert matrix.counts_RC.tolist() == [[0, 2], [0, 1]]
    assert (matrix.classes, matrix.clips) == (5, 23)
    assert matrix.top1 == pytest.approx(20 / 23)  # of all clips, not of those shown
    with pytest.raises(UsageError, match="at least 1"):
        matrix_of(answers_of(pairs), most=0)


def test_every_cell_has_its_share_in_print() -> None:
    pairs = [("run", "run")] * 3 + [("run", "jump")] + [("jump", "jump")] * 2 + [("bow", "lift")]
    matrix = matrix_of(answers_of(pairs))
    figure = draw_confusion(matrix, "ERM on film")
    assert_legible(figure)
    axes = figure.axes[0]
    cells = {
        tuple(int(place) for place in text.get_position()): text.get_text()
        for text in axes.texts
        if isinstance(text, Text)
    }
    assert cells == {(2, 2): "75", (1, 2): "25", (1, 1): "100", (3, 0): "100"}
    rows = [label.get_text() for label in axes.get_yticklabels()]
    assert rows == ["bow (1)", "jump (2)", "run (4)"]
    assert [label.get_text() for label in axes.get_xticklabels()][-1] == OTHER
    said = " ".join(figure.get_suptitle().split())
    assert said == "ERM on film 7 clips, top-1 71.4 %; cells in % of the true class"


@pytest.mark.parametrize("count", [1, 40])
def test_the_print_fits_whatever_the_number_of_classes(count: int) -> None:
    names = [f"playing the {n}th instrument of the orchestra" for n in range(count)]
    pairs = [(name, other) for name in names for other in (name, names[0])]
    assert_legible(draw_confusion(matrix_of(answers_of(pairs, pairs)), "x" * 200))
