"""Figures to pictures: each part is the hull of circles, the farthest drawn first."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from anigifs.puppets.camera import Camera
from anigifs.puppets.figure import Figure, Part

CORNERS = 14
SHIFT = 4  # places are in sixteenths of a pixel
_ANGLES = np.arange(CORNERS) * 2 * np.pi / CORNERS
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
UNDER = 1000.0  # metres that what the actor lies on is taken to be farther away


@dataclass(frozen=True)
class Seen:
    """A figure in a picture.

    Attributes:
        places_TS2: Centres of the circles that the spheres are seen as, in pixels.
        radii_TS: Their radii, in pixels.
        depths_TS: How far away they are, in metres.
        parts: Of the figure.
    """

    places_TS2: np.ndarray
    radii_TS: np.ndarray
    depths_TS: np.ndarray
    parts: tuple[Part, ...]

    @classmethod
    def through(cls, camera: Camera, figure: Figure, size: int) -> "Seen":
        """Return what a camera sees of a figure, in a square picture of ``size`` pixels."""
        places, depths = camera.project(figure.centres_TS3)
        radii = figure.radii_S * camera.zoom / depths
        return cls(places * size, radii * size, depths, figure.parts)

    def outlines(
        self, grown: float = 0.0, scale: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)
    ) -> np.ndarray:
        """Return the corners of every circle in sixteenths of a pixel, int32 ``(T, S, P, 2)``.

        Args:
            grown: Pixels added to every radius.
            scale: What radii are multiplied by before.
            shift: Added to the centres, in radii.
        """
        radii_TS = self.radii_TS * scale + grown
        centres_TS2 = self.places_TS2 + self.radii_TS[..., None] * np.array(shift)
        corners_TSP2 = centres_TS2[:, :, None] + radii_TS[:, :, None, None] * _CIRCLE
        return np.asarray(np.rint(corners_TSP2 * (1 << SHIFT)), np.int32)

    @cached_property
    def groups(self) -> list[list[Part]]:
        """The parts, by the group that they are drawn with."""
        named: dict[str, list[Part]] = {}
        for part in self.parts:
            named.setdefault(part.group, []).append(part)
        return list(named.values())

    @cached_property
    def order_TG(self) -> np.ndarray:
        """The places of the groups, the farthest first, at every instant."""
        spheres = [[sphere for part in group for sphere in part.spheres] for group in self.groups]
        depths = [self.depths_TS[:, one].mean(axis=1) for one in spheres]
        far = [UNDER * group[0].under for group in self.groups]
        return np.argsort(-np.stack(depths, axis=1) - np.array(far), axis=1, kind="stable")

    def boxes(self, grown: float = 0.0, *, eyes: float = 0.0) -> np.ndarray:
        """Return the box around the actor at each instant: x1, y1, x2, y2 in pixels, ``(T, 4)``.

        A corner at x is drawn in the pixel that reaches from x to x + 1.

        Args:
            grown: Pixels that outlines add to every radius.
            eyes: The same for eyes, which most styles give no outline.
        """
        person = [part for part in self.parts if part.person]
        bare = [i for part in person if part.material == "eyes" for i in part.spheres]
        mine = [i for part in person if part.material != "eyes" for i in part.spheres]
        corners = [self.outlines(grown)[:, mine], self.outlines(eyes)[:, bare]]
        places = np.concatenate(corners, axis=1).reshape(len(self.radii_TS), -1, 2) / (1 << SHIFT)
        return np.concatenate([places.min(axis=1), places.max(axis=1) + 1], axis=1)


def fill(picture: np.ndarray, outlines_SP2: np.ndarray, part: Part, colour: int) -> None:
    """Draw one part over a picture of one channel."""
    spheres = part.spheres
    corners = outlines_SP2[spheres.start : spheres.stop].reshape(-1, 2)
    cv2.fillConvexPoly(picture, cv2.convexHull(corners), colour, cv2.LINE_8, SHIFT)
