"""What an action needs besides an actor: bars, balls, a rope, a bow, a club, a bench."""

from dataclasses import dataclass

import numpy as np

CORNERS = 8  # of a disc seen from its side, enough at this size


@dataclass(frozen=True)
class Prop:
    """A thing made of the hulls of spheres.

    Attributes:
        material: Which colour it takes: metal, wood, dark, rope or ball.
        places_TN3: Centres of the spheres, in metres.
        radii_N: Their radii.
        parts: Which spheres each hull is of.
        under: Whether the actor is on it, and so hides it from every side.
        group: What it is drawn with; by default each hull by itself.
    """

    material: str
    places_TN3: np.ndarray
    radii_N: np.ndarray
    parts: tuple[tuple[int, ...], ...]
    under: bool = False
    group: str = ""


def chain(material: str, places_TN3: np.ndarray, radius: float) -> Prop:
    """Return a line of even thickness through places."""
    links = tuple((i, i + 1) for i in range(places_TN3.shape[1] - 1))
    return Prop(material, places_TN3, np.full(places_TN3.shape[1], radius), links)


def rod(material: str, one_T3: np.ndarray, other_T3: np.ndarray, radius: float) -> Prop:
    """Return a straight bar between two places."""
    return chain(material, np.stack([one_T3, other_T3], axis=1), radius)


def ball(material: str, centre_T3: np.ndarray, radius: float, group: str = "") -> Prop:
    """Return a ball, or what is as round, such as the glove that is drawn with an arm."""
    return Prop(material, centre_T3[:, None], np.array([radius]), ((0,),), group=group)


def disc(material: str, centre_T3: np.ndarray, axis_T3: np.ndarray, radius: float) -> Prop:
    """Return a flat disc around an axis, such as the plate of a barbell."""
    axis_T3 = axis_T3 / np.linalg.norm(axis_T3, axis=1, keepdims=True)
    across_T3 = np.cross(axis_T3, [0.0, 1.0, 0.0])
    short = np.linalg.norm(across_T3, axis=1, keepdims=True) < 1e-6
    across_T3 = np.where(short, [1.0, 0.0, 0.0], across_T3)
    across_T3 = across_T3 / np.linalg.norm(across_T3, axis=1, keepdims=True)
    up_T3 = np.cross(across_T3, axis_T3)
    angles = np.arange(CORNERS) * 2 * np.pi / CORNERS
    rim = [np.cos(a) * across_T3 + np.sin(a) * up_T3 for a in angles]
    places_TN3 = np.stack([centre_T3 + radius * one for one in rim], axis=1)
    return Prop(material, places_TN3, np.full(CORNERS, 0.02), (tuple(range(CORNERS)),))


def block(material: str, low: tuple[float, ...], high: tuple[float, ...], count: int) -> Prop:
    """Return a box that the actor is on, from its lowest to its highest corner."""
    corners = np.array([(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)])
    places_N3 = np.array(low) + corners * (np.array(high) - np.array(low))
    places_TN3 = np.tile(places_N3, (count, 1, 1))
    return Prop(material, places_TN3, np.full(8, 0.01), (tuple(range(8)),), under=True)


def barbell(left_T3: np.ndarray, right_T3: np.ndarray, plate: float, reach: float) -> list[Prop]:
    """Return a bar held in two hands, with a plate at each end.

    Args:
        left_T3: One hand.
        right_T3: The other.
        plate: Radius of the plates.
        reach: How far the bar goes on beyond each hand.
    """
    axis_T3 = left_T3 - right_T3
    axis_T3 = axis_T3 / np.linalg.norm(axis_T3, axis=1, keepdims=True)
    ends = left_T3 + reach * axis_T3, right_T3 - reach * axis_T3
    plates = [disc("dark", end, axis_T3, plate) for end in ends]
    return [plates[0], rod("metal", *ends, 0.018), plates[1]]
