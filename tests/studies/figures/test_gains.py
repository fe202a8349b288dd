import csv
from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection
from scipy import stats

from anigifs.foundation import UsageError
from anigifs.studies import tabulate, to_csv
from anigifs.studies.figures.gains import draw_gains, read_gains
from tests.studies.figures.look import assert_legible, print_of
from tests.studies.made import outcome

RIGHT = {
    "erm": {0: 40, 1: 44, 2: 50},
    "rsda": {0: 50, 1: 50, 2: 58},
    "mixup": {0: 30, 1: 20},
    "oracle": {0: 100, 1: 96, 2: 99},
}


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    outcomes = [
        outcome(model, of_set, [1] * count + [0] * (100 - count), seed=seed)
        for model, counts in RIGHT.items()
        for seed, count in counts.items()
        for of_set in ("film", "toon")
    ]
    (tmp_path / "table.csv").write_text(to_csv(tabulate(outcomes, "a sweep", replicates=200)))
    return tmp_path


def edited(sweep: Path, run: str, **changed: str) -> None:
    """Change a run's lines in the table."""
    path = sweep / "table.csv"
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows({**line, **(changed if line["model"] == run else {})} for line in lines)


def test_differences_are_those_of_common_seeds_the_largest_first(sweep: Path) -> None:
    gains = read_gains(sweep, "toon")
    assert [row.run for row in gains.rows] == ["oracle", "rsda", "mixup"]
    assert (gains.first, gains.set_title, gains.clips, gains.level) == (
        "ERM on film",
        "toon",
        100,
        0.95,
    )
    for row in gains.rows:
        seeds = sorted(RIGHT[row.run])
        apart = np.array([RIGHT[row.run][seed] - RIGHT["erm"][seed] for seed in seeds]) / 100
        low, high = stats.t.interval(0.95, len(seeds) - 1, apart.mean(), stats.sem(apart))
        assert (row.value, row.low, row.high) == pytest.approx((apart.mean(), low, high))
        assert row.seeds == tuple(seeds)
        assert row.oracle == (row.run == "oracle")
    assert [row.run for row in read_gains(sweep, "toon", ["mixup"]).rows] == ["mixup"]


def test_dots_and_intervals_lie_where_the_numbers_are(sweep: Path) -> None:
    gains = read_gains(sweep, "toon")
    figure = draw_gains(gains)
    assert_legible(figure)
    axes = figure.axes[0]
    dots = [one for one in axes.collections if isinstance(one, PathCollection)]
    at = [np.asarray(one.get_offsets()).tolist()[0] for one in dots]
    assert at == [pytest.approx([100 * row.value, n]) for n, row in enumerate(gains.rows)]
    lines = [one for one in axes.collections if isinstance(one, LineCollection)]
    ends = [np.asarray(one.get_segments()[0])[:, 0].tolist() for one in lines]
    assert ends == [
        pytest.approx([100 * row.low, 100 * row.high])
        for row in gains.rows
        if row.low is not None and row.high is not None
    ]
    assert axes.yaxis_inverted()  # so the first is uppermost
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[1:] == ["rsda - 3 seeds", "mixup - 2 seeds"]
    found = {text for text, _ in print_of(figure)}
    assert {"+8.0", "\N{MINUS SIGN}17.0"} <= found
    heading = " ".join(" ".join(found).split())
    assert "toon (100 clips): top-1 minus that of ERM on film, on the same seeds" in heading
    assert "95 % intervals over 2 or 3 seeds; hollow: has seen the target" in heading


def test_without_an_interval_there_is_a_dot_alone_and_long_names_fit(sweep: Path) -> None:
    edited(sweep, "rsda", difference_low="", difference_high="", model_title="a long name " * 9)
    figure = draw_gains(read_gains(sweep, "toon", ["rsda"]))
    assert_legible(figure)
    kinds = [type(one) for one in figure.axes[0].collections]
    assert kinds == [PathCollection]
    assert not any("hollow" in text for text, _ in print_of(figure))


def test_what_is_compared_with_none_is_named(sweep: Path) -> None:
    edited(sweep, "mixup", difference="")
    gains = read_gains(sweep, "toon")
    assert gains.left_out == ("mixup",)
    assert "mixup" not in {row.run for row in gains.rows}
    with pytest.raises(UsageError, match="'mixup' is not compared on toon; there are rsda, oracle"):
        read_gains(sweep, "toon", ["mixup"])


def test_what_cannot_be_drawn_is_said(sweep: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no set 'gif'; there are film, toon"):
        read_gains(sweep, "gif")
    with pytest.raises(UsageError, match=r"table\.csv: no such file; name the folder of a sweep"):
        read_gains(tmp_path / "no", "toon")
    for wrong in ("", "a,b\n1,2\n", "model\n", "\x00"):
        (sweep / "other").mkdir(exist_ok=True)
        (sweep / "other" / "table.csv").write_text(wrong)
        with pytest.raises(UsageError, match=r"no table of a sweep|cannot be read"):
            read_gains(sweep / "other", "toon")
    (sweep / "other" / "table.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="cannot be read"):
        read_gains(sweep / "other", "toon")
    for name, value in (("difference", "nan"), ("difference_low", "x"), ("difference_seeds", "x")):
        edited(sweep, "rsda", **{name: value})
        with pytest.raises(UsageError, match="damaged"):
            read_gains(sweep, "toon")
