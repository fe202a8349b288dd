"""Film: a shaded figure before a scene, with shadow, motion blur, grain and an unsteady hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import cv2
import numpy as np

from anigifs.puppets.camera import Camera
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
class Shot:
    """What a film is taken of.

    Attributes:
        figure: The actor and the things, at ``moments`` instants of each frame.
        camera: Who looks.
        seconds_T: When each of the T frames is taken: a hand that shakes moves with the time.
        moments: Instants that a frame is the mean of.
        steady: Whether the camera stands on legs instead.
    """

    figure: Figure
    camera: Camera
    seconds_T: np.ndarray
    moments: int = BLURS
    steady: bool = False


@dataclass(frozen=True)
class Film:
    """One film of an instance, 64 frames at 25 a second.

    Attributes:
        instance: Who does what, seen by which camera.
        take: A name that sets apart films of one instance: other scenes, the same movement.
        bias: How strongly the scene is tied to the class; see ``family_for``.
        size: Height and width, in pixels.
        staged: Another shot than that of the instance as it is, of any number of frames.
    """

    instance: Instance
    take: str
    bias: float
    size: int
    staged: Shot | None = field(default=None, compare=False, repr=False)

    @cached_property
    def family(self) -> str:
        """The family of the scene."""
        return family_for(self.instance.action, self.bias, self._rng("family"))

    @cached_property
    def shot(self) -> Shot:
        """What it is taken of."""
        if self.staged is not None:
            return self.staged
        figure = self.instance.film_figure(film_seconds().ravel())
        return Shot(figure, self.instance.camera, film_seconds(1)[:, 0])

    @cached_property
    def seen(self) -> Seen:
        """The figure at every moment that is drawn, at its finer size."""
        return self.seen_at(FINER)

    def seen_at(self, finer: int) -> Seen:
        """Return the figure at every moment, so many times as large as in the picture."""
        seen = Seen.through(self.shot.camera, self.shot.figure, finer * self.size)
        shake = np.repeat(finer * np.rint(self._shake), self.shot.moments, axis=0)[:, None]
        return replace(seen, places_TS2=seen.places_TS2 + shake)

    def frames(self) -> np.ndarray:
        """Return the film, uint8 RGB ``(T, size, size, 3)``."""
        layers = zip(self.places(), self.figures(), self.grains(), strict=True)
        return np.stack(
            [
                cv2.add(laid_over(behind, *figure), grain, dtype=cv2.CV_8U)
                for behind, figure, grain in layers
            ]
        )

    def places(self) -> Iterator[np.ndarray]:
        """Yield what stands behind the actor in each frame, with the actor's shadow on it."""
        scene = paint(self.family, self.shot.camera, self.size, self._rng("scene"))
        shifts = np.rint(self._shake).astype(int)
        for shift, shadow in zip(shifts, self._shadows(self._light), strict=True):
            behind = np.ascontiguousarray(self._window(scene, MARGIN - shift))
            yield cv2.multiply(behind, shadow, scale=1 / 255)

    def figures(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield each frame's figure over black, and how much of each pixel it covers, 0..255."""
        layers = [
            self.seen.outlines(scale=scale, shift=(moved * self._light, -0.8 * moved))
            for scale, moved, _ in SHADES
        ]
        palette, cloth = self._palette(), self._cloth()
        for number, hip in enumerate(self._hip):
            figure, cover = self._averaged(layers, number, palette)
            yield cv2.multiply(figure, self._window(cloth, hip), scale=1 / 128), cover

    def grains(self) -> Iterator[np.ndarray]:
        """Yield the noise of the sensor in each frame, int16, to be added."""
        grain, rng = self._grain(), self._rng("grain places")
        for _ in self.shot.seconds_T:
            yield self._window(grain, rng.integers(0, PATTERN, 2))

    def boxes(self) -> np.ndarray:
        """Return the actor's box in each frame, blur included: x1, y1, x2, y2, ``(T, 4)``.

        In 0..1 of the picture; what lies outside of it is cut off.
        """
        boxes_TM4 = self.seen.boxes().reshape(-1, self.shot.moments, 4) / (FINER * self.size)
        low, high = boxes_TM4[..., :2].min(axis=1), boxes_TM4[..., 2:].max(axis=1)
        return np.asarray(np.clip(np.concatenate([low, high], axis=1), 0, 1))

    def _rng(self, name: str) -> np.random.Generator:
        return self.instance.generator(f"{self.take} {name}")

    @cached_property
    def _light(self) -> float:
        """Where the light comes from: -1 is the left, 1 the right."""
        return float(self._rng("light").uniform(-1, 1))

    @cached_property
    def _shake(self) -> np.ndarray:
        """How far a hand that holds the camera moves the picture, in pixels, ``(T, 2)``."""
        if self.shot.steady:
            return np.zeros((len(self.shot.seconds_T), 2))
        rng = self._rng("shake")
        most = rng.uniform(0, 3.0) * self.size / 160
        waves = rng.uniform(0.2, 2.2, (4, 2)), rng.uniform(0, 2 * np.pi, (4, 2))
        seconds = self.shot.seconds_T[:, None, None]
        sway = np.sin(2 * np.pi * waves[0] * seconds + waves[1]).sum(axis=1) / 4
        return np.asarray(np.clip(most * sway, 1 - MARGIN, MARGIN - 1))

    @cached_property
    def _hip(self) -> np.ndarray:
        """Where cloth that moves with the actor is to be cut from, ``(T, 2)``."""
        place = self.seen.places_TS2[:: self.shot.moments].mean(axis=1) / FINER
        return np.asarray(np.rint(-place) % PATTERN, int)

    def _averaged(
        self, layers: list[np.ndarray], number: int, palette: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the figure over black, and how much of each pixel it covers, 0..255."""
        side = FINER * self.size
        pictures, covers = [], []
        moments = self.shot.moments
        for moment in range(number * moments, (number + 1) * moments):
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
        figure, rng = self.shot.figure, self._rng("shadow")
        places = figure.centres_TS3[:: self.shot.moments].copy()
        along = np.array([-0.5 * light, -1.0, rng.uniform(-0.5, 0.3)])
        places += along * places[..., 1:2]
        places[..., 1] = 0.0
        flat = replace(figure, centres_TS3=places)
        seen = Seen.through(self.shot.camera, flat, self.size)
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


def film_seconds(moments: int = BLURS) -> np.ndarray:
    """Return when a film's shutter is open, in seconds, ``(64, moments)``: each frame's moments."""
    opened = np.arange(moments) / BLURS * SHUTTER
    return np.asarray((np.arange(FRAMES)[:, None] + opened) / FPS)


def laid_over(behind: np.ndarray, figure: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Return a picture with a figure before it, which covers 0..255 of each pixel."""
    behind = cv2.multiply(behind, cv2.merge([cv2.bitwise_not(cover)] * 3), scale=1 / 255)
    return np.asarray(cv2.add(behind, figure))


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
