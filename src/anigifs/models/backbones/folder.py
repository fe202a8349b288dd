"""A folder of somebody else's network: what it says of itself, before anything of it is loaded."""

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from anigifs.foundation import WeightsError, home, sha256_of
from anigifs.models.backbones.kinds import KINDS, ZERO_SHOT, Kind
from anigifs.models.backbones.objects import read_object
from anigifs.models.weights.known import WEIGHTS

CONFIG, MODEL, OWN_RECORD, CARD = "config.json", "model.safetensors", "record.json", "README.md"
MODEL_TYPE = "model_type"
_LONGEST_PATH = 4096
_CARD_CHARACTERS = 4096
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def is_backbone(weights: str | Path) -> bool:
    """Return whether weights are a folder of somebody else's network, whole or not.

    It is one where ``config.json`` names a ``model_type``, or cannot be read. Names of weights and
    folders that hold weights of this program's come first.
    """
    name = str(weights)
    if len(name) >= _LONGEST_PATH or name in WEIGHTS:
        return False
    folder = Path(weights)
    if not folder.is_dir() or (folder / OWN_RECORD).exists() or not (folder / CONFIG).is_file():
        return False
    if len(folder.parts) == 1 and (home() / "weights" / name / OWN_RECORD).is_file():
        return False
    try:
        return MODEL_TYPE in read_config(folder)
    except WeightsError:
        return True


def is_zero_shot(weights: str | Path) -> bool:
    """Return whether weights are a network that chooses among whatever classes it is asked for."""
    try:
        return is_backbone(weights) and read_config(Path(weights)).get(MODEL_TYPE) == ZERO_SHOT
    except WeightsError:
        return False


def read_config(folder: Path) -> dict[str, Any]:
    """Return ``config.json``.

    Raises:
        WeightsError: It cannot be read, or is no JSON object.
    """
    return read_object(folder / CONFIG)


def kind_of(folder: Path, said: dict[str, Any]) -> Kind:
    """Return the kind of network in a folder, having seen that its tensors are there.

    Args:
        folder: The folder.
        said: Its ``config.json``.

    Raises:
        WeightsError: It is of no kind that is known, or its tensors are missing.
    """
    model_type = said.get(MODEL_TYPE)
    if not isinstance(model_type, str) or model_type not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise WeightsError(
            f"{folder / CONFIG}: model_type {model_type!r}, and only {known} are known"
        )
    if not (folder / MODEL).is_file():
        raise WeightsError(
            f"{folder / MODEL} is missing: weights are read in that form alone, as one file, since "
            "a pickle such as pytorch_model.bin could run code"
        )
    return KINDS[model_type]


def name_of(folder: Path) -> str:
    """Return what to call a network: its folder's name, safe as a part of a path.

    Example:
        >>> name_of(Path("models/my VideoMAE"))
        'my-VideoMAE'
    """
    return _UNSAFE.sub("-", folder.resolve().name).strip(".-") or "backbone"


def hash_of(path: Path) -> str:
    """Return a file's SHA-256; that of a large file is made once while it does not change."""
    status = path.stat()
    return _hash(path.resolve(), status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=64)
def _hash(path: Path, changed: int, size: int) -> str:
    return sha256_of(path)


def hash_of_all(*what: object) -> str:
    """Return one SHA-256 of several things, as JSON can hold them."""
    text = json.dumps(what, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def licence_of(folder: Path) -> str:
    """Return the licence that a model card beside the weights states in its head, if any."""
    try:
        with (folder / CARD).open(encoding="utf-8", errors="replace") as file:
            head, _, _ = file.read(_CARD_CHARACTERS).removeprefix("---").partition("\n---")
    except OSError:
        return "not stated"
    found = re.search(r"^license:[ \t]*(\S.*)$", head, re.MULTILINE)
    return found[1].strip().strip("\"'") if found else "not stated"
