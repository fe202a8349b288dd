"""What sets one performance of an action apart from another."""

import numpy as np

from anigifs.foundation import generator


class Habits:
    """Named draws of one motion instance: how wide, how deep, how crooked it is done.

    A draw depends on the instance and on its name, not on what else is asked, so changing one
    movement leaves the others as they are.

    Attributes:
        amplitude: How far the movement goes; 1 is usual.
    """

    def __init__(self, seed: int, amplitude: float = 1.0) -> None:
        self._seed = seed
        self.amplitude = amplitude * self("amplitude", 0.86, 1.1)

    def __call__(self, name: str, low: float, high: float) -> float:
        """Return a number from between ``low`` and ``high``."""
        return float(generator(self._seed, name).uniform(low, high))

    def flip(self, name: str, chance: float = 0.5) -> bool:
        """Return whether something is the case."""
        return self(name, 0, 1) < chance

    def wander(self, name: str, seconds_T: np.ndarray, size: float) -> np.ndarray:
        """Return a slow, unsteady drift of about ``size``, such as the sway of who stands."""
        rng = generator(self._seed, "wander", name)
        waves = zip(rng.uniform(0.15, 0.9, 3), rng.uniform(0, 2 * np.pi, 3), strict=True)
        return np.asarray(size * sum(np.sin(2 * np.pi * f * seconds_T + a) for f, a in waves) / 1.7)


class Take:
    """One performance: when, and by whose habits.

    Attributes:
        phase_T: Cycles of the action done so far.
        seconds_T: The time.
        habits: Of this performance.
    """

    def __init__(self, phase_T: np.ndarray, seconds_T: np.ndarray, habits: Habits) -> None:
        self.phase_T, self.seconds_T, self.habits = phase_T, seconds_T, habits

    @property
    def count(self) -> int:
        """T."""
        return len(self.phase_T)

    def wander(self, name: str, size: float) -> np.ndarray:
        """Return a slow drift of about ``size``."""
        return self.habits.wander(name, self.seconds_T, size)
