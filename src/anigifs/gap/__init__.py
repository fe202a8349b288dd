"""What separates two domains of clips, and by how much: in their looks, and in a model's features.

:mod:`anigifs.gap.measure` measures both for two sides of clips; :mod:`anigifs.gap.distances` holds
the distances and :mod:`anigifs.gap.looks` the statistics, which need no model. Names are handed out
lazily, so that the command line does not pay for NumPy before a command runs.
"""

from typing import TYPE_CHECKING

from anigifs.foundation.lazy import lazily

if TYPE_CHECKING:
    from anigifs.gap.classifier import proxy_a_distance
    from anigifs.gap.config import GapConfig
    from anigifs.gap.contrasts import Contrast, auc
    from anigifs.gap.distances import coral, kid, mmd
    from anigifs.gap.endpoints import Distance
    from anigifs.gap.measure import Gap, measure_gap
    from anigifs.gap.sides import Side, read_side

__all__ = [
    "Contrast",
    "Distance",
    "Gap",
    "GapConfig",
    "Side",
    "auc",
    "coral",
    "kid",
    "measure_gap",
    "mmd",
    "proxy_a_distance",
    "read_side",
]

_HOMES = {
    "Contrast": "contrasts",
    "Distance": "endpoints",
    "Gap": "measure",
    "GapConfig": "config",
    "Side": "sides",
    "auc": "contrasts",
    "coral": "distances",
    "kid": "distances",
    "measure_gap": "measure",
    "mmd": "distances",
    "proxy_a_distance": "classifier",
    "read_side": "sides",
}

__getattr__ = lazily(__name__, _HOMES)


def __dir__() -> list[str]:
    return __all__
