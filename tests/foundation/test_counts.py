from types import SimpleNamespace

import pytest

from anigifs.foundation import UsageError
from anigifs.foundation.counts import check_counts


@pytest.mark.parametrize("count", [0, -3])
def test_the_first_count_below_one_is_named(count: int) -> None:
    settings = SimpleNamespace(epochs=1, steps=None, period=count)
    check_counts(settings, "epochs", "steps")
    with pytest.raises(UsageError, match=f"^period is at least 1, not {count}$"):
        check_counts(settings, "epochs", "steps", "period")
