"""The uniform mean of a network's weights over updates, for any method to keep."""

from collections.abc import Mapping
from typing import Any

from torch.optim.swa_utils import AveragedModel

from anigifs.models import I3D


class RunningMean:
    """The mean of the weights that a network had each time it was shown, all counting alike.

    Buffers, which are BatchNorm's statistics, are those of the last time: a mean of them would not
    be the statistics of the mean network. It is for runs that keep them frozen.

    Args:
        model: The network; a copy of it is held.

    Example:
        >>> model = I3D(2, width=1 / 16)
        >>> mean = RunningMean(model)
        >>> for value in (1.0, 2.0, 6.0):
        ...     _ = model.logits.conv3d.bias.data.fill_(value)
        ...     mean.update(model)
        >>> mean.count, mean.network().logits.conv3d.bias.tolist()
        (3, [3.0, 3.0])
    """

    def __init__(self, model: I3D) -> None:
        self._averaged = AveragedModel(model)

    @property
    def count(self) -> int:
        """How often the network was shown."""
        return int(self._averaged.n_averaged)

    def update(self, model: I3D) -> None:
        """Take the network's weights into the mean."""
        self._averaged.update_parameters(model)

    def network(self) -> I3D:
        """Return the mean network; it changes with the next update. Before the first it is none."""
        model = self._averaged.module
        if not self.count or not isinstance(model, I3D):
            raise ValueError("a mean of no weights")
        return model

    def state_dict(self) -> dict[str, Any]:
        """Return the mean and the count, as tensors that change with the next update."""
        return dict(self._averaged.state_dict())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take back what :meth:`state_dict` returned."""
        self._averaged.load_state_dict(state)
