"""The gap between film and flat cartoon, taken apart: clips that are a cartoon in some respects.

:class:`Mixture` shows a motion instance with any of four factors of the cartoon, and ``ADDED`` what
can only be done to a film; :func:`render_factors` makes the files of all and their index.
"""

from anigifs.puppets.factors.added import ADDED
from anigifs.puppets.factors.mixture import Mixture
from anigifs.puppets.factors.names import (
    FACTORS,
    FILM,
    Combination,
    Factor,
    all_combinations,
    combination_of,
    name_of,
)
from anigifs.puppets.factors.rendering import COMBINED, STYLES, render_factors

__all__ = [
    "ADDED",
    "COMBINED",
    "FACTORS",
    "FILM",
    "STYLES",
    "Combination",
    "Factor",
    "Mixture",
    "all_combinations",
    "combination_of",
    "name_of",
    "render_factors",
]
