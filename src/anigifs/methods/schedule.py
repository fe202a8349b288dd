"""When a method that acts now and then does so."""

from dataclasses import dataclass

from anigifs.foundation import UsageError

PAPER_PERIOD = 200
"""Updates between two searches, gates or attacks (the paper, sections 4.1 and 5.2)."""


@dataclass(frozen=True)
class Schedule:
    """Every so many updates, and no more than so often.

    Attributes:
        period: Updates between two acts.
        last: The last update that may have one.
        most: Acts at most; None is no limit.

    Example:
        >>> schedule = Schedule(period=8, last=30, most=None)
        >>> [step for step in range(1, 31) if schedule.is_due(step)], schedule.acts
        ([8, 16, 24], 3)
    """

    period: int
    last: int
    most: int | None = None

    def is_due(self, step: int) -> bool:
        """Return whether update number ``step``, counted from 1, has an act."""
        number, rest = divmod(step, self.period)
        return rest == 0 and 0 < number <= self.acts

    def check(self, act: str, updates: int) -> None:
        """Refuse a run that has no act at all.

        Raises:
            UsageError: It is too short.
        """
        if self.acts == 0:
            raise UsageError(
                f"no {act} in {updates} updates: one is due every {self.period}; give it a shorter "
                "period, or the run more updates"
            )

    @property
    def acts(self) -> int:
        """How many acts a run has."""
        fit = max(0, self.last) // self.period
        return fit if self.most is None else min(fit, self.most)


def period_of(asked: int | None, updates: int, acts: int, *, scaled: bool) -> int:
    """Return the updates between two acts.

    Args:
        asked: What the user wants; None leaves it to the paper, or to the run.
        updates: Of the run.
        acts: How many a run should have room for where the period is scaled to it.
        scaled: Whether it is; a run that is long enough for the paper's period has that anyway.

    Example:
        >>> period_of(None, 112, 10, scaled=True), period_of(None, 112, 10, scaled=False)
        (11, 200)
    """
    if asked is not None:
        return asked
    return max(1, min(PAPER_PERIOD, updates // acts)) if scaled else PAPER_PERIOD
