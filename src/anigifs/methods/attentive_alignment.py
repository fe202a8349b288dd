"""Attentive temporal alignment: domains are aligned at time cells, at relations of them, and whole.

Source: Chen et al., "Temporal Attentive Alignment for Large-Scale Video Domain Adaptation" (ICCV
2019), known as TA3N, carried over from frames to the time cells of the I3D. Relations whose domain
can be told get more attention, and clips whose domain cannot be told must be answered with
certainty.
"""

from dataclasses import dataclass
from itertools import combinations

import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.foundation import UsageError, generator
from anigifs.foundation.counts import check_counts
from anigifs.methods.adapting import Aided, Seen, channels_of, check_positive
from anigifs.methods.discriminators import (
    Discriminator,
    domain_entropy,
    domain_loss,
    domains_told,
)
from anigifs.methods.hooks import Run
from anigifs.methods.reversal import reversed_gradient
from anigifs.models import ENDPOINTS, I3D
from anigifs.models.i3d import cells_at, time_cells

#: Every choice of cells is looked at, twice as many with each cell more.
MOST_CELLS = 10


@dataclass(frozen=True)
class AttentiveAlignmentOptions:
    """What attentive alignment can be told; the defaults are those of UCF to HMDB.

    Attributes:
        cell: How strongly the gradient of the discriminator of time cells is turned round.
        relation: The same for those of relations.
        clip: The same for that of whole clips.
        entropy: Weight of the attentive entropy; 0.3 the other way round.
        rate: Learning rate of relations and discriminators, the same throughout.
        hidden: Numbers of a relation, and units of hidden layers.
        layer: The endpoint whose time cells are looked at; none is Mixed_5c for clips of the
            paper's size, and Mixed_4f for smaller ones, whose Mixed_5c has two cells.
    """

    cell: float = 0.5
    relation: float = 0.75
    clip: float = 0.75
    entropy: float = 0.003
    rate: float = 1e-3
    hidden: int = 256
    layer: str | None = None

    def __post_init__(self) -> None:
        check_positive(cell=self.cell, relation=self.relation, clip=self.clip)
        check_positive(entropy=self.entropy, rate=self.rate)
        check_counts(self, "hidden")
        blocks = [name for name in ENDPOINTS if name.startswith("Mixed")]
        if self.layer is not None and self.layer not in blocks:
            raise UsageError(f"no layer {self.layer!r}; there are {', '.join(blocks)}")


class AttentiveAlignment(Aided):
    """Adds discriminators on three levels, and an entropy that heeds them."""

    Options = AttentiveAlignmentOptions
    options: AttentiveAlignmentOptions

    def build(self, model: I3D, run: Run) -> None:
        """Choose the layer."""
        self.layer = self.options.layer or run.tap
        super().build(model, run)
        self.looks_at = tuple(dict.fromkeys([self.layer, self.last]))

    def networks(self, model: I3D, run: Run) -> nn.Module:
        """Return what is trained beside the model."""
        frames = self._draw(generator(run.seed, "frames")).clips_BTHWC.shape[1]
        cells = cells_at(self.layer, frames)
        if cells > MOST_CELLS:
            raise UsageError(
                f"{self.layer} has {cells} time cells, of which there are {2**cells:,} choices; "
                f"{MOST_CELLS} are the most: take a later layer"
            )
        return DomainLevels(
            cells=cells,
            channels=channels_of(model, self.layer),
            clip_channels=channels_of(model, self.last),
            classes=len(run.classes),
            hidden=self.options.hidden,
        )

    def align(self, seen: Seen) -> tuple[Tensor, dict[str, float]]:
        """Return the losses of all levels, and the attentive entropy."""
        options, levels = self.options, self.auxiliary.module
        assert isinstance(levels, DomainLevels)  # noqa: S101 - they were made above
        cells_NTC = time_cells(seen.taps[self.layer])
        relations_NRH = levels.relate(cells_NTC)
        cell_NT = levels.judge_cells(reversed_gradient(cells_NTC, options.cell))
        relation_NR = levels.judge_relations(reversed_gradient(relations_NRH, options.relation))
        attended_NH = (attention(relation_NR).unsqueeze(2) * relations_NRH).sum(dim=1)
        clip_ND = torch.cat([seen.features_ND, attended_NH], dim=1)
        clip_N = levels.judge_clips(reversed_gradient(clip_ND, options.clip))
        scores = {"cells": cell_NT, "relations": relation_NR, "clips": clip_N}
        told = {f"{name}_told": domains_told(*_flat(one, seen)) for name, one in scores.items()}
        source_BH, _ = seen.sides(attended_NH)
        losses = [
            *(domain_loss(one, seen.target_N) for one in scores.values()),
            functional.cross_entropy(levels.classify(source_BH), seen.labels_B),
            options.entropy * attentive_entropy(seen.logits_NK, clip_N),
        ]
        return torch.stack(losses).sum(), told


