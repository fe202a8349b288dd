"""Where two models look in the same clips, one above the other: the paper's Figure 5."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from anigifs.clips.batch import Batch
from anigifs.clips.preparing import Watch
from anigifs.evaluation.on_index import LEDGER
from anigifs.evaluation.runs import commit, versions
from anigifs.foundation import UsageError, append_record, generator
from anigifs.foundation.counts import check_counts
from anigifs.index import Index, Row
from anigifs.saliency import heat_of, outlined, overlay
from anigifs.studies.explain.looking import Look, Viewer, look
from anigifs.studies.explain.on_files import Showing
from anigifs.studies.explain.rows import Clips, acquainted, explainable, rows_of, unknown_labels
from anigifs.studies.explain.shelf import Shelf, fill_shelf
from anigifs.studies.figures.plate import FRAME, Block, Strip, squared

Pick = Literal["lot", "gained", "lost"]
Viewers = tuple[Viewer, Viewer]
RIGHT, WRONG = "\N{CHECK MARK}", "\N{BALLOT X}"
#: Whether the two models are right, of the clips that are picked; a lot takes any.
WANTED: dict[Pick, tuple[bool, bool] | None] = {
    "lot": None,
    "gained": (False, True),
    "lost": (True, False),
}


@dataclass(frozen=True)
class Choice:
    """Which of the clips that were drawn are shown, and how much of them.

    Attributes:
        count: How many clips.
        pick: ``lot``: whatever is answered; ``gained``: only the second model is right; ``lost``:
            only the first is.
        frames: Of each clip, in equal steps.
    """

    count: int = 4
    pick: Pick = "lot"
    frames: int = 4

    def __post_init__(self) -> None:
        check_counts(self, "count", "frames")


@dataclass(frozen=True, eq=False)
class Seen:
    """One clip, and what two models said of it.

    Attributes:
        row: The clip.
        batch: The clip alone, with its tube where any is known.
        looks: Of the first model and the second.
        right: Whether their answers are.
    """

    row: Row
    batch: Batch
    looks: tuple[Look, Look]
    right: tuple[bool, bool]

    def to_json(self, viewers: Viewers) -> dict[str, Any]:
        """Return what was said of the clip as JSON can hold it."""
        answers = []
        for viewer, looked, right in zip(viewers, self.looks, self.right, strict=True):
            answer, share = _answer(viewer, looked)
            answers.append(
                {"model": viewer.name, "answer": answer, "probability": share, "right": right}
            )
        row = self.row
        named = {"clip_id": row.clip_id, "label": row.label, "domain": row.domain}
        return {**named, "style": row.style, "models": answers}


@dataclass(frozen=True, eq=False)
class Sight:
    """What is shown.

    Attributes:
        seen: The clips.
        viewers: The two models.
        about: What the heat is evidence for, in words.
        looked: How many clips were looked at to find them.
        errors: Of clips that cannot be read.
    """

    seen: tuple[Seen, ...]
    viewers: Viewers
    about: str
    looked: int
    errors: tuple[str, ...]


def choose_clips(
    viewers: Viewers, clips: Clips, showing: Showing, choice: Choice, watch: Watch
) -> Sight:
    """Draw clips of an index by lot and keep those that are picked, other classes coming first.

    The ledger beside the index gets a line, since clips were looked at.

    Args:
        viewers: Two models of the same classes.
        clips: Which rows; the lot is of at most ``limit`` of each domain.
        showing: How the models see them, and which class is explained.
        choice: Which of them are kept.
        watch: Shows how far the preparing of clips is.

    Raises:
        UsageError: There are no such rows, none can be read, or none is as it should be.
    """
    index = Index.read(clips.index)
    rows = rows_of(clips, index)
    first, second = acquainted(viewers, rows, index.taxonomy)
    rows = explainable(rows, showing.wanted, unknown_labels((first, second), rows))
    rows = others_first(rows, generator(clips.seed, "figure saliency"))
    if choice.pick == "lot":
        rows = rows[: choice.count]
    shelf, errors = fill_shelf(rows, clips, showing, watch)
    rows = [row for row in rows if row.clip_id in shelf.prepared]
    if not rows:
        raise UsageError(f"{clips.index}: none of its clips can be read: {errors[0]}")
    seen, looked = _picked(_look_at((first, second), rows, shelf), choice)
    append_record(
        clips.index.parent / LEDGER, _record(index, clips, (first, second), showing, looked)
    )
    if not seen:
        raise UsageError(f"of {looked} clips none is {choice.pick} by the second model")
    return Sight(tuple(seen), (first, second), str(showing.wanted), looked, tuple(errors))


def blocks_of(sight: Sight, frames: int) -> list[Block]:
    """Return the figure: a block a clip, with so many frames, and below them each model's heat."""
    return [_block(one, sight, frames) for one in sight.seen]


