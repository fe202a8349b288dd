"""Answers in the words of the data, against scores made the long way."""

import numpy as np
import pytest

from anigifs.evaluation import Predictions, score
from anigifs.studies.models.readings import in_words

MODEL = ("hop", "dance", "run", "sit", "cook", "swim", "row")
#: What the data call them; the model calls "jump" hop, and its "sit" is not the data's.
KNOWN = {"jump": "hop", "run": "run", "row": "row"}


def said(labels: list[str], seed: int = 0) -> Predictions:
    """Under the model's names, as evaluation leaves them."""
    n = len(labels)
    names = tuple(f"c{i}" for i in range(n))
    logits_NK = np.random.default_rng(seed).normal(size=(n, len(MODEL))).astype(np.float32)
    return Predictions(
        clip_ids=names,
        groups=names,
        labels=tuple(labels),
        domains=("video",) * n,
        styles=("",) * n,
        frames=tuple(range(n)),
        classes=MODEL,
        logits_NK=logits_NK,
    )


LABELS = ["hop", "run", "row", "fly", "run", "hop", "hop", "row", "fly", "run"] * 8


def test_within_the_data_only_its_classes_rival() -> None:
    whole = said(LABELS)
    read = in_words(whole, KNOWN, ("jump", "run"), "data")
    assert read.classes == ("jump", "run")
    assert set(read.labels) == {"jump", "run"}
    kept = [place for place, label in enumerate(LABELS) if label in ("hop", "run")]
    assert read.frames == tuple(kept)
    expected = score(
        whole.logits_NK[kept],
        [LABELS[place] for place in kept],
        {"hop": MODEL.index("hop"), "run": MODEL.index("run")},
        classes="data",
    )
    assert np.mean(read.ranking().right_N) == pytest.approx(expected.top1)
    assert 0 < np.mean(read.ranking().right_N) < 1


def test_among_all_its_classes_the_model_is_read_as_it_was() -> None:
    whole = said(LABELS)
    read = in_words(whole, KNOWN, ("jump", "row", "run"), "model")
    assert read.classes == ("jump", "dance", "run", "sit", "cook", "swim", "row")
    index_of = {name: place for place, name in enumerate(MODEL)}
    expected = score(whole.logits_NK, LABELS, index_of, clips="covered")
    assert np.mean(read.ranking().right_N) == pytest.approx(expected.top1)
    within = read.ranking().within(5)
    assert within is not None
    assert np.mean(within) == pytest.approx(expected.top5)


def test_a_namesake_that_means_another_class_is_marked() -> None:
    known = {"sit": "hop"}  # what the data call sit is what the model calls hop
    read = in_words(said(["hop", "run"]), known, ("sit",), "model")
    assert read.classes == ("sit", "dance", "run", "sit (the model's)", "cook", "swim", "row")
    assert read.labels == ("sit",)


def test_of_other_classes_nothing_is_left() -> None:
    assert len(in_words(said(["fly"]), KNOWN, ("jump",), "data")) == 0
