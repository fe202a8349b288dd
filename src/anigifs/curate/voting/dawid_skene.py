"""What is probably true of each item, and how each person errs, from votes alone.

Dawid and Skene, *Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm*
(Applied Statistics 28, 1979, doi 10.2307/2346806). The model takes people to err independently of
each other, once the truth of an item is given, and equally on all items of one truth. Where all
share an error it cannot see it: only known answers can (:mod:`anigifs.curate.voting.gold`).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import logsumexp, xlogy

from anigifs.curate.voting.answers import Answers

MOST_ITERATIONS = 1_000
TOLERANCE = 1e-6
#: Counted beside what was seen, in each cell of a confusion matrix: so that a single vote is no
#: proof, and somebody who never saw a kind of item may say anything of it. The estimate is then the
#: mode under a Dirichlet prior of 3/2, and the mean under Jeffreys' prior.
SMOOTHING = 0.5


@dataclass(frozen=True)
class DawidSkene:
    """The estimates; K answers, P people, U items.

    Attributes:
        posterior_UK: The probability of each truth of each item.
        confusion_PKK: How often each person says what (last axis), where what is true (middle).
        prior_K: How frequent each truth is.
        iterations: Steps that were made.
        converged: Whether the last step changed no posterior by more than the tolerance.
        objective: The logarithm of the votes' likelihood and of the smoothing's, step by step; it
            never falls.
    """

    posterior_UK: np.ndarray
    confusion_PKK: np.ndarray
    prior_K: np.ndarray
    iterations: int
    converged: bool
    objective: tuple[float, ...]

    @property
    def accuracy_P(self) -> np.ndarray:
        """How often each person says what is true, were they to judge items of all truths."""
        return np.asarray(np.einsum("pkk,k->p", self.confusion_PKK, self.prior_K))


def dawid_skene(
    answers: Answers,
    people: int,
    kinds: int,
    *,
    smoothing: float = SMOOTHING,
    tolerance: float = TOLERANCE,
    most: int = MOST_ITERATIONS,
) -> DawidSkene:
    """Return the estimates by expectation and maximisation, from each item's shares of votes on.

    The result is a local optimum near what the majority says.

    Args:
        answers: To one question, at least one.
        people: P, more than any ``person_N``.
        kinds: K, more than any ``value_N``.
        smoothing: Pseudo-counts in each cell, 0 or more.
        tolerance: The change of posteriors at which it ends.
        most: Steps after which it ends in any case.

    Example:
        >>> from anigifs.curate.voting.answers import answers_of
        >>> found = dawid_skene(answers_of(["aaa", "aab", "bbb", "bba"] * 9), people=3, kinds=2)
        >>> found.posterior_UK.argmax(axis=1)[:4].tolist(), found.converged
        ([0, 0, 1, 1], True)
        >>> (found.accuracy_P[0] > found.accuracy_P[2]).item()
        True
    """
    units = len(answers.group_U)
    votes_UX = _votes(answers, units, people, kinds)
    counts_UK = np.zeros((units, kinds))
    np.add.at(counts_UK, (answers.unit_N, answers.value_N), 1.0)
    posterior_UK = counts_UK / counts_UK.sum(axis=1, keepdims=True)
    prior_K, confusion_PKK = _maximised(votes_UX, posterior_UK, people, smoothing)
    objective: list[float] = []
    for _ in range(most):
        joint_UK = _log(prior_K) + votes_UX @ _by_vote(_log(confusion_PKK))
        evidence_U = logsumexp(joint_UK, axis=1)
        objective.append(float(evidence_U.sum() + xlogy(smoothing, confusion_PKK).sum()))
        before_UK, posterior_UK = posterior_UK, np.exp(joint_UK - evidence_U[:, None])
        prior_K, confusion_PKK = _maximised(votes_UX, posterior_UK, people, smoothing)
        converged = bool(np.abs(posterior_UK - before_UK).max() <= tolerance)
        if converged:
            break
    return DawidSkene(
        posterior_UK, confusion_PKK, prior_K, len(objective), converged, tuple(objective)
    )


def _votes(answers: Answers, units: int, people: int, kinds: int) -> sparse.csr_array:
    """Return which of all ``people * kinds`` votes were cast on each item, as 0 and 1."""
    columns_N = answers.person_N * kinds + answers.value_N
    ones_N = np.ones(len(columns_N))
    places = (answers.unit_N, columns_N)
    return sparse.csr_array((ones_N, places), shape=(units, people * kinds))


def _maximised(
    votes_UX: sparse.csr_array, posterior_UK: np.ndarray, people: int, smoothing: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the priors and confusion matrices that are likeliest, given the posteriors."""
    kinds = posterior_UK.shape[1]
    said_PKK = (votes_UX.T @ posterior_UK).reshape(people, kinds, kinds).swapaxes(1, 2) + smoothing
    sums_PK1 = said_PKK.sum(axis=2, keepdims=True)
    same = np.full_like(said_PKK, 1 / kinds)  # of who never judged such an item, without smoothing
    confusion_PKK = np.divide(said_PKK, sums_PK1, out=same, where=sums_PK1 > 0)
    return posterior_UK.mean(axis=0), confusion_PKK


def _by_vote(log_PKK: np.ndarray) -> np.ndarray:
    """Return what each of all votes adds to the logarithm of each truth, ``(P * K, K)``."""
    people, kinds, _ = log_PKK.shape
    return log_PKK.swapaxes(1, 2).reshape(people * kinds, kinds)


def _log(shares: np.ndarray) -> np.ndarray:
    """Return logarithms; of what never happens, one so low that no product makes it likely."""
    return np.asarray(np.log(np.maximum(shares, 1e-300)))
