"""The weights on this machine: a folder each, made once and known by its hash.

``<home>/weights/<name>/`` holds ``model.safetensors`` and ``record.json``. The record is written
last: a folder without one is an interrupted conversion, and counts as absent.
"""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from anigifs.foundation import WeightsError, atomic_path, home, sha256_of, write_text
from anigifs.models.weights.check import check_shapes
from anigifs.models.weights.known import WEIGHTS
from anigifs.models.weights.names import Arrays
from anigifs.models.weights.record import WeightsRecord
from anigifs.models.weights.sources import READERS, main_file

MODEL_FILE = "model.safetensors"
RECORD_FILE = "record.json"

LONGEST_PATH = 4096
_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class WeightsEntry:
    """One line of the list of weights.

    Attributes:
        name: What to ask for.
        state: ``installed`` in the cache; ``available``: converted when first asked for;
            ``missing``: once its package is installed; ``damaged``: its folder is to be removed.
        taxonomy: The class list of its head.
        licence: Of the weights.
        source: Where they come from.
        advice: What to do about a state that is not ``installed``; else empty.
    """

    name: str
    state: Literal["installed", "available", "missing", "damaged"]
    taxonomy: str
    licence: str
    source: str
    advice: str = ""


def list_weights() -> list[WeightsEntry]:
    """Return the known and the added sets of weights, by name."""
    names = {path.parent.name for path in _cache().glob(f"*/{RECORD_FILE}")} | set(WEIGHTS)
    return [_entry(name) for name in sorted(names)]


def find(name_or_path: str | Path) -> tuple[WeightsRecord, Path]:
    """Return the record of a set of weights and the path of its tensors.

    A known set that is not in the cache yet is converted into it. The tensors are not hashed here;
    :func:`verify` does that, and so does every load.

    Args:
        name_or_path: A name of :func:`list_weights`, or a folder that holds the two files.

    Raises:
        WeightsError: There is no such set, or its record is damaged.

    Example:
        >>> record, path = find("i3d-kinetics-400")  # doctest: +SKIP
        >>> record.taxonomy, path.name  # doctest: +SKIP
        ('kinetics-400', 'model.safetensors')
    """
    name = str(name_or_path)
    if _is_name(name) and (_cache() / name / RECORD_FILE).is_file():
        return read_folder(_cache() / name)
    if name in WEIGHTS:
        try:
            _convert_known(name)
        except WeightsError:
            if not (_cache() / name / RECORD_FILE).is_file():  # or another process was quicker
                raise
        return read_folder(_cache() / name)
    if len(name) < LONGEST_PATH and Path(name_or_path).is_dir():
        _refuse_backbone(Path(name_or_path))
        return read_folder(Path(name_or_path))
    names = ", ".join(entry.name for entry in list_weights())
    raise WeightsError(
        f"no weights {name!r}: neither a folder with {MODEL_FILE} and {RECORD_FILE} nor one of "
        f"{names}"
    )


def add(
    name: str,
    source: Path | str,
    source_format: str,
    *,
    classes: Sequence[str] | None = None,
    taxonomy: str = "custom",
    licence: str = "not stated",
    origin: str = "",
    width: float = 1.0,
) -> WeightsRecord:
    """Convert a file of someone else's into the cache under a name of the user's choice.

    Args:
        name: Letters, digits, ``.``, ``_`` and ``-``.
        source: The file, or for ``tensorflow`` the checkpoint's folder or prefix.
        source_format: A key of :data:`~anigifs.models.weights.sources.READERS`.
        classes: The class names in the order of the logits; by default those of ``taxonomy``.
        taxonomy: The class list they are from.
        licence: What the weights may be used for.
        origin: Where the file comes from; by default its name.
        width: The channel multiplier of the network in the file.

    Raises:
        WeightsError: The name is taken or unsafe, the file is missing, damaged or of another
            network, or its head has another number of classes.
    """
    folder = free_folder(name)
    source = Path(source)
    if source_format not in READERS:
        raise WeightsError(f"no format {source_format!r}; the formats are {', '.join(READERS)}")
    if source_format != "tensorflow" and not source.is_file():  # whose prefix is not a file
        raise WeightsError(f"{source}: no such file")
    record = WeightsRecord(
        name=name,
        width=width,
        classes=tuple(classes) if classes is not None else _classes_of(taxonomy),
        taxonomy=taxonomy,
        licence=licence,
        source=origin or source.name,
        source_format=source_format,
        source_sha256=sha256_of(main_file(source, source_format)),
    )
    return _install(folder, record, READERS[source_format](source), str(source))


