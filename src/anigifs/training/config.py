"""What a run is: everything that decides its outcome, in one frozen object."""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from anigifs.foundation import UsageError
from anigifs.foundation.counts import check_counts

Preset = Literal["paper", "laptop"]
Sampler = Literal["whole", "whole-index", "dense"]
Head = Literal["fresh", "copy", "pyramid"]
PRESETS: dict[Preset, tuple[int, int]] = {"paper": (40, 224), "laptop": (16, 112)}
"""Frames and size."""
TAPS: dict[Preset, str] = {"paper": "Mixed_5c", "laptop": "Mixed_4f"}
"""Where methods look into the network: of a smaller clip the last map has too few cells."""


@dataclass(frozen=True)
class TrainConfig:
    """One run. Two of equal configuration on one machine's processor end in the same bits.

    Attributes:
        index: Path of the index that lists the clips.
        method: A training strategy: erm, random-augmentation, rsda, ada, rada, saliency-gating,
            background-randomisation, linear-probe, weight-interpolation, mixstyle, video-mix,
            rand-conv, weight-averaging, self-challenging or spatiotemporal-search; or one that
            adapts to a target: adabn, coral, mmd, dann, cdan, mcd or attentive-alignment.
        options: What the method is told, as name=value words, such as period=8; docs/methods has a
            page of each method, and a name that it does not know lists those that it does.
        weights: What to start from: a name of weights, or a folder of them.
        head: Of a run for other classes: fresh, or with the rows of equal class names (copy).
            pyramid is a fresh attention pyramid, for the same classes, too; weights that have one
            for them keep it.
        domain: Train on rows of this domain only; None takes all domains of the index.
        styles: Of those rows, these styles only; none named are all.
        train_split: The split to train on.
        val_split: The split of the same rows that chooses the best weights.
        target_domain: For a method that adapts: training clips of this domain are seen, too,
            without their labels.
        target_styles: Of the target, these styles only; none named are all.
        preset: Frames and size: 40 of 224 pixels, or 16 of 112.
        sampler: Which frames of a prepared clip.
        epochs: Passes over the training clips; ignored where steps is given.
        steps: Updates of the weights.
        batch_size: Clips an update, over all processes.
        accumulate: Parts that a batch is computed in, one after the other, to save memory.
        lr: Adam's learning rate, at its highest.
        head_lr: The same for the head, where the head is fresh.
        schedule: The learning rate falls to zero over the run, or stays.
        weight_decay: Adam's L2 penalty.
        clip_gradient: The longest that the gradient may be, by its Euclidean norm; a longer one is
            shortened. 0 leaves it. Adam remembers a long one for hundreds of updates, and a head of
            other weights begins with some.
        dropout: The share of features dropped before the head.
        freeze_batch_norm: Whether BatchNorm keeps the statistics of the starting weights, as it
            does by default, or learns those of the source.
        flip: Whether half of the clips are mirrored, as they are by default.
        tube_dilate: What is added to each box on each side, as a share of its width or height.
        tube_span_ms: Farther than this from every annotated instant, nothing is known of where
            people are, and the whole picture counts as theirs; None lets the nearest speak.
        balance: Show each class equally often.
        average: Decay of a running average of the weights, 0.999 say; 0 keeps none. Where there
            is one, it is what is validated and saved as best.
        precision: auto is bfloat16 where the processor computes in it.
        checkpoint_steps: Updates between two checkpoints; one is made after each epoch anyway.
        snapshots: Updates between two sets of weights that are kept for a learning curve, beside
            the best; 0 keeps none.
        seed: Of everything random.
    """

    index: str
    method: str = "erm"
    options: tuple[str, ...] = ()
    weights: str = "i3d-kinetics-400"
    head: Head = "fresh"
    domain: str | None = None
    styles: tuple[str, ...] = ()
    train_split: str = "train"
    val_split: str = "val"
    target_domain: str | None = None
    target_styles: tuple[str, ...] = ()
    preset: Preset = "laptop"
    sampler: Sampler = "whole"
    epochs: int = 3
    steps: int | None = None
    batch_size: int = 8
    accumulate: int = 1
    lr: float = 1e-4
    head_lr: float = 1e-3
    schedule: Literal["cosine", "constant"] = "cosine"
    weight_decay: float = 0.0
    clip_gradient: float = 0.0
    dropout: float = 0.5
    freeze_batch_norm: bool = True
    flip: bool = True
    tube_dilate: float = 0.0
    tube_span_ms: int | None = None
    balance: bool = False
    average: float = 0.0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    checkpoint_steps: int = 200
    snapshots: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        check_counts(self, "epochs", "batch_size", "accumulate", "checkpoint_steps", "steps")
        if self.batch_size % self.accumulate:
            parts = f"{self.accumulate} equal parts"
            raise UsageError(f"a batch of {self.batch_size} cannot be computed in {parts}")
        if not (0 <= self.average < 1 and 0 <= self.dropout < 1):
            raise UsageError("average and dropout are shares: at least 0, and below 1")
        if not (0 < self.lr < 10 and 0 < self.head_lr < 10 and 0 <= self.weight_decay < 10):
            raise UsageError("learning rates are above 0, weight decay at least 0, all below 10")
        if not (0 <= self.tube_dilate < 10 and (self.tube_span_ms or 0) >= 0):
            raise UsageError("tube_dilate is at least 0 and below 10, tube_span_ms at least 0")
        if self.snapshots < 0:
            raise UsageError(f"snapshots is at least 0, not {self.snapshots}")
        if not self.clip_gradient >= 0:
            raise UsageError(f"clip_gradient is at least 0, not {self.clip_gradient}")
        if self.target_styles and self.target_domain is None:
            raise UsageError("target_styles are of a target: name its target_domain, too")
        if self.target_domain is not None and self.domain in (None, self.target_domain):
            raise UsageError(
                f"the target {self.target_domain!r} is part of the source: name another domain"
            )

    def to_json(self) -> str:
        """Return the configuration as a JSON object, one field a line."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "TrainConfig":
        """Read what :meth:`to_json` wrote.

        Raises:
            UsageError: It has other fields, as a run of another version may.
        """
        try:
            values: dict[str, Any] = dict(json.loads(text))
        except (ValueError, TypeError):
            raise UsageError("the run's config.json is damaged; start another run") from None
        for name in ("options", "styles", "target_styles"):
            if isinstance(values.get(name), list):
                values[name] = tuple(values[name])
        known = {field.name for field in fields(cls)}
        if set(values) != known:
            odd = ", ".join(sorted(set(values) ^ known))
            raise UsageError(f"the run's config.json is of another version: it differs in {odd}")
        return cls(**values)
