"""Lines of tables: aligned text, Markdown, LaTeX and CSV, and what must be escaped in each."""

import re
from collections.abc import Iterable, Sized

from anigifs.studies.cells import Share
from anigifs.studies.sections import Words

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # After a line's end these two would be read as its arguments.
    "[": "{[}",
    "*": "{*}",
}


def one_line(text: str) -> str:
    """Return text without line ends and repeated spaces."""
    return " ".join(text.split())


def aligned(name: str, cells: Iterable[str], name_width: int, widths: Iterable[int]) -> str:
    """Return a line of cells, each as wide as its column."""
    padded = [f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)]
    return "  ".join([f"{name:{name_width}}", *padded]).rstrip()


def piped(cells: Iterable[str]) -> str:
    """Return a row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def escape_markdown(text: str) -> str:
    r"""Return text in which Markdown finds nothing to obey.

    Example:
        >>> escape_markdown("a|b <i> *c*")
        'a\\|b \\<i\\> \\*c\\*'
    """
    return re.sub(r"([\\`*_\[\]<>|~#&$])", r"\\\1", one_line(text))


def latex_row(name: str, cells: Iterable[str]) -> str:
    """Return a row of a table in LaTeX."""
    return rf"{' & '.join([name, *cells])} \\"


def stacked(words: Words) -> str:
    """Return a number in LaTeX with its interval and its test below it, in smaller print."""
    if not words.main:
        return "--"
    number = _latex_number(words.main)
    below = [small(_latex_number(part)) for part in (words.detail, words.test) if part]
    lines = r"\\".join([number, *below])
    return rf"\shortstack{{{lines}}}" if below else number


def small(text: str) -> str:
    """Return text in LaTeX in smaller print."""
    return rf"{{\scriptsize {text}}}"


def _latex_number(text: str) -> str:
    """Return a number's words with the signs of mathematics."""
    return re.sub(r"[-+<=]", r"$\g<0>$", text)


def escape_latex(text: str) -> str:
    r"""Return text in which LaTeX finds no command.

    Example:
        >>> print(escape_latex("50 % of_a & b"))
        50 \% of\_a \& b
    """
    return "".join(_LATEX.get(character, character) for character in one_line(text))


def csv_interval(seeds: Sized) -> str:
    """Return what sort of interval numbers of these seeds have, as a column of a CSV."""
    return "BCa over groups" if len(seeds) == 1 else "t over seeds"


def csv_share(name: str, share: Share | None) -> dict[str, float | None]:
    """Return a number and the ends of its interval as columns of a CSV."""
    if share is None:
        return {}
    return {name: share.value, f"{name}_low": share.low, f"{name}_high": share.high}