def verify(name_or_path: str | Path) -> WeightsRecord:
    """Hash a set's tensors anew, and return its record if they are what it says.

    Raises:
        WeightsError: There is no such set, or its tensors are others than were recorded.
    """
    record, path = find(name_or_path)
    if sha256_of(path) != record.sha256:
        raise WeightsError(
            f"{path} is not the file that {RECORD_FILE} beside it describes (sha256): remove the "
            f"folder and make the weights again"
        )
    return record


def read_folder(folder: Path) -> tuple[WeightsRecord, Path]:
    """Return the record in a folder of weights, and the path of the tensors beside it.

    Raises:
        WeightsError: One of the files is missing, or the record is damaged.
    """
    model, record = folder / MODEL_FILE, folder / RECORD_FILE
    for path in (record, model):
        if not path.is_file():
            raise WeightsError(f"{path} is missing: a folder of weights holds it")
    return WeightsRecord.from_json(
        record.read_text(encoding="utf-8", errors="replace"), str(record)
    ), model


def write_record(folder: Path, record: WeightsRecord) -> WeightsRecord:
    """Commit the tensors in ``folder``: write their record, with their hash, and return it."""
    record = dataclasses.replace(record, sha256=sha256_of(folder / MODEL_FILE))
    write_text(folder / RECORD_FILE, record.to_json())
    return record


def free_folder(name: str) -> Path:
    """Return the folder of the cache for a new set of weights.

    Raises:
        WeightsError: The name is taken, or not a safe one.
    """
    if not _is_name(name):
        raise WeightsError(f"{name!r} is no name for weights: use letters, digits, '.', '_', '-'")
    folder = _cache() / name
    if (folder / RECORD_FILE).exists():
        raise WeightsError(f"there are weights {name!r} already, in {folder}: choose another name")
    return folder


def _refuse_backbone(folder: Path) -> None:
    from anigifs.models.backbones.folder import is_backbone

    if is_backbone(folder):
        raise WeightsError(
            f"{folder}: a network of another kind than the I3D, which this needs; such folders can "
            "be tested by `anigifs evaluate`, `predict` and `study models`"
        )


def _cache() -> Path:
    return home() / "weights"


def _entry(name: str) -> WeightsEntry:
    folder = _cache() / name
    if (folder / RECORD_FILE).is_file():
        try:
            record, _ = read_folder(folder)
        except WeightsError as error:
            return WeightsEntry(name, "damaged", "", "", str(error), f"remove the folder {folder}")
        return WeightsEntry(name, "installed", record.taxonomy, record.licence, record.source)
    known = WEIGHTS[name]
    about = (known.taxonomy, known.licence, known.source)
    try:
        known.locate()
    except WeightsError:
        return WeightsEntry(name, "missing", *about, known.install)
    return WeightsEntry(name, "available", *about, "it is converted when first asked for")


def _convert_known(name: str) -> None:
    known = WEIGHTS[name]
    source = known.locate()
    if (sha256 := sha256_of(source)) != known.sha256:
        raise WeightsError(
            f"{source} is not the file that is known (sha256 {sha256}): run `{known.install} "
            f"--force-reinstall`"
        )
    add(
        name,
        source,
        known.source_format,
        taxonomy=known.taxonomy,
        licence=known.licence,
        origin=known.source,
    )


def _install(folder: Path, record: WeightsRecord, arrays: Arrays, where: str) -> WeightsRecord:
    from safetensors.numpy import save_file

    num_classes = check_shapes(arrays, record.width, where)
    if num_classes != len(record.classes):
        raise WeightsError(
            f"{where}: its head has {num_classes} classes, and {record.taxonomy} as given has "
            f"{len(record.classes)}"
        )
    with atomic_path(folder / MODEL_FILE) as temporary:
        save_file(arrays, temporary)
    return write_record(folder, record)


def _is_name(name: str) -> bool:
    return _SAFE_NAME.fullmatch(name) is not None


def _classes_of(taxonomy: str) -> tuple[str, ...]:
    from anigifs.taxonomy import CLASS_LISTS, class_list

    if taxonomy not in CLASS_LISTS:
        raise WeightsError(
            f"no class list {taxonomy!r}: give the class names, or one of {', '.join(CLASS_LISTS)}"
        )
    return class_list(taxonomy).names
