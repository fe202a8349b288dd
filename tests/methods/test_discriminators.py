import numpy as np
import torch
from scipy.stats import entropy

from anigifs.methods.discriminators import (
    Discriminator,
    domain_entropy,
    domain_loss,
    domains_told,
)

SCORES = torch.tensor([[2.0, -1.0], [0.5, 3.0], [-4.0, 0.25]])
TARGET = torch.tensor([0.0, 1.0, 1.0])


def probabilities() -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-SCORES.double().numpy())))


def test_the_loss_is_the_mean_over_clips_and_their_cells() -> None:
    p = probabilities()
    wanted = [-np.log(1 - p[0]), -np.log(p[1]), -np.log(p[2])]
    torch.testing.assert_close(float(domain_loss(SCORES, TARGET)), float(np.mean(wanted)))
    weighted = np.array([[1.0], [2.0], [0.5]]) * wanted
    loss = domain_loss(SCORES, TARGET, torch.tensor([1.0, 2.0, 0.5]))
    torch.testing.assert_close(float(loss), float(np.mean(weighted)))


def test_entropy_is_that_of_two_outcomes_in_nats() -> None:
    p = probabilities()
    wanted = entropy(np.stack([p, 1 - p]), axis=0)
    torch.testing.assert_close(domain_entropy(SCORES).double(), torch.from_numpy(wanted))


def test_a_domain_is_told_where_the_score_is_on_its_side() -> None:
    assert domains_told(SCORES[:, 0], TARGET) == 1
    assert domains_told(torch.tensor([-1.0, 1.0, 1.0]), TARGET) == 3


def test_a_discriminator_has_one_score_for_each_row() -> None:
    judge = Discriminator(5, hidden=7)
    assert judge(torch.zeros(3, 4, 5)).shape == (3, 4)
    assert sum(one.numel() for one in judge.parameters()) == 5 * 7 + 7 + 7 + 1
