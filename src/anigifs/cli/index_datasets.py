"""``anigifs index ucf-hmdb``, ``hac`` and ``urls``: datasets as they are released."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from anigifs.cli.index_text import summary_of
from anigifs.cli.output import Warnings, print_envelope, printable, waiting
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.index import Index

OutFile = Annotated[Path, tyro.conf.arg(metavar="INDEX", help="The index to write.")]
FolderOption = Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")]
Groups = Annotated[
    Literal["video", "clip"],
    tyro.conf.arg(
        help="What must not be separated: the clips of one source video, or nothing. Training "
        "refuses a published split that tears videos apart, unless each clip is a group."
    ),
]
Licence = Annotated[str, tyro.conf.arg(help="What the clips may be used for.")]
Json = Annotated[bool, tyro.conf.arg(help="Print one JSON object on standard output.")]


@dataclass(frozen=True)
class UcfHmdb:
    """List UCF-HMDB, the 12 classes that UCF-101 and HMDB-51 share, as a protocol splits them.

    Example: anigifs index ucf-hmdb --ucf UCF-101/ --hmdb hmdb51_org/ --lists data_list/
    --protocol videodg --out ucf-hmdb.parquet
    """

    lists: Annotated[
        tuple[Path, ...],
        tyro.conf.arg(metavar="LIST...", help="The protocol's lists, or folders of them."),
    ]
    protocol: Annotated[
        Literal["videodg", "ta3n"],
        tyro.conf.arg(help="Whose lists they are; those of the other protocol are refused."),
    ]
    out: OutFile
    ucf: FolderOption = None
    """UCF-101, with Archery/v_Archery_g01_c01.avi in it; without it, clips are listed only."""
    hmdb: FolderOption = None
    """HMDB-51, with one folder a class."""
    groups: Groups = "video"
    licence: Licence = ""
    json: Json = False

    def run(self) -> int:
        """List, write and print the counts."""
        from anigifs.index.readers.ucf_hmdb import from_ucf_hmdb

        with waiting("listing"):
            index, account = from_ucf_hmdb(
                self.ucf,
                self.hmdb,
                self.lists,
                self.protocol,
                groups=self.groups,
                licence=self.licence,
            )
        index.write(self.out)
        warnings = Warnings()
        for text in (*account.off, *account.unmatched):
            warnings.take(text)
        if account.numbered:
            warnings.take(
                f"{account.numbered:,} clips of hmdb-51 are listed by number, and were found in "
                "the order of names"
            )
        _warn_of(account.shared, account.unlisted, self.groups, warnings)
        _print(index, self.out, ("domain", "split"), asdict(account), warnings, json=self.json)
        return 0


@dataclass(frozen=True)
class Hac:
    """List HAC: seven actions of humans, animals and cartoon figures.

    Example: anigifs index hac HAC/ --out hac.parquet
    """

    folder: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FOLDER")]
    """The folder that holds human/, animal/ and cartoon/, each with videos/ in it."""
    out: OutFile
    lists: Annotated[tuple[Path, ...], tyro.conf.arg(metavar="LIST...")] = ()
    """The lists HAC_train_only_human.csv and so on, or a folder of them; by default those in
    HAC_Splits/ in or beside the folder."""
    groups: Groups = "video"
    licence: Licence = ""
    json: Json = False

    def run(self) -> int:
        """List, write and print the counts."""
        from anigifs.index.readers.hac import from_hac

        with waiting("listing"):
            index, account = from_hac(
                self.folder, self.lists, groups=self.groups, licence=self.licence
            )
        index.write(self.out)
        warnings = Warnings()
        if not account.lists:
            warnings.take("without lists: classes are those that clips are called after; no splits")
        _warn_of(account.shared, account.unlisted, self.groups, warnings)
        _print(index, self.out, ("domain", "split"), asdict(account), warnings, json=self.json)
        return 0


@dataclass(frozen=True)
class Urls:
    """List the clips that a list of URLs names, such as Ani-GIFs; nothing is fetched.

    Example: anigifs index urls ani-gifs.csv --files gifs/ --taxonomy kinetics-600 --out
    ani-gifs.parquet
    """

    list: Annotated[
        Path,
        tyro.conf.Positional,
        tyro.conf.arg(
            metavar="LIST",
            help="A .csv, .jsonl or .parquet file with the columns url and label, and any of "
            "split, group, style, licence, file and sha256; or TGIF's .tsv, which has sentences in "
            "place of labels.",
        ),
    ]
    out: OutFile
    files: FolderOption = None
    """The files, found by the column file, the URL's sha256, or the last part of the URL."""
    taxonomy: Annotated[
        str | None,
        tyro.conf.arg(
            metavar="LIST",
            help="The class list that labels are found in, however they are spelt, such as "
            "kinetics-600, or a file with a name a line; labels stay as they are by default.",
        ),
    ] = None
    domain: str = "animated-gif"
    """Of every clip."""
    split: str = ""
    """Of clips for which the list has none."""
    licence: Licence = ""
    top: Annotated[int, tyro.conf.arg(metavar="N")] = 40
    """How many classes to print, the most frequent first."""
    json: Json = False

    def run(self) -> int:
        """List, write and print the counts."""
        from anigifs.index.readers.urls import from_urls

        if self.top < 0:
            raise UsageError(f"--top {self.top}: at least 0")
        with waiting("listing"):
            index, account = from_urls(
                self.list,
                self.files,
                taxonomy=self.taxonomy,
                domain=self.domain,
                split=self.split,
                licence=self.licence,
            )
        index.write(self.out)
        warnings = Warnings()
        _warn_of_urls(account, warnings)
        missing = _missing_classes(index)
        more = {**asdict(account), "missing_classes": missing}
        _print(index, self.out, ("split",), more, warnings, json=self.json, top=self.top)
        if missing and not self.json:
            shown = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
            print(f"{len(missing):,} classes of {index.taxonomy} without a clip: {shown}")
        return 0


