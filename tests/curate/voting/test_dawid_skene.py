"""What the model finds again that was planted, and what another package finds."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.curate.voting.answers import Answers, answers_of
from anigifs.curate.voting.dawid_skene import dawid_skene

PRIOR = np.array([0.6, 0.25, 0.15])
#: Of five people: careful, careless, somebody who takes 2 for 1, a guesser, somebody contrary.
PLANTED = np.array(
    [
        [[0.95, 0.03, 0.02], [0.02, 0.95, 0.03], [0.03, 0.03, 0.94]],
        [[0.80, 0.10, 0.10], [0.10, 0.80, 0.10], [0.10, 0.10, 0.80]],
        [[0.96, 0.02, 0.02], [0.03, 0.94, 0.03], [0.05, 0.75, 0.20]],
        [[0.34, 0.33, 0.33], [0.33, 0.34, 0.33], [0.33, 0.33, 0.34]],
        [[0.90, 0.05, 0.05], [0.05, 0.20, 0.75], [0.05, 0.75, 0.20]],
    ]
)  # fmt: skip


def simulated(items: int, votes: int, seed: int = 0) -> tuple[np.ndarray, Answers]:
    """Return what is true, and answers of some of the people on each item."""
    random = np.random.default_rng(seed)
    truth_U = random.choice(3, items, p=PRIOR)
    person_N = np.concatenate([random.permutation(5)[:votes] for _ in range(items)])
    unit_N = np.repeat(np.arange(items), votes)
    cumulated_NK = PLANTED[person_N, truth_U[unit_N]].cumsum(axis=1)
    value_N = (random.random((len(unit_N), 1)) > cumulated_NK).sum(axis=1)
    return truth_U, Answers(unit_N, person_N, value_N, np.arange(items), 3)


def test_planted_errors_are_found_again() -> None:
    """A share of 15 % of 4,000 items, seen by four of five, has a standard error of 0.02."""
    truth_U, answers = simulated(4000, 4)
    found = dawid_skene(answers, 5, 3)
    assert found.converged
    assert np.abs(found.confusion_PKK - PLANTED).max() < 0.08
    assert np.abs(found.prior_K - PRIOR).max() < 0.03
    wanted_P = np.einsum("pkk,k->p", PLANTED, PRIOR)
    assert np.abs(found.accuracy_P - wanted_P).max() < 0.03
    right = (found.posterior_UK.argmax(axis=1) == truth_U).mean()
    counts_UK = np.zeros((4000, 3))
    np.add.at(counts_UK, (answers.unit_N, answers.value_N), 1)
    assert right > (counts_UK.argmax(axis=1) == truth_U).mean() + 0.02


def test_posteriors_are_as_sure_as_they_say() -> None:
    truth_U, answers = simulated(4000, 4, seed=1)
    posterior_UK = dawid_skene(answers, 5, 3).posterior_UK
    sure_U = posterior_UK.max(axis=1)
    right_U = posterior_UK.argmax(axis=1) == truth_U
    for low, high in ((0.5, 0.8), (0.8, 0.95), (0.95, 1.0)):
        some = (sure_U > low) & (sure_U <= high)
        assert right_U[some].mean() == pytest.approx(sure_U[some].mean(), abs=0.06)


def test_it_is_what_another_package_finds() -> None:
    """Without smoothing, which that has not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its pandas is newer than it
        import pandas as pd
        from crowdkit.aggregation import DawidSkene

        _, answers = simulated(300, 3, seed=2)
        table = pd.DataFrame(
            {"task": answers.unit_N, "worker": answers.person_N, "label": answers.value_N}
        )
        theirs = DawidSkene(n_iter=60, tol=0)
        posterior = theirs.fit_predict_proba(table).sort_index().sort_index(axis=1)
    ours = dawid_skene(answers, 5, 3, smoothing=0, tolerance=0, most=len(theirs.loss_history_))
    np.testing.assert_allclose(ours.posterior_UK, posterior.to_numpy(), atol=1e-6)
    assert theirs.priors_ is not None
    assert theirs.errors_ is not None
    np.testing.assert_allclose(ours.prior_K, theirs.priors_.sort_index(), atol=1e-6)
    errors = theirs.errors_.sort_index().sort_index(axis=1).to_numpy().reshape(5, 3, 3)
    np.testing.assert_allclose(ours.confusion_PKK, errors.swapaxes(1, 2), atol=1e-6)


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.none() | st.integers(0, 2), min_size=4, max_size=4).filter(
            lambda unit: any(one is not None for one in unit)
        ),
        min_size=1,
        max_size=15,
    ),
    st.sampled_from([0.0, 0.01, 0.5]),
)
def test_no_step_makes_the_votes_less_likely(
    units: list[list[int | None]], smoothing: float
) -> None:
    answers = answers_of(units)
    found = dawid_skene(answers, 4, 3, smoothing=smoothing, most=50)
    assert np.all(np.diff(found.objective) > -1e-6 * (1 + np.abs(found.objective[1:])))
    np.testing.assert_allclose(found.posterior_UK.sum(axis=1), 1)
    np.testing.assert_allclose(found.confusion_PKK.sum(axis=2), 1)
    assert found.prior_K.sum() == pytest.approx(1)


def test_one_step_by_hand() -> None:
    """Two items, two people, one step: expectations by the shares of votes, then by Bayes."""
    found = dawid_skene(answers_of(["aa", "ab"]), 2, 2, smoothing=0.5, most=1)
    assert (found.iterations, found.converged) == (1, False)
    # Shares are (1, 0) and (1/2, 1/2). Of the first, who said a twice: (1.5 a, 0.5 b) are true.
    first = np.array([[2.0, 0.5], [1.0, 0.5]])
    second = np.array([[1.5, 1.0], [0.5, 1.0]])
    confusion = [one / one.sum(axis=1, keepdims=True) for one in (first, second)]
    prior = np.array([0.75, 0.25])
    joint = np.array(
        [
            prior * confusion[0][:, 0] * confusion[1][:, 0],
            prior * confusion[0][:, 0] * confusion[1][:, 1],
        ]
    )
    np.testing.assert_allclose(found.posterior_UK, joint / joint.sum(axis=1, keepdims=True))
    smooth = 0.5 * np.log(np.array(confusion)).sum()
    assert found.objective == pytest.approx((np.log(joint.sum(axis=1)).sum() + smooth,))


def test_it_says_if_it_has_not_converged() -> None:
    _, answers = simulated(200, 2)
    assert not dawid_skene(answers, 5, 3, most=2).converged
    done = dawid_skene(answers, 5, 3, most=5000)
    assert done.converged
    assert done.iterations == len(done.objective) < 5000


def test_who_judged_nothing_is_taken_to_say_anything() -> None:
    found = dawid_skene(answers_of(["aa", "bb"]), 3, 2)
    np.testing.assert_allclose(found.confusion_PKK[2], 0.5)
    np.testing.assert_allclose(
        dawid_skene(answers_of(["aa", "bb"]), 3, 2, smoothing=0).confusion_PKK[2], 0.5
    )
