"""What is shown of classes and clips, how models are called, and what other studies add."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageSequence

from anigifs.foundation import UsageError
from anigifs.studies.paper.sheets import Sheet
from anigifs.studies.paper.table import tabulate_study
from anigifs.studies.report import TwoByTwo, focus_of, read_looks
from anigifs.studies.report.gallery import gallery_of
from anigifs.studies.report.grids import grid_of
from anigifs.studies.report.made import costs_of, facts_of
from anigifs.studies.report.models import Named, models_of
from anigifs.studies.sections import Words
from tests.studies.made import CLASSES, outcome
from tests.studies.made_report import (
    RECORD,
    STUDY1,
    STUDY2,
    outcomes,
    picture,
    samples,
    table,
)  # fmt: skip

BOTH = (table(STUDY1, {"1": 0.5}, {}), table(STUDY2, {"0": 0.5}, {}))
SETS = (Named("animated", "cartoons"), Named("videos", "film"))
MODELS = (Named("video", "film"), Named("rsda", "RSDA"), Named("silent", "nobody"))


def test_models_of_one_name_are_told_apart() -> None:
    titles = {one.key: one.title for one in models_of(BOTH)}
    assert len(set(titles.values())) == len(titles)
    assert titles["gif-rsda"] == "GIFs of film, RSDA"
    assert titles["video"] == "fine-tuned on film"
    assert titles["oracle"].endswith("(oracle)")


def test_the_model_of_the_videos_is_looked_at_on_film_and_on_the_target() -> None:
    tests = outcomes()
    tables = [tabulate_study(one, tests, "", replicates=100) for one in (STUDY1, STUDY2)]
    focus = focus_of(tables, tests)
    assert [focus.model.key, *(one.key for one in focus.sets)] == ["video", "videos", "animated"]


def test_where_it_has_not_been_tested_another_model_is_looked_at() -> None:
    tests = [outcome("gif", name, [1, 0]) for name in ("gifs", "animated")]
    focus = focus_of([tabulate_study(STUDY1, tests, "", replicates=100)], tests)
    assert (focus.model.key, focus.source.key, focus.target.key) == ("gif", "gifs", "animated")
    focus = focus_of([tabulate_study(STUDY1, tests[:1], "", replicates=100)], tests[:1])
    assert [one.key for one in focus.sets] == ["gifs"]


def test_cards_say_who_said_what() -> None:
    clips = samples(CLASSES)
    found = gallery_of(clips, [("still", "")] * len(clips), SETS, MODELS)
    assert (found.sets, found.models) == (("cartoons", "film"), ("film", "RSDA"))
    assert [card.set_title for card in found.cards] == ["cartoons", "cartoons", "film", "film"]
    first, second = found.cards[:2]
    assert (first.right, first.wrong) == ("1", "0")
    assert [(one.answer, one.right) for one in first.said] == [("run", True), ("jump", False)]
    assert first.said[0].models == ((1, "RSDA", "75"),)
    assert [one.everyone for one in (*first.said, *second.said)] == [False, False, True]
    assert (second.right, second.wrong) == ("0 1", "")
    lost = gallery_of(clips[1:2], [("", "")], SETS, MODELS).cards[0]
    assert lost.why == "it is lost"


def test_the_side_of_a_grid_is_two_columns_and_the_papers_are_marked() -> None:
    heads = ("row", "trained on", "tested on", "top-5", "the paper: top-1", "top-5")
    row = tuple(Words(str(place)) for place in range(6))
    grid = grid_of(Sheet(heads, 3, (row,)))
    assert grid.corner == "trained on"
    assert [(one.head, one.kind) for one in grid.columns] == [
        ("tested on", "text"), ("top-5", ""), ("the paper: top-1", "paper"),
        ("the paper: top-5", "paper"),
    ]  # fmt: skip
    assert grid.rows == (("0", "1", row[2:]),)


def test_costs_are_in_the_order_of_the_models() -> None:
    other = {**RECORD, "run": "video", "seed": 1, "updates_in_all": 112, "start": None}
    found = costs_of([{**RECORD, "seed": 1}, RECORD, other], MODELS)
    assert [one.run for one in found] == ["film, seed 1", "RSDA, seed 0", "RSDA, seed 1"]
    assert [one.updates for one in found] == ["112", "112 of 336", "112 of 336"]
    assert (found[1].training, found[1].an_update, found[1].testing) == ("2.0", "1.03", "0.5")


def test_machines_that_differ_are_all_named() -> None:
    slow = {**RECORD, "threads": 1, "parallel": 2}
    facts = dict(facts_of([outcome("erm", "film", [1])], [RECORD, slow, RECORD], "", {}))
    assert facts["hardware"] == "a toaster, 2 threads; a toaster, 1 thread, 2 runs side by side"


def test_two_by_two_has_counts_and_shares() -> None:
    assert TwoByTwo("", (6, 2), (1, 1)).rows == (
        ("right answer", ("6 (60 %)", "2 (20 %)")),
        ("wrong answer", ("1 (10 %)", "1 (10 %)")),
    )
    assert TwoByTwo("", (0, 0), (0, 0)).rows[0][1][0] == "0 (0 %)"


@pytest.fixture
def explained(tmp_path: Path) -> Path:
    """What `anigifs explain` leaves, as far as a report reads it."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.gif").write_bytes(picture("GIF", 3))
    answers = [{"label": "run", "probability": 0.875}, {"label": "bow", "probability": 0.1}]
    record = {
        "layer": "Mixed_4f", "explained": "the answer", "n": 12,
        "pictures": [{
            "label": "jump", "domain": "video", "pictures": ["pictures/a.gif", "pictures/a.png"],
            "models": [{"model": "erm", "explained": "run", "predictions": answers}],
        }],
        "evidence": [{
            "domain": "video", "model": "erm", "right_inside": 6, "right_outside": 2,
            "wrong_inside": 1, "wrong_outside": 3, "right_given_inside": 6 / 7,
            "right_given_outside": 0.4, "difference": 0.457, "low": -0.1, "high": 0.9,
        }],
    }  # fmt: skip
    (tmp_path / "explain.json").write_text(json.dumps(record))
    return tmp_path