def _missing_classes(index: "Index") -> Sequence[str]:
    """Return the classes of the index's list that no row has; none where it has no list."""
    from anigifs.taxonomy import CLASS_LISTS, class_list

    if index.taxonomy not in CLASS_LISTS:
        return []
    return [name for name in class_list(index.taxonomy) if name not in index.labels]


def _warn_of_urls(account: Any, warnings: Warnings) -> None:  # noqa: ANN401 - a UrlAccount
    said = {
        "lines say again what an earlier one says": account.repeated,
        "URLs are listed with two labels; their rows are in error": account.contradicted,
        "rows have no label: they are for adaptation, not to be trained on": account.unlabelled,
        "URLs may be of several files, or share one: name files by sha256": account.ambiguous,
        "files are of no URL in the list": account.unused,
    }
    for text, count in said.items():
        if count:
            warnings.take(f"{count:,} {text}")
    if account.passed_over:
        warnings.take(f"columns passed over: {', '.join(account.passed_over)}")


def _warn_of(
    shared: Mapping[str, int], unlisted: Mapping[str, int], groups: str, warnings: Warnings
) -> None:
    for domain, count in shared.items():
        advice = "are torn apart by the split"
        if groups == "video":
            advice += "; training refuses it: see `anigifs index split`, or list with --groups clip"
        warnings.take(f"{domain}: {count:,} source videos {advice}")
    for domain, count in unlisted.items():
        if count:
            warnings.take(f"{domain}: {count:,} videos are there that are not listed")


def _print(
    index: "Index",
    path: Path,
    columns: tuple[str, ...],
    account: Mapping[str, Any],
    warnings: Warnings,
    *,
    json: bool,
    top: int | None = None,
) -> None:
    """Print what is listed and found: by some columns, and by class."""
    from anigifs.index.readers.found import found_by

    every = found_by(index, "domain", "split", "label")
    if json:
        results = [
            {"domain": domain, "split": split, "label": label, **found._asdict()}
            for (domain, split, label), found in every.items()
        ]
        found_all = sum(found.found for found in every.values())
        summary = {**summary_of(index, path), "found": found_all, **account}
        print_envelope(results, summary, warnings.lines)
        return
    print(f"{printable(str(path))}: {len(index):,} clips of {len(index.labels):,} classes")
    print(f"{'':32} {'listed':>9} {'found':>9}")
    for key, found in found_by(index, *columns).items():
        _print_line(" ".join(filter(None, key)) or "no split", found.listed, found.found)
    by_class = found_by(index, "label").items()
    ranked = by_class if top is None else sorted(by_class, key=lambda item: -item[1].listed)[:top]
    for (label,), found in ranked:
        _print_line(f"  {label or 'no label'}", found.listed, found.found)


def _print_line(name: str, listed: int, found: int) -> None:
    print(f"{printable(name):32} {listed:9,} {found:9,}")
