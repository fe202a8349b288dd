"""Where the scene is seen from, and where its places lie in the picture."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Camera:
    """A camera without roll that looks at one place.

    Attributes:
        azimuth: Where it stands, in degrees: 0 before the actor, 90 to the actor's left.
        height: Over the ground, in metres.
        distance: To the place that it looks at, along the ground, in metres.
        target: That place, ``(x, y, z)`` in metres.
        zoom: Focal length in widths of the picture.
    """

    azimuth: float
    height: float
    distance: float
    target: tuple[float, float, float]
    zoom: float

    @property
    def axes_33(self) -> np.ndarray:
        """Right, up and forward of the picture, as rows, in the world."""
        forward = np.array(self.target) - self.place
        forward = forward / np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 1.0, 0.0])
        right = right / np.linalg.norm(right)
        return np.stack([right, np.cross(right, forward), forward])

    @property
    def place(self) -> np.ndarray:
        """Where it stands in the world."""
        angle = np.deg2rad(self.azimuth)
        x, _, z = self.target
        return np.array(
            [x + self.distance * np.sin(angle), self.height, z + self.distance * np.cos(angle)]
        )

    def project(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return places in the picture, and their depths.

        Args:
            places: ``(..., 3)`` in metres.

        Returns:
            ``(..., 2)``: x to the right and y down, in widths of a square picture, (0, 0) being
            its upper left corner and (1, 1) its lower right one; and ``(...)`` the depth in metres.
        """
        seen = (places - self.place) @ self.axes_33.T
        depth = np.maximum(seen[..., 2], 0.05)
        flat = seen[..., :2] * (self.zoom / depth[..., None])
        return np.stack([0.5 + flat[..., 0], 0.5 - flat[..., 1]], axis=-1), depth

    @property
    def horizon(self) -> float:
        """The height in the picture, counted from above, where the ground ends."""
        forward = self.axes_33[2]
        slope = -forward[1] / np.hypot(forward[0], forward[2])
        return float(0.5 - self.zoom * slope)
