"""What a training strategy is to the loop: the moments in which it may act."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
from torch import Tensor, nn
from torch.nn import functional

from anigifs.clips.batch import Batch
from anigifs.methods.options import NoOptions
from anigifs.models import I3D


@dataclass(frozen=True)
class Run:
    """What a method may know of the run that it acts in.

    Attributes:
        updates: Of the weights, in the whole run.
        seed: Of everything random.
        classes: Names, in the order of the labels.
        scaled: Whether periods that a paper gives for long runs are scaled to this one.
        tap: The endpoint of the network at which the paper's methods look at clips of this size.
        precision: In which the network runs: auto, float32 or bfloat16.
        frozen: Whether BatchNorm keeps its running statistics.
        averaged: Whether the run itself averages its weights.
        boxes: Whether any training clip has boxes.
        draw: Draws a batch of the source's training clips, each as likely as any other, flipped and
            sampled as in training; of several processes each gets its share of the same batch.
        target: Draws the same way from the training clips of a target, whose labels nobody knows:
            they are all -1, and there are no boxes. None where the run has no target.
        target_once: Gives every one of these clips once, as in a test, to each process in the same
            order, which is drawn; none has a label either.
    """

    updates: int
    seed: int
    classes: tuple[str, ...]
    scaled: bool
    tap: str
    precision: Literal["auto", "float32", "bfloat16"]
    frozen: bool
    averaged: bool
    boxes: bool
    draw: Callable[[np.random.Generator], Batch]
    target: Callable[[np.random.Generator], Batch] | None = None
    target_once: Callable[[], Iterator[Batch]] | None = None


@dataclass(frozen=True)
class StepResult:
    """What one batch, or a part of one, gave.

    Attributes:
        loss: Scalar, the mean over the clips, with its graph.
        logits_BK: Of the clips that were trained on.
        counts: Numbers worth a line in ``metrics.jsonl`` that add up over the parts of a batch and
            over processes, such as how many clips were gated; the same names in each.
    """

    loss: Tensor
    logits_BK: Tensor
    counts: Mapping[str, float] = field(default_factory=dict)


class Method:
    """The hooks of a training strategy, in the order in which the loop calls them.

    As they stand here they make empirical risk minimisation; a method overrides those in which it
    differs. Everything random comes from the generator that is handed in, or from one named by the
    run's seed and the update; everything that must outlive a kill is in ``state_dict``, as numbers,
    strings, lists, dicts and tensors. All processes of a run hold the same state; weights that a
    method trains beside the model are its own to move and to keep equal
    (:class:`anigifs.methods.auxiliary.Auxiliary`).

    Args:
        options: An instance of the class's ``Options``.
    """

    #: A frozen dataclass of what the method can be told.
    Options: ClassVar[type[Any]] = NoOptions
    #: Whether it learns from clips of the target without their labels; a run then names a target,
    #: and a run of any other method must not.
    adapts: ClassVar[bool] = False

    def __init__(self, options: Any) -> None:  # noqa: ANN401 - each method has options of its own
        self.options = options

    def build(self, model: I3D, run: Run) -> None:
        """Take the model before training begins; a method may hold on to both.

        Raises:
            UsageError: The method cannot work in this run.
        """

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch to train on; ``rng`` is the same for every process at this update."""
        return batch

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Run the model on the batch; ``model`` is wrapped where several processes train it."""
        logits_BK, _ = model(batch.clips_BTHWC)
        return StepResult(functional.cross_entropy(logits_BK, batch.labels_B), logits_BK)

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Act after the weights have moved for the ``step``-th time, counted from 1.

        Args:
            step: The update's number.
            counts: Those of its parts' results, added up over parts and processes.

        Returns:
            What is worth a line in ``acts.jsonl``, as JSON can hold it.
        """
        return None

    def kept(self, model: I3D) -> I3D:
        """Return the network to validate and keep: the trained one, or one made from it."""
        return model

    def has_acted(self) -> bool:
        """Return whether the weights are the method's by now; until it first acts they are ERM's.

        Weights of before are not chosen as the run's result, however good.
        """
        return True

    def shortfall(self) -> str | None:
        """Return what the method should have done by the end and did not; None where all is well.

        A run of a method that did not act is no run of it, and fails.
        """
        return None

    def state_dict(self) -> dict[str, Any]:
        """Return what a resume needs."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take back what :meth:`state_dict` returned."""
