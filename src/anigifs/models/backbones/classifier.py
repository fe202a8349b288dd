"""What evaluation asks of a network, whoever made it."""

from collections.abc import Iterator
from typing import Protocol

from torch import Tensor, nn


class Classifier(Protocol):
    """A network in evaluation mode that classifies clips as they are stored.

    :class:`~anigifs.models.I3D` is one, and so is every network of this room. How many frames of
    what size it is best shown stands in the record of its weights.
    """

    def __call__(self, clips_BTHWC: Tensor, /) -> tuple[Tensor, dict[str, Tensor]]:
        """Return ``logits_BK`` and what was tapped, of which a test asks nothing.

        Args:
            clips_BTHWC: ``uint8``, RGB.
        """

    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
        """Yield the weights; where they are is where clips must be."""
