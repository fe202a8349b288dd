import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anigifs.foundation import UsageError
from anigifs.studies.figures.curves import Curve, draw_curves, read_curves
from tests.studies.figures.look import assert_legible, print_of


def record(run: str, seed: int, points: dict[int, float]) -> dict[str, Any]:
    tests = [{"set": "film", "set_title": "film"}, {"set": "toon", "set_title": "cartoons"}]
    curve = [
        {"step": step, "set": of_set["set"], "top1": top1 / (1 + number)}
        for step, top1 in points.items()
        for number, of_set in enumerate(tests)
    ]
    needed = ("method", "updates", "updates_in_all", "weights_hash", "training_seconds")
    made = dict.fromkeys((*needed, "testing_seconds", "parallel"))
    about = {"id": f"{run}{seed}", "run": run, "seed": seed, "title": run.upper()}
    return {**made, **about, "tests": tests, "curve": curve}


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    (tmp_path / "records").mkdir()
    made = [
        record("erm", 0, {8: 0.5, 16: 0.6}),
        record("erm", 1, {8: 0.3, 16: 0.8, 20: 0.9}),
        record("rsda", 0, {8: 0.4, 16: 0.9}),
        {**record("plain", 0, {}), "curve": []},
    ]
    for one in made:
        (tmp_path / "records" / f"{one['id']}.json").write_text(json.dumps(one))
    return tmp_path


def test_curves_are_means_over_seeds_where_all_were_tested(sweep: Path) -> None:
    found = {(one.run, one.set): one for one in read_curves(sweep)}
    assert set(found) == {(run, of_set) for run in ("erm", "rsda") for of_set in ("film", "toon")}
    erm = found["erm", "film"]
    assert erm.steps == [8, 16]
    assert erm.mean == pytest.approx([0.4, 0.7])
    assert found["erm", "toon"].mean == pytest.approx([0.2, 0.35])
    assert [one.run for one in read_curves(sweep, ["rsda"])] == ["rsda", "rsda"]
    with pytest.raises(UsageError, match="no curve of 'plain'; there are erm, rsda"):
        read_curves(sweep, ["plain"])


def test_a_ceiling_is_marked(sweep: Path) -> None:
    ceiling = {**record("best", 0, {8: 0.9}), "title": "oracle: all styles", "oracle": True}
    (sweep / "records" / "best.json").write_text(json.dumps(ceiling))
    assert {one.title for one in read_curves(sweep, ["best"])} == {"all styles (oracle)"}


def test_curves_of_two_plans_are_not_one(sweep: Path) -> None:
    again = {**record("erm", 1, {8: 0.1, 16: 0.2}), "id": "other"}
    (sweep / "records" / "other.json").write_text(json.dumps(again))
    with pytest.raises(UsageError, match="two curves of erm, seed 1: erm1 and other; move"):
        read_curves(sweep)


def test_a_sweep_without_curves_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no learning curves; docs/sweep.md"):
        read_curves(tmp_path)


def test_a_panel_a_set_a_thick_line_a_run_and_a_thin_one_a_seed(sweep: Path) -> None:
    figure = draw_curves(read_curves(sweep), ["rsda", "erm"])
    assert_legible(figure)
    film, cartoons = figure.axes
    assert [one.get_title(loc="left") for one in (film, cartoons)] == ["film", "cartoons"]
    lines = [(one.get_linewidth(), np.asarray(one.get_ydata()).tolist()) for one in film.lines]
    thick = [values for width, values in lines if width > 1]
    assert thick == [pytest.approx([40, 90]), pytest.approx([40, 70])]
    assert sorted(len(values) for width, values in lines if width < 1) == [2, 3]
    words = [text for text, _ in print_of(figure)]
    assert "RSDA" in words
    assert any("mean of 1 or 2 seeds" in text for text in words)


def test_one_seed_is_no_mean_and_more_runs_than_colours_are_refused() -> None:
    one = Curve("erm", "ERM", "film", "film", {0: {8: 0.5}})
    figure = draw_curves([one])
    assert len(figure.axes[0].lines) == 1
    assert "Learning curves, one seed" in [text for text, _ in print_of(figure)]
    many = [Curve(f"r{n}", "r", "film", "film", {0: {8: 0.5}}) for n in range(9)]
    with pytest.raises(UsageError, match="9 runs in one figure; choose 6 at most"):
        draw_curves(many)


def test_long_titles_are_whole_in_the_legend_and_fit() -> None:
    titles = (
        "combined: search, RandConv, gating, averaging",
        "search over time, drawing and context",
    )
    curves = [
        Curve(str(number), title, of_set, of_set, {0: {8: 0.5, 16: 0.6}})
        for number, title in enumerate(titles * 3)
        for of_set in ("film", "cartoons")
    ]
    figure = draw_curves(curves)
    assert_legible(figure)
    assert set(titles) <= {text for text, _ in print_of(figure)}
