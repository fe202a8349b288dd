import pytest

from anigifs.collect.frontier import Retries
from anigifs.collect.frontier.retries import LONGEST_WAIT_S


@pytest.mark.parametrize(
    ("failures", "retry_after", "wanted"),
    [
        (1, None, 30),
        (2, None, 300),
        (3, None, None),
        (1, 5, 30),
        (1, 120, 120),
        (1, float("inf"), LONGEST_WAIT_S),
        (1, float("nan"), 30),
        (2, -7, 300),
        (3, 120, None),
    ],
)
def test_waits_grow_and_end(failures: int, retry_after: float | None, wanted: float | None) -> None:
    assert Retries().wait(failures, retry_after) == wanted


def test_without_waits_there_is_one_try() -> None:
    assert Retries(waits_s=()).wait(1) is None