def others_first(rows: Sequence[Row], rng: np.random.Generator) -> list[Row]:
    """Return the rows by lot, one of each class before the second of any."""
    times: Counter[str] = Counter()
    rounds: list[tuple[int, int]] = []
    lot = rng.permutation(len(rows)).tolist()
    for number, place in enumerate(lot):
        times[rows[place].label] += 1
        rounds.append((times[rows[place].label], number))
    return [rows[lot[number]] for _, number in sorted(rounds)]


def _look_at(viewers: Viewers, rows: Sequence[Row], shelf: Shelf) -> Iterator[Seen]:
    wanted = shelf.showing.wanted
    for row, batch in zip(rows, shelf.batches(rows, size=1), strict=True):
        first, second = (
            look(viewer, batch.clips_BTHWC, [wanted.place(viewer, row.label)])[0]
            for viewer in viewers
        )
        right = tuple(
            one.answer == viewer.place_of.get(row.label)
            for viewer, one in zip(viewers, (first, second), strict=True)
        )
        yield Seen(row, batch, (first, second), (right[0], right[1]))


def _picked(found: Iterable[Seen], choice: Choice) -> tuple[list[Seen], int]:
    """Return the clips that are as they should be, and how many were looked at."""
    wanted, kept, looked = WANTED[choice.pick], list[Seen](), 0
    for one in found:
        looked += 1
        if wanted is None or one.right == wanted:
            kept.append(one)
        if len(kept) == choice.count:
            break
    return kept, looked


def _block(one: Seen, sight: Sight, frames: int) -> Block:
    clip_THWC = one.batch.clips_BTHWC[0].numpy()
    tubes_BTHW = one.batch.tubes_BTHW
    tube_THW = tubes_BTHW[0].numpy() if tubes_BTHW is not None and one.row.boxes else None
    enlarged_THWC = np.stack([squared(frame_HWC) for frame_HWC in clip_THWC])
    moments = np.rint(np.linspace(0, len(clip_THWC) - 1, min(frames, len(clip_THWC)))).astype(int)

    def shown(frames_THWC: np.ndarray) -> np.ndarray:
        if tube_THW is not None:
            frames_THWC = outlined(frames_THWC, tube_THW)
        return np.asarray(frames_THWC[moments])

    line = () if tube_THW is None else ("line: labelled people",)
    strips = [Strip("clip", (*line, f"heat: evidence for {sight.about}"), shown(enlarged_THWC))]
    for viewer, looked, right in zip(sight.viewers, one.looks, one.right, strict=True):
        heat_THW = heat_of(looked.map_THW, len(clip_THWC), FRAME)
        answer, share = _answer(viewer, looked)
        said = f"{RIGHT if right else WRONG} {answer}, {100 * share:.0f} %"
        strips.append(Strip(viewer.name, (said,), shown(overlay(enlarged_THWC, heat_THW))))
    return Block(one.row.label, tuple(strips))


def _answer(viewer: Viewer, looked: Look) -> tuple[str, float]:
    return viewer.weights.classes[looked.answer], float(looked.shares_K[looked.answer])


def _record(
    index: Index, clips: Clips, viewers: Viewers, showing: Showing, looked: int
) -> dict[str, Any]:
    return {
        "role": "figure",
        "index_hash": index.identity,
        "n": looked,
        "weights": [viewer.weights.name for viewer in viewers],
        "weights_hash": [viewer.weights.sha256 for viewer in viewers],
        "layer": viewers[0].layer,
        "explained": str(showing.wanted),
        **{name: list(getattr(clips, name)) for name in ("domains", "styles")},
        "split": clips.split,
        "seed": clips.seed,
        "versions": versions(),
        "commit": commit(),
    }
