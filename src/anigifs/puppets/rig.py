"""From angles and contacts to joints: forward kinematics, and two-bone reaching for what touches.

Metres; x to the actor's left, y up, z to where an actor without a turn looks. Angles are in radians
and are given for every instant at once: an array of shape ``(T,)``, or a number for all of them.
"""

from typing import Literal

import numpy as np

from anigifs.puppets.body import Body

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
Angle = np.ndarray | float
UP, FORWARD = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
SOLE = 0.04  # how far the middle of a foot or a hand is over the ground that it touches
STRAIGHTEST = 0.999  # a limb is never quite straight, or its bend would have no direction


def turned(axis: Literal["x", "y", "z"], angle_T: Angle, count: int) -> np.ndarray:
    """Return rotations about an axis, ``(T, 3, 3)``.

    About x, up goes to forward; about y, forward goes to the left; about z, left goes up.
    """
    angle = np.broadcast_to(np.asarray(angle_T, float), (count,))
    one, two = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    matrix_T33 = np.tile(np.eye(3), (count, 1, 1))
    matrix_T33[:, one, one] = matrix_T33[:, two, two] = np.cos(angle)
    matrix_T33[:, two, one] = np.sin(angle)
    matrix_T33[:, one, two] = -np.sin(angle)
    return matrix_T33


def point(count: int, x: Angle = 0.0, y: Angle = 0.0, z: Angle = 0.0) -> np.ndarray:
    """Return a place at every instant, ``(T, 3)``."""
    return np.stack([np.broadcast_to(np.asarray(v, float), (count,)) for v in (x, y, z)], axis=1)


