"""The target of an adaptation run: its training clips without their labels, and nothing else."""

from collections.abc import Iterable, Sequence

from anigifs.clips.loader import ClipItem
from anigifs.foundation import UsageError
from anigifs.index import Index, Row
from anigifs.index.leaks import in_both
from anigifs.methods import METHODS
from anigifs.training.config import TrainConfig

UNKNOWN = -1
"""The label of every clip of a target."""
HELD_BACK = ("val", "validation", "test")
"""Splits of which no clip of a target is ever seen."""


def check_target(config: TrainConfig) -> None:
    """Refuse a target that a method must not see, and adaptation to nothing.

    Raises:
        UsageError: Method and target do not belong together, or the target would be taken from a
            split that is held back.
    """
    adapts = config.method in METHODS and METHODS[config.method].adapts
    if adapts and config.target_domain is None:
        raise UsageError(
            f"method {config.method!r} adapts to a target, whose clips it sees without labels: "
            "name it with --target-domain"
        )
    if config.target_domain is None:
        return
    if not adapts:
        known = ", ".join(name for name, kind in METHODS.items() if kind.adapts)
        raise UsageError(
            f"method {config.method!r} must not see a target: leave out --target-domain, or take "
            f"one that adapts: {known}"
        )
    if config.train_split in (*HELD_BACK, config.val_split):
        raise UsageError(
            f"split {config.train_split!r}: of a target only training clips may be seen, none of "
            "validation or test"
        )


def target_rows(
    config: TrainConfig, index: Index, train: Sequence[Row], val: Sequence[Row]
) -> tuple[Row, ...]:
    """Return the training rows of the target; without one there are none.

    Args:
        config: The run.
        index: All rows.
        train: Those of the source that are trained on.
        val: Those of the source that choose the best weights.

    Raises:
        UsageError: There are too few to fill a batch; or clips, files or groups of them are held
            back elsewhere, choose the weights, or are the source's with their labels.
    """
    if config.target_domain is None:
        return ()
    domain = index.filter(domain=config.target_domain)
    seen = domain.filter(state="decoded", split=config.train_split)
    if config.target_styles:
        seen = seen.filter(style=config.target_styles)
    rows = tuple({row.clip_id: row for row in seen.rows()}.values())
    _check_enough(config, rows)
    held_back = [row for row in domain.rows() if row.split != config.train_split]
    others = (
        (held_back, f"outside of its split {config.train_split!r}", ("clip_id", "sha256", "group")),
        (val, "in the source's validation", ("clip_id", "sha256", "group")),
        (train, "in the source, with their labels", ("clip_id", "sha256")),
    )
    for known, where, columns in others:
        for what in columns:
            if both := in_both(what, rows, known):
                raise UsageError(
                    f"{config.index}: {len(both)} values of {what} are in the target's training "
                    f"clips and {where}; run `anigifs index split` again"
                )
    return rows


def _check_enough(config: TrainConfig, rows: Sequence[Row]) -> None:
    if len(rows) < config.batch_size:
        styles = f", styles {', '.join(config.target_styles)}," if config.target_styles else ""
        raise UsageError(
            f"{config.index}: {len(rows)} decoded rows of the target {config.target_domain!r}"
            f"{styles} in split {config.train_split!r}, which do not fill a batch of "
            f"{config.batch_size}"
        )


def unlabelled(rows: Iterable[Row]) -> list[ClipItem]:
    """Return what a loader needs of clips whose labels nobody may know.

    Boxes are left out, too: their annotation names actions.
    """
    return [ClipItem(row.clip_id, UNKNOWN, row.domain) for row in rows]
