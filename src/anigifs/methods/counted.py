"""What methods share that act on single clips: a count of how often, and what follows from it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from anigifs.methods.hooks import Method


class CountedMethod(Method):
    """Acts on some clips of an update, and counts them over parts, processes and updates.

    Its ``loss`` returns a count of the name :attr:`acted_on` with every part of a batch.
    """

    #: What a clip is that was acted on, such as "mixed"; the name of the count.
    acted_on: ClassVar[str]

    def __init__(self, options: Any) -> None:  # noqa: ANN401 - each method has options of its own
        super().__init__(options)
        self._total = 0.0

    def after_step(self, step: int, counts: Mapping[str, float]) -> dict[str, Any] | None:
        """Count the clips."""
        self._total += counts[self.acted_on]
        return None

    def has_acted(self) -> bool:
        """Return whether any clip was acted on so far."""
        return self._total > 0

    def shortfall(self) -> str | None:
        """Return that no clip was ever acted on, if so."""
        return None if self._total else f"no clip was {self.acted_on}"

    def state_dict(self) -> dict[str, Any]:
        """Return how many clips were acted on."""
        return {"total": self._total}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take the count back."""
        self._total = state["total"]
