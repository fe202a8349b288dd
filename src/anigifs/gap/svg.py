"""A few shapes as SVG, in the reader's light or dark colours."""

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

#: Of Okabe and Ito's colours, which colour-blind people tell apart, two that are seen on light and
#: on dark paper.
BLUE, ORANGE = "#0072b2", "#d55e00"
INK = "currentColor"
STYLE = """svg { color: #1a1a1a; font: 13px system-ui, sans-serif }
.paper { fill: #ffffff }
@media (prefers-color-scheme: dark) { svg { color: #e6e6e6 } .paper { fill: #14171b } }"""


@dataclass
class Sheet:
    """What was drawn so far; lengths are pixels, y grows downwards."""

    width: float
    shapes: list[str] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        colour: str = INK,
        anchor: str = "start",
        size: float = 13,
        bold: bool = False,
        faint: bool = False,
    ) -> None:
        """Write words; y is their base line."""
        weight = ' font-weight="600"' if bold else ""
        opacity = ' fill-opacity="0.7"' if faint else ""
        self.shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}" '
            f'font-size="{size:g}"{weight}{opacity}>{escape(words)}</text>'
        )

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        colour: str = INK,
        width: float = 1,
        opacity: float = 1,
        dashed: bool = False,
    ) -> None:
        """Draw a line."""
        dashes = ' stroke-dasharray="3 3"' if dashed else ""
        self.shapes.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width:g}" stroke-opacity="{opacity:g}"{dashes}/>'
        )

    def box(
        self, x1: float, x2: float, y: float, height: float, *, colour: str, opacity: float = 1
    ) -> None:
        """Fill a rectangle from x1 to x2, y being its middle; it is a pixel wide at least."""
        left, width = min(x1, x2), max(abs(x2 - x1), 1)
        self.shapes.append(
            f'<rect x="{left:.1f}" y="{y - height / 2:.1f}" width="{width:.1f}" '
            f'height="{height:g}" fill="{colour}" fill-opacity="{opacity:g}"/>'
        )

    def dot(self, x: float, y: float, radius: float = 4, *, colour: str = INK) -> None:
        """Fill a circle."""
        self.shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}"/>')

    def svg(self, height: float, title: str) -> str:
        """Return the file."""
        size = f'width="{self.width:g}" height="{height:g}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {self.width:g} '
            f'{height:g}" role="img" aria-label={quoteattr(title)}>'
        )
        paper = '<rect class="paper" width="100%" height="100%"/>'
        return "\n".join([head, f"<style>{STYLE}</style>", paper, *self.shapes, "</svg>", ""])


@dataclass(frozen=True)
class Scale:
    """From values to pixels."""

    low: float
    high: float
    left: float
    right: float

    def __call__(self, value: float) -> float:
        """Return where a value lies; one beyond an end lies at it."""
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)