def shown_ms(path: Path) -> list[int]:
    with Image.open(path) as picture:
        assert picture.size == (32, 24)
        found = []
        for frame in ImageSequence.Iterator(picture):
            frame.load()
            found.append(int(frame.info.get("duration", 0)))
        return found


def test_what_explain_left_is_read(explained: Path, tmp_path: Path) -> None:
    looks = read_looks(explained)
    assert "Mixed_4f" in looks.about
    assert "over 12 clips" in looks.about
    (look,) = looks.pictures
    assert (look.title, look.said) == ("jump (video)", ("erm: run, 87.5 % sure",))
    (tmp_path / "moving.webp").write_bytes(look.moving)
    (tmp_path / "still.webp").write_bytes(look.still)
    assert shown_ms(tmp_path / "moving.webp") == [100, 100, 100]
    assert len(shown_ms(tmp_path / "still.webp")) == 1
    (evidence,) = looks.evidence
    assert (evidence.title, evidence.right, evidence.wrong) == ("video: erm", (6, 2), (1, 3))
    assert evidence.words == (
        "Right with the peak inside: 85.7 %; outside: 40.0 %; difference +45.7 points "
        "(\N{MINUS SIGN}10.0 to 90.0)."
    )


def test_domains_are_called_as_the_study_calls_them(explained: Path) -> None:
    looks = read_looks(explained, {"video": "film"})
    assert (looks.pictures[0].title, looks.evidence[0].title) == ("jump (film)", "film: erm")


def test_what_explain_did_not_leave_is_said(explained: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="run `anigifs explain` first"):
        read_looks(tmp_path / "nowhere")
    (explained / "pictures" / "a.gif").unlink()
    with pytest.raises(UsageError, match=r"a\.gif: No such file"):
        read_looks(explained)
    (explained / "explain.json").write_text('{"layer": "Mixed_4f"}')
    with pytest.raises(UsageError, match="damaged"):
        read_looks(explained)
