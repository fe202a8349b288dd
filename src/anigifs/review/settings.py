"""How a review is run, as it stands in ``review.json``."""

import importlib.util
import json
import uuid
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from anigifs.foundation import UsageError
from anigifs.foundation.claim import claim

SETTINGS = "review.json"
#: What stands for a database in the review's own folder.
SQLITE = "sqlite"
#: What a person may say of how an accepted item is drawn.
STYLES = ("cartoon", "anime", "3-D", "pixel", "sketch", "stop motion", "rotoscope", "other")
NAME_CHARACTERS = 100
_PACKAGES = ("argon2", "itsdangerous", "sqlalchemy", "starlette", "uvicorn")
_LEAST = {"overlap": 1, "lease_min": 1, "gold_every": 0, "quiz_a_class": 0, "seed": 0}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What makes a review what it is; nothing of it changes once it is made.

    Attributes:
        name: For people, 1-100 printable characters.
        collection: The folder of the collection, as an absolute path; making a review sets it.
        database: ``sqlite``, or a URL such as ``postgresql://user@host/name`` without a password.
        overlap: Annotators who judge each item.
        most: Annotators who judge it where those do not agree, at most.
        lease_min: How long an item is kept for who was given it, in minutes.
        gold_every: Of so many cards about one is an item whose answer is known; 0 is none.
        quiz_a_class: Items of each class in the quiz, at most.
        seed: Of what is drawn.
        identity: Made with the review; its database has it too, so that two reviews cannot
            share one.
    """

    name: str
    collection: str = ""
    database: str = SQLITE
    overlap: int = 2
    most: int = 3
    lease_min: int = 30
    gold_every: int = 10
    quiz_a_class: int = 5
    seed: int = 0
    identity: str = ""

    def __post_init__(self) -> None:
        for name, least in _LEAST.items():
            if getattr(self, name) < least:
                raise UsageError(f"{name} is {getattr(self, name)}: at least {least}")
        if self.most < self.overlap:
            raise UsageError(f"most is {self.most}: at least the overlap, {self.overlap}")
        if not (0 < len(self.name.strip()) <= NAME_CHARACTERS and self.name.isprintable()):
            raise UsageError(f"name is {self.name[:80]!a}: 1 to {NAME_CHARACTERS} characters")

    @property
    def lease_ms(self) -> int:
        """How long a lease lasts, in milliseconds."""
        return 60_000 * self.lease_min


def check_installed() -> None:
    """Raise UsageError where the packages of the application are not installed."""
    if missing := [name for name in _PACKAGES if importlib.util.find_spec(name) is None]:
        raise UsageError(
            f"the package {missing[0]} is not installed: the review needs "
            "pip install 'anigifs[review]'"
        )


def read_settings(folder: Path | str) -> Settings:
    """Return the settings of the review in a folder.

    Raises:
        UsageError: There is none, or its settings make no sense.
    """
    path = Path(folder) / SETTINGS
    if not path.is_file():
        raise UsageError(
            f"{folder}: no review; `anigifs review init COLLECTION --out {folder}` makes one"
        )
    try:
        found: dict[str, Any] = dict(json.loads(path.read_bytes()))
        settings = Settings(**found)
    except (ValueError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: no settings of a review ({error})") from None
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    _check_types(path, settings)
    return settings


def claim_settings(folder: Path, settings: Settings) -> Settings:
    """Make a folder that of the review with these settings, and return them with its identity.

    Raises:
        UsageError: It holds something else, or a review with other settings.
    """
    known = read_settings(folder).identity if (folder / SETTINGS).is_file() else uuid.uuid4().hex
    settings = replace(settings, identity=known)
    claim(folder, SETTINGS, "review", asdict(settings))
    return settings


def _check_types(path: Path, settings: Settings) -> None:
    for field in fields(settings):
        value = getattr(settings, field.name)
        if type(value) is not field.type:
            raise UsageError(f"{path}: {field.name} is {str(value)[:80]!a}, no {field.type}")
