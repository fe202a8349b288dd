"""Work on the nodes of a Ray cluster: one task a shard."""

import os
import signal
import socket
import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Generic

from anigifs.foundation.errors import AnigifsError, UsageError, first_line
from anigifs.foundation.records import append_record
from anigifs.foundation.work.child import GRACE_SECONDS, Raised
from anigifs.foundation.work.pool import Lost, Pool
from anigifs.foundation.work.shards import (
    Shard,
    ShardResult,
    Statistics,
    do_shard,
    pool_for,
    shards_of,
)
from anigifs.foundation.work.work import Item, Result, Work, check_item_seconds
from anigifs.foundation.workers import usable_cores

INSTALL = "pip install 'anigifs[ray]'"
#: Shards in flight for each CPU of the cluster: one that is done, and the next at its place.
SHARDS_PER_CPU = 2
#: How often it is looked how many CPUs there are.
LOOK_SECONDS = 5.0
#: How long an address may take to answer.
ANSWER_SECONDS = 5.0
#: The type of what a server of HTTP/2 says first, such as that of a cluster.
SETTINGS = b"\x04"
#: What a client says first: that it is one, and an empty frame of settings.
HTTP2 = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + SETTINGS + bytes(5)
#: A shard that loses so many workers - they crash, or their nodes go - is cut into its items; an
#: item that does is given up.
MOST_LOSSES = 3


@dataclass(frozen=True)
class Ray:
    """Does work on the nodes of a Ray cluster, cut into shards.

    This process runs on one of the nodes. All nodes have this program installed, and see the same
    files under the same names. Within a shard one process does the items, with time limits and a
    second chance as :class:`~anigifs.foundation.work.Local` has them, except that other shards go
    on beside it. Shards whose nodes die are done again on others.

    Args:
        address: Of the cluster, such as ``10.0.0.1:6379``; None is one that runs here already, else
            one that is begun on this machine and ended with the work.
        item_seconds: How long one item may take; None is any time.
        shard_items: Items of a shard. Few spread well and are done again soon; a shard by itself
            costs some ten milliseconds.
        shard_log: A file of JSON lines that is told each shard's name and statistics.

    Raises:
        UsageError: ``item_seconds`` or ``shard_items`` is not positive.
    """

    address: str | None = None
    item_seconds: float | None = None
    shard_items: int = 16
    shard_log: Path | None = None

    def __post_init__(self) -> None:
        check_item_seconds(self.item_seconds)
        if self.shard_items < 1:
            raise UsageError(f"{self.shard_items} items of a shard: at least 1")

    def run(self, work: Work[Item, Result], items: Iterable[Item]) -> Iterator[Result]:
        """Yield the result of every item; see :class:`~anigifs.foundation.work.Executor`.

        Raises:
            UsageError: Ray is not installed, or the cluster cannot be reached.
            AnigifsError: A node cannot take the work up.
        """
        shards = shards_of(work.name, items, self.shard_items)
        with connected(self.address) as ray, _Flights(ray, work.do, self.item_seconds) as flights:
            for ended in flights.run(shards):
                self._note(work.name, ended)
                for done in ended.results:
                    yield work.failed(done.item, done.reason) if isinstance(done, Lost) else done

    def _note(self, stage: str, ended: ShardResult[Item, Result]) -> None:
        if self.shard_log is not None:
            append_record(
                self.shard_log, {"stage": stage, "shard": ended.name, **asdict(ended.statistics)}
            )


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """Yield the library, connected to a cluster; what was begun for that is ended.

    Args:
        address: As :class:`Ray` has it.

    Raises:
        UsageError: Ray is not installed, or the cluster cannot be reached.
    """
    try:
        import ray
    except ImportError:
        raise UsageError(f"--executor ray needs the package ray: {INSTALL}") from None
    if ray.is_initialized():  # by whoever calls: it is theirs
        yield ray
        return
    with _same_sigterm(), _silent(ray):
        _connect(ray, address)
        try:
            yield ray
        finally:
            ray.shutdown()


