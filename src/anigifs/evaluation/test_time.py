"""Adaptation while testing: a network that changes with the clips that it is asked about.

It sees the target, unlabelled, and what it answers depends on which clips come together and in
which order, so what it scores stands apart from what a network scores as it is.

Sources: Nado et al., "Evaluating Prediction-Time Batch Normalization for Robustness under Covariate
Shift" (2020), for the statistics of each batch; Wang et al., "Tent: Fully Test-Time Adaptation by
Entropy Minimization" (ICLR 2021), for the entropy.
"""

import copy
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from anigifs.foundation import UsageError
from anigifs.models import I3D
from anigifs.models.inference import autocast

TestTime = Literal["batch-norm", "entropy"]
WAYS: tuple[TestTime, ...] = get_args(TestTime)
BATCH = 16
"""Clips that are normalised together; of 64 with which they were published, a small share."""
RATE = 1e-3
"""Adam's learning rate of the entropy, as published for small images."""


class TestTimeAdapted(nn.Module):
    """A copy of a network that adapts to each batch before it answers, or by answering.

    ``batch-norm`` normalises by the mean and variance of the batch itself, in the place of those of
    training. ``entropy`` does so, too, and after each answer makes one step of Adam on BatchNorm's
    scales and shifts that lowers the mean entropy of what it answered; later batches meet the
    network so changed, and a new object begins anew.

    Args:
        model: In evaluation mode, not folded; it is left as it is.
        how: One of the two.
        precision: Of the body, as in training.

    Raises:
        UsageError: The network has no BatchNorm.

    Example:
        >>> from anigifs.models import build_i3d
        >>> adapted = TestTimeAdapted(build_i3d(3, width=1 / 16).eval(), "batch-norm")
        >>> adapted(torch.zeros(2, 9, 32, 32, 3, dtype=torch.uint8))[0].shape
        torch.Size([2, 3])
    """

    __test__ = False  # pytest takes its name for a test's

    def __init__(self, model: I3D, how: TestTime, precision: str = "float32") -> None:
        super().__init__()
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self._precision = precision
        norms = [one for one in self.model.modules() if isinstance(one, nn.BatchNorm3d)]
        if not norms:
            raise UsageError("a network without BatchNorm cannot adapt while it is tested")
        for norm in norms:  # without statistics of its own a BatchNorm takes the batch's
            norm.running_mean = norm.running_var = None
        self._optimiser: torch.optim.Optimizer | None = None
        if how == "entropy":
            adapted = [parameter for norm in norms for parameter in norm.parameters()]
            for parameter in adapted:
                parameter.requires_grad_(True)
            self._optimiser = torch.optim.Adam(adapted, lr=RATE)

    def forward(self, clips_BTHWC: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the logits of a batch and, like the network, its taps, of which there are none."""
        # Predictions are made in inference mode, out of which no gradient comes.
        with torch.inference_mode(False), torch.enable_grad():
            with autocast(self._precision, clips_BTHWC.device):
                logits_BK, _ = self.model(clips_BTHWC.clone())
            if self._optimiser is not None:
                self._optimiser.zero_grad(set_to_none=True)
                torch.autograd.backward(mean_entropy(logits_BK))
                self._optimiser.step()
        return logits_BK.detach(), {}


def mean_entropy(logits_BK: Tensor) -> Tensor:
    """Return the mean over a batch of the entropy of the class probabilities, in nats.

    Example:
        >>> mean_entropy(torch.zeros(2, 4))
        tensor(1.3863)
    """
    log_BK = logits_BK.log_softmax(dim=1)
    return -(log_BK.exp() * log_BK).sum(dim=1).mean()
