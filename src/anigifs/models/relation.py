"""The relation block of the attention pyramid network: one sequence, read in the light of another.

Source: Yao et al., "VideoDG: Generalizing Temporal Relations in Videos to Novel Domains" (TPAMI
2021, arXiv 1912.03716), as their code has it: a transformer (Vaswani et al., 2017) of one block
with ReLUs after its projections, no projection of what the heads say, and no positional encoding.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURES = 256
"""D: of a time cell, and of all that the block makes of it."""
HEADS = 4
INNER = 4 * FEATURES
DROPOUT = 0.3


class StdNorm(nn.Module):
    """Layer normalisation by the unbiased standard deviation: ``g (x - mean) / (std + e) + b``.

    Args:
        features: The size of the last axis.
        epsilon: Is added to the deviation rather than to the variance.
    """

    def __init__(self, features: int, epsilon: float = 1e-8) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        """Normalise over the last axis."""
        mean, std = x.mean(dim=-1, keepdim=True), x.std(dim=-1, keepdim=True)
        return self.gain * (x - mean) / (std + self.epsilon) + self.bias


class Attention(nn.Module):
    """Attention of one sequence to another by 4 heads, added to the first and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(FEATURES, FEATURES) for _ in range(3))
        self.norm = StdNorm(FEATURES)

    def forward(self, asking_BQD: Tensor, asked_BSD: Tensor, *, causal: bool = False) -> Tensor:
        """Return what each cell that asks is told, ``(B, Q, D)``.

        Args:
            asking_BQD: Asks.
            asked_BSD: Answers.
            causal: Let no cell see a later one; both must be of one length.
        """
        told_BHQE = functional.scaled_dot_product_attention(
            _by_head(self.query(asking_BQD)),
            _by_head(self.key(asked_BSD)),
            _by_head(self.value(asked_BSD)),
            dropout_p=DROPOUT if self.training else 0.0,
            is_causal=causal,
        )
        normed_BQD: Tensor = self.norm(told_BHQE.transpose(1, 2).flatten(2) + asking_BQD)
        return normed_BQD


class FeedForward(nn.Module):
    """Two layers on each cell for itself, added to it and normalised."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.outer = nn.Linear(FEATURES, INNER), nn.Linear(INNER, FEATURES)
        self.norm = StdNorm(FEATURES)

    def forward(self, x_BTD: Tensor) -> Tensor:
        """Apply the layers."""
        normed_BTD: Tensor = self.norm(self.outer(functional.relu(self.inner(x_BTD))) + x_BTD)
        return normed_BTD


class Relation(nn.Module):
    """The block ``A(x, y)``: an encoder on ``x``, and a decoder on ``y`` that asks it.

    Example:
        >>> relation = Relation().eval()
        >>> relation(torch.zeros(2, 3, 256), torch.zeros(2, 5, 256)).shape
        torch.Size([2, 5, 256])
    """

    def __init__(self) -> None:
        super().__init__()
        self.encoder_self, self.encoder_feed = Attention(), FeedForward()
        self.decoder_self, self.decoder_cross = Attention(), Attention()
        self.decoder_feed = FeedForward()
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x_BSD: Tensor, y_BTD: Tensor) -> Tensor:
        """Return ``(B, T, D)``: what each cell of ``y`` is, given ``x`` and what came before it."""
        encoded_BSD = self.encoder_feed(self.encoder_self(x_BSD, x_BSD))
        decoded_BTD = self.decoder_self(y_BTD, y_BTD, causal=True)
        decoded_BTD = self.decoder_feed(self.decoder_cross(decoded_BTD, encoded_BSD))
        related_BTD: Tensor = self.dropout(decoded_BTD)
        return related_BTD


def _by_head(x_BTD: Tensor) -> Tensor:
    """Return ``(B, heads, T, D / heads)``, after the ReLU of the projections."""
    return functional.relu(x_BTD).view(*x_BTD.shape[:2], HEADS, -1).transpose(1, 2)
