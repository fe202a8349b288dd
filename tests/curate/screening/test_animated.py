"""Drawn or filmed, beside scikit-learn."""

import json
from collections.abc import Mapping
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from anigifs.collect.demo import World
from anigifs.collect.demo.bodies import Bodies
from anigifs.curate.screening.animated import (
    FURTHEST,
    auc,
    default_model,
    drawn_by_vote,
    fit,
    logistic,
    read_model,
)
from anigifs.curate.screening.animated_default import fit_on_demo
from anigifs.curate.screening.measures import STATISTICS, Statistics, statistics
from anigifs.curate.seeing.frames import look_at
from anigifs.curate.votes import Vote
from anigifs.foundation import UsageError

CARTOON = Statistics(1.5, 0.6, 0.7, 0.01, 0.3, 0.95)
FILM = Statistics(5.5, 0.05, 0.05, 0.2, 0.35, 0.4)


def measured(drawn: int, filmed: int, noise: float = 0.3, seed: int = 0) -> dict[str, Statistics]:
    """Return statistics of files ``d0``, ``d1``..., ``f0``... that are more or less apart."""
    rng = np.random.default_rng(seed)
    middle_D = (np.array(astuple(CARTOON)) + np.array(astuple(FILM))) / 2
    rows = {}
    for name, row, count in (("d", CARTOON, drawn), ("f", FILM, filmed)):
        for number in range(count):
            away_D = (np.array(astuple(row)) - middle_D) * rng.normal(1, noise / 0.1, 6)
            rows[f"{name}{number}"] = Statistics(*(middle_D + away_D).tolist())
    return rows


def vote(item: str, verdict: str, who: str = "ann", **said: str) -> Vote:
    if verdict in ("accept", "skip"):
        return Vote(item=item, annotator=who, verdict=verdict, **said)  # type: ignore[arg-type]
    return Vote(item=item, annotator=who, verdict="reject", criterion=verdict, **said)  # type: ignore[arg-type]


def as_they_are(rows: Mapping[str, Statistics]) -> list[Vote]:
    return [vote(name, "accept" if name[0] == "d" else "animated") for name in rows]


@pytest.mark.parametrize("strength", [0.1, 1.0, 10.0])
def test_the_fit_is_that_of_scikit_learn(strength: float) -> None:
    rng = np.random.default_rng(1)
    drawn_N = rng.random(120) < 0.3
    z_ND = rng.normal(size=(120, 6)) + 0.7 * drawn_N[:, None]
    oracle = LogisticRegression(C=strength, class_weight="balanced", tol=1e-8, max_iter=10_000)
    oracle.fit(z_ND, drawn_N)
    found = logistic(z_ND, drawn_N, strength)
    np.testing.assert_allclose(found, [*oracle.coef_[0], oracle.intercept_[0]], atol=1e-4)


def test_the_area_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    for _ in range(20):
        drawn_N = np.array([True, False, *(rng.random(30) < 0.4)])
        scores_N = np.round(rng.random(32) + 0.3 * drawn_N, 1)  # many are equal
        assert auc(scores_N, drawn_N) == pytest.approx(roc_auc_score(drawn_N, scores_N))


def test_a_model_of_votes_scores_as_scikit_learn_does() -> None:
    rows = measured(40, 25)
    model = fit(rows, as_they_are(rows))
    names = sorted(rows)
    x_ND = np.array([astuple(rows[name]) for name in names])
    z_ND = ((x_ND - x_ND.mean(axis=0)) / x_ND.std(axis=0)).clip(-FURTHEST, FURTHEST)
    oracle = LogisticRegression(C=1.0, class_weight="balanced", tol=1e-8, max_iter=10_000)
    oracle.fit(z_ND, [name[0] == "d" for name in names])
    expected_N = oracle.predict_proba(z_ND)[:, 1]
    found_N = model.probability([rows[name] for name in names])
    np.testing.assert_allclose(found_N, expected_N, atol=1e-4)
    assert (model.fitted.on, model.fitted.drawn, model.fitted.filmed) == ("votes", 40, 25)


def test_the_area_of_a_model_of_votes_is_on_files_it_has_not_seen() -> None:
    apart, alike = measured(60, 60, noise=0.05), measured(60, 60, noise=3.0)
    told = [fit(rows, as_they_are(rows)).fitted.auc for rows in (apart, alike)]
    assert told[0] == 1.0
    assert told[1] is not None
    assert told[1] < 0.7  # although a model that was fitted on all of them finds some order


