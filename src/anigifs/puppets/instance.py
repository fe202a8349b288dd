"""A motion instance: one actor does one action once, seen by one camera.

Instances are drawn, and split, before anything is rendered: the styles only show them. So no
instance, actor or sector of the camera that a model is trained on stands in a test of any style.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from anigifs.foundation import generator, seed_of
from anigifs.puppets.body import Body
from anigifs.puppets.camera import Camera
from anigifs.puppets.figure import Figure, figure_of
from anigifs.puppets.motions import MOTIONS, Habits, Take, View
from anigifs.puppets.rig import Rig

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = ("train", "val", "test")

#: How many different actors a split has; no actor is in two.
ACTORS: dict[Split, int] = {"train": 60, "val": 20, "test": 40}
#: Cameras stand in one of 24 sectors of 15 degrees around the actor, counted to the actor's left
#: from straight ahead. No sector is in two splits, and neither is one with the mirror image of
#: another: actors are mirrored, and training mirrors clips. Every split has sectors in all
#: directions, so that what it sees is not of another kind.
SECTORS: dict[Split, tuple[int, ...]] = {
    "train": (0, 2, 4, 6, 8, 10, 13, 15, 17, 19, 21, 23),
    "val": (1, 5, 9, 14, 18, 22),
    "test": (3, 7, 11, 12, 16, 20),
}
SECTOR_DEGREES = 15.0
#: A kick to the side is filmed from the front or from behind, a lunge from either side: in degrees,
#: the direction, and how far from it a camera may stand.
VIEWS: dict[View, tuple[float, ...]] = {
    "before": (0.0,), "front": (0.0, 180.0), "side": (90.0, 270.0)
}  # fmt: skip
WIDEST = 60.0
FILM_SECONDS = 2.56
#: Actions on the floor are filmed from above, so that limbs do not hide each other.
LOW = {"push up", "situp", "bench pressing"}


def shows(sector: int, view: View) -> bool:
    """Return whether an action is seen well from a sector of the camera."""
    middle = SECTOR_DEGREES * (sector + 0.5)
    return any(abs((middle - axis + 180) % 360 - 180) < WIDEST for axis in VIEWS[view])


@dataclass(frozen=True)
class Instance:
    """Who does what, how, and seen from where; everything follows from these four.

    Attributes:
        seed: Of the benchmark.
        action: A name in ``MOTIONS``.
        split: Which actors and sectors it may have.
        number: Counted from 0; the first ones stay the same however many there are.
    """

    seed: int
    action: str
    split: Split
    number: int

    @property
    def group(self) -> str:
        """The name of what all renders of this instance share."""
        return f"puppets {self.seed}/{self.action}/{self.split}/{self.number}"

    def generator(self, name: str) -> np.random.Generator:
        """Return the generator for one purpose of this instance."""
        return generator(self.seed, "puppets", self.action, self.split, self.number, name)

    @cached_property
    def actor(self) -> int:
        """The number of the actor within the split."""
        return int(self.generator("actor").integers(ACTORS[self.split]))

    def actor_generator(self, name: str) -> np.random.Generator:
        """Return the generator for what belongs to the actor, whatever the actor does."""
        return generator(self.seed, "puppets", "actor", self.split, self.actor, name)

    @cached_property
    def body(self) -> Body:
        """The actor's proportions."""
        return Body.drawn(self.actor_generator("body"))

    @cached_property
    def sector(self) -> int:
        """Which sector the camera stands in: one of the split's that show the action well."""
        fit = [one for one in SECTORS[self.split] if shows(one, MOTIONS[self.action].view)]
        return int(self.generator("sector").choice(fit))

    @cached_property
    def seconds_a_cycle(self) -> float:
        """How long the action takes once."""
        return MOTIONS[self.action].seconds * float(self.generator("tempo").uniform(0.82, 1.25))

    @cached_property
    def start(self) -> float:
        """The phase that the film begins at."""
        return float(self.generator("start").uniform(0, 1))

    def perform(
        self,
        phase_T: np.ndarray,
        seconds_T: np.ndarray,
        *,
        body: Body | None = None,
        amplitude: float = 1.0,
    ) -> Figure:
        """Return the figure at each of some phases of the action.

        Args:
            phase_T: In cycles.
            seconds_T: The time, which slow drifts depend on.
            body: Another body than the actor's own, such as a caricature.
            amplitude: How far the movement goes; 1 is as the actor does it.
        """
        habits = Habits(seed_of(self.seed, "puppets habits", self.group), amplitude)
        rig = Rig(body or self.body, len(phase_T))
        props = MOTIONS[self.action].perform(rig, Take(phase_T, seconds_T, habits))
        dress = self.actor_generator("dress")
        sleeves, legs = dress.choice([0.28, 0.45, 0.95]), dress.choice([0.3, 0.5, 0.97])
        figure = figure_of(rig, props, sleeves, legs)
        if self.generator("mirror").random() < 0.5:
            figure.centres_TS3[..., 0] *= -1
        return figure

    def film_figure(self, seconds_T: np.ndarray) -> Figure:
        """Return the figure at times of the film, in seconds from its beginning."""
        return self.perform(self.start + seconds_T / self.seconds_a_cycle, seconds_T)

    @cached_property
    def camera(self) -> Camera:
        """The camera of the films: as far away as the whole action needs to fit the picture."""
        seconds_T = np.linspace(0, max(FILM_SECONDS, self.seconds_a_cycle), 24)
        return self.camera_for(self.film_figure(seconds_T))

    def camera_for(self, figure: Figure) -> Camera:
        """Return the camera from the direction of this instance that has a whole figure in view."""
        rng = self.generator("camera")
        azimuth = SECTOR_DEGREES * (self.sector + rng.random())
        height = rng.uniform(1.1, 2.0) if self.action in LOW else rng.uniform(0.7, 1.8)
        zoom, share = rng.uniform(1.2, 2.0), rng.uniform(0.38, 0.47)
        places = figure.centres_TS3[:, figure.person_spheres].reshape(-1, 3)
        low, high = places.min(axis=0), places.max(axis=0)
        target = (low + high) / 2 + rng.uniform(-0.06, 0.06, 3)
        angle = np.deg2rad(azimuth)
        right = np.array([np.cos(angle), 0, -np.sin(angle)])
        towards = np.array([np.sin(angle), 0, np.cos(angle)])
        half = max(np.abs((places - target) @ right).max(), np.abs(places - target)[:, 1].max())
        distance = zoom * (half + 0.12) / share + 0.5 * ((places - target) @ towards).max()
        x, y, z = map(float, target)
        return Camera(azimuth, float(height), float(distance), (x, y, z), zoom)
