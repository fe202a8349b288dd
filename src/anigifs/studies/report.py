"""One page that shows a study to a person: it needs no network, and works from a file."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from anigifs.foundation import UsageError, write_text
from anigifs.studies.bars import draw_bars
from anigifs.studies.cells import Table, merged
from anigifs.studies.classes import by_class, confusions
from anigifs.studies.outcomes import Outcome
from anigifs.studies.samples import Sample
from anigifs.studies.sections import laid_out, notes, percent, row_title
from anigifs.studies.summary import summarise

NAME = "report.html"
#: Of all pictures before base64 makes them a third larger: the page stays below 6 MB.
PICTURE_BYTES = 4_000_000


@dataclass(frozen=True)
class Picture:
    """A clip on the page: its pictures as data URIs, empty where there is none."""

    sample: Sample
    still: str
    moving: str
    title: str
    verdict: str


def write_report(
    folder: Path | str,
    table: Table,
    outcomes: Sequence[Outcome],
    samples: Sequence[Sample] = (),
    *,
    hardware: str = "",
    settings: Mapping[str, str] | None = None,
) -> Path:
    """Write ``report.html``: summary, table, figure, classes, confusions, clips, and provenance.

    Args:
        folder: Of the study.
        table: From :func:`anigifs.studies.tabulation.tabulate`. What is shown of classes and
            confusions is of its first model, the confusions on its last set.
        outcomes: The tests that the table was made of.
        samples: From :func:`anigifs.studies.samples.choose_samples`.
        hardware: What it ran on, in words.
        settings: Anything else that made the numbers, such as the command, by its name.

    Returns:
        The path of the page.

    Raises:
        UsageError: The table has no row or no column.
    """
    path = Path(folder) / NAME
    write_text(path, render_report(table, outcomes, samples, hardware, settings or {}))
    return path


def render_report(
    table: Table,
    outcomes: Sequence[Outcome],
    samples: Sequence[Sample],
    hardware: str,
    settings: Mapping[str, str],
) -> str:
    """Return the page; see :func:`write_report`."""
    if not table.rows or not table.columns:
        raise UsageError("a report of an empty table; run the study first")
    shown = _shown(table, outcomes)
    first, target = table.rows[0], table.columns[-1]
    classes = by_class(shown, first.key, [column.key for column in table.columns])
    pictures = list(_pictures(samples))
    chance = _chance(shown)
    return _template().render(
        title=table.title,
        summary=summarise(table, classes),
        first=row_title(first.title, first.oracle),
        target=target.title,
        columns=table.columns,
        grid=laid_out(table),
        notes=notes(table),
        figure=Markup(draw_bars(table, chance)),
        chance=chance,
        oracles=any(row.oracle for row in table.rows),
        classes=[(row.label, [_heat(share) for share in row.top1]) for row in classes],
        scale=[_heat(step / 4) for step in range(5)],
        confusions=confusions(shown, first.key, target.key),
        sets=_by_set(table, pictures),
        made=list(_made(table, shown, hardware, settings)),
        tests=[_test(one) for one in shown],
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("anigifs.studies", "data"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(percent=percent, signed=_signed)
    return environment.get_template("report.html.j2")


def _shown(table: Table, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the tests that stand in the table, in its order."""
    rows = {row.key: place for place, row in enumerate(table.rows)}
    columns = {column.key: place for place, column in enumerate(table.columns)}
    kept = [one for one in outcomes if one.model in rows and one.set in columns]
    return sorted(kept, key=lambda one: (rows[one.model], columns[one.set], one.seed))


def _chance(outcomes: Iterable[Outcome]) -> float | None:
    """Return the top-1 of blind guessing, where all models have as many classes."""
    counts = {len(one.predictions.classes) for one in outcomes}
    return 1 / counts.pop() if len(counts) == 1 else None


def _signed(words: str) -> str:
    """Return the words of a number with true minus signs."""
    return words.replace("-", "\N{MINUS SIGN}")


def _heat(share: float | None) -> tuple[str, str, str]:
    """Return the words of a share, its colour, and a colour that is read on it.

    Cividis is seen alike by people with and without colour blindness.
    """
    if share is None:
        return "\N{EN DASH}", "transparent", "inherit"
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    red, green, blue, _ = colormaps["cividis"](share)
    dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
    return f"{100 * share:.0f}", to_hex((red, green, blue)), "#ffffff" if dark else "#000000"


def _pictures(samples: Sequence[Sample]) -> Iterator[Picture]:
    """Yield what is shown of each sample; where room is short, stills go before what moves."""
    stills = sum(len(one.png or b"") for one in samples)
    room = PICTURE_BYTES - min(stills, PICTURE_BYTES)
    left = PICTURE_BYTES
    for one in samples:
        still = one.png if one.png is not None and len(one.png) <= left else None
        left -= len(still or b"")
        moving = one.gif if still is not None and one.gif and len(one.gif) <= room else None
        room -= len(moving or b"")
        yield Picture(one, _uri("png", still), _uri("gif", moving), _title(one), _verdict(one))


def _uri(kind: str, data: bytes | None) -> str:
    return "" if data is None else f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _title(one: Sample) -> str:
    if one.error:
        return f"no picture: {one.error}"
    return f"frames of a clip of {one.label}"


def _verdict(one: Sample) -> str:
    return "right" if one.right else f"wrong, said {one.answer}"


def _by_set(table: Table, pictures: Sequence[Picture]) -> list[tuple[str, list[Picture]]]:
    found = [
        (column.title, [one for one in pictures if one.sample.of_set == column.key])
        for column in table.columns
    ]
    return [(title, some) for title, some in found if some]


def _made(
    table: Table, outcomes: Sequence[Outcome], hardware: str, settings: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the terms and words of "how this was made"."""
    origin = merged(cell.origin for row in table.rows for cell in row.cells if cell is not None)
    yield from settings.items()
    if hardware:
        yield "hardware", hardware
    yield "seeds of training", ", ".join(map(str, sorted({one.seed for one in outcomes})))
    yield "sampler", ", ".join(origin.samplers)
    yield "geometry (frames x size)", ", ".join(origin.presets)
    for row in table.rows:
        hashes = merged(cell.origin for cell in row.cells if cell is not None).weights_hashes
        yield f"weights of {row_title(row.title, row.oracle)}", ", ".join(hashes)
    yield "index", ", ".join(origin.index_hashes)
    yield "commit", ", ".join(origin.commits)
    yield "versions", _versions(outcomes)


def _versions(outcomes: Iterable[Outcome]) -> str:
    found: dict[str, None] = {}
    for one in outcomes:
        for name, version in (one.record.get("versions") or {}).items():
            found[f"{name} {version}"] = None
    return ", ".join(found)


def _test(one: Outcome) -> dict[str, Any]:
    return {
        "model": one.model,
        "set": one.set,
        "seed": one.seed,
        "n": len(one.predictions),
        "hash": one.predictions.sha256,
    }
