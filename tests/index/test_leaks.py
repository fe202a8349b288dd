from anigifs.index import Row
from anigifs.index.leaks import in_both


def test_what_rows_share_is_known_by_column_and_nothing_is_no_value() -> None:
    one = [Row(clip_id="a", label="run", group="g"), Row(clip_id="b", label="run", group="")]
    other = [Row(clip_id="b", label="bow", group=""), Row(clip_id="c", label="bow", group="g")]
    assert in_both("clip_id", one, other) == {"b"}
    assert in_both("group", one, other) == {"g"}
    assert in_both("sha256", one, other) == in_both("label", one, other) == set()
