"""What is measured of a model on a clip: its answer, and how its evidence agrees with the tube."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch

from anigifs.clips.batch import Batch
from anigifs.foundation import generator
from anigifs.index import Row
from anigifs.saliency import (
    Curves,
    area,
    curves_in_space,
    curves_in_time,
    energy_inside,
    iou_at_volume,
    peak_inside,
    spread,
)
from anigifs.studies.explain.looking import Look, Viewer, Wanted, look, probability_of


@dataclass(frozen=True, eq=False)
class Finding:
    """One model on one clip.

    Attributes:
        row: The clip.
        viewer: The model.
        look: What it said.
        right: Whether its answer is the clip's label.
        values: What was measured, by the keys of ``tables.MEASURES``; all within 0..1. What cannot
            be known of this clip is not there.
        curves: Deletion and insertion in ``space`` and ``time``, where they were asked for.
    """

    row: Row
    viewer: Viewer
    look: Look
    right: bool
    values: dict[str, float]
    curves: dict[str, Curves] = field(default_factory=dict)

    def name(self, place: int) -> str:
        """Return the name of one of the model's classes."""
        return self.viewer.weights.classes[place]

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON can hold it."""
        return {
            "clip_id": self.row.clip_id,
            "model": self.viewer.name,
            "domain": self.row.domain,
            "style": self.row.style,
            "group": self.row.group,
            "label": self.row.label,
            "answer": self.name(self.look.answer),
            "probability": float(self.look.shares_K[self.look.answer]),
            "explained": self.name(self.look.explained),
            **{key: round(value, 6) for key, value in self.values.items()},
            **{
                f"{where}_{kind}": [round(share, 6) for share in curve]
                for where, curves in self.curves.items()
                for kind, curve in vars(curves).items()
            },
        }


def findings(
    viewers: Sequence[Viewer], batches: Iterable[Batch], rows: Mapping[str, Row], wanted: Wanted
) -> Iterator[list[Finding]]:
    """Ask every model of every clip, and yield what was found for each batch.

    Args:
        viewers: The models.
        batches: The clips, with their tubes where any clip has one.
        rows: By clip id.
        wanted: Which class is explained.
    """
    for batch in batches:
        of_batch = [rows[clip_id] for clip_id in batch.clip_ids]
        tubes_of = _about_tubes(batch)
        found: list[Finding] = []
        for viewer in viewers:
            places = [wanted.place(viewer, row.label) for row in of_batch]
            looks = look(viewer, batch.clips_BTHWC, places)
            scores = _against_tubes(looks, batch)
            for row, one, about, score in zip(of_batch, looks, tubes_of, scores, strict=True):
                right = one.answer == viewer.place_of.get(row.label)
                values = {"top1": float(right), **about, **score}
                found.append(Finding(row, viewer, one, right, values))
        yield found


def add_curves(finding: Finding, batch: Batch, seed: int) -> None:
    """Perturb a clip by a model's own map, and add the curves and their areas to the finding.

    Args:
        finding: The model on the clip.
        batch: The clip alone.
        seed: Of the shuffled reference, which is drawn for each clip, and is no model's own.
    """
    ask = partial(probability_of, finding.viewer, finding.look.explained)
    for where, make in (("space", curves_in_space), ("time", curves_in_time)):
        rng = generator(seed, "curves", where, finding.row.clip_id)
        curves = make(ask, batch.clips_BTHWC[0], finding.look.map_THW, rng)
        finding.curves[where] = curves
        deletion, insertion = area(curves.deletion), area(curves.insertion)
        shuffled = area(curves.shuffled)
        finding.values.update(
            {
                f"{where}_deletion": deletion,
                f"{where}_insertion": insertion,
                f"{where}_shuffled": shuffled,
                f"{where}_deletion_gain": shuffled - deletion,
                f"{where}_insertion_gain": insertion - shuffled,
            }
        )


def _about_tubes(batch: Batch) -> list[dict[str, float]]:
    """Return what blind pointing would reach, for each clip that has a tube."""
    if batch.tubes_BTHW is None:
        return [{} for _ in range(len(batch))]
    found: list[dict[str, float]] = []
    for tube_THW in batch.tubes_BTHW:
        share, middle = float(tube_THW.double().mean()), tube_THW.shape[1] // 2
        centre = float(tube_THW[:, middle, middle].double().mean())
        blind = {"tube": share, "centre": centre, "iou_blind": share / (2 - share)}
        found.append(blind if share else {})
    return found


def _against_tubes(looks: Sequence[Look], batch: Batch) -> list[dict[str, float]]:
    """Return how each map agrees with its tube, at the clip's own pixels.

    There, and not on the layer's grid, so that layers of different grids compare, and a cell that
    the tube only touches is not all its own.
    """
    if batch.tubes_BTHW is None:
        return [{} for _ in looks]
    frames, size = batch.clips_BTHWC.shape[1:3]
    maps_BTHW = spread(torch.stack([one.map_THW for one in looks]), frames, size)
    kinds = {"peak": peak_inside, "energy": energy_inside, "iou": iou_at_volume}
    scores = {key: score(maps_BTHW, batch.tubes_BTHW).tolist() for key, score in kinds.items()}
    found: list[dict[str, float]] = []
    for number, tube_THW in enumerate(batch.tubes_BTHW):
        values = {key: float(of_batch[number]) for key, of_batch in scores.items()}
        known = {key: value for key, value in values.items() if value == value}  # not NaN
        found.append(known if tube_THW.any() else {})
    return found
