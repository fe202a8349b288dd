"""Readers of datasets as they are released: lists, annotations and trees of files to an index.

Each lists without opening a file; :func:`~anigifs.index.check` looks at the files, and
:func:`coverage` says how much of a dataset is there and whether it is as it should be.
"""

from anigifs.index.readers.ava_kinetics import AvaAccount, from_ava_kinetics
from anigifs.index.readers.coverage import Coverage, as_listed, coverage
from anigifs.index.readers.draw import draw_per_split
from anigifs.index.readers.hac import HacAccount, from_hac
from anigifs.index.readers.kinetics import KineticsAccount, from_kinetics
from anigifs.index.readers.ucf_hmdb import UcfHmdbAccount, from_ucf_hmdb
from anigifs.index.readers.urls import UrlAccount, from_urls

__all__ = [
    "AvaAccount",
    "Coverage",
    "HacAccount",
    "KineticsAccount",
    "UcfHmdbAccount",
    "UrlAccount",
    "as_listed",
    "coverage",
    "draw_per_split",
    "from_ava_kinetics",
    "from_hac",
    "from_kinetics",
    "from_ucf_hmdb",
    "from_urls",
]
