"""``croissant.json``: what a release holds, for programs, with the fields of responsible AI.

Written by the specification of Croissant 1.0 and of its RAI vocabulary 1.0 (MLCommons, 2024).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from anigifs.curate.release.account import NOT_STATED, Account
from anigifs.curate.release.cards import citation
from anigifs.curate.release.released import ITEMS
from anigifs.curate.release.released import SCHEMA as ITEM_SCHEMA
from anigifs.curate.release.settings import ReleaseSettings
from anigifs.curate.release.statements import Statements
from anigifs.foundation import sha256_of

CROISSANT = "croissant.json"
VERSIONS = ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
#: Files that are told of, and their media types; the items come first.
FILES = {
    ITEMS: "application/x-parquet",
    "index.parquet": "application/x-parquet",
    "candidates.parquet": "application/x-parquet",
    "votes.parquet": "application/x-parquet",
    "classes.csv": "text/csv",
    "taxonomy.json": "application/json",
}
#: What the columns of the items are, for those who do not know the program.
COLUMNS = {
    "clip_id": "Name of the clip, as in index.parquet.",
    "cluster": "SHA-256 of the file that stands for all files that show the same.",
    "family": "Items of one family are too alike to be parted by a split.",
    "label": "The action, as a class of the class list.",
    "split": "The split.",
    "style": "How it is drawn, where those who judged said so.",
    "kind": "The container, such as gif, by the first bytes.",
    "bytes": "Size of the file.",
    "width": "Width of the canvas in pixels.",
    "height": "Height of the canvas in pixels.",
    "frames": "Frames that can be decoded.",
    "duration_ms": "How long these play, in milliseconds.",
    "complete": "Whether the end of the file is there.",
    "path": "Of the file in this release; empty where only addresses are given.",
    "urls": "Addresses, those of just these bytes first.",
    "same_bytes": "How many of the addresses had just these bytes.",
    "page_url": "A page that shows it.",
    "licence": "As the source states it; empty where it states none.",
    "licence_url": "Address of the licence.",
    "licence_evidence": "Which field of the source's answer states the licence.",
    "creator": "Whose work it is, as the source states it.",
    "attribution": "The line that the source wants to be shown.",
    "retrieved_at": "When it was fetched.",
    "x_robots_tag": "What the server said to programs.",
    "tdm_reservation": "1 where rights to text and data mining are reserved.",
    "files": "SHA-256 of all files that show the same.",
    "quality": "Of each perceptual hash, 0 to 100.",
    "whole": "How many of the hashes are of whole frames.",
    "accepts": "How many people accepted it with this label.",
    "votes": "How many people judged it.",
    "motion": "Mean absolute difference of successive frames, 0 to 1.",
    "slideshow": "Share of the changes that are hard cuts, 0 to 1.",
    "animated": "A program's probability that it is drawn and not filmed, 0 to 1.",
    "overlay": "Share of the picture under a logo, a caption or a bar, 0 to 1.",
    "ai_hint": "What the file says of having been generated.",
}
_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    pa.string(): "sc:Text",
    pa.int64(): "sc:Integer",
    pa.float64(): "sc:Float",
    pa.bool_(): "sc:Boolean",
}


def croissant(
    folder: Path, account: Account, settings: ReleaseSettings, said: Statements
) -> dict[str, Any]:
    """Return the metadata of a release, as JSON-LD.

    Args:
        folder: Of the release, whose tables are hashed.
        account: Its counts.
        settings: How it was made.
        said: What is said of it.
    """
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": VERSIONS,
        "name": account.name,
        "description": f"{account.items:,} animated GIFs of {account.classes:,} actions of "
        f"{account.taxonomy}, performed by drawn characters. {said.purpose} {said.not_the_papers}",
        "version": account.version,
        "datePublished": account.date,
        "license": f"{settings.licence} for the annotations; each GIF is under its own licence, "
        f"which its row of {ITEMS} names",
        "creator": [{"@type": "sc:Organization", "name": one}
                    for one in settings.creators or (NOT_STATED,)],
        "citeAs": citation(account, settings),
        "keywords": ["action recognition", "animated GIF", "domain generalization"],
        "isLiveDataset": False,
        **_responsible(account, said),
        "distribution": [_file(folder / name, kind) for name, kind in FILES.items()],
        "recordSet": [_items()],
    }  # fmt: skip


def as_text(metadata: Mapping[str, Any]) -> str:
    """Return metadata as it is written to its file."""
    return json.dumps(metadata, indent=1, ensure_ascii=False) + "\n"


def _responsible(account: Account, said: Statements) -> dict[str, Any]:
    """Return the fields of the RAI vocabulary, by their full names."""
    fields = {
        "dataCollection": said.collection,
        "dataCollectionType": ["Web Scraping", "Secondary Data Analysis", "Manual Human Curation"],
        "dataCollectionMissingData": said.selection,
        "dataCollectionRawData": "candidates.parquet: every hit of every search and its fate.",
        "dataCollectionTimeframe": _days(account),
        "dataPreprocessingProtocol": [
            "Files are the bytes that were found.",
            "Files that show the same, by perceptual hashes of their frames, are one item.",
        ],
        "dataAnnotationProtocol": [said.protocol],
        "dataAnnotationPlatform": [NOT_STATED],
        "dataAnnotationAnalysis": [said.agreement],
        "annotationsPerItem": said.per_item,
        "annotatorDemographics": [said.annotators],
        "machineAnnotationTools": ["anigifs screen: scores, and the rejection of stills"],
        "dataUseCases": [said.uses],
        "dataBiases": list(said.biases),
        "dataLimitations": [*said.limitations, said.misuses, *said.licences],
        "dataSocialImpact": said.impact,
        "personalSensitiveInformation": list(said.personal),
        "dataReleaseMaintenancePlan": said.maintenance,
    }
    return {f"rai:{name}": value for name, value in fields.items() if value}


def _days(account: Account) -> list[str]:
    return [day for day in (account.first_day, account.last_day) if day]


def _file(path: Path, kind: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path.name,
        "name": path.name,
        "contentUrl": path.name,
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": kind,
        "sha256": sha256_of(path),
    }


def _items() -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "items",
        "name": "items",
        "description": "One record an item: a GIF, or an animation of another format. The table "
        "has two more columns, for which Croissant has no types: hashes and found_under.",
        "key": {"@id": "items/clip_id"},
        "field": [_field(name, words) for name, words in COLUMNS.items()],
    }


def _field(name: str, description: str) -> dict[str, Any]:
    kind = ITEM_SCHEMA.field(name).type
    is_list = pa.types.is_list(kind)
    return {
        "@type": "cr:Field",
        "@id": f"items/{name}",
        "name": name,
        "description": description,
        "dataType": _TYPES[kind.value_type if is_list else kind],
        **({"repeated": True} if is_list else {}),
        "source": {"fileObject": {"@id": ITEMS}, "extract": {"column": name}},
    }
