"""Every method under a name for its run, and how small runs of them are compared."""

import json
from pathlib import Path
from typing import Any

import torch

from anigifs.methods import METHODS
from anigifs.training import TrainConfig
from tests.training.conftest import Bench

UPDATES = 6
#: A low rate: one that makes the losses leap would make much of the order of a sum.
CALM = {"dropout": 0.0, "lr": 1e-5, "head_lr": 1e-5}
#: The variants that have code of their own, each under a name for its run.
VARIANTS = {
    "erm": ("erm",),
    "random-augmentation": ("random-augmentation",),
    "rsda": ("rsda", "candidates=3", "period=2"),
    "ada": ("ada", "period=2", "steps=2", "rate=0.01"),
    "rada": ("rada", "period=2", "steps=2", "rate=0.01"),
    "erm-pyramid": ("erm",),
    "rada-pyramid": ("rada", "period=2", "steps=2"),
    "esda": ("rsda", "candidates=12", "period=4", "search=evolution"),
    "saliency-gating": ("saliency-gating", "period=1"),
    "saliency-gating-persist": ("saliency-gating", "period=2", "persist=true"),
    "saliency-gating-elsewhere": ("saliency-gating", "period=1", "mask=elsewhere"),
    "saliency-gating-always": ("saliency-gating", "period=1", "mask=always", "layer=Mixed_4e"),
    "background-randomisation": ("background-randomisation", "share=1"),
    "linear-probe": ("linear-probe",),
    "weight-interpolation": ("weight-interpolation",),
    "mixstyle": ("mixstyle", "p=1"),
    "mixup": ("video-mix", "kind=mixup"),
    "video-mix-cuboid": ("video-mix", "kind=cuboid"),
    "rand-conv": ("rand-conv", "p=1"),
    "weight-averaging": ("weight-averaging", "after=0.5"),
    "self-challenging": ("self-challenging",),
    "spatiotemporal-search": ("spatiotemporal-search", "candidates=3", "period=2", "clean=0.3"),
    "combined": (
        "spatiotemporal-search+saliency-gating+weight-averaging",
        "spatiotemporal-search.candidates=2",
        "spatiotemporal-search.period=2",
        "saliency-gating.period=1",
        "weight-averaging.after=0.5",
    ),
    "adabn": ("adabn",),
    "coral": ("coral",),
    "mmd": ("mmd",),
    "dann": ("dann", "hidden=16"),
    "cdan": ("cdan", "hidden=16"),
    "mcd": ("mcd",),
    "attentive-alignment": ("attentive-alignment", "hidden=16"),
}


def config_of(bench: Bench, name: str, **more: object) -> TrainConfig:
    method, *options = VARIANTS[name]
    values: dict[str, Any] = {
        "index": str(bench.index),
        "weights": str(bench.root / "narrow"),
        "batch_size": 4,
        "steps": UPDATES,
        "lr": 1e-3,
        "precision": "float32",
        "checkpoint_steps": 3,
        "head": "pyramid" if name.endswith("-pyramid") else "fresh",
        **more,
    }
    if method in METHODS and METHODS[method].adapts:
        of_two = {"index": str(bench.two_domains), "domain": "video"}
        values |= {**of_two, "target_domain": "animated-gif", "target_styles": ("flat",)}
    return TrainConfig(method=method, options=tuple(options), **values)


def is_same(one: object, other: object) -> bool:
    """Whether two states are equal, tensors in their bits."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, without what a clock had its hand in."""
    if not path.exists():
        return []
    read = [json.loads(line) for line in path.read_text().splitlines()]
    return [{k: v for k, v in one.items() if k not in ("seconds", "waited")} for one in read]
