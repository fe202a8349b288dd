"""Plain text of a piece of HTML, such as the name of an artist that is a link."""

from html import unescape
from html.parser import HTMLParser

#: Elements within a line: what stands on both sides of their tags is one word.
INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "big", "em", "font", "i", "small", "span", "strong", "u"}
)
#: Elements whose text is not for reading.
UNREAD = frozenset({"script", "style"})


def plain_text(html: str) -> str:
    """Return what a reader sees of a piece of HTML, on one line.

    Example:
        >>> plain_text('<a href="/wiki/User:Ada">Ada&nbsp;L.</a> &amp; <b>Bo</b>b<br>2009')
        'Ada L. & Bob 2009'
    """
    reader = _Reader()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:
        # The library's parser gives up so on a broken declaration, such as <![x.
        return " ".join(unescape(html).split())
    return " ".join("".join(reader.parts).split())


class _Reader(HTMLParser):
    """Collects the text between the tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a break, unless the tag stands within a word."""
        self.unread += tag in UNREAD
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        """The same for an end."""
        self.unread -= tag in UNREAD and self.unread > 0
        self._break(tag)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if not self.unread:
            self.parts.append(data)

    def _break(self, tag: str) -> None:
        if tag not in INLINE:
            self.parts.append(" ")
