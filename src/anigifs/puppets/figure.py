"""From joints to a solid figure: spheres, and parts that are the hulls of some of them.

A thigh is the hull of a sphere at the hip and one at the knee, the trunk that of shoulders and
hips. Seen by a camera a sphere is a circle, so a part is drawn as the hull of circles, in any
style.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anigifs.puppets.props import Prop
from anigifs.puppets.rig import SIDES, Rig

#: Parts of one group are drawn together, the groups from the farthest to the nearest.
Group = str
Sphere = tuple[np.ndarray, float]  # centre, (T, 3), and radius in metres


@dataclass(frozen=True)
class Part:
    """A solid piece.

    Attributes:
        group: What it is drawn with: trunk, head, an arm, a leg, or a thing.
        material: Which colour it takes.
        spheres: The places of its spheres in the figure; none is of two parts.
        person: Whether it is of the actor rather than of a thing.
        under: Whether the actor is on it, and so hides it from every side.
    """

    group: Group
    material: str
    spheres: range
    person: bool = True
    under: bool = False


@dataclass(frozen=True)
class Figure:
    """An actor and the things of an action, at T instants.

    Attributes:
        centres_TS3: Of the spheres, in metres.
        radii_S: Of the spheres, in metres.
        parts: Of the actor and the things.
    """

    centres_TS3: np.ndarray
    radii_S: np.ndarray
    parts: tuple[Part, ...]

    @property
    def person_spheres(self) -> list[int]:
        """The spheres that are of the actor."""
        return [sphere for part in self.parts if part.person for sphere in part.spheres]


class _Builder:
    def __init__(self) -> None:
        self.centres: list[np.ndarray] = []
        self.radii: list[float] = []
        self.parts: list[Part] = []

    def add(
        self,
        group: Group,
        material: str,
        spheres: Iterable[Sphere],
        thing: Prop | None = None,
    ) -> None:
        first = len(self.centres)
        for centre_T3, radius in spheres:
            self.centres.append(centre_T3)
            self.radii.append(radius)
        spheres_of_part = range(first, len(self.centres))
        under = thing is not None and thing.under
        self.parts.append(Part(group, material, spheres_of_part, thing is None, under))


def figure_of(rig: Rig, props: Sequence[Prop], sleeves: float = 0.5, legs: float = 1.0) -> Figure:
    """Return the figure of a rig whose limbs are all placed.

    Args:
        rig: The actor.
        props: The things.
        sleeves: How far down the arm the shirt goes: 0 to the shoulder, 1 to the wrist.
        legs: How far down the leg the trousers go, likewise.
    """
    build = _Builder()
    _add_trunk(build, rig)
    _add_head(build, rig)
    for side in SIDES:
        _add_arm(build, rig, side, sleeves)
        _add_leg(build, rig, side, legs)
    for number, prop in enumerate(props):
        for link, spheres in enumerate(prop.parts):
            ends = [(prop.places_TN3[:, i], float(prop.radii_N[i])) for i in spheres]
            group = prop.group or f"thing {number} {link}"
            build.add(group, prop.material, ends, prop)
    return Figure(np.stack(build.centres, axis=1), np.array(build.radii), tuple(build.parts))


def _add_trunk(build: _Builder, rig: Rig) -> None:
    at, girth = rig.at, rig.body.girth
    hips = [(at[f"{side} hip"], 0.095 * girth) for side in SIDES]
    shoulders = [(at[f"{side} shoulder"], 0.07 * girth) for side in SIDES]
    build.add("trunk", "trousers", [*hips, (at["belly"], 0.11 * girth)])
    build.add("trunk", "shirt", [*shoulders, (at["chest"], 0.125 * girth)])
    build.add("trunk", "shirt", [(at["chest"], 0.125 * girth), (at["belly"], 0.115 * girth)])
    build.add("neck", "skin", [(at["neck"], 0.055 * girth), (at["head"], 0.055 * girth)])


def _add_head(build: _Builder, rig: Rig) -> None:
    radius, head = rig.body.head, rig.at["head"]
    turn = rig.facing_T33 * radius
    build.add("head from behind", "hair", [(head + turn @ np.array([0, 0.12, -0.14]), radius)])
    face = [
        (head + turn @ np.array([0, -0.02, 0.16]), 0.86 * radius),
        (head + turn @ np.array([0, -0.38, 0.22]), 0.64 * radius),
    ]
    build.add("head from before", "skin", face)
    for sign in (1, -1):
        eye = head + turn @ np.array([0.36 * sign, 0.08, 0.94])
        build.add(f"head, eye {sign}", "eyes", [(eye, 0.11 * radius)])


def _add_arm(build: _Builder, rig: Rig, side: str, sleeves: float) -> None:
    at, girth = rig.at, rig.body.girth
    group = f"{side} arm"
    bones = [
        (at[f"{side} shoulder"], 0.062 * girth),
        (at[f"{side} elbow"], 0.045 * girth),
        (at[f"{side} wrist"], 0.033 * girth),
    ]
    _add_limb(build, group, bones, "shirt", "skin", sleeves)
    build.add(group, "skin", [(at[f"{side} hand"], rig.body.fist)])


def _add_leg(build: _Builder, rig: Rig, side: str, legs: float) -> None:
    at, girth = rig.at, rig.body.girth
    group = f"{side} leg"
    bones = [
        (at[f"{side} hip"], 0.092 * girth),
        (at[f"{side} knee"], 0.062 * girth),
        (at[f"{side} ankle"], 0.045 * girth),
    ]
    _add_limb(build, group, bones, "trousers", "skin", legs)
    build.add(group, "shoes", [(at[f"{side} ankle"], 0.05 * girth), (at[f"{side} toe"], 0.036)])


def _add_limb(
    build: _Builder,
    group: Group,
    bones: Sequence[Sphere],
    covered: str,
    bare: str,
    share: float,
) -> None:
    """Add a limb of two bones, dressed down to a share of its length."""
    for number, (start, end) in enumerate(pairwise(bones)):
        cloth = min(max(2 * share - number, 0.0), 1.0)
        cut = (
            start[0] + (end[0] - start[0]) * cloth,
            start[1] + (end[1] - start[1]) * cloth,
        )
        if cloth < 1:
            build.add(group, bare, [cut, end])
        if cloth > 0:
            build.add(group, covered, [start, cut])
