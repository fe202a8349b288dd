"""The frontier: what was asked, what was found, and what became of each file, in one SQLite file.

All that has to outlive a kill is in it before anyone is told. A page of hits and where to ask next
are committed together, and so are an attempt to fetch and the state that it leads to.
"""

from anigifs.collect.frontier.frontier import Frontier
from anigifs.collect.frontier.reading import Reader
from anigifs.collect.frontier.retries import Retries
from anigifs.collect.frontier.rows import Candidate, Found, MediaRow, Standing, Tally
from anigifs.collect.frontier.urls import canonical, host_of

__all__ = [
    "Candidate",
    "Found",
    "Frontier",
    "MediaRow",
    "Reader",
    "Retries",
    "Standing",
    "Tally",
    "canonical",
    "host_of",
]
