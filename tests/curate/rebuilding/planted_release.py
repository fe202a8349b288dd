"""Releases whose files the demo's engine serves, each in a way that was planted."""

import hashlib
import json
import tempfile
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from anigifs.collect.collecting import Wishes
from anigifs.collect.demo import DemoEngine, World
from anigifs.collect.frontier import Retries
from anigifs.collect.web import Limits
from anigifs.curate.release.accepting import clip_path
from anigifs.curate.release.index import INDEX, index_of, with_splits
from anigifs.curate.release.released import ITEMS, ReleasedItem, write_items
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.seeing.fingerprints import fingerprint_of, hashes_of
from anigifs.curate.seeing.frames import look_at
from anigifs.foundation import write_bytes, write_text
from anigifs.index import clip_id

WORLD = World(classes=1, originals=3, size=64)
Urls = Sequence[str]


def wishes(engine: DemoEngine, **more: object) -> Wishes:
    """Wishes that are in a hurry, but give a busy machine its time to answer."""
    limits = Limits(per_host=8, gap_s=0.0, allow=(engine.host,))
    return Wishes(limits, threads=8, retries=Retries((0.02, 0.02)), **more)  # type: ignore[arg-type]


def url(engine: DemoEngine, kind: str, number: int = 0) -> str:
    """Return the address of something planted."""
    return engine.world.of_kind(kind)[number].url(engine.base_url)


def body(engine: DemoEngine, kind: str, number: int = 0) -> bytes:
    """Return its bytes."""
    return engine.bodies.of(engine.world.of_kind(kind)[number])


def item(data: bytes, urls: Urls, files: Sequence[bytes] = (), **more: object) -> ReleasedItem:
    """Return an item of a release.

    Args:
        data: The bytes of the file that stands for it.
        urls: Its addresses.
        files: Bytes of the duplicates that the release knows.
        more: What else is known of it.
    """
    own = _known(data)
    known = [hashlib.sha256(one).hexdigest() for one in (data, *files)]
    return ReleasedItem(**{**own, "urls": tuple(urls), "files": tuple(known), **more})  # type: ignore[arg-type]


@cache
def _known(data: bytes) -> dict[str, object]:
    sha256 = hashlib.sha256(data).hexdigest()
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(data)
        frames = look_at(file.name)
    fingerprint, info = fingerprint_of(*frames.solid), frames.info
    texts = ("split", "style", "path", "page_url", "licence", "licence_url", "licence_evidence",
             "creator", "attribution", "retrieved_at", "x_robots_tag", "tdm_reservation",
             "ai_hint")  # fmt: skip
    scores = dict.fromkeys(("motion", "slideshow", "animated", "overlay"), 0.5)
    return {
        **dict.fromkeys(texts, ""),
        **scores,
        "clip_id": clip_id(sha256),
        "cluster": sha256,
        "family": sha256,
        "label": "archery",
        "kind": info.format.value,
        "bytes": len(data),
        "width": info.width,
        "height": info.height,
        "frames": info.frames,
        "duration_ms": round(info.duration_ms),
        "complete": True,
        "same_bytes": 1,
        "found_under": (("archery", "cartoon", "demo"),),
        "hashes": tuple(hashes_of(fingerprint)),
        "quality": tuple(fingerprint.quality_N.tolist()),
        "whole": fingerprint.whole,
        "accepts": 1,
        "votes": 1,
    }


def release(folder: Path, items: Sequence[ReleasedItem], carried: Collection[bytes] = ()) -> Path:
    """Write a release; the bytes that it carries belong to items that have a ``path``."""
    folder.mkdir(parents=True)
    index = index_of(items, ReleaseSettings(), folder)
    index.write(folder / INDEX)
    write_items(folder / ITEMS, with_splits(items, index))
    about = {"name": "ani-gifs", "version": "1.0.0", "identity": index.identity}
    write_text(folder / "release.json", json.dumps(about))
    for data in carried:
        write_bytes(folder / clip_path(hashlib.sha256(data).hexdigest(), "gif"), data)
    return folder


def carried(data: bytes, urls: Urls) -> ReleasedItem:
    """Return an item whose bytes the release carries."""
    path = clip_path(hashlib.sha256(data).hexdigest(), "gif")
    return item(data, urls, path=path)
