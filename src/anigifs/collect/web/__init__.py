"""The door to the web: safe addresses only, within limits, politely, and as asked by its owners."""

from anigifs.collect.web.addresses import is_public
from anigifs.collect.web.answer import Answer, Trail
from anigifs.collect.web.client import Web
from anigifs.collect.web.limits import Limits
from anigifs.collect.web.pace import Pace
from anigifs.collect.web.robots import Robots
from anigifs.collect.web.signals import refuse_reserved, signals_of

__all__ = [
    "Answer",
    "Limits",
    "Pace",
    "Robots",
    "Trail",
    "Web",
    "is_public",
    "refuse_reserved",
    "signals_of",
]
