"""The attention pyramid network (APN): a head that relates time cells at several scales.

Source: Yao et al., "VideoDG: Generalizing Temporal Relations in Videos to Novel Domains" (TPAMI
2021, arXiv 1912.03716), on frames of a 2-D network there. Here it stands on the time cells of an
I3D: the paper's 40 frames are 5 cells of Mixed_5c, just the 5 frames that the authors take.
"""

from collections.abc import Sequence
from itertools import combinations

import torch
from torch import Tensor, nn
from torch.nn import functional

from anigifs.foundation import UsageError, seed_of
from anigifs.models.i3d import ENDPOINTS, I3D, Head, Inception, Levels, time_cells, without_autocast
from anigifs.models.relation import FEATURES, Relation

FEWEST_CELLS, MOST_CELLS = 3, 16
"""Fewer leave no scale between a pair and the whole; more have too many subsets to list."""
MOST_SUBSETS = 10
"""Of a scale in a test: all that five cells have."""


class PyramidHead(Head):
    """From the map of a layer to class scores by relations within subsets of its time cells.

    With the relation block ``A`` and the cells ``X``: ``G = A(X, X)``; for each scale ``s`` from
    ``T - 1`` down to 2, ``C_s = A(A(X_s, X_s), G)`` for a subset ``X_s`` of ``s`` cells in their
    order; ``L`` is the sum of the ``C_s``, and ``P = G + L`` is what is classified. One block and
    one classifier serve all.

    In training each forward pass draws a subset of each scale from torch's own generator, the same
    for all clips, as the authors do. In a test nothing is drawn: ``C_s`` is the mean over all
    subsets of the scale, or over 10 that are spread evenly over them where there are more.

    ``levels`` hands out ``P`` and, as its only part, ``L``, each flattened and before the ReLU.

    Args:
        channels_in: C of the layer.
        num_classes: K.
        dropout: The share of a cell's features *dropped* in training.
        layer: The endpoint that is read.
        cells: T, the number of time cells there; 3 to 16.

    Raises:
        ValueError: Too few or too many cells.
    """

    def __init__(
        self, channels_in: int, num_classes: int, dropout: float, layer: str, cells: int
    ) -> None:
        if not FEWEST_CELLS <= cells <= MOST_CELLS:
            raise ValueError(
                f"a pyramid has {FEWEST_CELLS} to {MOST_CELLS} time cells, not {cells}"
            )
        # A kernel over all cells is the same as a layer on all of their features.
        super().__init__(FEATURES, num_classes, dropout, (cells, 1, 1))
        self.layer, self.cells = layer, cells
        self.project = nn.Linear(channels_in, FEATURES)
        nn.init.normal_(self.project.weight, std=0.001)
        nn.init.zeros_(self.project.bias)
        self.relate = Relation()

    def forward(self, x_BCTHW: Tensor) -> Tensor:
        """Return ``logits_BK``.

        Raises:
            UsageError: The map has another number of time cells.
        """
        return self.levels(x_BCTHW).logits_BK

    def levels(self, x_BCTHW: Tensor) -> Levels:
        """Return what is said by all scales with the whole, and by the scales alone.

        Raises:
            UsageError: The map has another number of time cells.
        """
        if x_BCTHW.shape[2] != self.cells:
            raise UsageError(
                f"the pyramid head reads {self.cells} time cells at {self.layer}, and the clip has "
                f"{x_BCTHW.shape[2]}: show it clips of as many frames as it was trained on"
            )
        with without_autocast(x_BCTHW.device.type):
            cells_BTD = self.project(self.dropout(time_cells(x_BCTHW)))
            global_BTD = self.relate(cells_BTD, cells_BTD)
            scales = range(self.cells - 1, 1, -1)
            crossed = [self._crossed(cells_BTD, global_BTD, scale) for scale in scales]
            local_BTD = torch.stack(crossed).sum(dim=0)
            pyramid_BTD = global_BTD + local_BTD
            return Levels(
                self._classified(pyramid_BTD),
                pyramid_BTD.flatten(1),
                self._classified(local_BTD).unsqueeze(1),
                local_BTD.flatten(1),
            )

    def _crossed(self, cells_BTD: Tensor, global_BTD: Tensor, scale: int) -> Tensor:
        """Return the whole as it is related to a scale: the mean over its subsets."""
        chosen_NS = torch.tensor(self._subsets(scale), device=cells_BTD.device)
        subsets_MSD = cells_BTD[:, chosen_NS].flatten(0, 1)  # M: each subset of each clip
        local_MSD = self.relate(subsets_MSD, subsets_MSD)
        whole_MTD = global_BTD.repeat_interleave(len(chosen_NS), dim=0)
        crossed_MTD: Tensor = self.relate(local_MSD, whole_MTD)
        crossed_BNTD = crossed_MTD.view(-1, len(chosen_NS), *crossed_MTD.shape[1:])
        return crossed_BNTD.mean(dim=1)

    def _subsets(self, scale: int) -> Sequence[Sequence[int]]:
        if self.training:
            return [sorted(torch.randperm(self.cells)[:scale].tolist())]
        return fixed_subsets(self.cells, scale)

    def _classified(self, x_BTD: Tensor) -> Tensor:
        x_BE = functional.relu(x_BTD).transpose(1, 2).flatten(1)
        return functional.linear(x_BE, self.conv3d.weight.flatten(1), self.conv3d.bias)


def fixed_subsets(cells: int, scale: int) -> list[tuple[int, ...]]:
    """Return the subsets of ``scale`` cells that a test looks at: all, or 10 spread evenly.

    Example:
        >>> fixed_subsets(4, 3)
        [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)]
    """
    every = list(combinations(range(cells), scale))
    count = min(MOST_SUBSETS, len(every))
    return [every[number * len(every) // count] for number in range(count)]


def give_pyramid(model: I3D, layer: str, cells: int, seed: int = 0) -> None:
    """Put a fresh pyramid in the place of a network's head, for the same classes.

    Blocks that follow the layer are no longer run, and their weights no longer ask for a gradient:
    they stay what they are, and are saved with the others.

    Args:
        model: The network; it is changed.
        layer: The endpoint to read, one of the Inception blocks.
        cells: The time cells that it puts out for the clips to come; see
            :func:`anigifs.models.i3d.cells_at`.
        seed: Of the fresh weights.

    Raises:
        ValueError: The layer is no Inception block, or has too few or too many cells.

    Example:
        >>> model = I3D(12, width=1 / 16).eval()
        >>> give_pyramid(model, "Mixed_4f", cells=4)
        >>> model(torch.zeros(1, 16, 64, 64, 3, dtype=torch.uint8))[0].shape
        torch.Size([1, 12])
    """
    block = model.get_submodule(layer)
    if not isinstance(block, Inception):
        raise ValueError(f"a pyramid reads an Inception block, and {layer!r} is none")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of(seed, "pyramid"))
        dropout = model.logits.dropout.p
        head = PyramidHead(block.channels_out, model.num_classes, dropout, layer, cells)
    model.logits = head.train(model.training)
    for name in ENDPOINTS[ENDPOINTS.index(layer) + 1 :]:
        model.get_submodule(name).requires_grad_(False)
