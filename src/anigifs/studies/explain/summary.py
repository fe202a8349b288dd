"""Findings to figures: means with intervals, for each domain and model, and what sets two apart."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from anigifs.evaluation import Estimate, bootstrap_interval, paired_permutation
from anigifs.studies.explain.evidence import FEWEST_GROUPS, Evidence, evidence_of
from anigifs.studies.explain.measuring import Finding

#: What is measured, and what a table calls it. All are within 0..1, or differences of such.
MEASURES = {
    "top1": "top-1",
    "peak": "pointing game: peak inside the tube",
    "centre": "  always pointing at the centre",
    "energy": "energy inside the tube",
    "tube": "  the tube's share of the clip",
    "iou": "IoU with the tube, at its volume",
    "iou_blind": "  of a part taken blindly",
    **{
        f"{where}_{kind}": title
        for where, said in (("space", "pixels blurred"), ("time", "frames frozen"))
        for kind, title in (
            ("deletion", f"{said}: area, deletion"),
            ("insertion", "  area, insertion"),
            ("shuffled", "  area, shuffled map"),
            ("deletion_gain", "  shuffled - deletion"),
            ("insertion_gain", "  insertion - shuffled"),
        )
    },
}


@dataclass(frozen=True)
class Figure:
    """A mean over the clips of a domain.

    Attributes:
        domain: Its clips.
        model: A model's name; ``second - first`` for what sets two apart.
        measure: A key of :data:`MEASURES`.
        estimate: The mean with its 95 % interval, groups being resampled; no interval with fewer
            than ten groups.
        p: Of a difference: paired permutation of groups; else None, and with fewer than ten.
    """

    domain: str
    model: str
    measure: str
    estimate: Estimate
    p: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the figure as one flat row."""
        name = {"domain": self.domain, "model": self.model, "measure": self.measure}
        return {**name, **asdict(self.estimate), "p": self.p}


@dataclass(frozen=True)
class Summary:
    """All figures of an explanation, and the table of right answers and right evidence.

    Attributes:
        about: What the evidence is of, in words.
        models: Their names, in order.
        figures: Domain by domain.
        evidence: By domain and model; none without tubes.
    """

    about: str
    models: tuple[str, ...]
    figures: tuple[Figure, ...]
    evidence: dict[tuple[str, str], Evidence]

    @property
    def domains(self) -> list[str]:
        """The domains, in order."""
        return list(dict.fromkeys(figure.domain for figure in self.figures))


def summarise(
    found: Sequence[Finding], models: Sequence[str], about: str, seed: int = 0
) -> Summary:
    """Return means and their intervals.

    Args:
        found: Every model on every clip.
        models: The models' names, in the order of tables.
        about: What the evidence is of, in words.
        seed: Of the resampling.
    """
    figures: list[Figure] = []
    evidence: dict[tuple[str, str], Evidence] = {}
    for domain in dict.fromkeys(one.row.domain for one in found):
        of_model = {
            name: [one for one in found if (one.row.domain, one.viewer.name) == (domain, name)]
            for name in models
        }
        for key in MEASURES:
            figures += _figures(domain, of_model, key, seed)
        for name, of_one in of_model.items():
            seen = [one for one in of_one if "peak" in one.values]
            if seen:
                inside = [one.values["peak"] > 0 for one in seen]
                groups = [one.row.group for one in seen]
                evidence[domain, name] = evidence_of(
                    [one.right for one in seen], inside, groups, seed
                )
    return Summary(about, tuple(models), tuple(figures), evidence)


def _figures(domain: str, of_model: dict[str, list[Finding]], key: str, seed: int) -> list[Figure]:
    """Return a measure's mean for each model, and the difference where there are two of them."""
    known = {
        name: {one.row.clip_id: one for one in found if key in one.values}
        for name, found in of_model.items()
    }
    figures = [
        Figure(domain, name, key, _mean([one.values[key] for one in found.values()], found, seed))
        for name, found in known.items()
        if found
    ]
    if len(figures) == 2:
        (first, one), (second, other) = known.items()
        both = {clip_id: one[clip_id] for clip_id in one if clip_id in other}
        before = [one[clip_id].values[key] for clip_id in both]
        after = [other[clip_id].values[key] for clip_id in both]
        if before != after:
            apart = [b - a for a, b in zip(before, after, strict=True)]
            test = paired_permutation(after, before, _groups(both), seed=seed)
            name, mean = f"{second} - {first}", _mean(apart, both, seed)
            few = mean.groups < FEWEST_GROUPS
            figures.append(Figure(domain, name, key, mean, None if few else test.p))
    return figures


def _mean(values: Sequence[float], of_clip: Mapping[str, Finding], seed: int) -> Estimate:
    found = bootstrap_interval(values, _groups(of_clip), seed=seed)
    return found if found.groups >= FEWEST_GROUPS else replace(found, low=None, high=None)


def _groups(of_clip: Mapping[str, Finding]) -> list[str]:
    return [one.row.group for one in of_clip.values()]
