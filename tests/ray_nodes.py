"""A Ray cluster whose nodes are all on this machine."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY, absent

if TYPE_CHECKING:
    from ray.cluster_utils import Cluster


@contextmanager
def ray_cluster() -> Iterator["Cluster"]:
    """Yield a cluster of one node with one CPU; more may be added, and killed."""
    try:
        from ray.cluster_utils import Cluster
    except ImportError:
        absent("ray (pip install 'anigifs[ray]')")
    before = signal.getsignal(signal.SIGTERM)
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_TMPDIR", folder)  # or others would find it, and it them
        patch.setenv("PYTHONPATH", str(REPOSITORY))
        patch.delenv("RAY_ADDRESS", raising=False)
        made = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
        )
        try:
            yield made
        finally:
            made.shutdown()
    signal.signal(signal.SIGTERM, before)  # which Ray had replaced
    shutil.rmtree(folder)
