import pytest

from anigifs.methods.schedule import PAPER_PERIOD, Schedule, period_of


@pytest.mark.parametrize(
    ("asked", "updates", "acts", "scaled", "period"),
    [
        (None, 3000, 10, False, PAPER_PERIOD),
        (None, 50, 10, False, PAPER_PERIOD),
        (None, 112, 13, True, 8),
        (None, 5, 13, True, 1),
        (None, 100_000, 13, True, PAPER_PERIOD),
        (7, 100_000, 13, True, 7),
    ],
)
def test_periods_are_the_papers_or_scaled_or_asked_for(
    asked: int | None, updates: int, acts: int, scaled: bool, period: int
) -> None:
    assert period_of(asked, updates, acts, scaled=scaled) == period


@pytest.mark.parametrize("updates", [1, 12, 13, 100, 112, 1000, 2600, 10_000])
def test_a_scaled_run_has_room_for_its_acts_wherever_it_is_long_enough(updates: int) -> None:
    period = period_of(None, updates, 13, scaled=True)
    schedule = Schedule(period, last=updates - 1, most=12)
    due = [step for step in range(1, updates + 1) if schedule.is_due(step)]
    assert len(due) == schedule.acts
    assert schedule.acts == min(12, updates - 1)
    assert not due or due[0] == period


def test_the_papers_600_iterations_are_twelve_searches_in_2400_updates() -> None:
    schedule = Schedule(PAPER_PERIOD, last=2600 - 1, most=12)
    due = [step for step in range(1, 2601) if schedule.is_due(step)]
    assert due == [200 * number for number in range(1, 13)]
