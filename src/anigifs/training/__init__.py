"""One loop for every method: its configuration, its state, its devices and processes.

:class:`~anigifs.training.config.TrainConfig` says what a run is, without torch;
:func:`anigifs.training.loop.train` runs it.
"""

from anigifs.training.config import PRESETS, TrainConfig

__all__ = ["PRESETS", "TrainConfig"]
