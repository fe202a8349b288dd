"""Files to pictures of what models say of them, and where they look."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from anigifs.clips import Geometry, Sampler, load_clip
from anigifs.foundation import MediaError
from anigifs.studies.explain.captions import Answer
from anigifs.studies.explain.looking import Look, Viewer, Wanted, look
from anigifs.studies.explain.pictures import Form, Side, Subject, write_pictures
from anigifs.studies.explain.timing import playing_ms

TOP = 3  # answers below a picture


@dataclass(frozen=True)
class Showing:
    """How pictures are made.

    Attributes:
        geometry: Frames, size and crop that the models see.
        sampler: Which frames.
        background: RGB shown by transparent pixels.
        wanted: Which class is explained.
        forms: Of the pictures.
        out: The folder; pictures go into ``pictures`` in it.
    """

    geometry: Geometry
    sampler: Sampler
    background: tuple[int, int, int]
    wanted: Wanted
    forms: tuple[Form, ...]
    out: Path


def explain_files(
    viewers: Sequence[Viewer], paths: Sequence[Path], showing: Showing
) -> Iterator[dict[str, Any]]:
    """Show each file, and yield what was said of it; one that cannot be read carries its error."""
    for number, path in enumerate(paths, start=1):
        result: dict[str, Any] = {"file": str(path), "models": [], "pictures": []}
        try:
            clip = load_clip(path, showing.geometry, showing.sampler, background=showing.background)
        except MediaError as error:
            yield {**result, "warnings": [], "error": str(error)}
            continue
        clips_BTHWC = torch.from_numpy(clip.frames_THWC)[None]
        looks = [
            look(viewer, clips_BTHWC, [showing.wanted.place(viewer, None)])[0] for viewer in viewers
        ]
        info = clip.info
        delays_ms = [float(delay * info.tick * 1000) for delay in info.delays]
        subject = Subject(clip.frames_THWC, playing_ms(delays_ms, clip.indices))
        files = show(f"{number:03}-{path.stem}", subject, viewers, looks, showing)
        models = [said(viewer, one) for viewer, one in zip(viewers, looks, strict=True)]
        yield {
            **result,
            "models": models,
            "pictures": files,
            "warnings": list(info.warnings),
            "error": None,
        }


def show(
    name: str, subject: Subject, viewers: Sequence[Viewer], looks: Sequence[Look], showing: Showing
) -> list[str]:
    """Write the pictures of a clip, and return their paths within the folder.

    Args:
        name: Of the files, without an ending; what is awkward in it is replaced.
        subject: The clip.
        viewers: The models.
        looks: What each of them said.
        showing: How.
    """
    sides = [
        Side(viewer.name, _answers(viewer, one, subject.label), one.map_THW)
        for viewer, one in zip(viewers, looks, strict=True)
    ]
    stem = showing.out / "pictures" / re.sub(r"[^\w.-]+", "-", name)[:100]
    files = write_pictures(stem, subject, sides, str(showing.wanted), showing.forms)
    return [file.relative_to(showing.out).as_posix() for file in files]


def said(viewer: Viewer, one: Look) -> dict[str, Any]:
    """Return what a model said, as JSON can hold it."""
    classes = viewer.weights.classes
    return {
        "model": viewer.name,
        "explained": classes[one.explained],
        "predictions": [
            {"label": classes[place], "probability": round(float(one.shares_K[place]), 6)}
            for place in one.best(TOP)
        ],
    }


def _answers(viewer: Viewer, one: Look, label: str | None) -> tuple[Answer, ...]:
    truth = None if label is None else viewer.place_of.get(label, -1)
    marks = {truth: True} if truth is not None else {}
    if truth is not None:
        marks.setdefault(one.answer, False)
    return tuple(
        Answer(viewer.weights.classes[place], float(one.shares_K[place]), marks.get(place))
        for place in one.best(TOP)
    )
