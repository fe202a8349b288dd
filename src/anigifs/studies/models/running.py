"""The study from clips to tables; what is recorded already is not tested again."""

from pathlib import Path

from anigifs.foundation.claim import claim
from anigifs.index import Index
from anigifs.puppets.frozen import check_frozen
from anigifs.studies.models.config import HELD_BACK, ModelsConfig, rows_of
from anigifs.studies.models.contestants import contestants, labels_of, shared_classes
from anigifs.studies.models.forms import write_forms
from anigifs.studies.models.table import ModelsTable, tabulate_models
from anigifs.studies.models.testing import run_tests, tests_of
from anigifs.studies.sweep.watching import Watcher

SETTINGS = "study.json"
NOBODY = Watcher()


def run_models(
    config: ModelsConfig, out: Path, work: Path, watcher: Watcher = NOBODY
) -> ModelsTable:
    """Test every model on every set, as it is, and write the tables.

    The folder then holds ``table-models.*``, ``falls.csv``, ``records.jsonl`` with a line for each
    test, and ``predictions/``. It may be stopped at any moment; another call goes on, and may add
    models and sets.

    Args:
        config: What is tested.
        out: The folder.
        work: Where clips go that are rendered, and all clips as they are prepared.
        watcher: Told how far it is.

    Raises:
        UsageError: The folder holds something else, the index has no such clips, or models cannot
            be compared.
        WeightsError: Weights are not there, or cannot be taken.
    """
    index, path = _clips(config, out, work, watcher)
    sets = config.sets(index, str(path))
    models = contestants(config, index.taxonomy, labels_of([rows_of(index, one) for one in sets]))
    shared_classes(models)  # before anything is tested for nothing
    claim(out, SETTINGS, "study", config.described)
    outcomes = run_tests(tests_of(models, sets, index), path, out, work / "prepared", watcher)
    table = tabulate_models(models, outcomes, _notes(config, index))
    write_forms(table, out)
    return table


def _clips(config: ModelsConfig, out: Path, work: Path, watcher: Watcher) -> tuple[Index, Path]:
    """Return the index, which is rendered where none is given, and its path."""
    if config.index is not None:
        return Index.read(config.index), config.index
    from anigifs.puppets.rendering import render

    labels = config.spec.classes
    shared_classes(contestants(config, "puppets-16", labels))  # before anything is rendered
    claim(out, SETTINGS, "study", config.described)
    rendered = render(config.spec, work / "puppets", watch=watcher.watch("rendering clips"))
    return rendered.index, rendered.path


def _notes(config: ModelsConfig, index: Index) -> list[str]:
    if config.index is not None or HELD_BACK not in dict(config.targets):
        return []
    frozen = check_frozen(config.spec, index)
    return [f"cartoons, held back: {frozen.words}"] if frozen else []