def reached(
    start_T3: np.ndarray, goal_T3: np.ndarray, upper: float, lower: float, towards_T3: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle joint and the end of a limb of two bones that reaches for a goal.

    Args:
        start_T3: Shoulder or hip.
        goal_T3: Where the wrist or the ankle should be; out of reach, it is approached.
        upper: Length of the first bone.
        lower: Length of the second.
        towards_T3: The direction that the middle joint bends to.
    """
    way_T3 = goal_T3 - start_T3
    far_T1 = np.linalg.norm(way_T3, axis=1, keepdims=True)
    along_T3 = way_T3 / np.maximum(far_T1, 1e-9)
    reach_T1 = np.clip(far_T1, abs(upper - lower) + 1e-3, STRAIGHTEST * (upper + lower))
    aside_T3 = towards_T3 - along_T3 * np.sum(towards_T3 * along_T3, axis=1, keepdims=True)
    aside_T3 = aside_T3 / np.maximum(np.linalg.norm(aside_T3, axis=1, keepdims=True), 1e-9)
    foot_T1 = (reach_T1**2 + upper**2 - lower**2) / (2 * reach_T1)
    bulge_T1 = np.sqrt(np.maximum(upper**2 - foot_T1**2, 0))
    return start_T3 + along_T3 * foot_T1 + aside_T3 * bulge_T1, start_T3 + along_T3 * reach_T1


class Rig:
    """One actor over T instants: first the trunk is placed, then each limb.

    Attributes:
        body: Whose lengths these are.
        count: T.
        at: Joints by name, each ``(T, 3)``: hip, belly, chest, neck, head; and left and right hip,
            knee, ankle, toe, shoulder, elbow, wrist and hand.
        facing_T33: How the head is turned.
    """

    def __init__(self, body: Body, count: int) -> None:
        self.body, self.count = body, count
        self.at: dict[str, np.ndarray] = {}
        self.facing_T33 = np.tile(np.eye(3), (count, 1, 1))
        self._heading_T33 = self._pelvis_T33 = self._chest_T33 = self.facing_T33

    def point(self, x: Angle = 0.0, y: Angle = 0.0, z: Angle = 0.0) -> np.ndarray:
        """Return a place in the world at every instant, ``(T, 3)``."""
        return point(self.count, x, y, z)

    def place(
        self,
        hip_T3: np.ndarray,
        *,
        turn: Angle = 0.0,
        lean: Angle = 0.0,
        tilt: Angle = 0.0,
        bend: Angle = 0.0,
        side: Angle = 0.0,
        twist: Angle = 0.0,
        nod: Angle = 0.0,
    ) -> None:
        """Place hips, back, neck and head.

        Args:
            hip_T3: The middle between the hips.
            turn: Of the whole actor, about the vertical.
            lean: Forward, of the whole trunk; a quarter turn lies face down.
            tilt: To the actor's right.
            bend: Forward, of the chest against the hips, spread over the back.
            side: The same to the right.
            twist: The same about the back, to the left.
            nod: Forward, of the head against the chest.
        """
        spin = self._spin
        body = self.body
        self._heading_T33 = spin("y", turn)
        pelvis = self._heading_T33 @ spin("x", lean) @ spin("z", tilt)
        halves = (np.asarray(angle, float) / 2 for angle in (twist, bend, side))
        twist_half, bend_half, side_half = halves
        half = spin("y", twist_half) @ spin("x", bend_half) @ spin("z", side_half)
        back, chest = pelvis @ half, pelvis @ half @ half
        self._pelvis_T33, self._chest_T33 = pelvis, chest
        self.facing_T33 = chest @ spin("x", nod)
        at = self.at
        at["hip"] = hip_T3
        at["belly"] = hip_T3 + pelvis @ (UP * body.belly)
        at["chest"] = at["belly"] + back @ (UP * body.chest)
        at["neck"] = at["chest"] + chest @ (UP * body.neck)
        at["head"] = at["neck"] + self.facing_T33 @ np.array([0, body.throat, 0.15 * body.head])
        for name, sign in (("left", 1), ("right", -1)):
            at[f"{name} hip"] = hip_T3 + pelvis @ np.array([sign * body.hips, -0.02, 0])
            shoulder = np.array([sign * body.shoulders, -0.04, 0])
            at[f"{name} shoulder"] = at["neck"] + chest @ shoulder

    def look(self, turn: Angle) -> None:
        """Turn the head to the left, after it was placed."""
        self.facing_T33 = self.facing_T33 @ self._spin("y", turn)

    def hand(self, side: Side, goal_T3: np.ndarray, elbow: tuple[float, float, float]) -> None:
        """Let a hand reach for a place in the world.

        Args:
            side: Which hand.
            goal_T3: Where the wrist should be.
            elbow: The direction that the elbow bends to, in the frame of the chest; its x is
                outwards.
        """
        body, at = self.body, self.at
        towards = self._chest_T33 @ self._outward(side, elbow)
        shoulder = at[f"{side} shoulder"]
        bones = (body.upper_arm, body.forearm)
        at[f"{side} elbow"], at[f"{side} wrist"] = reached(shoulder, goal_T3, *bones, towards)
        self._close_hand(side)

    def arm(
        self,
        side: Side,
        swing: Angle = 0.0,
        spread: Angle = 0.0,
        flex: Angle = 0.0,
        turn: Angle = 0.0,
    ) -> None:
        """Hang an arm from its shoulder.

        Args:
            side: Which arm.
            swing: Forward and up, from hanging down.
            spread: Outwards and up.
            flex: Of the elbow, which folds the forearm forward.
            turn: Of the arm about itself, which takes a folded forearm inwards.
        """
        body, at = self.body, self.at
        upper = self._chest_T33 @ self._limb(side, swing, spread, turn)
        lower = upper @ self._spin("x", -np.asarray(flex, float))
        at[f"{side} elbow"] = at[f"{side} shoulder"] - upper @ (UP * body.upper_arm)
        at[f"{side} wrist"] = at[f"{side} elbow"] - lower @ (UP * body.forearm)
        self._close_hand(side)

    def foot(
        self,
        side: Side,
        goal_T3: np.ndarray,
        knee: tuple[float, float, float] = (0.15, 0, 1),
        toe: np.ndarray | None = None,
    ) -> None:
        """Let a foot reach for a place in the world.

        Args:
            side: Which foot.
            goal_T3: Where the ankle should be.
            knee: The direction that the knee bends to, in the frame of the hips; its x is outwards.
            toe: The direction of the foot, ``(T, 3)`` or ``(3,)``, in the world; by default along
                the ground to where the actor faces.
        """
        body, at = self.body, self.at
        towards = self._pelvis_T33 @ self._outward(side, knee)
        hip = at[f"{side} hip"]
        at[f"{side} knee"], at[f"{side} ankle"] = reached(
            hip, goal_T3, body.thigh, body.shin, towards
        )
        if toe is None:
            toe = self._heading_T33 @ np.array([0.0, -0.25, 1.0])
        at[f"{side} toe"] = at[f"{side} ankle"] + _to_length(toe, body.foot)

    def leg(
        self,
        side: Side,
        swing: Angle = 0.0,
        spread: Angle = 0.0,
        flex: Angle = 0.0,
        point: Angle = 0.0,
    ) -> None:
        """Hang a leg from its hip.

        Args:
            side: Which leg.
            swing: Forward and up, from hanging down.
            spread: Outwards and up.
            flex: Of the knee, which folds the shin back.
            point: Of the toes, down from square to the shin.
        """
        body, at = self.body, self.at
        upper = self._pelvis_T33 @ self._limb(side, swing, spread, 0.0)
        lower = upper @ self._spin("x", flex)
        at[f"{side} knee"] = at[f"{side} hip"] - upper @ (UP * body.thigh)
        at[f"{side} ankle"] = at[f"{side} knee"] - lower @ (UP * body.shin)
        foot = lower @ self._spin("x", point)
        at[f"{side} toe"] = at[f"{side} ankle"] + foot @ (FORWARD * body.foot)

    def stay_above_ground(self) -> None:
        """Lift the whole actor wherever a hand or a foot would be under the ground."""
        ends = [
            self.at[f"{side} {end}"][:, 1] for side in SIDES for end in ("toe", "ankle", "hand")
        ]
        lift_T = np.maximum(SOLE - np.min(ends, axis=0), 0)
        for joint in self.at.values():
            joint[:, 1] += lift_T

    def near_head(self, side: Side, x: float, y: float, z: float) -> np.ndarray:
        """Return a place fixed to the head, ``(T, 3)``; x is outwards, in radii of the head."""
        offset = self._outward(side, (x, y, z)) * self.body.head
        return np.asarray(self.at["head"] + self.facing_T33 @ offset)

    def near_chest(self, side: Side, x: float, y: float, z: float) -> np.ndarray:
        """Return a place fixed to the chest, ``(T, 3)``; x is outwards, in metres."""
        offset = self._outward(side, (x, y, z))
        return np.asarray(self.at["chest"] + self._chest_T33 @ offset)

    def near_hip(self, side: Side, x: float, y: float, z: float) -> np.ndarray:
        """Return a place fixed to the hips, ``(T, 3)``; x is outwards, in metres."""
        offset = self._outward(side, (x, y, z))
        return np.asarray(self.at["hip"] + self._pelvis_T33 @ offset)

    def _spin(self, axis: Literal["x", "y", "z"], angle_T: Angle) -> np.ndarray:
        return turned(axis, angle_T, self.count)

    def _limb(self, side: Side, swing: Angle, spread: Angle, turn: Angle) -> np.ndarray:
        sign = 1.0 if side == "left" else -1.0
        out = self._spin("z", sign * np.asarray(spread, float))
        forward = self._spin("x", -np.asarray(swing, float))
        return np.asarray(out @ forward @ self._spin("y", -sign * np.asarray(turn, float)))

    def _close_hand(self, side: Side) -> None:
        elbow, wrist = self.at[f"{side} elbow"], self.at[f"{side} wrist"]
        self.at[f"{side} hand"] = wrist + _to_length(wrist - elbow, self.body.hand)

    @staticmethod
    def _outward(side: Side, direction: tuple[float, float, float]) -> np.ndarray:
        x, y, z = direction
        return np.array([x if side == "left" else -x, y, z])


def _to_length(vector: np.ndarray, length: float) -> np.ndarray:
    norm = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.maximum(norm, 1e-9) * length)
