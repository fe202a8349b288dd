"""One clip that is a film in some respects, and a flat cartoon in the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import cv2
import numpy as np

from anigifs.puppets.cartoon.acting import Caricature, look_at
from anigifs.puppets.cartoon.flat import MANNER, Look, outlined
from anigifs.puppets.cartoon.render import Cartoon
from anigifs.puppets.factors.names import Combination
from anigifs.puppets.figure import Figure
from anigifs.puppets.film.render import (
    BLURS,
    FPS,
    FRAMES,
    SHUTTER,
    Film,
    Shot,
    film_seconds,
    laid_over,
)
from anigifs.puppets.instance import Instance

FRAME_MS = 1000 // FPS
BARE = 255  # the palette index of pixels that the figure leaves bare; no cartoon has so many


@dataclass(frozen=True)
class Mixture:
    """A clip of an instance; with no factor the film before H.264, with all the flat cartoon.

    ``timing`` brings the cartoon's frames, delays, holds and loop; ``proportions`` the caricature,
    how far and with how much squash it moves, and the camera that frames it; ``context`` the
    backdrop instead of the scene, the shadow and the shaking hand; ``drawing`` flat colours in dark
    outlines (with a sticker's white rim) instead of shades, motion blur and folds. Grain is on what
    is film, and on nothing else. A sticker's backdrop is black, as a player shows it.

    Attributes:
        instance: Who does what, seen from where.
        factors: Those in which it is a cartoon.
        bias: How strongly a film's scene is tied to the class.
        size: Height and width, in pixels.
    """

    instance: Instance
    factors: Combination
    bias: float
    size: int

    @property
    def delays_ms(self) -> tuple[int, ...]:
        """How long each frame shows."""
        if "timing" in self.factors:
            return self._cartoon.timing.delays_ms
        return (FRAME_MS,) * FRAMES

    def frames(self) -> np.ndarray:
        """Return what is shown, uint8 RGB ``(T, size, size, 3)``."""
        layers = zip(self._places(), self._figures(), self._film.grains(), strict=False)
        frames = []
        for behind, (figure, cover), grain in layers:
            some = self._film_share(cover)[..., None] * grain
            frame = laid_over(behind, figure, cover)
            frames.append(cv2.add(frame, np.rint(some).astype(np.int16), dtype=cv2.CV_8U))
        return np.stack(frames)

    def boxes(self) -> np.ndarray:
        """Return the actor's box in each frame, in 0..1 of the picture, ``(T, 4)``."""
        if "drawing" in self.factors:
            return self._look.boxes(self._film.seen_at(1), self.size)
        return self._film.boxes()

    @cached_property
    def _cartoon(self) -> Cartoon:
        return Cartoon(self.instance, "flat", self.size)

    @cached_property
    def _drawn(self) -> tuple[Caricature, Look]:
        """What the cartoon draws by lot, in its own order, whatever of it is shown."""
        rng = self._cartoon.rng("drawing")
        caricature = Caricature.drawn(self.instance, self._cartoon.timing, MANNER, rng)
        seen = look_at(self.instance, caricature.loop, self.size)
        look = Look.drawn(rng, seen, self.size, sticker=self._cartoon.is_sticker)
        return caricature, look

    @property
    def _caricature(self) -> Caricature:
        return self._drawn[0]

    @property
    def _look(self) -> Look:
        return self._drawn[1]

    @cached_property
    def _film(self) -> Film:
        """The film of this clip's figure, of which the parts are taken that are wanted."""
        moments = 1 if "drawing" in self.factors else BLURS
        phase_M, seconds_M = self._clock(moments)
        camera = self.instance.camera
        if "proportions" in self.factors:
            camera = self.instance.camera_for(self._caricature.loop)
        figure, seconds_T = self._figure(phase_M, seconds_M), seconds_M[::moments]
        shot = Shot(figure, camera, seconds_T, moments, steady="context" in self.factors)
        return Film(self.instance, "film", self.bias, self.size, shot)

    def _clock(self, moments: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the phase and the second of every moment that is drawn, each ``(T * moments,)``.

        The shutter of a film of cartoon timing is open as long as any film's.
        """
        a_cycle = self.instance.seconds_a_cycle
        if "timing" not in self.factors:
            seconds_M = film_seconds(moments).ravel()
            return self.instance.start + seconds_M / a_cycle, seconds_M
        timing = self._cartoon.timing
        open_M = np.arange(moments) / BLURS * SHUTTER / FPS
        seconds_T1 = np.array(timing.starts_ms)[:, None] / 1000
        phase_TM = timing.phase_T[:, None] + open_M / a_cycle
        return phase_TM.ravel(), (seconds_T1 + open_M).ravel()

    def _figure(self, phase_M: np.ndarray, seconds_M: np.ndarray) -> Figure:
        if "proportions" in self.factors:
            return self._caricature.at(phase_M, seconds_M)
        return self.instance.perform(phase_M, seconds_M)

    def _places(self) -> Iterator[np.ndarray]:
        """Yield what stands behind the figure in each frame."""
        if "context" in self.factors:
            return repeat(self._look.palette[self._look.behind])
        return self._film.places()

    def _figures(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield each frame's figure over black, and how much of each pixel it covers, 0..255."""
        if "drawing" not in self.factors:
            yield from self._film.figures()
            return
        look = self._look
        bare = np.full((self.size, self.size), BARE, np.uint8)
        colours = np.zeros((256, 3), np.uint8)
        colours[: len(look.palette)] = look.palette
        for indices in outlined(self._film.seen_at(1), bare, look.inks, look.width):
            yield colours[indices], np.where(indices == BARE, 0, 255).astype(np.uint8)

    def _film_share(self, cover: np.ndarray) -> np.ndarray:
        """Return how much of each pixel is film, 0..1, of a figure that covers 0..255 of it."""
        figure, place = (float(one not in self.factors) for one in ("drawing", "context"))
        return np.asarray(place + (figure - place) * (cover.astype(np.float32) / 255))
