import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from anigifs.foundation import UsageError
from anigifs.studies.figures.acts import Check
from anigifs.studies.figures.hits import draw_hits, running_mean
from tests.studies.figures.look import assert_legible, print_of

FEW = [Check(10, 8, 4, 4, 0.5), Check(20, 4, 3, 1, 0.75), Check(30, 8, 8, 0, 0.9)]
MANY = [Check(step, 1 + step % 7, step % 2, step % 2, (step % 10) / 10) for step in range(100)]


def lines(figure: Figure, panel: int) -> list[tuple[list[float], list[float]]]:
    return [
        (np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist())
        for line in figure.axes[panel].lines
    ]


def test_each_panel_shows_its_share_at_the_updates_of_the_checks() -> None:
    figure = draw_hits({"gating": FEW})
    assert_legible(figure)
    shares = [[50, 75, 100], [50, 25, 0], [50, 75, 90]]
    for panel, expected in enumerate(shares):
        [(steps, values)] = lines(figure, panel)
        assert steps == [10, 20, 30]
        assert values == pytest.approx(expected)


def test_many_checks_get_a_running_mean_weighted_by_clips() -> None:
    figure = draw_hits({"gating": MANY, "control": FEW})
    assert_legible(figure)
    dots, mean, other = lines(figure, 0)
    assert dots[1] == pytest.approx([100 * one.inside / one.clips for one in MANY])
    around = MANY[45:56]
    pooled = 100 * sum(one.inside for one in around) / sum(one.clips for one in around)
    assert mean[1][50] == pytest.approx(pooled)
    assert other[0] == [10, 20, 30]
    found = [text for text, _ in print_of(figure)]
    assert {"gating", "control"} <= set(found)
    assert any("running means over 11 checks" in text for text in found)


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.5, 9)), min_size=1, max_size=40),
    st.integers(1, 50),
)
def test_a_running_mean_is_the_mean_of_what_is_near(
    pairs: list[tuple[float, float]], window: int
) -> None:
    values, weights = (np.array(column) for column in zip(*pairs, strict=True))
    half = window // 2
    expected = [
        np.average(
            values[max(0, i - half) : i + half + 1],
            weights=weights[max(0, i - half) : i + half + 1],
        )
        for i in range(len(values))
    ]
    np.testing.assert_allclose(running_mean(values, weights, window), expected, atol=1e-9)


def test_the_print_fits_with_as_many_runs_as_colours() -> None:
    runs = {f"{'a run of a rather long name ' * 3}{n}": FEW for n in range(6)}
    assert_legible(draw_hits(runs))
    with pytest.raises(UsageError, match="at most 6"):
        draw_hits({**runs, "one more": FEW})
