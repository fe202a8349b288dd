"""A video transformer of ``transformers`` that was trained to classify."""

from typing import Any

from torch import Tensor, nn

from anigifs.models.backbones.frames import taken
from anigifs.models.backbones.pixels import Pixels
from anigifs.models.backbones.seeing import seen
from anigifs.models.inference import autocast


class VideoBackbone(nn.Module):
    """A :class:`~anigifs.models.backbones.Classifier` around such a network.

    Args:
        network: In evaluation mode; what it returns has ``logits``.
        tensor: What its input is called.
        frames: How many frames it takes; clips of more or fewer are thinned or repeated.
        size: Height and width of its input.
        pixels: How bytes become its numbers.
    """

    def __init__(
        self, network: nn.Module, *, tensor: str, frames: int, size: int, pixels: Pixels
    ) -> None:
        super().__init__()
        self.network, self.tensor = network, tensor
        self.frames, self.size, self.pixels = frames, size, pixels
        self.precision = "float32"

    def forward(self, clips_BTHWC: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return ``logits_BK`` in float32, and nothing tapped."""
        frames_BTCHW = self.seen(clips_BTHWC)
        with autocast(self.precision, frames_BTCHW.device):
            answer: Any = self.network(**{self.tensor: frames_BTCHW})
        return answer.logits.float(), {}

    def seen(self, clips_BTHWC: Tensor) -> Tensor:
        """Return what the network is given of clips, ``frames_BTCHW``."""
        places = taken(clips_BTHWC.shape[1], self.frames)
        return seen(clips_BTHWC, places, self.size, self.pixels)
