"""Where the program keeps what it may make again: converted weights and prepared clips."""

import os
from pathlib import Path


def home() -> Path:
    """Return the user's cache folder: ``$ANIGIFS_HOME``, else ``$XDG_CACHE_HOME/anigifs``.

    Neither set, it is ``~/.cache/anigifs``. The folder is not created here.
    """
    if own := os.environ.get("ANIGIFS_HOME"):
        return Path(own).expanduser()
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "anigifs"