def test_votes_tell_drawn_from_filmed() -> None:
    votes = [
        vote("accepted", "accept"),
        vote("real", "animated"),
        vote("other action", "action"),  # which is asked of what is animated
        vote("still", "gif"),
        vote("skipped", "skip"),
        vote("even", "accept", "ann"),
        vote("even", "animated", "bob"),
        vote("majority", "animated", "ann"),
        vote("majority", "animated", "bob"),
        vote("majority", "accept", "cat"),
        vote("changed", "accept", at="2026-01-02T00:00:00Z"),
        vote("changed", "animated", at="2026-01-01T00:00:00Z"),
        vote("adjudicated", "animated", "ann"),
        vote("adjudicated", "animated", "bob"),
        vote("adjudicated", "accept", "cat", role="adjudicator"),
    ]
    assert drawn_by_vote(votes) == {
        "accepted": True,
        "real": False,
        "other action": True,
        "majority": False,
        "changed": True,
        "adjudicated": True,
    }


def test_too_few_votes_are_an_error_in_one_line() -> None:
    rows = measured(9, 4)
    foreign = [vote("f9", "animated")]  # of a file that was not screened
    with pytest.raises(UsageError, match=r"of 9 that they are drawn and of 4 .* at least 5"):
        fit(rows, as_they_are(rows) + foreign)
    assert fit(measured(5, 5), as_they_are(measured(5, 5))).fitted.drawn == 5


def test_a_statistic_that_is_the_same_everywhere_does_no_harm() -> None:
    rows = {name: replace(row, saturation=0.5) for name, row in measured(9, 9).items()}
    model = fit(rows, as_they_are(rows))
    weight = model.weights[STATISTICS.index("saturation")]
    assert weight == pytest.approx(0, abs=1e-9)
    assert model.probability([rows["d0"]])[0] > 0.5


def test_nothing_is_surer_than_three_deviations() -> None:
    model = default_model()
    far = Statistics(*(np.array(astuple(CARTOON)) * 1e6).tolist())
    bound = sum(map(abs, model.weights)) * FURTHEST + abs(model.bias)
    odds = model.probability([far])[0]
    assert 1 / (1 + np.exp(bound)) <= odds <= 1 / (1 + np.exp(-bound))


def test_the_default_model_tells_the_demos_cartoons_from_its_films(tmp_path: Path) -> None:
    """Of a world that it was not fitted on; three containers."""
    world = World(seed=77, classes=3, originals=1, size=96, troubles=0)
    bodies, rows = Bodies(world), {}
    for kind in ("cartoon", "film", "copy-mp4", "copy-webp", "copy-mirrored"):
        for number, item in enumerate(world.of_kind(kind)):
            (tmp_path / "file").write_bytes(bodies.of(item))
            rows[kind, number] = statistics(look_at(tmp_path / "file"))
    scores = dict(zip(rows, default_model().probability([*rows.values()]), strict=True))
    films = [score for (kind, _), score in scores.items() if kind == "film"]
    assert len(films) == 6
    assert max(films) < 0.5 < min(score for key, score in scores.items() if key[0] != "film")


@pytest.mark.slow
def test_the_default_model_is_what_the_demo_gives() -> None:
    found, shipped = fit_on_demo(), default_model()
    assert found.fitted == shipped.fitted
    np.testing.assert_allclose(found.weights, shipped.weights, rtol=0.02, atol=0.02)
    np.testing.assert_allclose(found.means, shipped.means, rtol=0.02)


def test_a_small_world_gives_a_model_as_well() -> None:
    model = fit_on_demo({6: 64})
    assert model.fitted.on == "rendered puppets"
    assert model.fitted.filmed == 32  # two of each of eight classes, in two containers
    assert model.fitted.auc is not None
    assert model.fitted.auc > 0.95


def test_real_clips_are_taken_for_films(shared_clips: Path) -> None:
    files = sorted(path for path in shared_clips.iterdir() if path.suffix in (".gif", ".mp4"))
    rows = [statistics(look_at(path)) for path in files]
    assert len(files) >= 5
    assert default_model().probability(rows).max() < 0.5


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows = measured(9, 9)
    model = fit(rows, as_they_are(rows))
    model.write(tmp_path / "animated.json")
    assert read_model(tmp_path / "animated.json") == model


@pytest.mark.parametrize(
    "change",
    [
        {"version": 0},
        {"statistics": ["palette_bits"]},
        {"weights": [1.0]},
        {"bias": None},
        {"fitted": {"of": "nothing"}},
        {"means": None},
    ],
)
def test_what_is_no_model_is_one_line(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "animated.json"
    default_model().write(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(UsageError, match="no model over the statistics of this version"):
        read_model(path)


def test_what_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_model(tmp_path / "none.json")
    for text in ("", "[]", "{}", "not JSON"):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(UsageError, match="no model"):
            read_model(tmp_path / "a.json")
