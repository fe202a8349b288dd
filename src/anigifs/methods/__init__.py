"""Training strategies: one file each, and the hooks by which the one loop runs them all.

To add one: a file with a subclass of :class:`~anigifs.methods.hooks.Method` that overrides the
hooks in which it differs from ERM, and a line in :data:`METHODS`.
"""

from collections.abc import Sequence

from anigifs.foundation import UsageError
from anigifs.methods.ada import Ada
from anigifs.methods.adabn import AdaBn
from anigifs.methods.attentive_alignment import AttentiveAlignment
from anigifs.methods.background import BackgroundRandomisation
from anigifs.methods.cdan import Cdan
from anigifs.methods.combined import Combined, check_options, options_of
from anigifs.methods.coral import Coral
from anigifs.methods.dann import Dann
from anigifs.methods.erm import Erm
from anigifs.methods.hooks import Method, Run, StepResult
from anigifs.methods.linear_probe import LinearProbe
from anigifs.methods.mcd import Mcd
from anigifs.methods.mixstyle import MixStyle
from anigifs.methods.mmd import Mmd
from anigifs.methods.options import read_options
from anigifs.methods.rada import Rada
from anigifs.methods.rand_conv import RandConv
from anigifs.methods.random_augmentation import RandomAugmentation
from anigifs.methods.rsda import Rsda
from anigifs.methods.saliency_gating import SaliencyGating
from anigifs.methods.self_challenging import SelfChallenging
from anigifs.methods.spatiotemporal_search import SpatiotemporalSearch
from anigifs.methods.video_mix import VideoMix
from anigifs.methods.weight_averaging import WeightAveraging
from anigifs.methods.weight_interpolation import WeightInterpolation

METHODS: dict[str, type[Method]] = {
    "erm": Erm,
    "random-augmentation": RandomAugmentation,
    "rsda": Rsda,
    "ada": Ada,
    "rada": Rada,
    "saliency-gating": SaliencyGating,
    "background-randomisation": BackgroundRandomisation,
    "linear-probe": LinearProbe,
    "weight-interpolation": WeightInterpolation,
    "mixstyle": MixStyle,
    "video-mix": VideoMix,
    "rand-conv": RandConv,
    "weight-averaging": WeightAveraging,
    "self-challenging": SelfChallenging,
    "spatiotemporal-search": SpatiotemporalSearch,
    # These see clips of the target without their labels: a track of its own.
    "adabn": AdaBn,
    "coral": Coral,
    "mmd": Mmd,
    "dann": Dann,
    "cdan": Cdan,
    "mcd": Mcd,
    "attentive-alignment": AttentiveAlignment,
}

__all__ = ["METHODS", "Erm", "Method", "Run", "StepResult", "make_method"]


def make_method(name: str, options: Sequence[str] = ()) -> Method:
    """Return a method, told its options.

    Args:
        name: A key of :data:`METHODS`; or several that act together, joined by ``+``.
        options: ``name=value`` each; of several methods each begins with its method's name and a
            dot.

    Raises:
        UsageError: There is no such method, or it has no such options, or they cannot be combined.

    Example:
        >>> make_method("rsda", ["searches=600"]).options.searches
        600
        >>> make_method("rsda+saliency-gating", ["rsda.searches=600"])  # doctest: +ELLIPSIS
        <anigifs.methods.combined.Combined object at ...>
    """
    names = name.split("+")
    if len(names) == 1:
        return _make(name, options)
    if len(set(names)) < len(names):
        raise UsageError(f"method {name!r}: one is named twice")
    check_options(names, options)
    return Combined({one: _make(one, options_of(one, options)) for one in names})


def _make(name: str, options: Sequence[str]) -> Method:
    if name not in METHODS:
        raise UsageError(f"no method {name!r}; there are {', '.join(METHODS)}")
    kind = METHODS[name]
    return kind(read_options(name, kind.Options, options))