class DomainLevels(nn.Module):
    """Relations of time cells, the discriminators of three levels, and a classifier.

    The classifier keeps the relations from becoming constants, which no discriminator could tell
    anything from.

    Args:
        cells: T', of a clip.
        channels: C, of a cell.
        clip_channels: Of the pooled last map.
        classes: K.
        hidden: H, numbers of a relation, and units of hidden layers.
    """

    def __init__(
        self, cells: int, channels: int, clip_channels: int, classes: int, hidden: int
    ) -> None:
        super().__init__()
        #: For relations of 2, 3 and more cells, which cells they are of, in the order of time.
        self.subsets = [list(combinations(range(cells), n)) for n in range(2, cells + 1)]
        self.related = nn.ModuleList(
            nn.Sequential(nn.Linear(len(some[0]) * channels, hidden), nn.ReLU())
            for some in self.subsets
        )
        self.judge_cells = Discriminator(channels, hidden)
        self.judges = nn.ModuleList(Discriminator(hidden, hidden) for _ in self.subsets)
        self.judge_clips = Discriminator(clip_channels + hidden, hidden)
        self.classify = nn.Linear(hidden, classes)

    def relate(self, cells_NTC: Tensor) -> Tensor:
        """Return a relation for each number of cells, the mean over their choices: ``(N, R, H)``.

        R is one less than there are cells.
        """
        relations = []
        for some, related in zip(self.subsets, self.related, strict=True):
            chosen_NSD = torch.stack([cells_NTC[:, one].flatten(1) for one in some], dim=1)
            relations.append(related(chosen_NSD).mean(dim=1))
        return torch.stack(relations, dim=1)

    def judge_relations(self, relations_NRH: Tensor) -> Tensor:
        """Return the domain scores of relations, each by a discriminator of its own."""
        scores = [judge(relations_NRH[:, r]) for r, judge in enumerate(self.judges)]
        return torch.stack(scores, dim=1)


def attention(scores: Tensor) -> Tensor:
    """Return ``1 + (1 - H)`` of domain scores, H being their entropy in nats; without a gradient.

    Example:
        >>> attention(torch.tensor([0.0, 50.0]))
        tensor([1.3069, 2.0000])
    """
    return 2 - domain_entropy(scores.detach())


def attentive_entropy(logits_NK: Tensor, scores_N: Tensor) -> Tensor:
    """Return the mean entropy of answers; that of clips counts more whose domain is in doubt.

    Args:
        logits_NK: Answers.
        scores_N: Domain scores, whose entropy H gives the weight ``1 + H``, without a gradient.
    """
    logs_NK = logits_NK.log_softmax(dim=1)
    entropy_N = -(logs_NK.exp() * logs_NK).sum(dim=1)
    return ((1 + domain_entropy(scores_N.detach())) * entropy_N).mean()


def _flat(scores: Tensor, seen: Seen) -> tuple[Tensor, Tensor]:
    """Return the scores of cells or relations and their domains, one below the other."""
    return scores.flatten(), seen.target_N.repeat_interleave(scores.numel() // len(scores))
