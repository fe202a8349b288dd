"""How the model was made that comes with the package: on rendered puppets, drawn and filmed."""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from anigifs.collect.demo import KINDS, World
from anigifs.collect.demo.files import film_gif_of, gif_of, mp4_of
from anigifs.collect.demo.pictures import (
    FILM_DELAY_MS,
    FILM_FRAMES,
    FILM_STEP_S,
    Clip,
    cartoon_clip,
)
from anigifs.curate.screening.animated import Animated, auc, fit_table, table_of
from anigifs.curate.screening.measures import Statistics, statistics
from anigifs.curate.seeing.frames import look_at
from anigifs.puppets.cartoon.render import Cartoon
from anigifs.puppets.film.render import Film, Shot
from anigifs.puppets.instance import Instance

#: Worlds that it is fitted on and measured on: their seeds, and sizes in pixels.
SIZES = {0: 96, 1: 160, 2: 128, 3: 224, 4: 64}
ON = "rendered puppets"
_Rows = list[tuple[Statistics, bool]]


def fit_on_demo(sizes: Mapping[int, int] = SIZES) -> Animated:
    """Fit the default model on the cartoons and films of demo worlds, half of their classes.

    Each is written as a GIF and as MP4, so that the container tells nothing, and half of the films
    are from a camera on legs, so that a background that stays is no drawing. The other half of the
    classes, with other actors before other scenes, is what ``auc`` is measured on.

    Args:
        sizes: Of the worlds: size in pixels by seed.
    """
    halves: tuple[_Rows, _Rows] = ([], [])
    for seed, size in sizes.items():
        for number, rows in enumerate(_measured(seed, size).values()):
            halves[number % 2].extend(rows)
    (x_ND, drawn_N), (other_ND, other_drawn_N) = (
        (table_of([row for row, _ in half]), np.array([drawn for _, drawn in half]))
        for half in halves
    )
    model = fit_table(x_ND, drawn_N, ON)
    area = auc(model.scores(other_ND), other_drawn_N)
    return replace(model, fitted=replace(model.fitted, auc=area))


def _measured(seed: int, size: int) -> dict[str, _Rows]:
    """Return the statistics of a world's cartoons and films, and which is drawn, by class."""
    rows: dict[str, _Rows] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        for label, drawn, data in _files(World(seed=seed, size=size, originals=2, troubles=0)):
            path.write_bytes(data)
            rows[label].append((statistics(look_at(path)), drawn))
    return rows


def _files(world: World) -> Iterator[tuple[str, bool, bytes]]:
    """Yield the class, whether it is drawn, and the bytes of each file."""
    for item in world.items:
        if KINDS[item.kind].part != "original":
            continue
        if drawn := item.kind != "film":
            clip = cartoon_clip(Cartoon(world.instance(item), item.style, world.size))
        else:
            clip = _film(world.instance(item), world.size, steady=item.take % 2 == 0)
        for data in (gif_of(clip) if drawn else film_gif_of(clip), mp4_of(clip)):
            yield item.shows, drawn, data


def _film(instance: Instance, size: int, *, steady: bool) -> Clip:
    """Return a film as the demo has them, or one from a camera on legs."""
    seconds_T = FILM_STEP_S * np.arange(FILM_FRAMES)
    figure = instance.film_figure(seconds_T)
    shot = Shot(figure, instance.camera, seconds_T, moments=1, steady=steady)
    frames_THWC = Film(instance, "demo film", 0.7, size, shot).frames()
    return Clip(frames_THWC, (FILM_DELAY_MS,) * FILM_FRAMES)
