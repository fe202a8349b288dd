from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anigifs.collect.providers.markup import plain_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="//commons.wikimedia.org/wiki/User:Ada" title="User:Ada">Ada</a>', "Ada"),
        ("A &amp; B", "A & B"),
        ("<p>one</p><p>two</p>", "one two"),
        ("<b>bo</b>ld", "bold"),
        ("<style>.a{color:red}</style>Ada<script>alert('x')</script>", "Ada"),
        ("</script>Ada", "Ada"),
        ("Ada <!-- not for readers -->L.", "Ada L."),
        ("3 < 5", "3 < 5"),
        ("<![x[ broken", "<![x[ broken"),
        ("", ""),
    ],
)
def test_what_a_reader_sees(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])))
def test_escaped_text_comes_back(text: str) -> None:
    assert plain_text(f"<i>{escape(text)}</i>") == text


@given(st.text(st.sampled_from("<>![]&;-/?'\" abcript=x#0"), max_size=40))
def test_any_markup_is_read(html: str) -> None:
    assert isinstance(plain_text(html), str)
