"""Whether two files show the same, by their fingerprints."""

import math
from dataclasses import dataclass

import numpy as np

from anigifs.curate.seeing.fingerprints import Fingerprint
from anigifs.curate.seeing.pdq import HASH_BITS, WAYS, distances, turned

#: Of the frames of the file with fewer of them: so many must be found in the other.
SHARE = 0.75
#: Frames are the same up to so many bits of 256. PDQ's authors say 31; the planted copies of the
#: demo agree (docs/duplicates.md).
SAME_BITS = 31
#: Files up to this distance are kept on one side of a split, although they may be different.
FAMILY_BITS = 48


@dataclass(frozen=True, slots=True)
class Match:
    """How much alike two files are.

    Attributes:
        distance: In bits, 0..256: within it, :data:`SHARE` of the frames of the file with fewer
            frames have their like in the other.
        share: Of the frames of the file with fewer frames that have their like in the other within
            :data:`SAME_BITS`.
        how: How the first lies if compared with the second, a key of
            :data:`~anigifs.curate.seeing.pdq.WAYS`.
    """

    distance: float
    share: float
    how: str

    @property
    def same(self) -> bool:
        """Whether they show the same."""
        return self.distance <= SAME_BITS

    @property
    def akin(self) -> bool:
        """Whether they are so much alike that no split should part them."""
        return self.distance <= FAMILY_BITS


#: Of files that cannot be compared, as nothing is to be seen in one of them.
UNLIKE = Match(float(HASH_BITS), 0.0, "same")


def compare(one: Fingerprint, other: Fingerprint) -> Match:
    """Return how much alike two files are, in whatever order their frames come.

    They are compared in all eight ways that a picture can lie, as a whole and by their moving
    parts; the best counts.

    Example:
        >>> from anigifs.curate.seeing.fingerprints import fingerprint_of
        >>> frames_THWC = np.random.default_rng(0).integers(0, 256, (5, 48, 64, 3), np.uint8)
        >>> match = compare(fingerprint_of(frames_THWC[::-1, :, ::-1]), fingerprint_of(frames_THWC))
        >>> match.same, match.how
        (True, 'mirrored')
    """
    matches = [
        _best(mine_NB, theirs_MB)
        for mine_NB, theirs_MB in zip(one.views, other.views, strict=True)
        if len(mine_NB) and len(theirs_MB)
    ]
    return min(matches, key=lambda match: match.distance, default=UNLIKE)


def _best(mine_NB: np.ndarray, theirs_MB: np.ndarray) -> Match:
    all_ways = np.concatenate([turned(mine_NB, way) for way in WAYS])
    between_WNM = distances(all_ways, theirs_MB).reshape(len(WAYS), len(mine_NB), -1)
    there, back = (_within(between_WNM, axis) for axis in (2, 1))
    # The frames of the file with fewer of them are looked for in the other; of as many, the worse
    # way round counts, so that it does not matter which file comes first.
    if len(mine_NB) != len(theirs_MB):
        distance_W, share_W = there if len(mine_NB) < len(theirs_MB) else back
    else:
        distance_W, share_W = np.maximum(there[0], back[0]), np.minimum(there[1], back[1])
    best = int(distance_W.argmin())
    return Match(float(distance_W[best]), float(share_W[best]), list(WAYS)[best])


def _within(between_WNM: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Return, for each way, within what distance enough frames lie, and the share of near ones."""
    nearest_WN = np.sort(between_WNM.min(axis=axis))
    place = math.ceil(SHARE * nearest_WN.shape[1]) - 1
    return nearest_WN[:, place], np.mean(nearest_WN <= SAME_BITS, axis=1)
