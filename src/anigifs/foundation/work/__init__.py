"""One protocol for work on very many items, whoever does it.

A stage says what is done to an item and what is said of one that cannot be done
(:class:`Work`); an :class:`Executor` does it to all: :class:`Local` in processes of this machine,
``anigifs.foundation.work.ray.Ray`` on the nodes of a cluster. Either yields one result an item, in
any order, and no item can take the others down.
"""

from anigifs.foundation.work.local import Local
from anigifs.foundation.work.work import Executor, Work

__all__ = ["Executor", "Local", "Work"]
