"""A drawn cartoon: frames of palette indices."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Drawing:
    """A cartoon before it is a file.

    Attributes:
        indices_THW: uint8, each pixel's place in the palette.
        palette: uint8 RGB, ``(colours, 3)``.
        boxes_T4: The actor's box in each frame: x1, y1, x2, y2 in 0..1 of the picture.
        nothing: The index of pixels that are left transparent, in a sticker; else None.
    """

    indices_THW: np.ndarray
    palette: np.ndarray
    boxes_T4: np.ndarray
    nothing: int | None = None


class Palette:
    """Colours that are given numbers as they are named."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._colours: list[np.ndarray] = []

    def add(self, name: str, colour: np.ndarray | tuple[float, ...]) -> int:
        """Return the index of a colour, which is new unless the name is known."""
        if name not in self._index:
            self._index[name] = len(self._colours)
            self._colours.append(np.clip(np.rint(np.asarray(colour, float)), 0, 255))
        return self._index[name]

    def add_all(self, colours: Mapping[str, np.ndarray]) -> dict[str, int]:
        """Return the indices of several colours."""
        return {name: self.add(name, colour) for name, colour in colours.items()}

    def table(self) -> np.ndarray:
        """Return the colours, uint8 ``(colours, 3)``."""
        return np.stack(self._colours).astype(np.uint8)


def in_picture(boxes_T4: np.ndarray, size: int) -> np.ndarray:
    """Return boxes in pixels as shares of the picture, cut off at its edges."""
    return np.clip(boxes_T4 / size, 0, 1)
