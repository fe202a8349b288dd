"""The whole measurement: two sides of clips, their looks, a model's features, and the distances."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from anigifs.evaluation.runs import commit, versions
from anigifs.foundation import UsageError, append_record
from anigifs.gap.config import GapConfig, Weights
from anigifs.gap.contrasts import Contrast, contrast
from anigifs.gap.endpoints import Distance, endpoint_distances
from anigifs.gap.features import LOGITS
from anigifs.gap.gathering import Clips, measured_clips
from anigifs.gap.looks import LOOKS
from anigifs.gap.once import Watch, unwatched
from anigifs.gap.pairs import Pool
from anigifs.gap.sides import Side

#: From here on the mix of classes by itself can make a difference.
UNEVEN_CLASSES = 0.1


@dataclass(frozen=True)
class Gap:
    """What separates two sides.

    Attributes:
        a: The first side.
        b: The second.
        shared_groups: Groups that have clips on both.
        contrasts: Of looks, what separates most coming first.
        distances: In features, endpoint by endpoint; none without a model.
        facts: All that the numbers depend on, as JSON can hold it.
        warnings: What a reader should know, a line each.
    """

    a: Side
    b: Side
    shared_groups: int
    contrasts: tuple[Contrast, ...]
    distances: tuple[Distance, ...]
    facts: dict[str, Any]
    warnings: tuple[str, ...]


def measure_gap(config: GapConfig, weights: Weights | None, watch: Watch = unwatched) -> Gap:
    """Measure what separates two sides of clips.

    With a model, the measurement is entered in the ledger beside each index, as tests are.

    Args:
        config: What to compare, and how.
        weights: The model whose features are compared; None compares looks only.
        watch: Sees each long piece of work.

    Raises:
        UsageError: A side cannot be read or is too small, both have a clip in common, or there is
            no such endpoint.
    """
    endpoints = () if weights is None else config.endpoints
    _check_endpoints(endpoints)
    clips = measured_clips(config, weights, watch)
    pool = pool_of(clips.a, clips.b)
    contrasts = [
        contrast(look.key, look.title, clips.looks_NL[:, place], pool, config.how)
        for place, look in enumerate(watch(LOOKS, len(LOOKS), "comparing looks"))
    ]
    distances = [
        distance
        for endpoint in watch(endpoints, len(endpoints), "measuring distances")
        for distance in endpoint_distances(endpoint, clips.features(endpoint), pool, config.how)
    ]
    facts = _facts(config, weights, clips)
    if weights is not None:
        _enter(facts, (clips.a, clips.b))
    return Gap(
        a=clips.a,
        b=clips.b,
        shared_groups=len({r.group for r in clips.a.rows} & {r.group for r in clips.b.rows}),
        contrasts=tuple(sorted(contrasts, key=lambda one: -one.strength)),
        distances=tuple(distances),
        facts=facts,
        warnings=tuple(_warnings(clips.errors, pool)),
    )


def pool_of(a: Side, b: Side) -> Pool:
    """Return the clips of both sides, those of the first coming first."""
    rows = (*a.rows, *b.rows)
    return Pool(
        is_b_N=np.arange(len(rows)) >= len(a.rows),
        group_N=np.unique([row.group for row in rows], return_inverse=True)[1],
        label_N=np.array([row.label for row in rows]),
    )


def _check_endpoints(endpoints: Sequence[str]) -> None:
    from anigifs.models import ENDPOINTS

    known = (*ENDPOINTS, LOGITS)
    if unknown := [endpoint for endpoint in endpoints if endpoint not in known]:
        raise UsageError(f"no endpoint {unknown[0]!r}; there are {', '.join(known)}")


def _facts(config: GapConfig, weights: Weights | None, clips: Clips) -> dict[str, Any]:
    """Return all that the numbers depend on."""
    model = None if weights is None else weights.record
    return {
        "sides": [
            {
                "side": side.text,
                "name": side.name,
                "clips": len(side.rows),
                "groups": side.groups,
                "index_hash": side.identity,
            }
            for side in (clips.a, clips.b)
        ],
        "split": config.split,
        "most_clips": config.clips,
        "failed": len(clips.errors),
        "weights": model and model.name,
        "weights_hash": model and model.sha256,
        "precision": weights and weights.precision,
        "sampler": config.sampler if weights else None,
        "frames": config.geometry.frames if weights and config.sampler[:5] == "whole" else None,
        "size": config.geometry.size,
        "resize_side": config.geometry.resize_side,
        "background": list(config.background),
        **asdict(config.how),
        "versions": versions(),
        "commit": commit(),
    }


def _enter(facts: Mapping[str, Any], sides: tuple[Side, Side]) -> None:
    """Enter the measurement in the ledger beside each index: test clips have been looked at."""
    from anigifs.evaluation.on_index import LEDGER

    for folder in {side.index.absolute().parent for side in sides if side.index is not None}:
        append_record(folder / LEDGER, {"role": "gap", **facts})


def _warnings(errors: Mapping[str, str], pool: Pool) -> Iterator[str]:
    if errors:
        first = next(iter(errors.values()))
        yield f"{len(errors):,} clips cannot be read and were left out; the first: {first}"
    uneven = _class_difference(pool)
    if uneven > UNEVEN_CLASSES:
        yield (
            f"the sides differ in what they show: {100 * uneven:.0f} % of the clips of one would "
            "have to be of another class; the distance within classes leaves that out"
        )


def _class_difference(pool: Pool) -> float:
    """Return the total variation between the two sides' shares of classes, 0..1."""
    shares = [
        {label: count / side_N.sum() for label, count in Counter(pool.label_N[side_N]).items()}
        for side_N in (pool.is_b_N, ~pool.is_b_N)
    ]
    labels = {*shares[0], *shares[1]}
    return float(sum(abs(shares[0].get(one, 0) - shares[1].get(one, 0)) for one in labels) / 2)
