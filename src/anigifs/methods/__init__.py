"""Training strategies: one file each, and the hooks by which the one loop runs them all.

To add one: a file with a class that has the hooks of :class:`~anigifs.methods.hooks.Method`, and a
line in :data:`METHODS`.
"""

from collections.abc import Callable

from anigifs.methods.erm import Erm
from anigifs.methods.hooks import Method, StepResult

METHODS: dict[str, Callable[[], Method]] = {"erm": Erm}

__all__ = ["METHODS", "Erm", "Method", "StepResult"]
