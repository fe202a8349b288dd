"""CLIP on clips: which sentence is most like the mean of the frames?

Source: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision"
(ICML 2021), sections 3.1.2 and 3.1.4: zero-shot classification, and prompts in several wordings.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from anigifs.foundation import UsageError, WeightsError
from anigifs.models.backbones.pixels import Pixels
from anigifs.models.backbones.prompts import prompts_for
from anigifs.models.backbones.seeing import seen
from anigifs.models.inference import autocast

#: A value of ``eos_token_id`` that stands in old files, where the highest token is meant.
_OLD_END = 2


class ZeroShotClip(nn.Module):
    """A :class:`~anigifs.models.backbones.Classifier` of any classes that have names.

    The features of each frame are brought to length 1, averaged over time, and compared by cosine
    with those of each class, times the scale that was learnt.

    Args:
        network: A ``CLIPModel`` in evaluation mode; only the half that sees is kept.
        features_KD: Of the classes, each of length 1.
        size: Height and width of its images.
        pixels: How bytes become its numbers.
    """

    features_KD: Tensor
    scale: Tensor

    def __init__(self, network: Any, features_KD: Tensor, size: int, pixels: Pixels) -> None:  # noqa: ANN401 - of a package that may be absent
        super().__init__()
        self.sight, self.projection = network.vision_model, network.visual_projection
        self.register_buffer("features_KD", features_KD)
        self.register_buffer("scale", network.logit_scale.detach().exp())
        self.size, self.pixels = size, pixels
        self.precision = "float32"

    def forward(self, clips_BTHWC: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return ``logits_BK`` in float32, and nothing tapped."""
        frames_BTCHW = self.seen(clips_BTHWC)
        with autocast(self.precision, frames_BTCHW.device):
            pooled_ND = self.sight(pixel_values=frames_BTCHW.flatten(0, 1)).pooler_output
            features_ND = self.projection(pooled_ND)
        features_BTD = normalize(features_ND.float(), dim=-1).view(*frames_BTCHW.shape[:2], -1)
        mean_BD = normalize(features_BTD.mean(dim=1), dim=-1)
        return self.scale * mean_BD @ self.features_KD.T, {}

    def seen(self, clips_BTHWC: Tensor) -> Tensor:
        """Return what the network is given of clips, ``frames_BTCHW``: all their frames."""
        return seen(clips_BTHWC, range(clips_BTHWC.shape[1]), self.size, self.pixels)


def class_features(
    network: Any,  # noqa: ANN401 - of a package that may be absent
    tokenizer: Any,  # noqa: ANN401 - of a package that may be absent
    classes: Sequence[str],
    templates: Sequence[str],
    folder: Path,
) -> Tensor:
    """Return the features of classes in words: the mean over templates, of length 1.

    Args:
        network: A ``CLIPModel`` in evaluation mode.
        tokenizer: Of its folder.
        classes: Their names.
        templates: Sentences with ``{class}`` in them.
        folder: For the error.

    Returns:
        ``features_KD`` in float32.

    Raises:
        UsageError: A prompt is longer than the network reads.
        WeightsError: The tokenizer is not the network's.
    """
    with torch.inference_mode():
        rows = [
            normalize(
                _text_features(network, tokenizer, prompts_for(name, templates), folder), dim=-1
            )
            for name in classes
        ]
        # Cloned outside of what made it, so that it may stand beside parameters.
        features_KD = normalize(torch.stack([row.mean(dim=0) for row in rows]), dim=-1)
    return features_KD.clone()


def _text_features(network: Any, tokenizer: Any, prompts: Sequence[str], folder: Path) -> Tensor:  # noqa: ANN401 - of a package that may be absent
    settings = network.config.text_config
    words = tokenizer(list(prompts), padding=True, return_tensors="pt")
    ids_PL = words["input_ids"]
    if ids_PL.shape[1] > settings.max_position_embeddings:
        raise UsageError(
            f"the prompt {max(prompts, key=len)!r} is longer than the "
            f"{settings.max_position_embeddings} tokens that {folder.name} reads"
        )
    ends = settings.eos_token_id
    if int(ids_PL.max()) >= settings.vocab_size or (
        ends != _OLD_END and not bool((ids_PL == ends).any(dim=1).all())
    ):
        raise WeightsError(f"{folder}: its tokenizer has other words than its network")
    found: Tensor = network.get_text_features(**words).pooler_output
    return found
