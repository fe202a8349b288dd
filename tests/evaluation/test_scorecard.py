import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anigifs.evaluation import (
    Predictions,
    Ranking,
    bootstrap_interval,
    compare,
    holm,
    paired_permutation,
    scorecard,
)
from anigifs.evaluation.metrics import accuracy, mean_class
from anigifs.foundation import UsageError
from tests.evaluation.made import made_predictions

FEW: dict[str, Any] = {"replicates": 500}


def part(said: Predictions, keep: list[int]) -> Predictions:
    """Some clips of the predictions."""
    names = ("clip_ids", "groups", "labels", "domains", "styles", "frames")
    columns = {name: tuple(getattr(said, name)[i] for i in keep) for name in names}
    return replace(said, **columns, logits_NK=said.logits_NK[keep])


def test_it_holds_every_score_and_is_json() -> None:
    said = made_predictions()
    ranking = said.ranking()
    card = scorecard(said, **FEW)
    assert json.loads(json.dumps(card, allow_nan=False)) == card
    assert (card["n"], card["groups"], card["sha256"]) == (60, 20, said.sha256)
    assert card["classes"] == len(set(said.labels))
    assert card["top1"]["value"] == accuracy(ranking)
    assert card["top5"]["value"] == accuracy(ranking, 5)
    assert card["mean_class"]["value"] == pytest.approx(mean_class(ranking))
    for metric in ("top1", "top5", "mean_class"):
        found = card[metric]
        assert found["low"] <= found["value"] <= found["high"]
        assert (found["n"], found["groups"]) == (60, 20)
    lowest = min(row["top1"]["value"] for row in card["by_class"].values())
    assert card["worst_class"]["top1"] == lowest
    assert card["by_class"][card["worst_class"]["class"]]["n"] == card["worst_class"]["n"]
    assert card["calibration"]["ece"] > 0
    assert card["interval"]["replicates"] == 500


@pytest.mark.parametrize("by", ["class", "style", "domain", "length"])
def test_a_row_of_a_breakdown_is_the_card_of_its_clips(by: str) -> None:
    said = made_predictions()
    columns = {"class": said.labels, "style": said.styles, "domain": said.domains}
    rows = scorecard(said, **FEW)[f"by_{by}"]
    assert sum(row["n"] for row in rows.values()) == 60
    for name, row in rows.items():
        if by == "length":
            low, high = name.split("-")
            keep = [i for i, f in enumerate(said.frames) if int(low) <= f <= int(high or f)]
        else:
            keep = [i for i, value in enumerate(columns[by]) if value == name]
        whole = scorecard(part(said, keep), **FEW)
        assert row["top1"] == whole["top1"]
        assert row["top5"] == whole["top5"]["value"]
        assert row["mean_class"] == pytest.approx(whole["mean_class"]["value"])


def test_ranked_labels_have_no_calibration_and_no_top_five() -> None:
    ids, words = ("a", "b"), ("run", "jump")
    nothing = ("", "")
    first = Ranking(ids, ids, words, nothing, nothing, (0, 0), ("run", "run"), np.array([0, 1]), 1)
    card = scorecard(first, **FEW)
    assert (card["top1"]["value"], card["top5"], card["calibration"]) == (0.5, None, None)
    assert (card["by_style"], card["by_length"], card["sha256"]) == ({}, {}, None)
    assert card["confusion"]["pairs"] == [{"label": "jump", "answer": "run", "n": 1, "share": 1.0}]


def test_classes_that_the_model_does_not_know_bring_the_other_readings() -> None:
    said = made_predictions()
    card = scorecard(replace(said, labels=("unheard of", *said.labels[1:])), **FEW)
    readings = {(row["clips"], row["classes"]): row for row in card["readings"]}
    assert readings["all", "model"]["top1"] == card["top1"]["value"]
    assert readings["covered", "model"]["n"] == 59
    assert scorecard(said, **FEW)["readings"] == []


def test_nothing_to_score_is_an_error() -> None:
    with pytest.raises(UsageError, match="no clips"):
        scorecard(part(made_predictions(), []))


def test_a_comparison_is_made_of_paired_tests_whatever_the_order_of_clips() -> None:
    first, second = made_predictions(), made_predictions(seed=1, strength=2.5)
    third = made_predictions(seed=2)
    mixed = part(second, list(np.random.default_rng(0).permutation(60)))
    runs = [("a", first.ranking()), ("b", mixed.ranking()), ("c", third.ranking())]
    rows = compare(runs, **FEW)
    assert [(row["name"], row["reference"]) for row in rows] == [("b", "a"), ("c", "a")]
    right, base = second.ranking().right_N, first.ranking().right_N
    test = paired_permutation(right, base, first.groups, permutations=500)
    interval = bootstrap_interval(right.astype(float) - base, first.groups, replicates=500)
    top1 = rows[0]["top1"]
    assert (top1["difference"], top1["p"]) == (test.difference, test.p)
    assert (top1["low"], top1["high"]) == (interval.low, interval.high)
    assert top1["difference"] > 0
    for metric in ("top1", "top5", "mean_class"):
        p_values = [row[metric]["p"] for row in rows]
        assert [row[metric]["p_holm"] for row in rows] == pytest.approx(holm(p_values))
    classes = [mean_class(one.ranking()) or 0.0 for one in (second, first)]
    assert rows[0]["mean_class"]["difference"] == pytest.approx(classes[0] - classes[1])


def test_a_reference_adds_the_difference_to_it() -> None:
    first, second = made_predictions(), made_predictions(seed=1)
    card = scorecard(second, first, **FEW)
    runs = [("the reference", first.ranking()), ("the predictions", second.ranking())]
    assert card["against_reference"] == compare(runs, **FEW)[0]
    assert card["against_reference"]["top1"]["p"] == card["against_reference"]["top1"]["p_holm"]


def test_other_clips_or_labels_cannot_be_compared() -> None:
    said = made_predictions()
    runs = [("a", said.ranking()), ("b", part(said, list(range(2, 60))).ranking())]
    with pytest.raises(UsageError, match="b: its clips are not those of a: 2 are missing and 0"):
        compare(runs)
    with pytest.raises(UsageError, match="a: its clips are not those of b: 0 are missing and 2"):
        compare(runs[::-1])
    other = replace(said, labels=(said.labels[-1], *said.labels[1:]))
    assert other.labels != said.labels
    with pytest.raises(UsageError, match="b: 1 clips have another label than in a, 'clip 000'"):
        compare([("a", said.ranking()), ("b", other.ranking())])
    spelt = replace(said, labels=tuple(label.upper() for label in said.labels))
    assert len(compare([("a", said.ranking()), ("b", spelt.ranking())], **FEW)) == 1
