import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.collections import PathCollection

from anigifs.foundation import UsageError
from anigifs.studies.figures.acts import Search
from anigifs.studies.figures.search import draw_searches, spread
from anigifs.transforms import POOL, Operation
from tests.studies.figures.look import assert_legible, print_of

LEVEL = POOL["autocontrast"][7]
LONG = (Operation("autocontrast", LEVEL),) * 8
SEARCHES = (
    Search(8, (0.5, 2.0, None), 1, (Operation("grayscale", None), Operation("red", 12))),
    Search(16, (0.0, 0.25, 0.1), 1, LONG),
    Search(24, (None, None, None), None, ()),
)


def test_every_candidate_is_a_dot_and_the_worst_is_marked() -> None:
    figure = draw_searches(SEARCHES, "rsda-0")
    assert_legible(figure)
    dots = [
        np.asarray(one.get_offsets()).tolist()
        for one in figure.axes[0].collections
        if isinstance(one, PathCollection)
    ]
    assert dots == [
        [[0.5, 0], [2.0, 0]],
        [[2.0, 0]],
        [[0.0, 1], [0.25, 1], [0.1, 1]],
        [[0.25, 1]],
        [],
    ]
    left, right = figure.axes[0].get_xlim()
    assert left < 0 < 2 < right
    assert figure.axes[0].yaxis_inverted()  # the first search is uppermost


def test_what_was_found_stands_beside_it_in_words() -> None:
    found = [text for text, _ in print_of(draw_searches(SEARCHES, "rsda-0"))]
    assert "grayscale, red +12 (1 not finite)" in found
    assert any(text.startswith("autocontrast 0.11, autocontrast") for text in found)
    assert "nothing: no loss was finite" in found
    assert "rsda-0: 3 searches of 3 candidates each" in found


def test_of_many_searches_some_are_shown_and_it_is_said() -> None:
    many = [Search(step, (0.1, 0.2), 1, LONG) for step in range(1000, 601_000, 1000)]
    figure = draw_searches(many, "x" * 90)
    assert_legible(figure)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert (len(labels), labels[0], labels[-1]) == (40, "1,000", "600,000")
    assert any("40 of 600 searches" in text for text, _ in print_of(figure))


@given(st.integers(1, 700), st.integers(1, 60))
def test_shown_searches_are_spread_evenly(count: int, most: int) -> None:
    searches = [Search(step, (1.0,), 0, ()) for step in range(count)]
    steps = [one.step for one in spread(searches, most)]
    assert len(steps) == len(set(steps)) == min(count, most)
    assert steps[0] == 0
    gaps = np.diff(steps)
    assert gaps.size == 0 or (gaps.min() >= 1 and gaps.max() - gaps.min() <= 1)
    if most > 1:
        assert steps[-1] == count - 1


def test_no_search_to_show_is_an_error() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        spread(SEARCHES, 0)
