"""How large a study is: every hyperparameter of its runs, under one name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anigifs.puppets.spec import DEFAULT_CLIPS

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Scale:
    """The size of a study; settings are fields of ``TrainConfig``.

    Attributes:
        name: What a command line calls it.
        title: What a reader is told.
        seeds: Of training.
        shared: Settings of all runs.
        base: Settings of the models that all methods continue from.
        further: Settings of each continuation.
        rsda: Options of the random search, where they are not the usual ones.
        pyramid: Whether a network with an attention pyramid is trained besides, as RADA wants it.
        dense: Whether a model of videos is trained on snippets of consecutive frames besides; else
            the one model of videos is tested under both ways of sampling.
        clips_per_class: Motion instances of each class, where the benchmark is rendered for it.
        explained: Clips of a domain whose evidence is scored, at most; None scores all.
        perturbed: Clips of a domain whose evidence is taken away, some 60 passes each.
        pictures: Clips of a domain that are shown with what models looked at.
        apart: Motion instances of each class, as above, on which the gap is taken apart.
    """

    name: str
    title: str
    seeds: tuple[int, ...]
    shared: Settings
    base: Settings
    further: Settings
    rsda: tuple[str, ...] = ()
    pyramid: bool = True
    dense: bool = True
    clips_per_class: int = DEFAULT_CLIPS
    explained: int | None = None
    perturbed: int = 32
    pictures: int = 8
    apart: int = DEFAULT_CLIPS


#: Tuned for the rendered benchmark (docs/log.md). A head begins as Kinetics' own rows of its
#: classes, which is sure of itself at first and makes long gradients.
_LAPTOP: Settings = {"head": "copy", "clip_gradient": 5.0, "checkpoint_steps": 32}

LAPTOP = Scale(
    name="laptop",
    title="laptop scale: 16 x 112 x 112",
    seeds=(0, 1, 2),
    shared=_LAPTOP,
    base={"steps": 224, "lr": 2e-4, "head_lr": 4e-4},
    further={"steps": 112, "lr": 1e-4},
)

#: The paper's, sections 4.1, 4.2 and 5: Adam at 1e-4 for everything, batches of 32 for the base
#: and 8 for what continues it, 60 epochs, a search or a check every 200 updates, and 12 searches
#: of 50 candidates, after the last of which its tuple is trained on for as long as the others.
PAPER = Scale(
    name="paper",
    title="the paper's scale: 40 x 224 x 224",
    seeds=(0, 1, 2),
    shared={"preset": "paper", "head": "fresh", "lr": 1e-4, "head_lr": 1e-4},
    base={"epochs": 60, "batch_size": 32},
    further={"steps": 2600, "batch_size": 8},
)

#: Some minutes, to show everything once; no ranking can come of it.
QUICK = Scale(
    name="quick",
    title="a demonstration, no ranking claimed",
    seeds=(0,),
    shared=_LAPTOP,
    base={"steps": 96, "lr": 2e-4, "head_lr": 4e-4},
    further={"steps": 32, "lr": 1e-4},
    rsda=("candidates=8", "searches=10"),
    pyramid=False,
    dense=False,
    explained=48,
    perturbed=2,
    pictures=6,
    apart=8,
)

#: Everything in a minute or two, to see that it works; the figures mean nothing.
SMOKE = Scale(
    name="smoke",
    title="a trial of the machinery, its figures mean nothing",
    seeds=(0,),
    shared=_LAPTOP,
    base={"steps": 2, "lr": 2e-4, "head_lr": 4e-4},
    further={"steps": 12, "lr": 1e-4, "batch_size": 2},
    rsda=("candidates=2", "searches=10"),
    pyramid=False,
    dense=False,
    clips_per_class=1,
    explained=6,
    perturbed=1,
    pictures=2,
    apart=1,
)

SCALES: dict[str, Scale] = {one.name: one for one in (LAPTOP, PAPER)}
