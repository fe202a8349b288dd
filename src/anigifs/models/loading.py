"""A network that is loaded where it is needed, in this process or in others."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from anigifs.foundation import WeightsError
from anigifs.models.backbones.classifier import Classifier
from anigifs.models.backbones.folder import is_backbone
from anigifs.models.backbones.load import find_classifier, load_classifier, ready_classifier
from anigifs.models.backbones.prompts import PROMPTS
from anigifs.models.inference import Precision, precision_here
from anigifs.models.weights.store import find


@dataclass(frozen=True)
class Loading:
    """A set of weights, and how it is made ready to classify.

    The network is loaded when it is first asked for, once in each process: pickled, it is left
    behind.

    Attributes:
        folder: Of the weights; absolute, so that it is the same one from wherever it is loaded.
        sha256: What its tensors must hash to.
        precision: What it computes in; not ``auto``, which is another one on another processor.
        threads: What it computes with; None is whatever the process does.
        classes: What a zero-shot network chooses from.
        prompts: What it is asked.
    """

    folder: Path
    sha256: str
    precision: Precision
    threads: int | None = None
    classes: tuple[str, ...] | None = None
    prompts: tuple[str, ...] = PROMPTS

    @classmethod
    def of(
        cls,
        weights: str | Path,
        precision: Precision = "auto",
        threads: int | None = None,
        classes: Sequence[str] | None = None,
        prompts: Sequence[str] = PROMPTS,
    ) -> Self:
        """Return what loads the weights of a name or a folder; nothing is loaded yet.

        Args:
            weights: As for :func:`anigifs.models.load_classifier`.
            precision: ``auto`` is the one that is fastest on the processor of this machine.
            threads: What it computes with; None is whatever the process does.
            classes: As for :func:`anigifs.models.load_classifier`.
            prompts: As for :func:`anigifs.models.load_classifier`.

        Raises:
            WeightsError: There are no such weights.
            UsageError: As :func:`anigifs.models.load_classifier` does, where small files say so.

        Example:
            >>> Loading.of("i3d-kinetics-400").load()  # doctest: +SKIP
        """
        folder = Path(weights) if is_backbone(weights) else find(weights)[1].parent
        return cls(
            folder=folder.absolute(),
            sha256=find_classifier(weights, classes, prompts).sha256,
            precision=precision_here(precision),
            threads=threads,
            classes=None if classes is None else tuple(classes),
            prompts=tuple(prompts),
        )

    def load(self) -> Classifier:
        """Return the network, ready to classify.

        Raises:
            WeightsError: The weights are damaged, or others than they were.
        """
        return self._network

    @cached_property
    def _network(self) -> Classifier:
        model, record = load_classifier(self.folder, self.classes, self.prompts)
        if record.sha256 != self.sha256:
            raise WeightsError(f"{self.folder}: other weights lie there now")
        return ready_classifier(model, self.precision)

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}
