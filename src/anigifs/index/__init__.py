"""The index: one row a clip - where it lies, what it shows, and what is known of its file.

:func:`from_folder` and :func:`from_table` list clips without opening a file; :func:`check` looks at
the files, a step that can be stopped and taken up again; :func:`split`, :func:`per_class` and their
like choose. What is wrong with a file is in its row, so that nothing later has to find out.
"""

from anigifs.index.checking import Account, check
from anigifs.index.figure import draw_classes
from anigifs.index.folder import from_folder
from anigifs.index.joining import join
from anigifs.index.journal import journal_of
from anigifs.index.listing import from_table
from anigifs.index.look import LEVELS, Level
from anigifs.index.measures import Spread, Stats, stats
from anigifs.index.row import STATES, Box, Row, State, clip_id
from anigifs.index.splitting import split
from anigifs.index.subset import (
    USABLE,
    ClassDraw,
    distinct,
    most_frequent,
    of_classes,
    per_class,
)
from anigifs.index.table import CUSTOM, Index

__all__ = [
    "CUSTOM",
    "LEVELS",
    "STATES",
    "USABLE",
    "Account",
    "Box",
    "ClassDraw",
    "Index",
    "Level",
    "Row",
    "Spread",
    "State",
    "Stats",
    "check",
    "clip_id",
    "distinct",
    "draw_classes",
    "from_folder",
    "from_table",
    "join",
    "journal_of",
    "most_frequent",
    "of_classes",
    "per_class",
    "split",
    "stats",
]
