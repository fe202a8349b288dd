"""The study of adaptation: what it consists of, and its table."""

import csv

import pytest

from anigifs.foundation import UsageError
from anigifs.index import Index, Row
from anigifs.methods import METHODS, make_method
from anigifs.puppets.spec import KINDS
from anigifs.studies.paper.adapt import ADAPTERS, adapt
from anigifs.studies.paper.forms import SEEN, to_csv, to_latex, to_markdown, to_text
from anigifs.studies.paper.frequent import frequent
from anigifs.studies.paper.roles import PUPPETS_DEV, Roles
from anigifs.studies.paper.scales import LAPTOP, PAPER, SMOKE, Scale
from anigifs.studies.paper.sheets import row_sheet
from anigifs.studies.paper.study import NOTHING
from anigifs.studies.paper.table import tabulate_study
from anigifs.studies.report.answer import answer_of
from anigifs.studies.report.figure import draw_rows
from anigifs.studies.report.focus import focus_of
from anigifs.studies.report.models import models_of
from anigifs.studies.sections import ORACLE, UNLABELLED
from anigifs.training import TrainConfig
from anigifs.training.targets import check_target
from tests.studies.made import outcome

STUDY = adapt(LAPTOP, PUPPETS_DEV, "weights")
RUNS = {run.name: run for run in STUDY.runs}
WAYS = {"v": ("video", "animated-gif"), "a": ("animated-gif", "video")}


@pytest.mark.parametrize("scale", [LAPTOP, PAPER, SMOKE], ids=lambda one: one.name)
def test_it_holds_together(scale: Scale) -> None:
    study = adapt(scale, PUPPETS_DEV, "weights")
    runs = {run.name: run for run in study.runs}
    numbers = [row.number for row in study.rows]
    assert len(set(numbers)) == len(numbers) == 2 * (len(ADAPTERS) + 3)
    for row in study.rows:
        assert row.set in (runs[row.run].tests or ())
        assert row.paper == NOTHING
    for one in study.comparisons:
        assert {one.number, one.other} <= set(numbers)
        assert one.number[0] == one.other[0]
    for run in study.runs:
        config = TrainConfig(**{"index": "", **run.settings})
        make_method(config.method, config.options)
        check_target(config)


def test_it_has_every_method_that_adapts() -> None:
    used = {run.settings.get("method", "erm") for run in STUDY.runs if run.adapted}
    assert used == {name for name, kind in METHODS.items() if kind.adapts}


def test_all_of_a_direction_continue_one_model_for_equal_updates() -> None:
    for letter, (source, target) in WAYS.items():
        rows = [row for row in STUDY.rows if row.number[0] == letter]
        runs = [RUNS[row.run] for row in rows]
        assert len({run.start for run in runs}) == 1
        for name in ("steps", "lr", "batch_size", "epochs"):
            assert len({run.settings.get(name) for run in runs}) == 1
        for run in runs:
            tested = {one.key: one.domain for one in STUDY.tests}[rows[0].set]
            assert tested == target
            assert run.settings["domain"] == (target if run.oracle else source)
            assert run.settings.get("target_domain") == (target if run.adapted else None)
        assert [(run.oracle, run.adapted) for run in runs] == [
            *[(False, False)] * 2, *[(False, True)] * len(ADAPTERS), (True, False)
        ]  # fmt: skip


def test_statistics_are_replaced_in_networks_that_learnt_them_and_there_is_a_control() -> None:
    learnt = {run.name for run in STUDY.runs if not run.settings.get("freeze_batch_norm", True)}
    assert learnt == {"video-statistics", "video-adabn", "animated-statistics", "animated-adabn"}
    against = [(one.number, one.other) for one in STUDY.comparisons if one.other[1:] != "0"]
    assert against == [("v1", "v0b"), ("a1", "a0b")]


def test_what_is_held_back_of_the_cartoons_is_not_touched() -> None:
    styles = {one for run in STUDY.runs for one in run.settings.get("target_styles", ())}
    styles |= {one for test in STUDY.tests for one in test.styles}
    assert styles == {"film", "flat"}
    assert not styles & set(KINDS["cartoon-test"].styles)


ANSWERS = {"erm": 0.25, "adabn": 0.5, "coral": 0.75, "oracle": 1.0}


