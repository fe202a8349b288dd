import importlib
import json
import shutil
import warnings
from pathlib import Path
from types import ModuleType

import pytest

from anigifs.curate.release.account import Account
from anigifs.curate.release.croissant import COLUMNS
from anigifs.curate.release.released import SCHEMA, read_released
from anigifs.foundation import sha256_of
from tests.conftest import absent

#: Its own warnings, and those of what it reads JSON-LD with, are not ours to heed.
pytestmark = pytest.mark.filterwarnings("ignore")
RESPONSIBLE = (
    "data_collection", "data_collection_type", "data_collection_missing_data",
    "data_collection_raw_data", "data_preprocessing_protocol", "data_annotation_protocol",
    "data_annotation_platform", "data_annotation_analysis", "annotations_per_item",
    "annotator_demographics", "machine_annotation_tools", "data_use_cases", "data_biases",
    "data_limitations", "data_social_impact", "personal_sensitive_information",
    "data_release_maintenance_plan",
)  # fmt: skip


@pytest.fixture
def mlcroissant() -> ModuleType:
    """The reference reader of Croissant."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return importlib.import_module("mlcroissant")
        except ImportError:
            absent("the package mlcroissant")


def test_the_reference_reader_finds_nothing_amiss(
    mlcroissant: ModuleType, released: tuple[Path, Account]
) -> None:
    dataset = mlcroissant.Dataset(jsonld=released[0] / "croissant.json")
    issues = dataset.metadata.ctx.issues
    assert (list(issues.errors), list(issues.warnings)) == ([], [])
    for name in RESPONSIBLE:
        assert getattr(dataset.metadata, name), name
    assert dataset.metadata.version == "1.0.0"


def test_the_reference_reader_reads_the_items(
    mlcroissant: ModuleType, released: tuple[Path, Account]
) -> None:
    dataset = mlcroissant.Dataset(jsonld=released[0] / "croissant.json")
    records = list(dataset.records("items"))
    items = read_released(released[0])
    assert [one["items/clip_id"].decode() for one in records] == [one.clip_id for one in items]
    assert [one["items/frames"] for one in records] == [one.frames for one in items]
    assert [[url.decode() for url in one["items/urls"]] for one in records] == [
        list(one.urls) for one in items
    ]


def test_a_table_that_was_changed_is_noticed(
    mlcroissant: ModuleType, released: tuple[Path, Account], tmp_path: Path
) -> None:
    out = tmp_path / "changed"
    shutil.copytree(released[0], out)
    with (out / "items.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(mlcroissant.GenerationError) as caught:
        list(mlcroissant.Dataset(jsonld=out / "croissant.json").records("items"))
    assert "hash" in str(caught.value.__cause__).lower()


def test_files_are_told_with_their_hashes(released: tuple[Path, Account]) -> None:
    told = json.loads((released[0] / "croissant.json").read_text())
    assert {one["contentUrl"]: one["sha256"] for one in told["distribution"]} == {
        name: sha256_of(released[0] / name)
        for name in (
            "items.parquet", "index.parquet", "candidates.parquet", "votes.parquet",
            "classes.csv", "taxonomy.json",
        )
    }  # fmt: skip
    assert told["rai:dataCollectionTimeframe"] == ["2026-05-01", "2026-05-02"]


def test_every_column_that_can_be_is_described() -> None:
    assert set(SCHEMA.names) - set(COLUMNS) == {"hashes", "found_under"}
    assert list(COLUMNS) == [name for name in SCHEMA.names if name in COLUMNS]
