"""Who moves: the proportions of one actor."""

from dataclasses import asdict, dataclass, replace

import numpy as np

#: How far, at most, one part of an actor is from the average one, and the whole from average size.
PART_SPREAD, SIZE_SPREAD, GIRTH_SPREAD = 0.06, 0.10, 0.18


@dataclass(frozen=True)
class Body:
    """The lengths of an actor, in metres, from joint to joint; the average is 1.76 m tall.

    Attributes:
        shin: Ankle to knee.
        thigh: Knee to hip.
        ankle: Height of the ankle over the sole.
        foot: Ankle to the tip of the toes.
        hips: Half of the distance between the hips.
        belly: Hip to the small of the back.
        chest: From there to the middle of the chest.
        neck: From there to where the neck begins.
        shoulders: Half of the distance between the shoulders.
        upper_arm: Shoulder to elbow.
        forearm: Elbow to wrist.
        hand: Wrist to the middle of the closed hand.
        throat: Where the neck begins to the middle of the head.
        head: Radius of the head.
        fist: Radius of the hand.
        girth: How thick the limbs and the trunk are; 1 is average.
    """

    shin: float = 0.42
    thigh: float = 0.43
    ankle: float = 0.08
    foot: float = 0.19
    hips: float = 0.09
    belly: float = 0.14
    chest: float = 0.17
    neck: float = 0.20
    shoulders: float = 0.175
    upper_arm: float = 0.29
    forearm: float = 0.26
    hand: float = 0.07
    throat: float = 0.19
    head: float = 0.115
    fist: float = 0.045
    girth: float = 1.0

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Body":
        """Return an actor of random size, girth and proportions."""
        size = 1 + rng.uniform(-SIZE_SPREAD, SIZE_SPREAD)
        girth = 1 + rng.uniform(-GIRTH_SPREAD, GIRTH_SPREAD)
        average = asdict(cls())
        del average["girth"]
        lengths = {
            name: length * size * (1 + rng.uniform(-PART_SPREAD, PART_SPREAD))
            for name, length in average.items()
        }
        return cls(**lengths, girth=girth * size)

    @property
    def leg(self) -> float:
        """From the ankle to the hip, the knee straight."""
        return self.thigh + self.shin

    @property
    def arm(self) -> float:
        """From the shoulder to the wrist, the elbow straight."""
        return self.upper_arm + self.forearm

    @property
    def standing(self) -> float:
        """Height of the hips over the ground, the knees a little soft."""
        return 0.985 * self.leg + self.ankle

    @property
    def trunk(self) -> float:
        """From the hips to where the neck begins, the back straight."""
        return self.belly + self.chest + self.neck

    def caricature(self, head: float, hands: float, legs: float, girth: float) -> "Body":
        """Return the actor with parts that are so many times as large."""
        return replace(
            self,
            head=self.head * head,
            throat=self.throat + self.head * (head - 1),
            fist=self.fist * hands,
            shin=self.shin * legs,
            thigh=self.thigh * legs,
            girth=self.girth * girth,
        )
