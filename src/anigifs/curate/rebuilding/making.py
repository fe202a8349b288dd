"""The folder in which a release is rebuilt: what is there, what is asked for, and what is kept."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from anigifs.collect.collecting import Tell, Wishes
from anigifs.collect.store import Store
from anigifs.curate.rebuilding.asking import Question, ask_web
from anigifs.curate.rebuilding.comparing import Answer, Outcome, judge_all
from anigifs.curate.rebuilding.opened import OpenRelease
from anigifs.curate.rebuilding.rebuilt import Rebuilt
from anigifs.curate.release.accepting import CLIPS, clip_path
from anigifs.curate.release.index import INDEX
from anigifs.curate.release.released import ReleasedItem
from anigifs.foundation import append_record, read_records, sha256_of, write_text
from anigifs.foundation.work import Executor
from anigifs.index import Index, Row

JOURNAL = "fates.jsonl"
REPORT = "report.json"
#: Raised by one when an outcome that was written down may no longer be read.
JOURNAL_VERSION = 1


class Clips(Store):
    """A store whose files lie where a release has them.

    Example:
        >>> Clips("out").path("ab" + 62 * "0", "gif").parent.as_posix()
        'out/clips/ab'
    """

    def path(self, sha256: str, kind: str) -> Path:
        """Return where a file is, or would be."""
        return self.root / clip_path(sha256, kind)

    def holds(self, sha256: str, kind: str) -> bool:
        """Return whether a file is there, and is what it was."""
        path = self.path(sha256, kind)
        return path.is_file() and sha256_of(path) == sha256

    def keep_only(self, paths: set[Path]) -> None:
        """Remove all other files."""
        for path in (self.root / CLIPS).glob("*/*"):
            if path not in paths:
                path.unlink()


@dataclass
class Making:
    """What is known of each item as it goes on, by clip id.

    Attributes:
        release: What is to be made.
        out: The folder.
        allow_similar: Whether a file that only shows the same will do.
        warn: Is told what is amiss with the release itself.
        tell: Shown how far it is.
        outcomes: What is known; nothing of what must not be made.
    """

    release: OpenRelease
    out: Path
    allow_similar: bool
    warn: Callable[[str], None]
    tell: Tell
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._store, self._journal = Clips(self.out), self.out / JOURNAL
        self._items = {item.clip_id: item for item in self.release.items}

    def begin(self, wanted: list[ReleasedItem], again: bool) -> None:
        """Find out what is there already, and copy what the release carries.

        Args:
            wanted: All that may be made.
            again: Believe only in what is there exactly.
        """
        self._store.clear_unfinished(older_s=0.0)
        known = dict(_read(self._journal))
        for number, item in enumerate(wanted, start=1):
            carried = self._carried(item) if item.path else None
            before = known.get(item.clip_id, Outcome(item.clip_id))
            answers = (carried,) if carried else self._still(before, again)
            self.outcomes[item.clip_id] = Outcome(item.clip_id, answers)
            self.tell("looking at what is there", 0.1 * number / len(wanted))

    def ask(self, wishes: Wishes, executor: Executor) -> None:
        """Ask for what is not there, and look at what came instead."""
        questions = [
            Question(self._items[clip_id], {one.url: one for one in outcome.answers})
            for clip_id, outcome in self.outcomes.items()
            if self._is_open(outcome)
        ]
        heard = 0

        def hear(outcome: Outcome) -> None:
            nonlocal heard
            heard += 1
            self._note(outcome)
            self.tell("fetching", 0.1 + 0.8 * heard / len(questions))

        if questions:
            ask_web(questions, self._store, wishes, hear)
        judge_all(
            list(self.outcomes.values()), self._items, self._store, self._note,
            lambda share: self.tell("comparing", 0.9 + 0.1 * share), executor,
        )  # fmt: skip

    def end(self) -> Rebuilt:
        """Write the index and the report, and remove the files that are in neither."""
        rows = [made for row in self.release.index.rows() if (made := self._made(row))]
        index = Index.from_rows(rows, self.release.index.taxonomy, self.out)
        answers = {
            clip_id: self.outcomes[clip_id].best if clip_id in self.outcomes else None
            for clip_id in self._items
        }
        warnings = tuple(self._warnings)
        rebuilt = Rebuilt(self.release, index, answers, self.allow_similar, warnings)
        index.write(self.out / INDEX)
        write_text(self.out / REPORT, json.dumps(rebuilt.report(), indent=1) + "\n")
        self._store.keep_only({self.out / row.path for row in rows if row.path})
        return rebuilt

    def _carried(self, item: ReleasedItem) -> Answer | None:
        """Copy a file that the release has; None where that is not what it should be."""
        made = Answer(url="", fate="exact", sha256=item.cluster, kind=item.kind)
        if self._store.holds(made.sha256, made.kind):
            return made
        source = self.release.folder / item.path
        with self._store.temporary() as path:
            if source.is_file():
                shutil.copyfile(source, path)
            if sha256_of(path) == item.cluster:
                self._store.add(path, item.kind)
                return made
        line = f"{source}: {'damaged' if source.is_file() else 'missing'}; fetched instead"
        self._warnings.append(line)
        self.warn(line)
        return None

    def _still(self, before: Outcome, again: bool) -> tuple[Answer, ...]:
        """Return the answers that still hold; the addresses of the others are asked anew."""
        lost = self._used(before.best) and not self._has(before.best)
        return tuple(
            one
            for one in before.answers
            if one.fate != "failed"
            and (one.judged or self._has(one))
            and not (lost and one.fate in ("exact", "similar"))
            and not (again and one.fate != "exact")
        )

    def _is_open(self, outcome: Outcome) -> bool:
        """Return whether there is somebody to be asked for an item."""
        known = {one.url for one in outcome.answers}
        return outcome.fate != "exact" and not known.issuperset(self._items[outcome.clip_id].urls)

    def _has(self, answer: Answer) -> bool:
        return self._store.holds(answer.sha256, answer.kind)

    def _used(self, answer: Answer) -> bool:
        """Return whether the file of an answer is one of those that are kept."""
        return answer.fate == "exact" or (answer.fate == "similar" and self.allow_similar)

    def _note(self, outcome: Outcome) -> None:
        append_record(self._journal, {"version": JOURNAL_VERSION, **outcome.record()})
        self.outcomes[outcome.clip_id] = outcome

    def _made(self, row: Row) -> Row | None:
        """Return the row of a file that is kept; one that is only similar tells of itself."""
        outcome = self.outcomes.get(row.clip_id)
        if outcome is None or not self._used(outcome.best):
            return None
        best = outcome.best
        made = replace(row, path=clip_path(best.sha256, best.kind))
        if best.fate == "exact":
            return made
        media = best.media
        return replace(
            made,
            sha256=best.sha256,
            width=round(media["width"]),
            height=round(media["height"]),
            frames=round(media["frames"]),
            duration_ms=round(media["duration_ms"]),
            state="probed",
        )


def _read(journal: Path) -> Iterator[tuple[str, Outcome]]:
    for record in read_records(journal):
        if record.get("version") == JOURNAL_VERSION:
            outcome = Outcome.from_record(record)
            yield outcome.clip_id, outcome
