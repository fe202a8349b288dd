from hypothesis import given
from hypothesis import strategies as st

from anigifs.index.readers.clip_names import ClipName, clip_of_path, clip_of_stem, clip_of_url

ID = st.from_regex(r"[A-Za-z0-9_-]{11}", fullmatch=True)


@given(ID, st.integers(0, 99_999), st.integers(1, 99_999))
def test_a_name_and_an_address_say_which_clip_they_are_of(
    video: str, start: int, length: int
) -> None:
    name = ClipName(video, start, start + length)
    assert clip_of_stem(str(name)) == name
    assert clip_of_url(name.url) == name
    assert clip_of_path(f"a_000001_000002/{name}.mp4") == name
    assert name.length_ms == 1000 * length


def test_what_is_no_name_of_a_clip_is_none() -> None:
    bad = ["yq_M1PMw2hY", "yq_M1PMw2h_000001_000002", "yq_M1PMw2hY_000002_000002", "a.mp4", ""]
    for stem in bad:
        assert clip_of_stem(stem) is None
        assert clip_of_url(stem) is None
    assert clip_of_url("https://www.youtube.com/watch?v=yq_M1PMw2hY") is None
    assert clip_of_path("yq_M1PMw2hY_000001_000002.mp4.part") is None
