import sqlite3
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from anigifs.collect.frontier.claims import Claims
from anigifs.collect.frontier.schema import TABLES


@given(
    st.lists(st.tuples(st.sampled_from(["", "a", "b", "c"]), st.integers(0, 3)), max_size=30),
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3), st.integers(0, 4)), max_size=6),
)
def test_each_file_is_claimed_once_when_its_time_has_come(
    files: list[tuple[str, int]], claims_made: list[tuple[int, int, int]]
) -> None:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    for number, (host, due) in enumerate(files):
        connection.execute(
            "INSERT INTO media (url, host, due, first_seen) VALUES (?, ?, ?, 0)",
            (f"http://{host}/{number}", host, due),
        )
    claims, left = Claims(), dict(enumerate(files, start=1))
    for count, now, room in claims_made:
        taken = claims.take(connection, count, now, lambda host, room=room: room)  # type: ignore[misc]
        ready = Counter(host for host, due in left.values() if due <= now)
        assert len(taken) == min(count, sum(min(room, n) for n in ready.values()))
        for row in taken:
            host, due = left.pop(row.media_id)
            assert row.host == host
            assert due <= now
        of_host = Counter(row.host for row in taken)
        assert all(n <= room for n in of_host.values())
        # Fair: a host has two more than twice as many as another only if the other has no more.
        for host, others in ((h, o) for h in of_host for o in ready):
            if of_host[others] < min(ready[others], room):
                assert of_host[host] <= 2 * of_host[others] + 2
    assert len(claims) == len(files) - len(left)
    connection.close()
