"""The figures of an explanation as tables: for a terminal, as Markdown, and as CSV."""

import csv
import io
from collections.abc import Iterator

from anigifs.studies.explain.evidence import Evidence
from anigifs.studies.explain.summary import MEASURES, Figure, Summary
from anigifs.studies.typesetting import aligned, escape_markdown, piped

CSV_COLUMNS = ("domain", "model", "measure", "value", "low", "high", "n", "groups", "p")
NOTE = (
    "Numbers are x 100, with 95 % intervals: BCa, groups of clips being resampled; p by paired",
    "permutation of groups; neither with fewer than ten groups. Indented rows are what the row",
    "above is to be compared with. Areas are under the probability of the explained class, while",
    "more and more is taken away or given back.",
)
Line = tuple[str, list[str]]
Block = tuple[str, list[Line]]


def to_text(summary: Summary) -> str:
    """Return all tables as lines of aligned text."""
    said: list[str] = []
    for title, lines in _blocks(summary):
        width = 2 + max(len(name) for name, _ in lines)
        widths = [
            max(map(len, column)) for column in zip(*(cells for _, cells in lines), strict=True)
        ]
        said += [title, *(aligned(f"  {name}", cells, width, widths) for name, cells in lines), ""]
    return "\n".join([*said, *NOTE])


def to_markdown(summary: Summary) -> str:
    """Return all tables as Markdown."""
    said: list[str] = []
    for title, ((corner, heads), *lines) in _blocks(summary):
        said += [f"**{escape_markdown(title)}**", ""]
        said += [piped(map(escape_markdown, [corner, *heads]))]
        said += [piped(["---", *["---:"] * len(heads)])]
        said += [piped([_indented(name), *map(escape_markdown, cells)]) for name, cells in lines]
        said += [""]
    return "\n".join([*said, *NOTE, ""])


def to_csv(summary: Summary) -> str:
    """Return every figure as a line of CSV; shares of 0..1, not rounded."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(figure.to_json() for figure in summary.figures)
    for (domain, model), found in summary.evidence.items():
        row = {"domain": domain, "model": model, "n": found.n, "groups": found.groups}
        for name in ("right_inside", "right_outside", "wrong_inside", "wrong_outside"):
            writer.writerow({**row, "measure": name, "value": getattr(found, name) / found.n})
        gap = {"value": found.difference, "low": found.low, "high": found.high}
        writer.writerow({**row, "measure": "right_given_inside - right_given_outside", **gap})
    return buffer.getvalue()


def _blocks(summary: Summary) -> Iterator[Block]:
    """Yield tables: a title, then lines, the first of which is the head."""
    for domain in summary.domains:
        yield _of_figures(summary, domain)
        for model in summary.models:
            if (found := summary.evidence.get((domain, model))) is not None:
                yield _of_evidence(domain, model, found)


def _of_figures(summary: Summary, domain: str) -> Block:
    of_domain = [figure for figure in summary.figures if figure.domain == domain]
    columns = list(dict.fromkeys(figure.model for figure in of_domain))
    cells = {(figure.measure, figure.model): figure for figure in of_domain}
    lines: list[Line] = [("", [*columns, "n", "groups"])]
    for key, title in MEASURES.items():
        row = [cells.get((key, column)) for column in columns]
        first = next((figure for figure in row if figure is not None), None)
        if first is not None:
            counts = [str(first.estimate.n), str(first.estimate.groups)]
            told = [
                _words(figure, signed=column not in summary.models or key.endswith("_gain"))
                for column, figure in zip(columns, row, strict=True)
            ]
            lines.append((title, [*told, *counts]))
    return f"{domain or 'all clips'}, evidence for {summary.about}", lines


def _words(figure: Figure | None, *, signed: bool) -> str:
    if figure is None:
        return "-"
    words = _interval(figure.estimate.value, figure.estimate.low, figure.estimate.high, signed)
    return words if figure.p is None else f"{words} p {figure.p:.2g}"


def _interval(value: float, low: float | None, high: float | None, signed: bool) -> str:
    form = "+.1f" if signed else ".1f"
    ends = ""
    if low is not None and high is not None:
        ends = f" [{100 * low:{form}}, {100 * high:{form}}]"
    return f"{100 * value:{form}}{ends}"


def _of_evidence(domain: str, model: str, found: Evidence) -> Block:
    def counts(*of_row: int) -> list[str]:
        return [f"{one} ({100 * one / found.n:.0f} %)" for one in of_row]

    given = [found.right_given_inside, found.right_given_outside]
    shares = ["-" if share is None else f"{100 * share:.1f}" for share in given]
    apart = "-"
    if found.difference is not None:
        apart = _interval(found.difference, found.low, found.high, signed=True)
    lines: list[Line] = [
        ("", ["peak inside", "peak outside", "difference"]),
        ("right answer", [*counts(found.right_inside, found.right_outside), ""]),
        ("wrong answer", [*counts(found.wrong_inside, found.wrong_outside), ""]),
        ("P(right), x 100", [*shares, apart]),
    ]
    return f"{domain or 'all clips'}, {model}: answers and evidence, n={found.n}", lines


def _indented(name: str) -> str:
    inner = name.lstrip(" ")
    return f"{'&nbsp;&nbsp;' if inner != name else ''}{escape_markdown(inner)}"
