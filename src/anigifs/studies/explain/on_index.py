"""The clips of an index: scores of all that have boxes, curves and pictures of some."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypeVar

from anigifs.evaluation.on_index import LEDGER
from anigifs.evaluation.runs import commit, versions
from anigifs.foundation import UsageError, append_record, generator
from anigifs.index import Index, Row
from anigifs.studies.explain.looking import Viewer
from anigifs.studies.explain.measuring import Finding, add_curves, findings
from anigifs.studies.explain.on_files import Showing, said, show
from anigifs.studies.explain.rows import (
    Clips,
    acquainted,
    drawn,
    explainable,
    half_wrong,
    rows_of,
    unknown_labels,
)
from anigifs.studies.explain.shelf import Shelf, fill_shelf
from anigifs.studies.explain.summary import Summary, summarise

Item = TypeVar("Item")


class Watch(Protocol):
    """Shows how far a loop is."""

    def __call__(self, items: Iterable[Item], total: int, title: str) -> Iterable[Item]:
        """Yield the items, of which there are ``total``."""


@dataclass(frozen=True, eq=False)
class Explained:
    """What was found on an index.

    Attributes:
        found: Every model on every clip.
        summary: The figures.
        record: What they depend on, as JSON can hold it.
        pictures: What is shown, a line a clip.
        failed: How many clips could not be read.
        warnings: What a reader should know, in words.
    """

    found: list[Finding]
    summary: Summary
    record: dict[str, Any]
    pictures: list[dict[str, Any]]
    failed: int
    warnings: list[str]


def explain_index(
    viewers: Sequence[Viewer], clips: Clips, showing: Showing, watch: Watch
) -> Explained:
    """Ask models of the clips of an index, score their evidence, and show some clips.

    The ledger beside the index gets a line, since test clips were looked at.

    Raises:
        UsageError: There are no such rows, or none can be read.
    """
    index = Index.read(clips.index)
    rows = rows_of(clips, index)
    viewers = acquainted(viewers, rows, index.taxonomy)
    unknown = unknown_labels(viewers, rows)
    rows = explainable(rows, showing.wanted, unknown)
    shelf, errors = fill_shelf(
        rows, clips, showing, lambda items, total: watch(items, total, "preparing clips")
    )
    rows = [row for row in rows if row.clip_id in shelf.prepared]
    if not rows:
        raise UsageError(f"{clips.index}: none of its clips can be read: {errors[0]}")
    found = _found(viewers, rows, shelf, watch)
    _perturb(found, rows, shelf, clips, watch)
    pictures = list(_shown(viewers, found, shelf, clips, watch))
    record = _record(index, rows, viewers, clips, showing)
    append_record(clips.index.parent / LEDGER, {**record, "role": "explain"})
    about = f"{showing.wanted} at {viewers[0].layer}"
    summary = summarise(found, [viewer.name for viewer in viewers], about, clips.seed)
    warnings = _warnings(clips, rows, unknown, errors)
    return Explained(found, summary, record, pictures, len(errors), warnings)


def _found(
    viewers: Sequence[Viewer], rows: Sequence[Row], shelf: Shelf, watch: Watch
) -> list[Finding]:
    batches = shelf.batches(rows)
    by_id = {row.clip_id: row for row in rows}
    of_batches = findings(viewers, batches, by_id, shelf.showing.wanted)
    return [one for few in watch(of_batches, len(batches), "looking") for one in few]


def _perturb(
    found: Sequence[Finding], rows: Sequence[Row], shelf: Shelf, clips: Clips, watch: Watch
) -> None:
    """Add curves to the findings of some clips: the same for every model."""
    rng = generator(clips.seed, "explain", "curves")
    lot = drawn(rows, lambda row: row.domain, clips.curves, rng)
    if not lot:
        return
    batches = shelf.batches(lot, size=1)
    for batch in watch(batches, len(batches), "perturbing"):
        for one in found:
            if one.row.clip_id == batch.clip_ids[0]:
                add_curves(one, batch, clips.seed)


def _shown(
    viewers: Sequence[Viewer], found: Sequence[Finding], shelf: Shelf, clips: Clips, watch: Watch
) -> Iterator[dict[str, Any]]:
    """Show some clips, drawn by what the first model answered, and yield what was said of them."""
    firsts = [one for one in found if one.viewer is viewers[0]]
    lot = [
        one.row
        for domain in dict.fromkeys(one.row.domain for one in firsts)
        for one in half_wrong(
            [one for one in firsts if one.row.domain == domain],
            clips.pictures,
            generator(clips.seed, "explain", "pictures", domain),
        )
    ]
    if not lot:
        return
    for row, batch in watch(zip(lot, shelf.batches(lot, size=1), strict=True), len(lot), "drawing"):
        of_clip = [one for one in found if one.row.clip_id == row.clip_id]
        looks = [one.look for one in of_clip]
        answer = "right" if of_clip[0].right else "wrong"
        name = f"{row.domain}-{answer}-{row.label}-{row.clip_id[:8]}"
        yield {
            "clip_id": row.clip_id,
            "domain": row.domain,
            "label": row.label,
            "models": [said(*pair) for pair in zip(viewers, looks, strict=True)],
            "pictures": show(name, shelf.subject(row, batch), viewers, looks, shelf.showing),
        }


def _record(
    index: Index, rows: Sequence[Row], viewers: Sequence[Viewer], clips: Clips, showing: Showing
) -> dict[str, Any]:
    return {
        "index_hash": index.identity,
        "n": len(rows),
        "weights": [viewer.weights.name for viewer in viewers],
        "weights_hash": [viewer.weights.sha256 for viewer in viewers],
        "layer": viewers[0].layer,
        "explained": str(showing.wanted),
        "sampler": showing.sampler,
        **asdict(showing.geometry),
        "background": list(showing.background),
        **{name: list(getattr(clips, name)) for name in ("domains", "styles")},
        **{name: getattr(clips, name) for name in ("split", "limit", "curves", "pictures", "seed")},
        "versions": versions(),
        "commit": commit(),
    }


def _warnings(
    clips: Clips, rows: Sequence[Row], unknown: Sequence[str], errors: Sequence[str]
) -> list[str]:
    said: list[str] = []
    if unknown:
        said.append(f"classes that a model does not know: {', '.join(unknown)}")
    if errors:
        said.append(f"{len(errors)} clips cannot be read and were left out: {errors[0]}")
    without = sum(not row.boxes for row in rows)
    if without == len(rows):
        said.append(f"{clips.index}: no boxes in these rows, so where evidence lies is not scored")
    elif without:
        said.append(f"{without} of {len(rows)} clips have no boxes; their evidence is not scored")
    return said
