"""Whether a linear classifier tells the sides apart: the proxy A-distance."""

from dataclasses import dataclass

import numpy as np

from anigifs.evaluation import bootstrap_interval
from anigifs.foundation import generator
from anigifs.gap.pairs import Pool

FOLDS = 5
STEPS = 500


@dataclass(frozen=True)
class Separation:
    """How well a linear classifier tells two sides apart on clips that it was not trained on.

    Attributes:
        error: Mean of the two sides' error rates, 0..1; 0.5 is guessing.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
    """

    error: float
    low: float | None
    high: float | None

    @property
    def distance(self) -> float:
        """The proxy A-distance, 2 (1 - 2 error): 0 is guessing, 2 is never wrong."""
        return a_distance(self.error)


def a_distance(error: float) -> float:
    """Return the proxy A-distance of an error rate (Ben-David et al., 2007; 2010).

    Example:
        >>> a_distance(0.5), a_distance(0.0)
        (0.0, 2.0)
    """
    return 2 * (1 - 2 * error)


def proxy_a_distance(
    features_ND: np.ndarray,
    pool: Pool,
    *,
    level: float = 0.95,
    replicates: int = 10_000,
    seed: int = 0,
) -> Separation:
    """Measure how well a linear classifier tells the sides apart.

    In each of five folds a logistic regression is trained on the other four; no group is in two
    folds. The interval is the bootstrap over groups of the clips' errors: it holds for these
    classifiers on other clips, and says nothing of classifiers trained on others. Where no clip is
    told wrongly, it is the exact binomial one for as many groups.

    Args:
        features_ND: A row a clip; standardised here, by what a classifier is trained on.
        pool: Which side, and which group, it is of.
        level: Of the interval, 0..1.
        replicates: Draws of the bootstrap.
        seed: Of folds and draws.
    """
    wrong_N = held_out_errors(features_ND, pool, generator(seed, "gap", "folds"))
    found = bootstrap_interval(
        wrong_N, pool.group_N, pool.is_b_N, level=level, replicates=replicates, seed=seed
    )
    if not wrong_N.any():
        return Separation(0.0, 0.0, 1 - ((1 - level) / 2) ** (1 / found.groups))
    return Separation(found.value, found.low, found.high)


def held_out_errors(
    features_ND: np.ndarray, pool: Pool, rng: np.random.Generator, folds: int = FOLDS
) -> np.ndarray:
    """Return which clips are told wrongly by a classifier that saw nothing of their groups."""
    fold_N = group_folds(pool, folds, rng)
    wrong_N = np.zeros(len(features_ND), bool)
    for fold in np.unique(fold_N):
        test_N = fold_N == fold
        mean_D, scale_D = features_ND[~test_N].mean(axis=0), features_ND[~test_N].std(axis=0)
        scaled_ND = (features_ND - mean_D) / np.where(scale_D > 0, scale_D, 1)
        weights_D, bias = logistic_regression(scaled_ND[~test_N], pool.is_b_N[~test_N])
        said_M = scaled_ND[test_N] @ weights_D + bias > 0
        wrong_N[test_N] = said_M != pool.is_b_N[test_N]
    return wrong_N


def group_folds(pool: Pool, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Return each clip's fold; groups of one side, and those of both, are dealt out evenly."""
    kind_G = np.zeros(pool.groups, int)
    kind_G[np.unique(pool.group_N[~pool.is_b_N])] += 1
    kind_G[np.unique(pool.group_N[pool.is_b_N])] += 2
    shuffled_G = rng.permutation(pool.groups)
    dealt_G = shuffled_G[np.argsort(kind_G[shuffled_G], kind="stable")]
    fold_G = np.empty(pool.groups, int)
    fold_G[dealt_G] = np.arange(pool.groups) % folds
    return np.asarray(fold_G[pool.group_N])


def logistic_regression(
    features_ND: np.ndarray, is_b_N: np.ndarray, strength: float = 1.0
) -> tuple[np.ndarray, float]:
    """Fit weights and bias of ``P(b | x) = 1 / (1 + exp(-(w'x + c)))``, both sides weighing alike.

    The loss is ``|w|^2 / 2 + strength * sum of weighted log losses``, which is scikit-learn's
    ``LogisticRegression(C=strength, class_weight="balanced")``.
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    sign_N = np.where(is_b_N, 1.0, -1.0)
    share_N = np.where(is_b_N, is_b_N.mean(), 1 - is_b_N.mean())
    weight_N = strength / (2 * share_N)

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        margin_N = sign_N * (features_ND @ values[:-1] + values[-1])
        slope_N = -weight_N * sign_N * expit(-margin_N)
        gradient = np.append(features_ND.T @ slope_N + values[:-1], slope_N.sum())
        total = values[:-1] @ values[:-1] / 2 + weight_N @ np.logaddexp(0, -margin_N)
        return float(total), gradient

    start = np.zeros(features_ND.shape[1] + 1)
    options = {"maxiter": STEPS, "gtol": 1e-4}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return np.asarray(found[:-1]), float(found[-1])
