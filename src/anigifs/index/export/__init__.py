"""Export an index in the layouts that other tools read.

:func:`export` writes ImageFolder (GIFs as they are), VideoFolder (GIFs as lossless MP4, with their
timing beside them) or WebDataset shards. It can be stopped and taken up again, and says which rows
are not there and why.
"""

from anigifs.index.export.exporting import KINDS, METADATA, ExportAccount, export
from anigifs.index.export.lossless import Timing, write_lossless_mp4

__all__ = ["KINDS", "METADATA", "ExportAccount", "Timing", "export", "write_lossless_mp4"]
