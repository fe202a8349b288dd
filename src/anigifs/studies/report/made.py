"""What ran: configuration, hashes, versions, and what each run cost."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anigifs.studies.outcomes import Outcome
from anigifs.studies.report.models import Named
from anigifs.studies.sections import PREFIX
from anigifs.studies.tabulation import origin_of


@dataclass(frozen=True)
class Cost:
    """What one training run and its tests took, in words.

    Attributes:
        run: Its title, and its seed.
        how: Method and options.
        start: The run that it went on from; empty where it started from given weights.
        updates: How many, and where it went on, in all.
        training: Minutes.
        an_update: Seconds, the median.
        testing: Minutes.
        weights: The first digits of the SHA-256 of its best weights.
    """

    run: str
    how: str
    start: str
    updates: str
    training: str
    an_update: str
    testing: str
    weights: str


def costs_of(records: Iterable[Mapping[str, Any]], models: Sequence[Named]) -> list[Cost]:
    """Return what runs took, from the records of their jobs, in the order of the models."""
    places = {one.key: place for place, one in enumerate(models)}
    titles = {one.key: one.title for one in models}
    ordered = sorted(records, key=lambda one: (places.get(one["run"], len(places)), one["seed"]))
    return [_cost(one, titles.get(one["run"], str(one["run"]))) for one in ordered]


def total_of(records: Sequence[Mapping[str, Any]]) -> str:
    """Return what all of them took, in words; empty without records."""
    if not records:
        return ""
    training, testing = (
        sum(float(one[name]) for one in records) for name in ("training_seconds", "testing_seconds")
    )
    runs = "1 training run" if len(records) == 1 else f"{len(records)} training runs"
    return f"{runs}: {_minutes(training)} minutes of training, {_minutes(testing)} of testing"


def facts_of(
    outcomes: Sequence[Outcome],
    records: Sequence[Mapping[str, Any]],
    hardware: str,
    settings: Mapping[str, object],
) -> Iterator[tuple[str, str]]:
    """Yield terms and words: settings first, then what the tests say of themselves."""
    origin = origin_of(outcomes)
    yield from ((name, words) for name, value in settings.items() if (words := _words(value)))
    yield "hardware", "; ".join(part for part in (hardware, *_machines(records)) if part)
    yield "seeds of training", ", ".join(map(str, sorted({one.seed for one in outcomes})))
    yield "sampler", ", ".join(origin.samplers)
    yield "geometry (frames x size)", ", ".join(origin.presets)
    yield "index", ", ".join(origin.index_hashes)
    yield "commit", ", ".join(origin.commits)
    yield "versions", ", ".join(_versions(outcomes))
    yield "cost", total_of(records)


def _cost(record: Mapping[str, Any], title: str) -> Cost:
    updates, in_all = int(record["updates"]), int(record["updates_in_all"])
    an_update = record.get("seconds_an_update")
    return Cost(
        run=f"{title}, seed {record['seed']}",
        how=" ".join([str(record["method"]), *map(str, record.get("options") or ())]),
        start=str(record.get("start") or ""),
        updates=f"{updates:,}" if updates == in_all else f"{updates:,} of {in_all:,}",
        training=_minutes(float(record["training_seconds"])),
        an_update="" if an_update is None else f"{float(an_update):.2f}",
        testing=_minutes(float(record["testing_seconds"])),
        weights=str(record["weights_hash"])[:PREFIX],
    )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f}"


def _machines(records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what trained, without repetition: times are comparable where there is one only."""
    found = dict.fromkeys(
        (one.get("processor"), one.get("threads"), one.get("parallel")) for one in records
    )
    for processor, threads, parallel in found:
        if processor and threads:
            beside = f", {parallel} runs side by side" if (parallel or 1) > 1 else ""
            yield f"{processor}, {threads} thread{'s' * (threads > 1)}{beside}"


def _versions(outcomes: Iterable[Outcome]) -> list[str]:
    found: dict[str, None] = {}
    for one in outcomes:
        for name, version in (one.record.get("versions") or {}).items():
            found[f"{name} {version}"] = None
    return list(found)


def _words(value: object) -> str:
    """Return a setting as words: nested ones in brackets, and those without a value left out."""
    if isinstance(value, Mapping):
        told = {name: _words(inner) for name, inner in value.items()}
        return "; ".join(
            f"{name}: {_bracketed(value[name], words)}" for name, words in told.items() if words
        )
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_words, value))
    return "" if value is None else str(value)


def _bracketed(value: object, words: str) -> str:
    return f"({words})" if isinstance(value, Mapping) else words
