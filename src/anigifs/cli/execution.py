"""Options of commands that do the same to many files: who does it, and for how long."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.foundation.work import Executor

ITEM_SECONDS = 600.0


@dataclass(frozen=True)
class ExecutorOptions:
    """Who does the work; the results are the same."""

    workers: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Processes on this machine; by default as many as cores, and for a model this one alone."""
    kind: Annotated[
        Literal["local", "ray"],
        tyro.conf.arg(
            name="executor",
            help="local: processes on this machine; ray: those of a Ray cluster, whose nodes must "
            "all see the same files under the same names (docs/scale.md).",
        ),
    ] = "local"
    address: Annotated[str | None, tyro.conf.arg(metavar="ADDRESS")] = None
    """Of the Ray cluster, such as 10.0.0.1:6379; by default one that runs here, else a new one."""
    item_seconds: Annotated[float, tyro.conf.arg(metavar="SECONDS")] = ITEM_SECONDS
    """How long a file, or 8 batches of a model, may take before it is given up, twice; inf: any."""

    def executor(self) -> "Executor":
        """Return who does the work.

        Raises:
            UsageError: Options contradict each other or make no sense.
        """
        if self.workers is not None and self.workers < 1:
            raise UsageError(f"--workers {self.workers}: at least 1")
        if not self.item_seconds > 0:
            raise UsageError(f"--item-seconds {self.item_seconds:g}: more than 0")
        if self.kind == "ray":
            if self.workers is not None:
                raise UsageError("--workers: not with --executor ray, which takes all CPUs it has")
            from anigifs.foundation.work.ray import Ray

            return Ray(self.address, self.item_seconds)
        if self.address is not None:
            raise UsageError("--address: of a Ray cluster, so --executor ray belongs to it")
        from anigifs.foundation.work import Local

        return Local(self.workers, self.item_seconds)
