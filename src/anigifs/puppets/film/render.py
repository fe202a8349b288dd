"""Film: a shaded figure before a scene, with shadow, motion blur, grain and an unsteady hand."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from anigifs.puppets.figure import Figure, Part
from anigifs.puppets.film.scenes import family_for, paint
from anigifs.puppets.film.stage import MARGIN
from anigifs.puppets.film.surfaces import noise
from anigifs.puppets.instance import Instance
from anigifs.puppets.looks import MATERIALS, everyday
from anigifs.puppets.raster import Seen, fill

FPS, FRAMES = 25, 64
FINER = 2  # the figure is drawn this many times as large, then averaged
BLURS = 3  # moments that a frame is the mean of
SHUTTER = 0.5  # share of a frame's time that the shutter is open
#: Hulls of a part, one in another: their size, how far they are moved to the light, in radii, and
#: how bright they are.
SHADES = ((1.0, 0.0, 0.62), (0.74, 0.22, 0.9), (0.38, 0.44, 1.12))
PATTERN = 64  # pixels by which grain and cloth may be moved


@dataclass(frozen=True)
class Film:
    """One film of an instance, 64 frames at 25 a second.

    Attributes:
        instance: Who does what, seen by which camera.
        take: A name that sets apart films of one instance: other scenes, the same movement.
        bias: How strongly the scene is tied to the class; see ``family_for``.
        size: Height and width, in pixels.
    """

    instance: Instance
    take: str
    bias: float
    size: int

    @cached_property
    def family(self) -> str:
        """The family of the scene."""
        return family_for(self.instance.action, self.bias, self._rng("family"))

    @cached_property
    def seen(self) -> Seen:
        """The figure at every moment that is drawn, at its finer size."""
        return self._moved(Seen.through(self.instance.camera, self._figure, FINER * self.size))

    def frames(self) -> np.ndarray:
        """Return the film, uint8 RGB ``(64, size, size, 3)``."""
        scene = paint(self.family, self.instance.camera, self.size, self._rng("scene"))
        light = self._rng("light").uniform(-1, 1)
        layers = [
            self.seen.outlines(scale=scale, shift=(moved * light, -0.8 * moved))
            for scale, moved, _ in SHADES
        ]
        palette, cloth, grain = self._palette(), self._cloth(), self._grain()
        shadows = self._shadows(light)
        rng = self._rng("grain places")
        frames = np.empty((FRAMES, self.size, self.size, 3), np.uint8)
        for number, shift in enumerate(np.rint(self._shake).astype(int)):
            behind = np.ascontiguousarray(self._window(scene, MARGIN - shift))
            behind = cv2.multiply(behind, next(shadows), scale=1 / 255)
            figure, cover = self._averaged(layers, number, palette)
            figure = cv2.multiply(figure, self._window(cloth, self._hip[number]), scale=1 / 128)
            behind = cv2.multiply(behind, cv2.merge([cv2.bitwise_not(cover)] * 3), scale=1 / 255)
            frame = cv2.add(behind, figure)
            piece = self._window(grain, rng.integers(0, PATTERN, 2))
            frames[number] = cv2.add(frame, piece, dtype=cv2.CV_8U)
        return frames

    def boxes(self) -> np.ndarray:
        """Return the actor's box in each frame, blur included: x1, y1, x2, y2, ``(64, 4)``.

        In 0..1 of the picture; what lies outside of it is cut off.
        """
        boxes_T4 = self.seen.boxes().reshape(FRAMES, BLURS, 4) / (FINER * self.size)
        low, high = boxes_T4[..., :2].min(axis=1), boxes_T4[..., 2:].max(axis=1)
        return np.asarray(np.clip(np.concatenate([low, high], axis=1), 0, 1))

    def _rng(self, name: str) -> np.random.Generator:
        return self.instance.generator(f"{self.take} {name}")

    @cached_property
    def _figure(self) -> Figure:
        opened = np.arange(BLURS) / BLURS * SHUTTER
        return self.instance.film_figure(((np.arange(FRAMES)[:, None] + opened) / FPS).ravel())

    @cached_property
    def _shake(self) -> np.ndarray:
        """How far a hand that holds the camera moves the picture, in pixels, ``(64, 2)``."""
        rng = self._rng("shake")
        most = rng.uniform(0, 3.0) * self.size / 160
        waves = rng.uniform(0.2, 2.2, (4, 2)), rng.uniform(0, 2 * np.pi, (4, 2))
        seconds = np.arange(FRAMES)[:, None, None] / FPS
        sway = np.sin(2 * np.pi * waves[0] * seconds + waves[1]).sum(axis=1) / 4
        return np.asarray(np.clip(most * sway, 1 - MARGIN, MARGIN - 1))

    @cached_property
    def _hip(self) -> np.ndarray:
        """Where cloth that moves with the actor is to be cut from, ``(64, 2)``."""
        place = self.seen.places_TS2[::BLURS].mean(axis=1) / FINER
        return np.asarray(np.rint(-place) % PATTERN, int)

    def _moved(self, seen: Seen) -> Seen:
        shake = np.repeat(FINER * np.rint(self._shake), BLURS, axis=0)[:, None]
        return replace(seen, places_TS2=seen.places_TS2 + shake)

    def _averaged(
        self, layers: list[np.ndarray], number: int, palette: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the figure over black, and how much of each pixel it covers, 0..255."""
        side = FINER * self.size
        pictures, covers = [], []
        for moment in range(number * BLURS, (number + 1) * BLURS):
            ids = np.zeros((side, side), np.uint8)
            for place in self.seen.order_TG[moment]:
                _draw(ids, layers, moment, self.seen.groups[place])
            half = (self.size, self.size)
            picture = cv2.applyColorMap(ids, palette)
            pictures.append(cv2.resize(picture, half, interpolation=cv2.INTER_AREA))
            cover = cv2.threshold(ids, 0, 255, cv2.THRESH_BINARY)[1]
            covers.append(cv2.resize(cover, half, interpolation=cv2.INTER_AREA))
        return _mean(pictures), _mean(covers)

    def _shadows(self, light: float) -> Iterator[np.ndarray]:
        """Yield how dark the shadow on the ground makes each frame, 255 being not at all."""
        figure, rng = self._figure, self._rng("shadow")
        places = figure.centres_TS3[::BLURS].copy()
        along = np.array([-0.5 * light, -1.0, rng.uniform(-0.5, 0.3)])
        places += along * places[..., 1:2]
        places[..., 1] = 0.0
        flat = replace(figure, centres_TS3=places)
        seen = Seen.through(self.instance.camera, flat, self.size)
        shake = np.rint(self._shake)[:, None]
        outlines = replace(seen, places_TS2=seen.places_TS2 + shake).outlines()
        dark = int(rng.uniform(110, 190))
        for outline in outlines:
            picture = np.full((self.size, self.size), 255, np.uint8)
            for part in figure.parts:
                fill(picture, outline, part, dark)
            yield cv2.merge([cv2.blur(picture, (7, 5))] * 3)

    def _palette(self) -> np.ndarray:
        """Return the colour of each material in each shade, as OpenCV's colour maps are."""
        colours = everyday(self.instance.actor_generator("colours"))
        light = self._rng("exposure").uniform(0.8, 1.12)
        palette = np.zeros((256, 1, 3))
        for number, name in enumerate(MATERIALS):
            for shade, (_, _, bright) in enumerate(SHADES):
                palette[_id(number, shade), 0] = colours[name] * bright * light + 6
        return np.clip(palette, 0, 255).astype(np.uint8)

    def _cloth(self) -> np.ndarray:
        """Return folds and weave, around 128, larger than the picture by what it may be moved."""
        side = self.size + PATTERN
        rough = noise(self._rng("cloth"), side, side, 16, 128)
        shade: np.ndarray = np.clip(128 + 9 * rough, 0, 255).astype(np.uint8)
        return np.asarray(cv2.merge([shade] * 3))

    def _grain(self) -> np.ndarray:
        """Return the noise of a sensor, int16, likewise larger than the picture."""
        rng, side = self._rng("grain"), self.size + PATTERN
        light = rng.normal(0, rng.uniform(2.0, 6.0), (side, side, 1))
        colour = rng.normal(0, 1.5, (side, side, 3))
        return np.asarray(np.rint(light + colour).astype(np.int16))

    def _window(self, picture: np.ndarray, corner: np.ndarray) -> np.ndarray:
        x, y = corner
        return picture[y : y + self.size, x : x + self.size]


def _draw(ids: np.ndarray, layers: list[np.ndarray], moment: int, group: list[Part]) -> None:
    for shade, outlines in enumerate(layers):
        outlines_SP2 = outlines[moment]
        for part in group:
            fill(ids, outlines_SP2, part, _id(MATERIALS.index(part.material), shade))


def _id(material: int, shade: int) -> int:
    return 1 + material * len(SHADES) + shade


def _mean(pictures: list[np.ndarray]) -> np.ndarray:
    total: np.ndarray = pictures[0].astype(np.uint16)
    for picture in pictures[1:]:
        total = cv2.add(total, picture, dtype=cv2.CV_16U)
    return cv2.convertScaleAbs(total, alpha=1 / len(pictures))