@contextmanager
def _same_sigterm() -> Iterator[None]:
    """Keep what is done at SIGTERM, which Ray replaces."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _silent(ray: Any) -> Iterator[None]:  # noqa: ANN401 - an optional library
    """Keep standard output free of what Ray tells of nodes that die; no option of it does."""
    inside = ray._private.worker
    before = getattr(inside, "_worker_logs_enabled", True)
    inside._worker_logs_enabled = False
    try:
        yield
    finally:
        inside._worker_logs_enabled = before


def _connect(ray: Any, address: str | None) -> None:  # noqa: ANN401 - an optional library
    if "://" in (address or ""):
        raise UsageError(
            f"{address}: not by Ray's client; run this on a node of the cluster, and name its own "
            "address, such as 10.0.0.1:6379"
        )
    hint = ""
    try:
        where = address if _runs(address) else "local"
        if where != "local" and "RAY_AUTH_MODE" not in os.environ:
            hint = "; does it want a token (RAY_AUTH_MODE=token)?"
        ray.init(address=where, include_dashboard=False, logging_level="ERROR", log_to_driver=False)
    except Exception as error:  # it has no class of its own for these
        said = " ".join(str(error).split()) + hint
        raise UsageError(f"{address or 'ray'}: no connection to a Ray cluster: {said}") from None


def _runs(address: str | None) -> bool:
    """Return whether a cluster is there; Ray itself would ask a silent address for minutes.

    Raises:
        OSError: Nobody answers at an address that was named.
    """
    from ray._private.services import canonicalize_bootstrap_address

    where = canonicalize_bootstrap_address(address)
    if where is None:
        return False
    host, _, port = where.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS) as line:
            line.sendall(HTTP2)
            if "RAY_USE_TLS" not in os.environ and line.recv(9)[3:4] != SETTINGS:
                raise OSError("something else listens there")
    except OSError:
        if address is None and "RAY_ADDRESS" not in os.environ:
            return False  # it is a note of one that has ended
        raise
    return True


@dataclass(frozen=True)
class _Errand:
    """What travels to the nodes beside shards.

    Attributes:
        key: Of these shards; a process is kept from one to the next.
        do: The pickle of what is done to an item.
        item_seconds: How long one item may take.
        threads: ``OMP_NUM_THREADS`` of the process: sums on as many threads as here are the same
            bits, and Ray would set 1.
    """

    key: str
    do: bytes
    item_seconds: float | None
    threads: str


@dataclass
class _Flights(Generic[Item, Result]):
    """Shards on their way.

    Attributes:
        ray: The library, connected.
        do: What is done to an item.
        item_seconds: How long one item may take.
        flying: The shards that are under way, by Ray's reference.
    """

    ray: Any
    do: Callable[[Item], Result]
    item_seconds: float | None
    flying: dict[Any, Shard[Item]] = field(default_factory=dict)

    def __enter__(self) -> "_Flights[Item, Result]":
        threads = os.environ.get("OMP_NUM_THREADS") or str(usable_cores())
        do = self.ray.cloudpickle.dumps(self.do)
        self._errand = _Errand(uuid.uuid4().hex, do, self.item_seconds, threads)
        # Ray would try again without end where memory is short, and blame nobody.
        options = {"num_cpus": 1, "max_retries": 0, "scheduling_strategy": "SPREAD"}
        self._task = self.ray.remote(**options)(do_errand)
        self._losses: Counter[str] = Counter()
        return self

    def __exit__(self, *error: object) -> None:
        """Stop what is under way, and let it put away what it was at."""
        late = list(self.flying)
        for flight in late:
            self.ray.cancel(flight)
        if late:
            _, late = self.ray.wait(late, num_returns=len(late), timeout=2 * GRACE_SECONDS)
        for flight in late:
            self.ray.cancel(flight, force=True)

    def run(self, shards: Iterator[Shard[Item]]) -> Iterator[ShardResult[Item, Result]]:
        while True:
            room = self._room()
            while len(self.flying) < room and (shard := next(shards, None)) is not None:
                self._send(shard)
            if not self.flying:
                return
            ended, _ = self.ray.wait(list(self.flying), timeout=LOOK_SECONDS)
            for flight in ended:
                yield from self._landed(flight, self.flying.pop(flight))

    def _room(self) -> int:
        """Return how many shards may be in flight, now that nodes may have come or gone."""
        cpus = int(self.ray.cluster_resources().get("CPU", 0))
        return SHARDS_PER_CPU * max(1, cpus)  # without any, what waits makes a cluster grow

    def _send(self, shard: Shard[Item]) -> None:
        task = self._task.options(name=f"{shard.stage} {shard.name}")
        self.flying[task.remote(self._errand, shard)] = shard

    def _landed(self, flight: Any, shard: Shard[Item]) -> Iterator[ShardResult[Item, Result]]:  # noqa: ANN401
        """Yield what became of a shard; one that was lost is sent again."""
        errors = self.ray.exceptions
        try:
            result = self.ray.get(flight)
        except errors.RayError as error:
            cause = getattr(error, "cause", error)
            if not isinstance(cause, errors.RayError):
                raise AnigifsError(f"a node cannot take the work up: {first_line(cause)}") from None
            yield from self._lost(shard, first_line(cause))
            return
        if isinstance(result, Raised):
            raise result.error
        yield result

    def _lost(self, shard: Shard[Item], reason: str) -> Iterator[ShardResult[Item, Result]]:
        """Send a shard again whose worker is gone; give it up where that is its own fault."""
        self._losses[shard.name] += 1
        if self._losses[shard.name] < MOST_LOSSES:
            self._send(shard)
        elif len(shard.items) > 1:
            for single in shard.singles():
                self._send(single)
        else:
            said = f"its worker was lost, {MOST_LOSSES} times; it was given up ({reason})"
            statistics = Statistics(1, 1, MOST_LOSSES, 0.0, "")
            yield ShardResult(shard.name, (Lost(shard.items[0], said),), statistics)


#: The process that this Ray worker keeps from one shard to the next, and whose shards those are.
_kept: tuple[str, Pool[Any, Any]] | None = None


def do_errand(errand: _Errand, shard: Shard[Item]) -> ShardResult[Item, Result] | Raised:
    """Do a shard in this Ray worker."""
    import ray

    node = f"{socket.gethostname()}/{ray.get_runtime_context().get_node_id()[:8]}"
    try:
        with _as_from_driver(errand.threads):
            return do_shard(shard, _pool(errand), node)
    except Exception as error:
        _drop_pool()
        return Raised(error)
    except BaseException:  # it was cancelled
        _drop_pool()
        raise


def _pool(errand: _Errand) -> Pool[Any, Any]:
    """Return the pool of one process of these shards, as it was left by the last of them."""
    global _kept
    if _kept is None or _kept[0] != errand.key:
        _drop_pool()
        _kept = errand.key, pool_for(errand.do, errand.item_seconds)
    return _kept[1]


def _drop_pool() -> None:
    global _kept
    if _kept is not None:
        _kept[1].close()
        _kept = None


@contextmanager
def _as_from_driver(threads: str) -> Iterator[None]:
    """Let processes that begin now compute on so many threads, and not read Ray's own script."""
    main = vars(sys.modules["__main__"])
    script, before = main.pop("__file__", None), os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = threads
    try:
        yield
    finally:
        os.environ.pop("OMP_NUM_THREADS")
        if before is not None:
            os.environ["OMP_NUM_THREADS"] = before
        if script is not None:
            main["__file__"] = script
