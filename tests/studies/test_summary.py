import re
from typing import Any

from anigifs.studies import tabulate
from anigifs.studies.classes import by_class
from anigifs.studies.summary import summarise
from tests.studies.made import outcome, quick

FEW: dict[str, Any] = {"replicates": 500}
RIGHT = [1, 1, 1, 0] * 10


def test_it_says_what_the_numbers_say() -> None:
    outcomes = quick()
    table = tabulate(outcomes, "", **FEW)
    classes = by_class(outcomes, "erm", [column.key for column in table.columns])
    said = summarise(table, classes)
    assert 3 <= len(said) <= 5
    cells = [table.cell("erm", key) for key in ("film", "film-gif", "cartoon-test")]
    film, gif, cartoon = (cell for cell in cells if cell is not None)
    assert f"ERM on film names the action rightly in {100 * film.top1.value:.1f} %" in said[0]
    assert f"{100 * cartoon.top1.value:.1f} %" in said[0]
    assert "of 56 clips of cartoon-test" in said[0]
    gap = 100 * (film.top1.value - cartoon.top1.value)
    assert said[1].startswith(f"So the gap is {gap:.1f} points (")
    assert said[1].endswith("does not hold zero.")
    assert gif.gap is not None
    assert f"is {100 * gif.gap.share.value:.1f} on film-gif." in said[2]
    assert re.match(r"The oracle, trained on cartoons, has seen .* above the first model", said[3])
    assert "so much is attainable" in said[3]
    assert classes[0].label in said[4]


def test_no_gap_is_not_called_one() -> None:
    same = [outcome("erm", "film", RIGHT), outcome("erm", "gif", [*RIGHT[1:], 0])]
    (_, gap) = summarise(tabulate(same, "", **FEW))
    assert "points" in gap
    better = [outcome("erm", "film", RIGHT), outcome("erm", "gif", [1] * 40)]
    said = summarise(tabulate(better, "", **FEW))
    assert said[1].startswith("So it does better on gif, by 25.0 points")
    mixed = [outcome("erm", "film", RIGHT), outcome("erm", "gif", RIGHT[::-1])]
    assert "the interval holds zero" in summarise(tabulate(mixed, "", **FEW))[1]


def test_an_oracle_that_is_not_ahead_shows_nothing_attainable() -> None:
    outcomes = [outcome("erm", one, RIGHT) for one in ("film", "gif")]
    outcomes += [outcome("oracle", one, RIGHT[::-1]) for one in ("film", "gif")]
    said = summarise(tabulate(outcomes, "", **FEW))
    assert "is attainable is not shown" in said[-1]


def test_the_best_of_other_methods_is_named() -> None:
    outcomes = [outcome("erm", one, RIGHT) for one in ("film", "gif")]
    outcomes += [outcome("rsda", one, [1] * 40) for one in ("film", "gif")]
    assert any(
        one.startswith("rsda on gif is 25.0 points above the first model (p=0.00")
        for one in summarise(tabulate(outcomes, "", **FEW))
    )
    outcomes += [outcome("rada", one, RIGHT) for one in ("film", "gif")]
    said = " ".join(summarise(tabulate(outcomes, "", **FEW)))
    assert "Of 2 other methods, rsda does best on gif: 25.0 points above" in said


def test_one_set_is_told_without_a_gap() -> None:
    said = summarise(tabulate([outcome("erm", "film", RIGHT)], "", **FEW))
    assert said[0].startswith("ERM on film names rightly: 75.0 %")
    assert len(said) == 1
