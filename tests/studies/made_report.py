"""Tables with numbers that are known beforehand, and reports made of small studies."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from anigifs.studies.cells import Cell, Difference, Gap, Origin, Share
from anigifs.studies.outcomes import Outcome
from anigifs.studies.paper.roles import PUPPETS
from anigifs.studies.paper.scales import LAPTOP
from anigifs.studies.paper.study import Study
from anigifs.studies.paper.study1 import study1
from anigifs.studies.paper.study2 import study2
from anigifs.studies.paper.table import Compared, Line, PaperTable, tabulate_study
from anigifs.studies.report import Apart, Look, Looks, Report, TwoByTwo
from anigifs.studies.samples import Sample, Saying
from tests.studies.made import CLASSES, outcome

STUDY1 = study1(LAPTOP, PUPPETS, "weights")
STUDY2 = study2(LAPTOP, PUPPETS, "weights", controls=True, oracle=True)
HOSTILE = "<script>alert('x')</script> & $y_1$ \"q\""
NAMES = (HOSTILE, *CLASSES[1:])
#: Shares of right answers of each run on each set.
SHARES = {
    ("video", "videos"): 0.9,
    ("video", "gifs"): 0.8,
    ("video", "animated"): 0.4,
    ("gif", "gifs"): 0.8,
    ("gif", "animated"): 0.5,
    ("gif-erm", "animated"): 0.5,
    ("gif-rsda", "animated"): 0.6,
    ("erm", "animated"): 0.45,
    ("random-augmentation", "animated"): 0.5,
    ("rsda", "animated"): 0.55,
    ("gating", "animated"): 0.6,
    ("oracle", "animated"): 0.9,
}
N = 56
Number = tuple[float, float, float]


def table(
    study: Study,
    top1: Mapping[str, float],
    differences: Mapping[str, Number | tuple[Number, float]],
    scale: str = "a test",
    seeds: tuple[int, ...] = (0, 1, 2),
) -> PaperTable:
    """A study's table of given numbers.

    ``top1`` is of each row; a row's interval is one point to either side. ``differences`` is of
    pairs such as ``"1 - 2"``: value, low and high, and where it is on the same clips, p after Holm.
    """
    lines = []
    for row in study.rows:
        oracle = next(run.oracle for run in study.runs if run.name == row.run)
        share = top1.get(row.number)
        lines.append(Line(row, oracle, None if share is None else _cell(share, seeds)))
    compared = tuple(
        _compared(Compared(one), differences.get(f"{one.number} - {one.other}"), seeds)
        for one in study.comparisons
    )
    return PaperTable(study, scale, tuple(lines), compared, 0.95, 100)


def _cell(share: float, seeds: tuple[int, ...]) -> Cell:
    top1 = Share(share, share - 0.01, share + 0.01)
    return Cell(56, 56, seeds, top1, top1, top1, None, None, None, Origin())


def _compared(
    one: Compared, told: Number | tuple[Number, float] | None, seeds: tuple[int, ...]
) -> Compared:
    if told is None:
        return one
    if len(told) == 3:
        return replace(one, gap=Gap(Share(*told), 56, 56))
    number, p = told
    return replace(one, top1=Difference(Share(*number), p / 2, p, seeds))


def outcomes(classes: tuple[str, ...] = NAMES) -> list[Outcome]:
    rng = np.random.default_rng(0)
    return [
        outcome(model, of_set, rng.random(N) < share, classes=classes)
        for (model, of_set), share in SHARES.items()
    ]


def picture(kind: str = "WEBP", frames: int = 1) -> bytes:
    """A picture that a browser can show, of a kind that Pillow writes."""
    rng = np.random.default_rng(0)
    images = [
        Image.fromarray(rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)) for _ in range(frames)
    ]
    buffer = io.BytesIO()
    images[0].save(buffer, kind, save_all=frames > 1, append_images=images[1:], duration=100)
    return buffer.getvalue()


def samples(classes: tuple[str, ...] = NAMES) -> list[Sample]:
    """Two clips of either set: one that all have right, and one that RSDA alone has right."""
    wrong = (
        Saying("video", classes[1], 0.5, False),
        Saying("rsda", classes[0], 0.75, True),
        Saying("gating", classes[2], 0.25, False),
    )
    right = tuple(replace(one, answer=classes[0], right=True) for one in wrong)
    still, moving = picture(), picture("GIF", 3)
    return [
        Sample("videos", classes[0], right, still),
        Sample("videos", classes[0], wrong, None, None, "it is lost"),
        Sample("animated", classes[0], wrong, still, moving),
        Sample("animated", classes[3], right, still, moving),
    ]


def report(**other: Any) -> Report:  # noqa: ANN401
    """A report of both studies with everything on it."""
    tests = outcomes()
    tables = [
        tabulate_study(study, tests, "a test of <b>", replicates=100) for study in (STUDY1, STUDY2)
    ]
    look = Look.of_gif(picture("GIF", 3), HOSTILE, ["erm: run, 90.0 % sure"])
    usual: dict[str, Any] = {
        "tables": tables,
        "outcomes": tests,
        "records": [RECORD],
        "samples": samples(),
        "apart": Apart('<svg xmlns="http://www.w3.org/2000/svg"/>', ["Half of it is <style>."]),
        "looks": Looks("By hand.", (look,), (TwoByTwo("film, erm", (6, 2), (1, 1), "Words."),)),
        "hardware": "2 cores of a toaster",
        "settings": {"command": "study <quick>", "scale": {"name": "quick", "index": None}},
    }
    return Report(**{**usual, **other})


RECORD: dict[str, Any] = {
    "run": "rsda", "seed": 0, "title": "RSDA", "oracle": False, "method": "rsda",
    "options": ["candidates=16"], "start": "video", "updates": 112, "updates_in_all": 336,
    "training_seconds": 120.0, "testing_seconds": 30.0, "seconds_an_update": 1.028,
    "weights_hash": "ab" * 32, "processor": "a toaster", "threads": 2, "parallel": 1,
}  # fmt: skip
