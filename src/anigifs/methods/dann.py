"""Domain-adversarial training: features from which nobody can tell the domain.

Source: Ganin et al., "Domain-Adversarial Training of Neural Networks" (JMLR 2016).
"""

from dataclasses import dataclass

from torch import Tensor, nn

from anigifs.foundation.counts import check_counts
from anigifs.methods.adapting import Aided, Seen, channels_of, check_positive
from anigifs.methods.discriminators import Discriminator, domain_loss, domains_told
from anigifs.methods.hooks import Run
from anigifs.methods.reversal import ramp, reversed_gradient
from anigifs.models import I3D


@dataclass(frozen=True)
class DannOptions:
    """What domain-adversarial training can be told.

    Attributes:
        weight: Of the loss, beside the cross-entropy.
        rate: The discriminator's learning rate, the same throughout.
        hidden: Units of its hidden layer.
    """

    weight: float = 1.0
    rate: float = 1e-3
    hidden: int = 1024

    def __post_init__(self) -> None:
        check_positive(weight=self.weight, rate=self.rate)
        check_counts(self, "hidden")


class Dann(Aided):
    """Adds the loss of a discriminator of the pooled features, behind a gradient reversal."""

    Options = DannOptions
    options: DannOptions

    def networks(self, model: I3D, run: Run) -> nn.Module:
        """Return the discriminator."""
        return Discriminator(channels_of(model, self.last), self.options.hidden)

    def align(self, seen: Seen) -> tuple[Tensor, dict[str, float]]:
        """Return the discriminator's loss; how strongly it is turned round grows over the run."""
        features_ND = reversed_gradient(seen.features_ND, ramp(self.progress))
        scores_N = self.auxiliary.module(features_ND)
        loss = self.options.weight * domain_loss(scores_N, seen.target_N)
        return loss, {"domains_told": domains_told(scores_N, seen.target_N)}
