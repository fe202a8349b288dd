"""How many frames a network is shown, and which of those it takes."""

from anigifs.clips.samplers import FEWEST_FRAMES

#: Of a clip, where a network takes any number: its answer is the mean over them.
USUAL_FRAMES = 16


def frames_to_show(native: int) -> int:
    """Return how many frames of a clip to ask for, so that a network gets those it wants.

    A clip has 9 frames or more here. A network that wants fewer is shown an odd multiple of them,
    spread equally in time: the middle one of each part is then the very frame that it would have
    been shown.

    Example:
        >>> frames_to_show(16), frames_to_show(8), frames_to_show(2)
        (16, 24, 10)
    """
    times = 1
    while native * times < FEWEST_FRAMES:
        times += 2
    return native * times


def taken(shown: int, native: int) -> list[int]:
    """Return which of the frames shown a network takes: the middle ones of equal intervals.

    Of too few, some are taken more than once.

    Example:
        >>> taken(24, 8)
        [1, 4, 7, 10, 13, 16, 19, 22]
        >>> taken(16, 16) == list(range(16)), taken(2, 4)
        (True, [0, 0, 1, 1])
    """
    return [(2 * place + 1) * shown // (2 * native) for place in range(native)]
