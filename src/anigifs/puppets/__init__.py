"""The rendered benchmark: actors, actions and cameras that become film, GIFs of film and cartoons.

A motion instance (:mod:`~anigifs.puppets.instance`) is drawn and split first; the styles in
``film/`` and ``cartoon/`` only show it. :func:`render` makes the files and their index.
"""

from anigifs.puppets.instance import Instance
from anigifs.puppets.rendering import INDEX, Rendered, render
from anigifs.puppets.spec import DOMAINS, KINDS, Domain, Job, Spec

__all__ = ["DOMAINS", "INDEX", "KINDS", "Domain", "Instance", "Job", "Rendered", "Spec", "render"]
