"""What a fall that is taken apart says, as sentences, numbers and a picture."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from anigifs.evaluation.intervals import Estimate
from anigifs.foundation import write_text
from anigifs.gap.apart import Apart
from anigifs.gap.figure import draw_apart
from anigifs.studies.sections import percent

NUMBERS, PICTURE = "apart.json", "apart.svg"


def write_apart(shares: Apart, folder: Path) -> str:
    """Write ``apart.json`` and ``apart.svg`` into a folder, and return the picture."""
    svg = draw_apart(shares)
    write_text(folder / NUMBERS, json.dumps(asdict(shares), indent=1) + "\n")
    write_text(folder / PICTURE, svg)
    return svg


def sentences(shares: Apart) -> Iterator[str]:
    """Yield what a fall that is taken apart says, in plain sentences."""
    fall = shares.fall
    yield (
        f"From film to flat cartoons the model of film loses {_points(fall)}, on the same "
        "movements in every mixture of the two."
    )
    ranked = sorted(shares.factors, key=lambda one: -one.share.value)
    parts = ", ".join(f"{one.name} {_points(one.share)}" for one in ranked)
    yield f"What each ingredient explains of it, which sums to the whole: {parts}."
    if shares.interactions:
        most = max(shares.interactions, key=lambda one: abs(one.value.value))
        way = "more" if most.value.value > 0 else "less"
        pair = f"{most.one.capitalize()} and {most.other}"
        amount = percent(abs(most.value.value))
        yield f"{pair} together cost {amount} points {way} than the sum of both."
    if shares.only_added:
        told = ", ".join(f"{name} {_points(one)}" for name, one in shares.only_added.items())
        yield f"Added to film alone, these cost: {told}."


def _points(one: Estimate) -> str:
    """Return a share as points, with its interval where there is one."""
    words = f"{percent(one.value)} points"
    if one.low is not None and one.high is not None:
        words += f" ({percent(one.low)} to {percent(one.high)})"
    return words.replace("-", "\N{MINUS SIGN}")
