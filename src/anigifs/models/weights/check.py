"""Does a set of tensors belong to an I3D? One line says what is wrong if it does not."""

from collections.abc import Collection, Mapping
from typing import Protocol

from anigifs.foundation import WeightsError
from anigifs.models.weights.names import HEAD, canonical_keys

_SHOWN = 3
_COUNTER = ".num_batches_tracked"  # files from before PyTorch 0.4.1 have none


class Shaped(Protocol):
    """A NumPy array or a torch tensor."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of its axes."""


def check_names(found: Collection[str], expected: Collection[str], where: str) -> None:
    """Refuse a set of names that is not exactly the expected one.

    Raises:
        WeightsError: With the first few names that are missing or unknown.
    """
    missing = sorted(set(expected) - set(found))
    odd = sorted(set(found) - set(expected))
    if missing or odd:
        faults = [f"lacks {_few(missing)}"] * bool(missing) + [f"has {_few(odd)}"] * bool(odd)
        raise WeightsError(f"{where}: not an RGB I3D: it {' and '.join(faults)}")


def check_shapes(state: Mapping[str, Shaped], width: float, where: str) -> int:
    """Refuse a canonical state whose tensors do not fit an I3D of this width.

    Returns:
        The number of classes of its head.

    Raises:
        WeightsError: With the first names that are missing, unknown, or of the wrong shape.
    """
    check_names([key for key in state if not key.endswith(_COUNTER)], canonical_keys(), where)
    num_classes = state[f"{HEAD}.conv3d.weight"].shape[0]
    expected = _shapes(num_classes, width)
    for key, tensor in state.items():
        if tuple(tensor.shape) != expected.get(key):
            raise WeightsError(
                f"{where}: {key} has shape {tuple(tensor.shape)}, and an I3D of width {width:g} "
                f"has {expected.get(key)}"
            )
    return num_classes


def _shapes(num_classes: int, width: float) -> dict[str, tuple[int, ...]]:
    import torch

    from anigifs.models.i3d import I3D

    with torch.device("meta"):  # shapes only: no memory is touched
        model = I3D(num_classes, width)
    return {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
