"""Several methods in one run: each acts in the moments in which it differs from ERM.

Batches pass through all ``augment`` in turn, networks through all ``kept``. A loss can have one
author only, so of methods that change the loss one may take part.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from torch import nn

from anigifs.clips.batch import Batch
from anigifs.foundation import UsageError
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.methods.weight_averaging import WeightAveraging
from anigifs.models import I3D


class Combined(Method):
    """Methods that act together.

    Args:
        parts: By name, in the order in which they act.

    Raises:
        UsageError: More than one of them has a loss of its own, one adapts to a target, or weights
            would be averaged of a network that another made.
    """

    def __init__(self, parts: Mapping[str, Method]) -> None:
        super().__init__(None)
        self._parts = dict(parts)
        own = [name for name, part in parts.items() if type(part).loss is not Method.loss]
        if len(own) > 1:
            raise UsageError(f"{' and '.join(own)} cannot be combined: each has a loss of its own")
        makers = [name for name, part in parts.items() if type(part).kept is not Method.kept]
        if late := [name for name in makers[1:] if isinstance(parts[name], WeightAveraging)]:
            raise UsageError(f"{late[0]} averages what is trained: name it before {makers[0]}")
        for name, part in parts.items():
            if part.adapts:
                raise UsageError(f"{name} sees a target; it cannot be combined with other methods")
        self._loss = self._parts[own[0]].loss if own else super().loss

    def build(self, model: I3D, run: Run) -> None:
        """Let each take the model."""
        for part in self._parts.values():
            part.build(model, run)

    def augment(self, batch: Batch, rng: np.random.Generator) -> Batch:
        """Return the batch as all of them make it."""
        for part in self._parts.values():
            batch = part.augment(batch, rng)
        return batch

    def loss(self, model: nn.Module, batch: Batch) -> StepResult:
        """Return the loss of the one that has its own, else of ERM."""
        return self._loss(model, batch)

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Let each act; what they did stands in one line."""
        line: dict[str, Any] = {}
        for name, part in self._parts.items():
            for key, value in (part.after_step(step, counts) or {}).items():
                # Two that search at one update tell the same things, each of its own search.
                line[key if key == "step" or key not in line else f"{name}.{key}"] = value
        return line or None

    def kept(self, model: I3D) -> I3D:
        """Return the network as all of them make it."""
        for part in self._parts.values():
            model = part.kept(model)
        return model

    def has_acted(self) -> bool:
        """Return whether all of them have: until then the weights are of fewer methods."""
        return all(part.has_acted() for part in self._parts.values())

    def shortfall(self) -> str | None:
        """Return what any of them should have done and did not."""
        missing = {name: part.shortfall() for name, part in self._parts.items()}
        return "; ".join(f"{name}: {words}" for name, words in missing.items() if words) or None

    def state_dict(self) -> dict[str, Any]:
        """Return the state of each."""
        return {name: part.state_dict() for name, part in self._parts.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Give each its own back."""
        for name, part in self._parts.items():
            part.load_state_dict(state[name])


def options_of(name: str, options: Sequence[str]) -> list[str]:
    """Return the options of one part, without its name before them.

    Example:
        >>> options_of("rsda", ["rsda.period=8", "saliency-gating.period=1"])
        ['period=8']
    """
    prefix = f"{name}."
    return [word.removeprefix(prefix) for word in options if word.startswith(prefix)]


def check_options(names: Sequence[str], options: Sequence[str]) -> None:
    """Refuse options that are of none of the parts.

    Raises:
        UsageError: One does not begin with the name of a part.
    """
    for word in options:
        if word.partition(".")[0] not in names:
            raise UsageError(
                f"the option {word!r} is of none of the combined methods; begin it with a name "
                f"and a dot, such as {names[0]}.{word}"
            )
