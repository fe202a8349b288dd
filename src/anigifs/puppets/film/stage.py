"""The picture behind an actor while it is being painted: ground in perspective, things above it."""

from collections.abc import Callable

import cv2
import numpy as np

from anigifs.puppets.camera import Camera
from anigifs.puppets.film.surfaces import TILE, noise

#: Pixels around the picture, for a camera that shakes.
MARGIN = 12
METRES_A_TILE = 3.0


class Stage:
    """A canvas, float32 RGB in 0..255, with the camera's perspective.

    Attributes:
        rng: Where everything random of this scene comes from.
        canvas_HWC: What has been painted so far.
        edge: The row where the ground ends: at the horizon, or at a wall.
    """

    def __init__(self, rng: np.random.Generator, camera: Camera, size: int, wall: float) -> None:
        """Begin an empty scene.

        Args:
            rng: For all that is random.
            camera: Who looks.
            size: Of the picture, in pixels, without its margin.
            wall: How far behind the actor the ground ends, in metres.
        """
        self.rng, self.size, self._camera = rng, size, camera
        self.side = size + 2 * MARGIN
        self.canvas_HWC = np.zeros((self.side, self.side, 3), np.float32)
        _, _, forward = camera.axes_33
        ahead = np.array([forward[0], 0.0, forward[2]])
        self._ahead = ahead / np.linalg.norm(ahead)
        self._foot = np.array([camera.target[0], 0.0, camera.target[2]])
        base = self._pixels(self._foot + self._ahead * wall)
        self.edge = int(np.clip(base[1], 0.12 * self.side, 0.97 * self.side))

    def colour(self, *around: int, spread: float = 0.12) -> np.ndarray:
        """Return a colour near one, lighter or darker and a little off."""
        light = 1 + self.rng.uniform(-spread, spread)
        return np.clip(np.array(around) * light + self.rng.uniform(-8, 8, 3), 4, 250)

    def ground(self, texture_HWC: np.ndarray, metres: float = METRES_A_TILE) -> None:
        """Lay a texture on the ground, from the near edge to where the ground ends."""
        right = np.cross(self._ahead, [0.0, 1.0, 0.0])
        turn = self.rng.uniform(-0.5, 0.5)
        one = np.cos(turn) * right + np.sin(turn) * self._ahead
        two = np.cos(turn) * self._ahead - np.sin(turn) * right
        shifts = (-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)
        reach = min(0.55 * self._camera.distance, metres)
        corners = [self._pixels(self._foot + reach * (x * one + y * two)) for x, y in shifts]
        scale = TILE * reach / metres
        source = np.array([(TILE + x * scale, TILE + y * scale) for x, y in shifts], np.float32)
        way = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
        flags = cv2.INTER_LINEAR
        laid = cv2.warpPerspective(
            texture_HWC, way, (self.side, self.side), flags=flags, borderMode=cv2.BORDER_WRAP
        )
        # Far away the texture is finer than a pixel; what is left of it is its mean.
        far = np.clip((np.arange(self.side) - self.edge) / (0.10 * self.side), 0, 1)[:, None, None]
        mean = texture_HWC.mean(axis=(0, 1))
        below = slice(self.edge, None)
        self.canvas_HWC[below] = (laid * far + mean * (1 - far))[below]

    def above(self, top: np.ndarray, bottom: np.ndarray, rough: float = 0.03) -> None:
        """Paint everything above the ground: a wall or a sky, from one colour to another."""
        share = np.linspace(0, 1, self.edge, dtype=np.float32)[:, None, None]
        plain = top * (1 - share) + bottom * share
        shade = 1 + rough * noise(self.rng, self.edge, self.side, 4, 64)
        self.canvas_HWC[: self.edge] = plain * shade[..., None]

    def rectangle(
        self, left: float, top: float, right: float, bottom: float, colour: np.ndarray
    ) -> None:
        """Paint a rectangle over what lies above the ground.

        Args:
            left: In widths of the canvas.
            top: In heights of what lies above the ground, from above; 1 is where the ground begins.
            right: As ``left``.
            bottom: As ``top``; above 1 it stands out before the ground.
            colour: RGB, 0..255.
        """
        x1, x2 = (round(v * self.side) for v in (left, right))
        y1, y2 = (round(v * self.edge) for v in (top, bottom))
        cv2.rectangle(self.canvas_HWC, (x1, y1), (x2, y2), tuple(map(float, colour)), -1)

    def blob(self, x: float, y: float, across: float, down: float, colour: np.ndarray) -> None:
        """Paint an ellipse, in widths of the canvas and heights of what lies above the ground."""
        centre = round(x * self.side), round(y * self.edge)
        radii = max(1, round(across * self.side)), max(1, round(down * self.edge))
        cv2.ellipse(self.canvas_HWC, centre, radii, 0, 0, 360, tuple(map(float, colour)), -1)

    def mottle(self, depth: float, coarse: int, fine: int) -> None:
        """Make what lies above the ground rough, as leaves and stones are."""
        shade = 1 + depth * noise(self.rng, self.edge, self.side, coarse, fine)
        self.canvas_HWC[: self.edge] *= shade[..., None]

    def soften(self, sigma: float) -> None:
        """Put what lies above the ground out of focus."""
        part = self.canvas_HWC[: self.edge]
        self.canvas_HWC[: self.edge] = cv2.GaussianBlur(part, (0, 0), sigma)

    def finished(self) -> np.ndarray:
        """Return the scene, uint8, after light, vignette and the colours of a camera."""
        rng, side = self.rng, self.side
        light = 1 + 0.08 * noise(rng, side, side, 1, 4)
        y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
        light *= 1 - rng.uniform(0.05, 0.22) * (x * x + y * y)
        gains = rng.uniform(0.82, 1.12) * (1 + rng.uniform(-0.06, 0.06, 3))
        picture = self.canvas_HWC * light[..., None] * gains.astype(np.float32)
        return np.clip(np.rint(picture), 0, 255).astype(np.uint8)

    def _pixels(self, place: np.ndarray) -> np.ndarray:
        seen, _ = self._camera.project(place)
        return np.asarray(seen * self.size + MARGIN)


Painter = Callable[[Stage], None]
