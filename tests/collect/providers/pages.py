"""What must hold of a page, whatever was answered."""

from collections.abc import Callable
from dataclasses import fields

from anigifs.collect.items import Hit, Page
from anigifs.collect.reasons import WebFailedError


def check_page_or_failure(search: Callable[[], Page]) -> None:
    """Check that a search gives a page that a database can hold, or fails as the web may."""
    try:
        page = search()
    except WebFailedError:
        return
    assert page.next_cursor is None or isinstance(page.next_cursor, str)
    for hit in page.hits:
        check_hit(hit)


def check_hit(hit: Hit) -> None:
    """Check the kinds of all values: the annotations are not enforced when a program runs."""
    assert hit.media_url.startswith(("http://", "https://"))
    for one in fields(Hit):
        value = getattr(hit, one.name)
        if one.name in ("width", "height", "bytes"):
            assert value is None or (type(value) is int and 0 <= value < 2**63)
        elif one.name == "tags":
            assert isinstance(value, tuple)
            assert all(tag and tag.encode() for tag in value)
        else:
            assert isinstance(value, str)
            assert "\0" not in value
            value.encode()
