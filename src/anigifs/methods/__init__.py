"""Training strategies: one file each, and the hooks by which the one loop runs them all.

To add one: a file with a subclass of :class:`~anigifs.methods.hooks.Method` that overrides the
hooks in which it differs from ERM, and a line in :data:`METHODS`.
"""

from collections.abc import Sequence

from anigifs.foundation import UsageError
from anigifs.methods.background import BackgroundRandomisation
from anigifs.methods.erm import Erm
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.methods.linear_probe import LinearProbe
from anigifs.methods.options import read_options
from anigifs.methods.random_augmentation import RandomAugmentation
from anigifs.methods.rsda import Rsda
from anigifs.methods.saliency_gating import SaliencyGating
from anigifs.methods.weight_interpolation import WeightInterpolation

METHODS: dict[str, type[Method]] = {
    "erm": Erm,
    "random-augmentation": RandomAugmentation,
    "rsda": Rsda,
    "saliency-gating": SaliencyGating,
    "background-randomisation": BackgroundRandomisation,
    "linear-probe": LinearProbe,
    "weight-interpolation": WeightInterpolation,
}

__all__ = ["METHODS", "Erm", "Method", "Run", "StepResult", "make_method"]


def make_method(name: str, options: Sequence[str] = ()) -> Method:
    """Return a method, told its options.

    Args:
        name: A key of :data:`METHODS`.
        options: ``name=value`` each.

    Raises:
        UsageError: There is no such method, or it has no such options.

    Example:
        >>> make_method("rsda", ["searches=600"]).options.searches
        600
    """
    if name not in METHODS:
        raise UsageError(f"no method {name!r}; there are {', '.join(METHODS)}")
    kind = METHODS[name]
    return kind(read_options(name, kind.Options, options))
