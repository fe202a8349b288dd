"""A linear probe: the head alone is trained, on features that stay as they were.

A control: it tells what the starting features are worth. As the start of a run of ERM it is the
other control, a probe before fine-tuning: from a head that fits already, features are distorted
less, and did better under shifts (Kumar et al., "Fine-Tuning can Distort Pretrained Features and
Underperform Out-of-Distribution", ICLR 2022).
"""

from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run
from anigifs.models import I3D


class LinearProbe(Method):
    """Trains the head, and leaves the features as they were."""

    def build(self, model: I3D, run: Run) -> None:
        """Take every weight but the head's out of the training."""
        if not run.frozen:
            raise UsageError(
                "a linear probe leaves the features as they are: keep BatchNorm statistics frozen"
            )
        for name, parameter in model.named_parameters():
            parameter.requires_grad_(name.startswith("logits."))
