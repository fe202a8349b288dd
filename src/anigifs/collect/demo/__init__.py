"""A search engine for tests and for trying out, on this machine and with no network.

:class:`World` says what is planted and what must become of it, :class:`DemoEngine` finds and
serves it, and :class:`DemoProvider` searches it as any other provider is searched.
"""

from anigifs.collect.demo.engine import DemoEngine, Request
from anigifs.collect.demo.planted import KINDS, PATIENCE, STYLE_WORDS, Kind, Listing, Planted
from anigifs.collect.demo.provider import DemoProvider
from anigifs.collect.demo.world import World

__all__ = [
    "KINDS",
    "PATIENCE",
    "STYLE_WORDS",
    "DemoEngine",
    "DemoProvider",
    "Kind",
    "Listing",
    "Planted",
    "Request",
    "World",
]
