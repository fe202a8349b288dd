"""The models that take part: what is known of each, and which classes of the data it knows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from anigifs.evaluation.coverage import Coverage, cover
from anigifs.foundation import UsageError
from anigifs.index import Index
from anigifs.index.table import CUSTOM
from anigifs.models.backbones import asked_of, find_classifier
from anigifs.models.weights import WeightsRecord, pretraining_of
from anigifs.studies.models.config import ModelsConfig

_PREFIX = 8
_NAMED = 3


@dataclass(frozen=True)
class Contestant:
    """A model.

    Attributes:
        key: Its name in records and tables, which no other has.
        weights: What it is loaded by.
        asked: The classes that it chooses from, if it is a zero-shot one.
        record: Of its weights.
        coverage: Which classes of the data it knows.
    """

    key: str
    weights: str
    asked: tuple[str, ...]
    record: WeightsRecord
    coverage: Coverage

    @property
    def known(self) -> dict[str, str]:
        """The model's own name of each class of the data that it knows."""
        classes = self.record.classes
        return {name: classes[place] for name, place in self.coverage.index_of.items()}

    @property
    def classes_there(self) -> int:
        """How many classes the data have."""
        return len(set(self.coverage.name_of.values()))

    @property
    def identity(self) -> tuple[str, str]:
        """What decides its answers: the hash of its tensors, and that of its settings."""
        return self.record.sha256, self.record.settings_sha256

    @property
    def words(self) -> str:
        """What it is, for people."""
        one = self.record
        asked = f"; asked {' / '.join(map(repr, one.prompts))}" if one.prompts else ""
        known, there = len(self.known), self.classes_there
        unknown = self.coverage.uncovered
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        without = f", not {', '.join(unknown[:_NAMED])}{more}" if unknown else ""
        learnt = pretraining_of(one)
        before = f"; pre-trained on {' and '.join(learnt)}" if learnt else ""
        return (
            f"{one.architecture}, {one.frames} x {one.size}, {len(one.classes)} classes{asked}; "
            f"knows {known} of the data's {there}{without}{before}; licence: {one.licence}"
        )


def contestants(
    config: ModelsConfig, taxonomy: str, labels: Collection[str]
) -> tuple[Contestant, ...]:
    """Return the models of a study, having seen that they can be tested.

    Args:
        config: Which.
        taxonomy: Of the data.
        labels: That the tested clips have.

    Raises:
        WeightsError: Weights are not there, or cannot be taken.
        UsageError: Two names mean the same model, or one knows none of the classes.
    """
    asked = config.classes or asked_of(taxonomy, labels)
    records = [find_classifier(one, asked, config.prompts) for one in config.weights]
    found = [
        Contestant(key, weights, asked, record, _covered(record, taxonomy, labels))
        for key, weights, record in zip(_keys(records), config.weights, records, strict=True)
    ]
    for one in found:
        if not one.known:
            raise UsageError(
                f"{one.weights}: knows none of the data's {len(labels)} classes, such as "
                f"{min(labels)!r}; leave it out"
            )
        same = [other.weights for other in found if other.identity == one.identity]
        if len(same) > 1:
            raise UsageError(f"{' and '.join(same)} are the same model; leave one out")
    return tuple(found)


def shared_classes(models: Sequence[Contestant]) -> tuple[str, ...]:
    """Return the classes of the data that all models know, sorted.

    Raises:
        UsageError: There is none.
    """
    shared = set.intersection(*(set(one.known) for one in models))
    if not shared:
        raise UsageError(
            "the models have no class of the data in common, so nothing can be compared; test "
            f"them apart: {', '.join(one.key for one in models)}"
        )
    return tuple(sorted(shared))


def labels_of(parts: Sequence[Index]) -> set[str]:
    """Return the labels that the rows of several sets have."""
    return set().union(*(part.labels for part in parts))


def _covered(record: WeightsRecord, taxonomy: str, labels: Collection[str]) -> Coverage:
    data_taxonomy = None if taxonomy == CUSTOM else taxonomy
    return cover(sorted(labels), record.classes, record.taxonomy, data_taxonomy, record.untrained)


def _keys(records: Sequence[WeightsRecord]) -> list[str]:
    """Return the records' names, with the beginning of a hash where two have one name."""
    names = [one.name for one in records]
    return [
        name if names.count(name) == 1 else f"{name}-{one.sha256[:_PREFIX]}"
        for name, one in zip(names, records, strict=True)
    ]
