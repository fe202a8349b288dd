import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from anigifs.gap.classifier import (
    group_folds,
    held_out_errors,
    logistic_regression,
    proxy_a_distance,
)
from anigifs.gap.pairs import Pool
from tests.gap.made import pool, samples


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("dimensions", [3, 80])
def test_the_regression_is_scikit_learns(dimensions: int) -> None:
    of = pool(30, paired=False)
    features_ND = samples(of, 0.7, dimensions, seed=0)
    kept_N = ~of.is_b_N | (of.group_N % 3 == 0)  # the sides need not be as large
    weights_D, bias = logistic_regression(features_ND[kept_N], of.is_b_N[kept_N])
    theirs = LogisticRegression(C=1.0, class_weight="balanced", tol=1e-8, max_iter=1000)
    theirs.fit(features_ND[kept_N], of.is_b_N[kept_N])
    assert weights_D == pytest.approx(theirs.coef_[0], abs=1e-3)
    assert bias == pytest.approx(theirs.intercept_[0], abs=1e-3)


@pytest.mark.parametrize("paired", [True, False])
def test_held_out_answers_are_those_of_scikit_learn_in_the_same_folds(paired: bool) -> None:
    of = pool(25, paired=paired, clips=2)
    features_ND = samples(of, 0.4, 10, seed=0)
    fold_N = group_folds(of, 5, rng())
    wrong_N = np.zeros(len(fold_N), bool)
    for fold in range(5):
        test_N = fold_N == fold
        scaler = StandardScaler().fit(features_ND[~test_N])
        model = LogisticRegression(C=1.0, class_weight="balanced", tol=1e-8)
        model.fit(scaler.transform(features_ND[~test_N]), of.is_b_N[~test_N])
        wrong_N[test_N] = model.predict(scaler.transform(features_ND[test_N])) != of.is_b_N[test_N]
    assert (held_out_errors(features_ND, of, rng()) == wrong_N).all()


@pytest.mark.parametrize("paired", [True, False])
def test_no_group_is_in_two_folds_and_folds_are_alike(paired: bool) -> None:
    of = pool(23, paired=paired, clips=2)
    fold_N = group_folds(of, 5, rng())
    for group in range(of.groups):
        assert len(set(fold_N[of.group_N == group])) == 1
    for side_N in (of.is_b_N, ~of.is_b_N):
        sizes = np.bincount(fold_N[side_N], minlength=5)
        assert sizes.max() - sizes.min() <= 2  # a group of two clips more or less


def test_a_pair_that_was_learnt_by_heart_is_of_no_help() -> None:
    """Features that say nothing but which instance it is: a leak would tell the sides apart."""
    of = pool(40, paired=True)
    features_ND = samples(of, 0.0, 60, seed=0, shared=10.0)
    found = proxy_a_distance(features_ND, of, replicates=500)
    assert abs(found.distance) < 0.7
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 0.5 <= found.high


def test_what_is_always_told_apart_is_at_a_distance_of_two() -> None:
    of = pool(30, paired=True)
    found = proxy_a_distance(samples(of, 20.0, 4, seed=0), of)
    assert (found.error, found.distance, found.low) == (0.0, 2.0, 0.0)
    exact = binomtest(0, 30).proportion_ci(0.95, "exact")
    assert found.high == pytest.approx(exact.high)


def test_a_side_with_more_clips_does_not_win_by_guessing_it() -> None:
    of = pool(60, paired=False)
    of = of.take(~of.is_b_N | (of.group_N % 6 == 0), of.is_b_N)
    found = proxy_a_distance(samples(of, 0.0, 5, seed=0), of, replicates=500)
    assert abs(found.error - 0.5) < 0.2


def test_a_feature_that_never_varies_does_no_harm() -> None:
    of: Pool = pool(20, paired=True)
    features_ND = samples(of, 20.0, 3, seed=0)
    features_ND[:, 1] = 4.0
    assert proxy_a_distance(features_ND, of).error == 0.0
