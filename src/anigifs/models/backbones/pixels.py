"""From stored pixels to the numbers that a network was trained on, as its folder says."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from anigifs.foundation import WeightsError
from anigifs.models.backbones.objects import read_object

CHANNELS = 3
#: Where ``transformers`` writes it, and the part of the file that it stands in, if any.
FILES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("video_preprocessor_config.json", ()),
    ("preprocessor_config.json", ()),
    ("processor_config.json", ("video_processor", "image_processor")),
)

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Pixels:
    """Scale, then shift: ``(x * rescale - offset - mean) / std`` of a pixel of 0..255.

    Attributes:
        mean: Of red, green and blue.
        std: Of red, green and blue.
        rescale: What a pixel is multiplied by.
        offset: Whether 1 is subtracted before the mean is.

    Example:
        >>> seen = Pixels((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
        >>> (255 * seen.scale[0] + seen.shift[0], 0 * seen.scale[0] + seen.shift[0])
        (2.0, -2.0)
    """

    mean: Triple
    std: Triple
    rescale: float = 1 / 255
    offset: bool = False

    @property
    def scale(self) -> Triple:
        """What a pixel is multiplied by, all told."""
        red, green, blue = (self.rescale / std for std in self.std)
        return red, green, blue

    @property
    def shift(self) -> Triple:
        """What is added then."""
        pairs = zip(self.mean, self.std, strict=True)
        red, green, blue = (-(self.offset + mean) / std for mean, std in pairs)
        return red, green, blue

    @property
    def words(self) -> str:
        """The same for people."""
        mean, std = (", ".join(f"{one:g}" for one in three) for three in (self.mean, self.std))
        less = " - 1" if self.offset else ""
        return f"RGB * {self.rescale:.6g}{less}, mean {mean}, deviation {std}"


def read_pixels(folder: Path, usual: Pixels) -> tuple[Pixels, str]:
    """Return what a folder says of its network's pixels, and the name of the file that says it.

    Args:
        folder: Of the network.
        usual: What is not said is as it is here; the name is empty where nothing is said.

    Raises:
        WeightsError: A file is damaged, or says what cannot be.
    """
    for name, parts in FILES:
        path = folder / name
        if path.is_file():
            said = read_object(path)
            inside = [said[part] for part in parts if isinstance(said.get(part), dict)]
            if not parts or inside:
                return _pixels(inside[0] if inside else said, usual, path), name
    return usual, ""


def _pixels(said: dict[str, Any], usual: Pixels, path: Path) -> Pixels:
    found = replace(
        usual,
        mean=_triple(said, "image_mean", usual.mean, path),
        std=_triple(said, "image_std", usual.std, path),
        rescale=_number(said, "rescale_factor", usual.rescale, path),
        offset=bool(said.get("offset", usual.offset)),
    )
    if min(found.std) <= 0 or found.rescale <= 0:
        raise WeightsError(f"{path}: image_std and rescale_factor must be above 0")
    if not said.get("do_rescale", True):
        found = replace(found, rescale=1.0, offset=False)
    if not said.get("do_normalize", True):
        found = replace(found, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
    return found


def _triple(said: dict[str, Any], name: str, usual: Triple, path: Path) -> Triple:
    value = said.get(name)
    if value is None:
        return usual
    values = value if isinstance(value, list) else [value] * CHANNELS
    if len(values) != CHANNELS or not all(map(_is_number, values)):
        raise WeightsError(f"{path}: {name} is not a number for each of {CHANNELS} colours")
    red, green, blue = map(float, values)
    return red, green, blue


def _number(said: dict[str, Any], name: str, usual: float, path: Path) -> float:
    value = said.get(name)
    if value is None:
        return usual
    if not _is_number(value):
        raise WeightsError(f"{path}: {name} is not a number")
    return float(value)


def _is_number(value: object) -> bool:
    right = isinstance(value, int | float) and not isinstance(value, bool)
    return right and math.isfinite(float(str(value)))
