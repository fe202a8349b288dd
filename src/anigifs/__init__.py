"""anigifs: measure, explain and narrow the gap between real video and animated GIFs.

The rooms of the house, top to bottom: :mod:`anigifs.foundation`, :mod:`anigifs.taxonomy`,
:mod:`anigifs.media`, :mod:`anigifs.clips`, :mod:`anigifs.models`, :mod:`anigifs.evaluation`,
:mod:`anigifs.cli`. A room imports only from those before it.
"""

__version__ = "0.1.0"
