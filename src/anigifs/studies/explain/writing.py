"""What an explanation leaves in its folder, beside the pictures."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from anigifs.foundation import write_text
from anigifs.studies.explain.on_index import Explained
from anigifs.studies.explain.tables import to_csv, to_markdown, to_text


def write_explained(out: Path, explained: Explained) -> None:
    """Write figures, tables and what was found of each clip.

    They are ``explain.json``, ``scores.csv``, ``scores.md``, ``scores.txt`` and ``clips.jsonl``.
    """
    summary = explained.summary
    lines = [json.dumps(one.to_json(), ensure_ascii=False) for one in explained.found]
    write_text(out / "clips.jsonl", "".join(f"{line}\n" for line in lines))
    write_text(out / "scores.csv", to_csv(summary))
    write_text(out / "scores.md", to_markdown(summary))
    write_text(out / "scores.txt", to_text(summary) + "\n")
    record = {**explained.record, **figures_of(explained)}
    write_json(out, {**record, "pictures": explained.pictures, "warnings": explained.warnings})


def figures_of(explained: Explained) -> dict[str, Any]:
    """Return the figures as JSON can hold them."""
    evidence = [
        {"domain": domain, "model": model, **found.to_json()}
        for (domain, model), found in explained.summary.evidence.items()
    ]
    return {
        "scores": [figure.to_json() for figure in explained.summary.figures],
        "evidence": evidence,
    }


def write_json(out: Path, record: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write ``explain.json``."""
    text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
    write_text(out / "explain.json", f"{text}\n")
