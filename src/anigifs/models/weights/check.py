"""Does a set of tensors belong to an I3D? One line says what is wrong if it does not."""

from collections.abc import Collection, Iterable, Mapping
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


def check_shapes(
    state: Mapping[str, Shaped], width: float, where: str, pyramid_at: str | None = None
) -> int:
    """Refuse a canonical state whose tensors do not fit an I3D of this width.

    Args:
        state: The tensors by their canonical keys.
        width: The channel multiplier.
        where: The file's name, for the error.
        pyramid_at: The endpoint that a pyramid head reads; None is a linear head.

    Returns:
        The number of classes of its head.

    Raises:
        WeightsError: With the first names that are missing, unknown, or of the wrong shape.
    """
    check_names(_without_counters(state), _keys(pyramid_at), where)
    num_classes = state[f"{HEAD}.conv3d.weight"].shape[0]
    pyramid = None if pyramid_at is None else (pyramid_at, cells_of(state, where))
    expected = _shapes(num_classes, width, pyramid)
    for key, tensor in state.items():
        if tuple(tensor.shape) != expected.get(key):
            raise WeightsError(
                f"{where}: {key} has shape {tuple(tensor.shape)}, and an I3D of width {width:g} "
                f"has {expected.get(key)}"
            )
    return num_classes


def cells_of(state: Mapping[str, Shaped], where: str) -> int:
    """Return how many time cells the pyramid head in a state takes.

    Raises:
        WeightsError: As many as no pyramid takes.
    """
    from anigifs.models.pyramid import FEWEST_CELLS, MOST_CELLS

    shape = tuple(state[f"{HEAD}.conv3d.weight"].shape)
    if len(shape) != 5 or not FEWEST_CELLS <= shape[2] <= MOST_CELLS:
        raise WeightsError(
            f"{where}: {HEAD}.conv3d.weight has shape {shape}, which is no pyramid's"
        )
    return shape[2]


def _keys(pyramid_at: str | None) -> Collection[str]:
    if pyramid_at is None:
        return canonical_keys()
    from anigifs.models.pyramid import FEWEST_CELLS

    return _without_counters(_shapes(1, 1 / 64, (pyramid_at, FEWEST_CELLS)))


def _without_counters(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if not key.endswith(_COUNTER)]


def _shapes(
    num_classes: int, width: float, pyramid: tuple[str, int] | None
) -> dict[str, tuple[int, ...]]:
    import torch

    from anigifs.models.i3d import I3D
    from anigifs.models.pyramid import give_pyramid

    with torch.device("meta"):  # shapes only: no memory is touched
        model = I3D(num_classes, width)
        if pyramid is not None:
            give_pyramid(model, *pyramid)
    return {key: tuple(tensor.shape) for key, tensor in model.state_dict().items()}


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
