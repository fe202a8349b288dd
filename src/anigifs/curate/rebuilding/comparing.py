"""What became of an item: the same bytes, other bytes that show the same, another work, or none."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from anigifs.collect.items import Fetched
from anigifs.collect.store import Store
from anigifs.curate.copies.matching import compare
from anigifs.curate.release.released import ReleasedItem
from anigifs.curate.seeing.fingerprints import Fingerprint, fingerprint_of, from_hashes
from anigifs.curate.seeing.frames import look_at
from anigifs.foundation import MediaError
from anigifs.foundation.errors import said_of
from anigifs.foundation.work import Executor, Local, Work

#: ``exact``: the same bytes. ``similar``: other bytes that show the same. ``changed``: something
#: else. ``gone``: nothing that may be kept. ``failed``: nothing this time; it may come later.
Fate = Literal["exact", "similar", "changed", "gone", "failed"]
FATES: tuple[Fate, ...] = get_args(Fate)
#: Which answer speaks for an item that has several: one that may still come is waited for.
_BEST: tuple[Fate, ...] = ("exact", "similar", "failed", "changed", "gone")
#: How a file that the release itself has as a duplicate is like the item.
DUPLICATE = "duplicate"
NOWHERE = "no-address"
#: Nobody knows what the files are, so with a time limit they are never decoded in this process.
ELSEWHERE = Local(item_seconds=600.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one address gave.

    Attributes:
        url: The address; empty where the release itself brought the file.
        fate: What that is, as :data:`Fate` says.
        reason: A key of :data:`anigifs.collect.reasons.REASONS` where there is no file.
        detail: More about it, in words.
        sha256: Of the file, where there is one.
        kind: Of it, such as ``gif``.
        media: Of it: ``width``, ``height``, ``frames``, ``duration_ms``, ``complete``.
        how: In what way it shows the same, such as ``mirrored``; ``duplicate`` is a file that the
            release knows to be one.
        share: Of the frames of the one with fewer that are found in the other, 0..1.
        distance: In bits of 256: within it, three quarters of the frames of the one with fewer
            have their like in the other.
        judged: Whether it is known what it shows; as long as it is not, it counts as changed.
    """

    url: str
    fate: Fate
    reason: str = ""
    detail: str = ""
    sha256: str = ""
    kind: str = ""
    media: Mapping[str, int | float | bool] = field(default_factory=dict)
    how: str = ""
    share: float = 0.0
    distance: float = 0.0
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an item.

    Attributes:
        clip_id: The item's.
        answers: Of its addresses, in their order, as far as they were asked.
    """

    clip_id: str
    answers: tuple[Answer, ...] = ()

    @property
    def best(self) -> Answer:
        """The answer that speaks for the item."""
        nothing = Answer(url="", fate="gone", reason=NOWHERE, detail="it has no address")
        return min(self.answers, key=_rank, default=nothing)

    @property
    def fate(self) -> Fate:
        """What became of the item, all its addresses taken together."""
        return self.best.fate

    @property
    def settled(self) -> bool:
        """Whether asking those that failed again could change nothing."""
        return self.fate == "exact" or all(one.fate != "failed" for one in self.answers)

    def record(self) -> dict[str, Any]:
        """Return what :meth:`from_record` makes this of again, as JSON can hold it."""
        return {"clip_id": self.clip_id, "answers": [asdict(one) for one in self.answers]}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "Outcome":
        """Return the outcome that a record holds."""
        return cls(record["clip_id"], tuple(Answer(**one) for one in record["answers"]))


def _rank(answer: Answer) -> tuple[int, bool, float, float]:
    known = answer.how == DUPLICATE  # people have judged it as this item
    return _BEST.index(answer.fate), not known, -answer.share, answer.distance


def answer_of(item: ReleasedItem, url: str, fetched: Fetched) -> Answer:
    """Return what an address gave of an item, as far as hashes tell."""
    if fetched.outcome != "stored":
        fate: Fate = "gone" if fetched.outcome == "refused" else "failed"
        return Answer(url=url, fate=fate, reason=fetched.reason, detail=fetched.detail)
    file = Answer(
        url=url,
        fate="changed",
        sha256=fetched.sha256,
        kind=fetched.kind,
        media=fetched.media,
        judged=False,
    )
    if file.sha256 == item.cluster:
        return replace(file, fate="exact", judged=True)
    if file.sha256 in item.files:
        return replace(file, fate="similar", how=DUPLICATE, judged=True)
    return file


def judge_all(
    outcomes: Sequence[Outcome],
    items: Mapping[str, ReleasedItem],
    store: Store,
    changed: Callable[[Outcome], None],
    tell: Callable[[float], None] = lambda share: None,
    executor: Executor = ELSEWHERE,
) -> None:
    """Look at files of other bytes, each once, and say whether they show the same.

    Args:
        outcomes: Some answers of which may not be judged yet.
        items: By clip id.
        store: Has the files.
        changed: Is told of each outcome of which an answer was judged.
        tell: Shown how far it is, 0..1.
        executor: Looks at the files; processes of this machine by default.
    """
    known = {one.clip_id: one for one in outcomes}
    asking: dict[Path, list[str]] = defaultdict(list)
    for outcome in outcomes:
        for answer in outcome.answers:
            if not answer.judged:
                asking[_place(store, answer)].append(outcome.clip_id)
    seeing = executor.run(Work("comparing files", _see, _failed), asking)
    for done, (path, seen) in enumerate(seeing, start=1):
        for clip_id in dict.fromkeys(asking[path]):
            known[clip_id] = _judged(known[clip_id], items[clip_id], path, store, seen)
            changed(known[clip_id])
        tell(done / len(asking))


def _judged(
    outcome: Outcome,
    item: ReleasedItem,
    path: Path,
    store: Store,
    seen: Fingerprint | str,
) -> Outcome:
    answers = tuple(
        compared(item, one, seen) if not one.judged and _place(store, one) == path else one
        for one in outcome.answers
    )
    return replace(outcome, answers=answers)


def compared(item: ReleasedItem, answer: Answer, seen: Fingerprint | str) -> Answer:
    """Return an answer with what its file shows, compared with the item.

    Args:
        item: What was to be there.
        answer: The file that is.
        seen: What it shows; or why that cannot be seen, in words.
    """
    if isinstance(seen, str):
        return replace(answer, detail=seen, judged=True)
    match = compare(from_hashes(item.hashes, item.quality, item.whole), seen)
    return replace(
        answer,
        fate="similar" if match.same else "changed",
        how=match.how if match.same else "",
        share=match.share,
        distance=match.distance,
        judged=True,
    )


def _place(store: Store, answer: Answer) -> Path:
    """Return where the file of an answer lies, for a process that works elsewhere."""
    return store.path(answer.sha256, answer.kind).absolute()


def _see(path: Path) -> tuple[Path, Fingerprint | str]:
    try:
        frames = look_at(path)
        # A still of the work is not the work, although all its frames are found there.
        return path, "it does not move" if frames.still else fingerprint_of(*frames.solid)
    except MediaError as error:
        return path, str(error).removeprefix(f"{path}: ")
    except Exception as error:  # one file must not end the work on all others
        return path, said_of(error)


def _failed(path: Path, reason: str) -> tuple[Path, Fingerprint | str]:
    return path, reason