def test_every_row_says_what_it_has_seen() -> None:
    tests = [
        outcome(f"{start}-{name}", of_set, [n < 28 * share for n in range(28)])
        for start, of_set in (("video", "animated"), ("animated", "videos"))
        for name, share in ANSWERS.items()
    ]
    table = tabulate_study(STUDY, tests, "a test", replicates=100)
    sheet = row_sheet(table)
    column = sheet.heads.index("sees the target")
    seen = {str(row[0]): str(row[column]) for row in sheet.rows}
    for letter in WAYS:
        assert seen.pop(f"{letter}0") == seen.pop(f"{letter}0b") == "no"
        assert seen.pop(f"{letter}o") == "yes, with labels"
    assert set(seen.values()) == {"yes, unlabelled"}
    assert not any(head.startswith("the paper") for head in sheet.heads)
    for form in (to_text, to_markdown, to_latex):
        text = form(table)
        assert text.count("yes, unlabelled") == 2 * len(ADAPTERS)
        assert "gives no figures of it" in text
        assert "Letters stand" not in text
    lines = list(csv.DictReader(to_csv(table).splitlines()))
    assert [one[SEEN] for one in lines if one["row"] == "v2"] == ["yes, unlabelled"]
    gain = next(one for one in lines if one["row"] == "a2 - a0")
    assert float(gain["top1"]) == pytest.approx(0.5)

    named = {one.key: one.title for one in models_of([table])}
    assert named["video-coral"] == f"film, Deep CORAL {UNLABELLED}"
    assert named["video-oracle"].endswith(ORACLE)
    assert len(set(named.values())) == len(named)
    figure = draw_rows([table])
    assert figure.count("(sees target)") == 4  # two of each direction were tested
    assert figure.count(ORACLE) == 2
    assert "Deep CORAL" in figure


def test_the_answer_is_given_for_either_direction() -> None:
    tests = [
        outcome(f"{start}-{name}", of_set, [n < 28 * share for n in range(28)])
        for start, of_set in (("video", "animated"), ("animated", "videos"))
        for name, share in ANSWERS.items()
    ]
    said = answer_of(tabulate_study(STUDY, tests, "a test", replicates=100))
    assert len(said) == 4
    start = "Of 2 methods that continue the same model and see clips of the target without labels, "
    assert said[0].startswith(f"{start}film, Deep CORAL comes out highest on cartoons, outlined")
    assert "50.0 points" in said[0]
    assert "above the source alone" in said[0]
    assert said[1].startswith(f"{start}cartoons, outlined, Deep CORAL comes out highest on film")
    assert all("with training clips of the target (oracle)" in one for one in said[2:])


def test_what_is_looked_at_closely_is_the_model_of_the_videos_on_the_cartoons() -> None:
    tests = [outcome("video", of_set, [True] * 7) for of_set in ("videos", "animated")]
    tests += [outcome("video-erm", "animated", [True] * 7)]
    tests += [outcome("animated-erm", "videos", [True] * 7)]
    table = tabulate_study(STUDY, tests, "a test", replicates=100)
    focus = focus_of([table], tests)
    assert (focus.model.key, focus.source.key, focus.target.key) == ("video", "videos", "animated")


def rows(counts: dict[tuple[str, str], int]) -> list[Row]:
    return [
        Row(
            clip_id=f"{domain}/{label}/{n}", path="a.gif", label=label, group=f"{label}/{n}",
            domain=domain, split="train", state="decoded",
        )
        for (domain, label), count in counts.items()
        for n in range(count)
    ]  # fmt: skip


def test_the_most_frequent_classes_are_those_of_animated_gifs_that_videos_have() -> None:
    animated = {"wave": 5, "run": 3, "bow": 9, "sit": 1}
    videos = {"wave": 1, "run": 7, "sit": 9, "box": 20}
    counts = {("animated-gif", name): count for name, count in animated.items()}
    counts |= {("video", name): count for name, count in videos.items()}
    index = Index.from_rows(rows(counts))
    kept = frequent(index, Roles(), 2, "x")
    assert set(kept.table["label"].to_pylist()) == {"wave", "run"}
    assert len(kept) == 5 + 3 + 1 + 7
    with pytest.raises(UsageError, match=r"x: the 4 most frequent classes: .* have 3 in common"):
        frequent(index, Roles(), 4, "x")
