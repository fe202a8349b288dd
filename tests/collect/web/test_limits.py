import pytest

from anigifs.collect.web import Limits
from anigifs.foundation import UsageError


@pytest.mark.parametrize("agent", ["", " ", "a\r\nHost: b", "anigifs/1 (é)"])
def test_an_agent_that_cannot_be_sent_is_refused(agent: str) -> None:
    with pytest.raises(UsageError, match="agent"):
        Limits(agent=agent)


@pytest.mark.parametrize("place", ["127.0.0.1", "localhost:", "localhost:http"])
def test_an_allowance_needs_a_port(place: str) -> None:
    with pytest.raises(UsageError, match="host and a port"):
        Limits(allow=(place,))
