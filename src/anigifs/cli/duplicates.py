"""``anigifs duplicates``: which files show the same, in a collection or an index."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.output import Warnings, percent, print_envelope, printable
from anigifs.cli.study import one_bar
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.curate.copies.clusters import Pair
    from anigifs.curate.copies.duplicates import Duplicates
    from anigifs.curate.copies.index_prints import IndexPrints
    from anigifs.curate.copies.planted import Scores
    from anigifs.curate.seeing.fingerprints import Fingerprint

SHOWN = 20


@dataclass(frozen=True)
class FindDuplicates:
    """Find files that show the same: resized, reversed, shifted, mirrored, captioned.

    In a collection, which has been screened, clusters are written to clusters.parquet; all of a
    cluster is judged and released as one. In an index, clips in two splits, two domains or under
    two classes are counted, and --out writes it with groups that keep them together. --against says
    what is also in other indexes, such as in those that a model was trained on.

    Example: anigifs duplicates found

    Example: anigifs duplicates clips/index.parquet --out clips/grouped.parquet --strict
    """

    where: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="COLLECTION|INDEX")]
    """The folder of a collection, or an index."""
    against: Annotated[tuple[Path, ...], tyro.conf.arg(metavar="INDEX...")] = ()
    """Other indexes that may hold the same."""
    leaks: Annotated[Path | None, tyro.conf.arg(metavar="FILE.csv")] = None
    """Where to write every pair that crosses a split, a domain, a class or an index."""
    out: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None
    """Of an index: where to write it with groups that keep together what is alike."""
    work: ExecutorOptions = field(default_factory=ExecutorOptions)
    strict: bool = False
    """Exit with 2 if something crosses a split or is in another index."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Find duplicates, and print."""
        self.work.executor()  # refuses what makes no sense before anything is read
        with one_bar("duplicates") as (tell, _):
            return self._collection(tell) if self.where.is_dir() else self._index(tell)

    def _collection(self, tell: Any) -> int:  # noqa: ANN401 - shows how far it is
        from anigifs.curate.copies.clustered import CLUSTERED, read_clustered
        from anigifs.curate.copies.duplicates import find_duplicates
        from anigifs.curate.copies.planted import read_truth, score
        from anigifs.curate.seeing.fingerprints import read_fingerprints

        if self.out:
            raise UsageError("--out is for an index; a collection gets its clusters.parquet")
        found = find_duplicates(self.where, lambda share: tell("comparing", share))
        cluster_of = {name: row.cluster for name, row in read_clustered(self.where).items()}
        truth = read_truth(self.where)
        scores = [score(truth, cluster_of, half) for half in (0, 1)] if truth else []
        prints = read_fingerprints(self.where) if self.against else {}
        mine = {name: one for name, one in prints.items() if name in cluster_of}
        warnings = Warnings()
        crossing = self._elsewhere(mine, tell, warnings)
        self._write(crossing)
        table = self.where / CLUSTERED
        if self.json:
            planted = [_as_json(one) for one in scores]
            summary = {**asdict(found), "table": str(table), "planted": planted}
            print_envelope(crossing, summary, warnings.lines)
        else:
            _print_found(found)
            print(f"{printable(str(table))}: {found.files:,} files")
            for line in _planted(scores):
                print(line)
            _print_crossing(crossing)
        return self._code(crossing)

    def _index(self, tell: Any) -> int:  # noqa: ANN401 - shows how far it is
        from anigifs.curate.copies.clusters import alike
        from anigifs.curate.copies.leaks import kept_together

        warnings = Warnings()
        mine = self._prints(self.where, tell, warnings)
        pairs = list(alike(mine.prints, lambda share: tell("comparing", share)))
        crossing = [*_within(mine, pairs), *self._elsewhere(mine.prints, tell, warnings)]
        if self.out:
            kept_together(mine.index, pairs).write(self.out)
        self._write(crossing)
        same = sum(pair.match.same for pair in pairs)
        if self.json:
            summary = {"clips": len(mine.prints), "pairs": same, "failed": len(mine.failed)}
            print_envelope(crossing, summary, warnings.lines)
        else:
            print(f"{len(mine.prints):,} clips; {same:,} pairs show the same")
            _print_crossing(crossing)
            if self.out:
                print(f"{printable(str(self.out))}: the index, grouped")
        return self._code(crossing)

    def _elsewhere(
        self,
        mine: "Mapping[str, Fingerprint]",
        tell: Any,  # noqa: ANN401 - shows how far it is
        warnings: Warnings,
    ) -> list[dict[str, Any]]:
        from anigifs.curate.copies.leaks import shared

        crossing = []
        for path in self.against:
            other = self._prints(path, tell, warnings)
            rows = {row.clip_id: row for row in other.index.rows()}
            for pair in shared(mine, other.prints, lambda share: tell("comparing", share)):
                row = rows[pair.other]
                crossing.append(
                    {
                        "crosses": "index",
                        **_of_pair(pair),
                        "index": str(path),
                        "what": f"{row.split or '-'} {row.domain or '-'} {row.label}",
                    }
                )
        return crossing

    def _prints(self, path: Path, tell: Any, warnings: Warnings) -> "IndexPrints":  # noqa: ANN401
        from anigifs.curate.copies.index_prints import prints_of

        found = prints_of(
            path,
            executor=self.work.executor(),
            tell=lambda share: tell("looking at clips", share),
        )
        for line in _amiss(found):
            warnings.take(f"{path}: {line}")
        return found

    def _write(self, crossing: Sequence[Mapping[str, Any]]) -> None:
        from anigifs.foundation import write_text

        if self.leaks is None:
            return
        text = io.StringIO()
        columns = ("crosses", "one", "other", "how", "share", "distance", "index", "what")
        writer = csv.DictWriter(text, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(crossing)
        write_text(self.leaks, text.getvalue())

    def _code(self, crossing: Sequence[Mapping[str, Any]]) -> int:
        bad = any(one["crosses"] in ("split", "index") for one in crossing)
        return 2 if self.strict and bad else 0


def _within(mine: "IndexPrints", pairs: "Sequence[Pair]") -> list[dict[str, Any]]:
    from anigifs.curate.copies.leaks import leaks_within

    return [
        {
            "crosses": column,
            **_of_pair(leak.pair),
            "index": "",
            "what": f"{getattr(leak.one, column) or '-'} | {getattr(leak.other, column) or '-'}",
        }
        for leak in leaks_within(mine.index, pairs)
        for column in ("split", "domain", "label")
        if leak.crosses(column)
    ]


def _of_pair(pair: "Pair") -> dict[str, Any]:
    return {"one": pair.one, "other": pair.other, **asdict(pair.match)}


def _amiss(found: "IndexPrints") -> Iterator[str]:
    """Yield why an index may hold copies that are not told of, and what will be done again."""
    if found.failed:
        first = next(iter(found.failed.values()))
        yield f"{len(found.failed):,} clips could not be looked at; the first: {first}"
    if absent := len(found.index) - len(found.prints) - len(found.failed):
        yield f"{absent:,} clips have no file or are in error, and are not compared"
    if unseen := sum(not any(map(len, one.views)) for one in found.prints.values()):
        yield f"{unseen:,} clips have too little in them to be compared by what they show"
    if not found.kept:
        yield "its folder cannot be written to, so that its clips are looked at again next time"


def _print_found(found: "Duplicates") -> None:
    hows = Counter(found.copies)
    copies = ", ".join(f"{how} {count:,}" for how, count in hows.most_common())
    print(
        f"{found.files:,} files show {found.clusters:,} things; {found.several_classes:,} of these "
        f"were found under several classes; splits keep {found.families:,} families together"
    )
    if copies:
        print(f"copies, by how they lie: {copies}")
    if found.unseen:
        print(f"{found.unseen:,} files have too little in them to be compared by what they show")


def _planted(scores: "Sequence[Scores]") -> Iterator[str]:
    for which, one in zip(("first", "second"), scores, strict=False):
        found = {kind.kind: f"{kind.found:,} of {kind.pairs:,}" for kind in one.kinds}
        all_ = found.pop("all", "0 of 0")
        kinds = ", ".join(f"{kind.removeprefix('copy-')} {told}" for kind, told in found.items())
        yield f"copies found in the {which} half of the demo, crops apart: {all_} ({kinds})"
        yield f"of {one.pairs:,} pairs in one cluster {percent(one.precision)} are copies"


def _as_json(scores: "Scores") -> dict[str, Any]:
    return {**asdict(scores), "precision": scores.precision}


def _print_crossing(crossing: Sequence[Mapping[str, Any]]) -> None:
    counts = Counter(str(one["crosses"]) for one in crossing)
    for column, count in sorted(counts.items()):
        where = "are in another index" if column == "index" else f"cross a {column}"
        print(f"{count:,} pairs {where}")
    for one in crossing[:SHOWN]:
        index = f" {one['index']}" if one["index"] else ""
        print(
            printable(
                f"  {one['crosses']}: {one['one'][:12]} {one['how']} {one['other'][:12]}, "
                f"{one['distance']:.0f} bits;{index} {one['what']}"
            )
        )
    if len(crossing) > SHOWN:
        print(f"  and {len(crossing) - SHOWN:,} more; --leaks FILE.csv writes all")
