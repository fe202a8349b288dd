import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.evaluation import score, score_all_readings

NAMES = [f"class {index}" for index in range(8)]
INDEX = {name: index for index, name in enumerate(NAMES)}


def logits_with_rank(truth: int, rank: int, classes: int = 8) -> list[float]:
    """Logits in which the true class stands at ``rank``, counted from 0."""
    others = [index for index in range(classes) if index != truth]
    order = [*others[:rank], truth, *others[rank:]]
    row = [0.0] * classes
    for place, index in enumerate(order):
        row[index] = float(classes - place)
    return row


def test_top1_top5_and_mean_class_on_a_case_done_by_hand() -> None:
    # Class 0: right, right, fifth; class 3: sixth.
    rows = [logits_with_rank(0, 0), logits_with_rank(0, 0), logits_with_rank(0, 4)]
    rows.append(logits_with_rank(3, 5))
    labels = ["class 0"] * 3 + ["class 3"]
    result = score(np.array(rows), labels, {"class 0": 0, "class 3": 3})
    assert (result.n, result.classes_n) == (4, 2)
    assert result.top1 == 2 / 4
    assert result.top5 == 3 / 4
    assert result.mean_class == pytest.approx((2 / 3 + 0) / 2)


def test_uncovered_clips_are_wrong_in_one_score_and_left_out_of_the_other() -> None:
    rows = [logits_with_rank(0, 0), logits_with_rank(1, 0), logits_with_rank(2, 0)]
    labels = ["class 0", "class 1", "unheard of"]
    scores = score_all_readings(np.array(rows), labels, INDEX)
    found = {(one.clips, one.classes): (one.n, one.top1, one.mean_class) for one in scores}
    assert found == {
        ("all", "model"): (3, 2 / 3, pytest.approx(2 / 3)),
        ("all", "data"): (3, 2 / 3, pytest.approx(2 / 3)),
        ("covered", "model"): (2, 1.0, 1.0),
        ("covered", "data"): (2, 1.0, 1.0),
    }


def test_with_every_class_known_there_is_one_reading_of_the_clips() -> None:
    scores = score_all_readings(np.eye(8), NAMES, INDEX)
    assert [(one.clips, one.classes) for one in scores] == [("all", "model"), ("all", "data")]
    assert all(one.top1 == one.top5 == one.mean_class == 1 for one in scores)


@pytest.mark.parametrize(("classes", "top5"), [(5, None), (6, 1.0)])
def test_top_five_of_five_classes_is_no_score(classes: int, top5: float | None) -> None:
    names = NAMES[:classes]
    index_of = {name: index for index, name in enumerate(names)}
    assert score(np.eye(classes), names, index_of).top5 == top5
    assert score(np.eye(8)[:classes], names, index_of, classes="data").top5 == top5


def test_restricting_to_the_datas_classes_takes_rivals_away() -> None:
    rows = np.array([[1.0, 9.0, 0.0], [0.0, 9.0, 1.0]])
    index_of = {"a": 0, "c": 2}
    assert score(rows, ["a", "c"], index_of, classes="model").top1 == 0
    assert score(rows, ["a", "c"], index_of, classes="data").top1 == 1


def test_a_class_of_which_no_clip_could_be_read_is_still_a_rival() -> None:
    rows = np.array([[1.0, 9.0, 0.0]])
    assert score(rows, ["a"], {"a": 0, "b": 1}, classes="data").top1 == 0
    assert score(rows, ["a"], {"a": 0, "c": 2}, classes="data").top1 == 1


def test_an_unknown_class_is_wrong_in_the_top_five_too() -> None:
    result = score(np.eye(8)[:1], ["unheard of"], INDEX)
    assert (result.top1, result.top5) == (0, 0)


def test_nothing_to_score_is_none_and_not_zero() -> None:
    result = score(np.zeros((1, 3)), ["unheard of"], {"a": 0}, clips="covered")
    assert (result.n, result.top1, result.top5, result.mean_class) == (0, None, None, None)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(2, 12))
def test_it_equals_a_plain_count(seed: int, clips: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(clips, classes))
    truth = rng.integers(0, classes, clips)
    names = [str(index) for index in range(classes)]
    result = score(logits, [names[t] for t in truth], {n: i for i, n in enumerate(names)})
    ranks = [sorted(row, reverse=True).index(row[t]) for row, t in zip(logits, truth, strict=True)]
    assert result.top1 == pytest.approx(np.mean([rank == 0 for rank in ranks]))
    if classes > 5:
        assert result.top5 == pytest.approx(np.mean([rank < 5 for rank in ranks]))
    per_class = [
        np.mean([rank == 0 for rank, t in zip(ranks, truth, strict=True) if t == one])
        for one in set(truth.tolist())
    ]
    assert result.mean_class == pytest.approx(np.mean(per_class))
