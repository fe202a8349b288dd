import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anigifs.collect.frontier import canonical, host_of


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("HTTP://EXAMPLE.org/A.gif", "http://example.org/A.gif"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443", "https://example.org/"),
        ("http://example.org:443/a", "http://example.org:443/a"),
        ("https://example.org/a?x=1#frame", "https://example.org/a?x=1"),
        ("https://me:pw@Example.org:443/a", "https://me:pw@example.org/a"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("http://[", "http://["),
        ("http://example.org:port/a", "http://example.org:port/a"),
        ("data:image/gif;base64,AA", "data:image/gif;base64,AA"),
        ("", ""),
    ],
)
def test_one_file_has_one_address(url: str, wanted: str) -> None:
    assert canonical(url) == wanted
    assert canonical(wanted) == wanted


@example("A://0? #")
@example("http://0/ ?#")
@given(st.text() | st.text("htps:/.#?@[]0189 aé%").map(lambda rest: f"http://{rest}"))
def test_any_text_has_a_spelling_that_stays(text: str) -> None:
    once = canonical(text)
    assert canonical(once) == once
    assert host_of(once) == host_of(once).lower()
