"""The one door to a model: build one of random weights, load a set, save what was trained."""

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save, save_file
from torch import Tensor

from anigifs.foundation import UsageError, WeightsError, atomic_path, seed_of
from anigifs.models.i3d import ENDPOINTS, I3D
from anigifs.models.pyramid import give_pyramid
from anigifs.models.weights.check import cells_of, check_shapes
from anigifs.models.weights.known import pretraining_of
from anigifs.models.weights.names import HEAD
from anigifs.models.weights.record import WeightsRecord
from anigifs.models.weights.store import MODEL_FILE, find, free_folder, verify, write_record

State = dict[str, Tensor]
HeadRule = Literal["fresh", "copy"]

_WEIGHT, _BIAS = f"{HEAD}.conv3d.weight", f"{HEAD}.conv3d.bias"


def build_i3d(num_classes: int, width: float = 1.0, seed: int = 0) -> I3D:
    """Return a network of random weights that depend on ``seed`` alone.

    Example:
        >>> model = build_i3d(num_classes=12, width=1 / 16)
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of(seed, "i3d"))
        return I3D(num_classes, width)


def load_model(
    weights: str | Path,
    classes: Sequence[str] | None = None,
    head: HeadRule = "fresh",
    seed: int = 0,
) -> tuple[I3D, WeightsRecord]:
    """Return a network with a set of weights, in evaluation mode, and the record of that set.

    Args:
        weights: A name of :func:`anigifs.models.weights.list_weights`, or a folder of weights.
        classes: Another list of classes, for which the head is replaced by a linear one; none keeps
            the head.
        head: How it is replaced. ``fresh``: kernels from a normal distribution of deviation
            1/sqrt(channels) cut off at two deviations, as the original was initialised, and no
            bias. ``copy``: the rows of classes of the same name are kept, the others are fresh.
        seed: Of the fresh rows.

    Returns:
        The network, and the record with the classes that the network now has.

    Raises:
        WeightsError: There are no such weights, or they are damaged or of another network.
        UsageError: The new classes are none, or not all different; or rows are to be copied from a
            pyramid, which has none.

    Example:
        >>> model, record = load_model("i3d-kinetics-400")  # doctest: +SKIP
        >>> record.classes[227]  # doctest: +SKIP
        'playing cricket'
    """
    if head not in ("fresh", "copy"):
        raise ValueError(f"the head is fresh or copy, not {head!r}")
    if classes is not None and len(set(classes)) != max(1, len(classes)):
        raise UsageError("the new classes are none, or one is named twice")
    record = verify(weights)
    _, path = find(weights)
    if record.architecture != "i3d":
        raise WeightsError(f"{path}: weights of {record.architecture!r}; only i3d is known")
    state = _read_state(path, record)
    if classes is not None:
        if head == "copy" and record.head != "linear":
            raise UsageError(
                f"{path}: rows of a {record.head} head cannot be copied: have it fresh"
            )
        kept = {name: row for row, name in enumerate(record.classes)} if head == "copy" else {}
        state = _new_head(state, [kept.get(name) for name in classes], seed)
        fresh = tuple(name for name in classes if name not in kept or name in record.untrained)
        record = dataclasses.replace(
            record,
            classes=tuple(classes),
            taxonomy="custom",
            pretraining=pretraining_of(record),
            untrained=fresh,
            head="linear",
            head_layer=ENDPOINTS[-1],
        )
    model = I3D(len(record.classes), record.width)
    if record.head == "pyramid":
        give_pyramid(model, record.head_layer, cells_of(state, str(path)))
    model.load_state_dict(state)
    return model.eval(), record


def save_model(model: I3D, record: WeightsRecord, folder: Path | str) -> WeightsRecord:
    """Write a network and its record into ``folder``, where :func:`load_model` finds them.

    Returns:
        The record as written, with the hash of the tensors.

    Raises:
        WeightsError: The record is of other classes or another width, or the network is a copy
            for inference, which has lost what training needs.
    """
    state = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}
    _check(state, record, "the model to save")
    with atomic_path(Path(folder) / MODEL_FILE) as temporary:
        save_file(state, temporary)
    return write_record(Path(folder), record)


def state_sha256(model: I3D) -> str:
    """Return the hash that the network's file would have: what identifies weights in a result."""
    state = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}
    return hashlib.sha256(save(state)).hexdigest()


def rehead(
    name: str,
    source: str | Path,
    *,
    classes: Sequence[str] | None = None,
    taxonomy: str | None = None,
    head: HeadRule = "fresh",
    licence: str | None = None,
    seed: int = 0,
) -> WeightsRecord:
    """Copy a set of weights into the cache under another name, with a head for other classes.

    Args:
        name: What to call the copy.
        source: A name of weights, or a folder that holds some.
        classes: As for :func:`load_model`; none keeps the head.
        taxonomy: The class list that ``classes`` are from.
        head: As for :func:`load_model`.
        licence: What the weights may be used for; None keeps what the source says.
        seed: Of the fresh rows.

    Raises:
        WeightsError: The name is taken or unsafe, or the source cannot be loaded.
    """
    folder = free_folder(name)
    model, record = load_model(source, classes, head, seed)
    copy = dataclasses.replace(
        record,
        name=name,
        taxonomy=taxonomy or record.taxonomy,
        licence=licence or record.licence,
        source=record.source if classes is None else f"{record.source}; another head ({head})",
        source_format="anigifs",
        source_sha256=record.sha256,
    )
    return save_model(model, copy, folder)


def _read_state(path: Path, record: WeightsRecord) -> State:
    try:
        state = load_file(path)
    except SafetensorError as error:
        raise WeightsError(f"{path}: not a safetensors file: {error}") from None
    _check(state, record, str(path))
    return state


def _check(state: State, record: WeightsRecord, where: str) -> None:
    pyramid_at = record.head_layer if record.head == "pyramid" else None
    num_classes = check_shapes(state, record.width, where, pyramid_at)
    if num_classes != len(record.classes):
        raise WeightsError(
            f"{where}: its head has {num_classes} classes, its record {len(record.classes)}"
        )
    for key, tensor in state.items():
        right = torch.int64 if key.endswith(".num_batches_tracked") else torch.float32
        if tensor.dtype != right:
            raise WeightsError(f"{where}: {key} is {tensor.dtype}, not {right}")


def _new_head(state: State, rows: list[int | None], seed: int) -> State:
    """Return a state with another head: the old row where one is named, else a fresh one."""
    body = {key: tensor for key, tensor in state.items() if not key.startswith(f"{HEAD}.")}
    last = (f"{ENDPOINTS[-1]}.{branch}.bn.bias" for branch in ("b0", "b1b", "b2b", "b3b"))
    channels = sum(len(body[key]) for key in last)
    generator = torch.Generator().manual_seed(seed_of(seed, "head"))
    deviation = channels**-0.5
    weight = torch.nn.init.trunc_normal_(
        torch.empty(len(rows), channels, 1, 1, 1),
        std=deviation,
        a=-2 * deviation,
        b=2 * deviation,
        generator=generator,
    )
    bias = torch.zeros(len(rows))
    for new, old in enumerate(rows):
        if old is not None:
            weight[new], bias[new] = state[_WEIGHT][old], state[_BIAS][old]
    return {**body, _WEIGHT: weight, _BIAS: bias}
