"""The bytes behind every path of a world, made when they are first asked for."""

import io
from collections import OrderedDict
from threading import Lock

import numpy as np
from PIL import Image, ImageSequence

from anigifs.collect.demo.files import FIXED, MADE, cut_within, film_gif_of, gif_of
from anigifs.collect.demo.pictures import COPIES, Clip, cartoon_clip, film_clip, plain_gif
from anigifs.collect.demo.planted import Planted
from anigifs.collect.demo.world import World
from anigifs.foundation import generator
from anigifs.puppets.cartoon.render import Cartoon

MOST_CLIPS = 32  # that are kept as frames, for copies that follow their originals
CUTS = {"truncated": 0.5, "headless": 0.0}  # share of the frames that stay whole


class Bodies:
    """The files of a world, kept in memory once they are made; for any number of threads."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._made: dict[str, bytes] = {}
        self._cartoons: OrderedDict[tuple[str, int], Cartoon] = OrderedDict()
        self._lock = Lock()

    def of(self, item: Planted) -> bytes:
        """Return the bytes of a file; none for what has no body."""
        if item.path not in self._made:
            with self._lock:
                self._of(item)
        return self._made[item.path]

    def make_all(self) -> int:
        """Make every file and return how many bytes they have in all."""
        return sum(len(self.of(item)) for item in self.world.items)

    def _of(self, item: Planted) -> bytes:
        if item.path not in self._made:
            self._made[item.path] = self._make(item)
        return self._made[item.path]

    def _make(self, item: Planted) -> bytes:
        kind = item.kind
        if kind in FIXED:
            return FIXED[kind]()
        if not item.style:
            return b""
        if kind == "copy-bytes":
            return self._of(self.world.by_path[item.original])
        if kind in COPIES:
            return gif_of(COPIES[kind](self._clip(item), self._rng(item)))
        if kind in MADE:
            return MADE[kind](self._clip(item))
        gif = self._gif(item)
        return cut_within(gif, CUTS[kind]) if kind in CUTS else gif

    def _gif(self, item: Planted) -> bytes:
        if item.style == "plain":
            return plain_gif(self.world.seed, item.take)
        if item.style == "film":
            return film_gif_of(self._clip(item))
        return self._cartoon(item).gif()

    def _clip(self, item: Planted) -> Clip:
        if item.style == "plain":
            return _clip_of(plain_gif(self.world.seed, item.take))
        if item.style == "film":
            return film_clip(self.world.instance(item), self.world.size)
        return cartoon_clip(self._cartoon(item))

    def _cartoon(self, item: Planted) -> Cartoon:
        key = item.shows, item.take
        if key not in self._cartoons:
            made = Cartoon(self.world.instance(item), item.style, self.world.size)
            self._cartoons[key] = made
            if len(self._cartoons) > MOST_CLIPS:
                self._cartoons.popitem(last=False)
        return self._cartoons[key]

    def _rng(self, item: Planted) -> np.random.Generator:
        return generator(self.world.seed, "demo", "copy", item.path)


def _clip_of(gif: bytes) -> Clip:
    with Image.open(io.BytesIO(gif)) as picture:
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(picture)]
    return Clip(np.stack(frames), (100,) * len(frames))
