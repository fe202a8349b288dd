"""The exports, read by the libraries that they are for."""

import gc
import hashlib
import importlib
import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from anigifs.foundation.work import Local
from anigifs.index import Index
from anigifs.index.export import export
from anigifs.index.export.exporting import Kind, Metadata
from tests.conftest import absent
from tests.index.export.clips import checked_tree

#: Loaders leave files open; that is theirs to heed.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


def library(name: str) -> ModuleType:
    """Import a library whose own warnings are not ours to heed, or skip the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module(name)
        except ImportError:
            absent(f"the package {name}")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return checked_tree(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Hugging Face's datasets, offline and with a cache for this test alone."""
    for name, value in {
        "HF_HOME": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    yield library("datasets")
    gc.collect()  # here, or files that it left open would be some other test's


def load(hub: ModuleType, tmp_path: Path, *names: str, **options: object) -> Any:  # noqa: ANN401
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return hub.load_dataset(*names, cache_dir=str(tmp_path / "cache"), **options)


def digests(index: Index) -> dict[str, str]:
    """The sha256 of each file by its clip."""
    return {row.clip_id: str(row.sha256) for row in index.rows()}


@pytest.mark.parametrize("metadata", ["csv", "parquet"])
@pytest.mark.parametrize("by", ["builder", "readme"])
def test_hugging_face_loads_an_image_folder(
    index: Index, tmp_path: Path, hub: ModuleType, metadata: Metadata, by: str
) -> None:
    out = tmp_path / "out"
    export(index, out, "imagefolder", metadata=metadata, executor=Local(1))
    if by == "builder":
        loaded = load(hub, tmp_path, "imagefolder", data_dir=str(out))
        assert {name: len(split) for name, split in loaded.items()} == {"train": 3, "validation": 2}
    else:
        loaded = load(hub, tmp_path, str(out))
        assert {name: len(split) for name, split in loaded.items()} == {"train": 3, "val": 2}
    seen = {}
    for split in loaded.values():
        for clip in split.cast_column("image", hub.Image(decode=False)):
            data = Path(clip["image"]["path"]).read_bytes()
            seen[clip["clip_id"]] = (hashlib.sha256(data).hexdigest(), clip["label"])
    wanted = digests(index)
    assert {key: sha256 for key, (sha256, _) in seen.items()} == {key: wanted[key] for key in seen}
    assert {label for _, label in seen.values()} == {"yoga", "golf driving"}
    row = next(row for row in index.rows() if row.path == "yoga/a.gif")
    clip = next(one for one in loaded["train"] if one["clip_id"] == row.clip_id)
    assert (clip["image"].n_frames, clip["frames"], clip["group"]) == (4, 4, row.group)
    assert (clip["licence"], clip["source"]) == (row.licence, row.source)


@pytest.mark.parametrize("by", ["builder", "readme"])
def test_hugging_face_loads_a_video_folder(
    index: Index, tmp_path: Path, hub: ModuleType, by: str
) -> None:
    out = tmp_path / "out"
    export(index, out, "videofolder", executor=Local(1))
    names = ["videofolder"] if by == "builder" else [str(out)]
    options = {"data_dir": str(out)} if by == "builder" else {}
    loaded = load(hub, tmp_path, *names, **options)
    clips = {}
    for split in loaded.values():
        assert isinstance(split.features["video"], hub.Video)
        for clip in split.cast_column("video", hub.Video(decode=False)):
            clips[clip["clip_id"]] = clip
    assert len(clips) == 6
    for key, clip in clips.items():
        path = Path(clip["video"]["path"])
        assert path.name == f"{key}.mp4"
        assert path.read_bytes()[4:8] == b"ftyp"
        timing = out / "timing" / f"{key}.json"
        if timing.exists():
            assert sum(json.loads(timing.read_text())["delays_ms"]) == clip["duration_ms"]


def test_hugging_face_loads_an_export_without_splits(
    index: Index, tmp_path: Path, hub: ModuleType
) -> None:
    rows = (replace(row, split="") for row in index.rows())
    some = Index.from_rows(rows, root=index.root)
    kinds: tuple[Kind, ...] = ("imagefolder", "videofolder")
    for kind in kinds:
        out = tmp_path / kind
        account = export(some, out, kind, executor=Local(1))
        for loaded in (
            load(hub, tmp_path, kind, data_dir=str(out)),
            load(hub, tmp_path, str(out)),
        ):
            assert {name: len(split) for name, split in loaded.items()} == {
                "train": account.exported
            }


def test_hugging_face_loads_shards(index: Index, tmp_path: Path, hub: ModuleType) -> None:
    out = tmp_path / "out"
    export(index.filter(label="golf driving"), out, "webdataset")
    loaded = load(hub, tmp_path, str(out))
    assert {name: len(split) for name, split in loaded.items()} == {"train": 1, "val": 1}
    assert loaded["train"][0]["json"]["label"] == "golf driving"


def test_webdataset_reads_shards(index: Index, tmp_path: Path) -> None:
    webdataset = library("webdataset")
    account = export(index, tmp_path / "out", "webdataset")
    shards = [str(path) for path in sorted((tmp_path / "out").glob("*.tar"))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        samples = list(webdataset.WebDataset(shards, shardshuffle=False))
    assert len(samples) == account.exported
    wanted = digests(index)
    for sample in samples:
        known = json.loads(sample["json"])
        data = next(sample[ending] for ending in ("gif", "mp4", "webp") if ending in sample)
        assert hashlib.sha256(data).hexdigest() == known["sha256"] == wanted[sample["__key__"]]
        assert (known["clip_id"], known["group"][:5]) == (sample["__key__"], "group")
    splits = {json.loads(sample["json"])["split"] for sample in samples}
    assert splits == {"train", "val"}
