"""Screen a collection: a step that can be stopped at any moment and taken up again."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from anigifs.collect.collecting import Folder, Tell
from anigifs.collect.store import Store
from anigifs.curate.candidate import read_candidates
from anigifs.curate.screening.animated import (
    MODEL,
    Animated,
    Fitted,
    default_model,
    fit,
    read_model,
)
from anigifs.curate.screening.journal import JOURNAL, open_journal, read_journal
from anigifs.curate.screening.looking import Job, Look, failed, look
from anigifs.curate.screening.nsfw import Maker
from anigifs.curate.screening.screened import REASONS, SCREENED, Screened, write_screened
from anigifs.curate.seeing.fingerprints import FINGERPRINTS, write_fingerprints
from anigifs.curate.votes import Vote
from anigifs.foundation import UsageError
from anigifs.foundation.work import Executor, Local, Work
from anigifs.media import Format

#: The scores whose distribution is told, and where its parts end; all are 0..1.
PARTS = {
    "animated": (0.2, 0.4, 0.6, 0.8, 1.0),
    "motion": (0.005, 0.01, 0.02, 0.05, 1.0),
    "slideshow": (0.2, 0.4, 0.6, 0.8, 1.0),
    "overlay": (0.01, 0.05, 0.1, 0.2, 1.0),
}


@dataclass(frozen=True)
class Account:
    """What screening found.

    Attributes:
        files: Stored files of the collection.
        looked_at: Of these, looked at now; the others were before.
        rejected: Files by reason, every reason named.
        unfinished: Of the broken ones, how many nobody could look at to the end, since the time or
            memory for it ran out, or the disk or the program failed; another call tries them again.
        kinds: Files that are to be judged, by container, the most frequent first.
        scores: Of these, how many have a score of up to some value, and above the one before.
        incomplete: Of these, files that are cut off or damaged.
        ai_hints: Of these, by what their metadata says.
        nsfw: How many of these are more likely than not to be unsafe; None where none was asked.
        model: What the probability of being animated was fitted on.
    """

    files: int
    looked_at: int
    rejected: Mapping[str, int]
    unfinished: int
    kinds: Mapping[str, int]
    scores: Mapping[str, Mapping[float, int]]
    incomplete: int
    ai_hints: Mapping[str, int]
    nsfw: int | None
    model: Fitted

    @property
    def left(self) -> int:
        """How many files are to be judged."""
        return self.files - sum(self.rejected.values())


def screen(
    folder: Path | str,
    *,
    executor: Executor = Local(),
    tell: Tell = lambda stage, share: None,
    nsfw: Maker | None = None,
    votes: Sequence[Vote] | None = None,
) -> Account:
    """Look at every stored file of a collection, and write what was found.

    ``screened.parquet`` and ``fingerprints.parquet`` are written when all files have been looked
    at. Each look is in a journal at once: killed at any moment, only the files in flight are lost.
    A file that was looked at is not decoded again, also not where another model scores it.

    Args:
        folder: Of the collection.
        executor: Looks at the files; processes of this machine by default. All of its machines
            must see the folder under the same name.
        tell: Shown how far it is.
        nsfw: Makes a detector of what is not safe for work; a function that processes can import.
        votes: To fit the model to that tells drawings from films. It is kept in the folder as
            ``animated.json`` and used from then on; without one, the default model is.

    Raises:
        UsageError: There is no collection, it lacks stored files, or the votes say too little.
    """
    folder = Path(folder)
    paths = _stored(folder)
    looks = {name: one for name, one in read_journal(folder / JOURNAL).items() if name in paths}
    pending = [
        Job(name, path.absolute(), nsfw)
        for name, path in paths.items()
        if name not in looks or not _holds(looks[name], nsfw)
    ]
    looking = executor.run(Work("screen", look, failed), pending)
    with open_journal(folder / JOURNAL) as note:
        for count, one in enumerate(looking, start=1):
            note(one)
            looks[one.screened.sha256] = one
            tell("screening", count / len(pending))
    tell("writing the tables", 1.0)
    model = _model(folder, looks, votes)
    rows = _scored(looks, model)
    write_screened(folder / SCREENED, rows)
    write_fingerprints(
        folder / FINGERPRINTS,
        ((name, one.fingerprint) for name, one in looks.items() if one.fingerprint),
    )
    unfinished = sum(not one.final for one in looks.values())
    return _account(rows, len(pending), unfinished, model.fitted)


def _stored(folder: Path) -> dict[str, Path]:
    """Return where each stored file of a collection is, by its sha256."""
    where = Folder(folder)
    hits = read_candidates(where.candidates)
    names = sorted({hit.sha256 for hit in hits if hit.state == "stored"})
    store = Store(where.store)
    found = {name: _path(store, name) for name in names}
    if missing := [name for name, path in found.items() if path is None]:
        raise UsageError(
            f"{where.store}: {len(missing):,} of {len(names):,} files that "
            f"{where.candidates.name} names are not there, such as {missing[0]}"
        )
    return {name: path for name, path in found.items() if path}


def _path(store: Store, sha256: str) -> Path | None:
    paths = (store.path(sha256, kind.value) for kind in Format)
    return next((path for path in paths if path.is_file()), None)


def _holds(one: Look, nsfw: Maker | None) -> bool:
    """Return whether a look need not be repeated."""
    unasked = nsfw is not None and one.screened.nsfw is None and one.fingerprint is not None
    return one.final and not unasked


def _model(folder: Path, looks: Mapping[str, Look], votes: Sequence[Vote] | None) -> Animated:
    """Return the model that scores, fitted anew if there are votes."""
    if votes is not None:
        measured = {name: one.statistics for name, one in looks.items() if one.statistics}
        model = fit(measured, votes)
        model.write(folder / MODEL)
        return model
    return read_model(folder / MODEL) if (folder / MODEL).exists() else default_model()


def _scored(looks: Mapping[str, Look], model: Animated) -> list[Screened]:
    """Return all rows with the probability of being animated where it can be said."""
    measured = {name: one.statistics for name, one in looks.items() if one.statistics}
    scores = dict(zip(measured, model.probability([*measured.values()]).tolist(), strict=True))
    return [
        replace(one.screened, animated=scores.get(name, one.screened.animated))
        for name, one in looks.items()
    ]


def _account(rows: Sequence[Screened], looked_at: int, unfinished: int, model: Fitted) -> Account:
    left = [row for row in rows if not row.reason]
    reasons = Counter(row.reason for row in rows)
    asked = [row.nsfw for row in left if row.nsfw is not None]
    hints = Counter(row.ai_hint for row in left if row.ai_hint)
    return Account(
        files=len(rows),
        looked_at=looked_at,
        rejected={reason: reasons[reason] for reason in REASONS},
        unfinished=unfinished,
        kinds=dict(Counter(row.kind for row in left).most_common()),
        scores={
            name: _parts([getattr(row, name) for row in left], ends) for name, ends in PARTS.items()
        },
        incomplete=sum(not row.complete for row in left),
        ai_hints=dict(hints.most_common()),
        nsfw=sum(value > 0.5 for value in asked) if asked else None,
        model=model,
    )


def _parts(values: Sequence[float], ends: Sequence[float]) -> dict[float, int]:
    """Return how many values are at most each end, and above the one before."""
    counts = Counter(bisect_left(ends, min(value, ends[-1])) for value in values)
    return {end: counts[place] for place, end in enumerate(ends)}
