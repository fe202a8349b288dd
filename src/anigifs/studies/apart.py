"""The fall of a model from film to flat cartoons, taken apart on rendered clips of both."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anigifs.foundation import UsageError, append_record, read_records
from anigifs.foundation.work import Executor, Local
from anigifs.gap.apart import Apart
from anigifs.gap.apart import take_apart as share_out
from anigifs.index import Index, Row
from anigifs.puppets.factors.names import FACTORS, combination_of
from anigifs.puppets.factors.rendering import COMBINED, DOMAIN, SPLIT, STYLES, render_factors
from anigifs.puppets.rendering import SETTINGS
from anigifs.puppets.spec import KINDS, Spec
from anigifs.studies.sweep.watching import Watcher
from anigifs.studies.testing import has_predictions, tested

if TYPE_CHECKING:
    from anigifs.evaluation.on_index import IndexTest
    from anigifs.models import WeightsRecord

STUDY, CLIPS, RECORDS, PREDICTIONS = "apart", "clips", "records.jsonl", "predictions"
NOBODY = Watcher()


def take_apart(
    spec: Spec,
    weights: str | Path,
    out: Path,
    store: Path,
    *,
    added: Sequence[str] = STYLES[len(COMBINED) :],
    executor: Executor = Local(),
    watcher: Watcher = NOBODY,
) -> Apart:
    """Render mixtures of film and cartoon, test a model on each, and take its fall apart.

    The folder then holds the clips in ``clips/``, and of each mixture a line in ``records.jsonl``
    and a file in ``predictions/``. What is there is not done again, so a call may be stopped at any
    moment and another goes on; other weights may be tested in the same folder.

    Args:
        spec: The benchmark whose test instances are shown.
        weights: A name of weights, or a folder of them; clips of classes that they do not know
            are left out.
        out: The folder.
        store: Where prepared clips are kept.
        added: What is added to film besides, names in ``anigifs.puppets.factors.ADDED``.
        executor: Renders and prepares the clips; processes of this machine by default.
        watcher: Told how far it is.

    Raises:
        UsageError: The weights are not there or know none of the benchmark's classes, the folder
            holds clips of another benchmark, or a clip cannot be read.
    """
    from anigifs.models.weights import find

    record, _ = find(weights)  # so that nothing is rendered in vain
    classes = [one for one in spec.classes if one in record.classes]
    if not classes:
        raise UsageError(f"{record.name}: knows none of the benchmark's classes")
    styles = (*COMBINED, *added)
    watch = watcher.watch("rendering clips")
    rendered = render_factors(
        spec, out / CLIPS, styles, executor=executor, watch=watch, classes=classes
    )
    tests = {style: _test(record, rendered.path, store, style) for style in styles}
    done = _recorded(out, record, tests, rendered.index)
    if missing := {style: test for style, test in tests.items() if style not in done}:
        _prepare(missing, rendered.index, executor, watcher)
        done |= _run(missing, weights, out, watcher)
    return _apart({style: out / str(line["predictions"]) for style, line in done.items()})


def spec_beside(index: Path) -> Spec:
    """Return the benchmark that an index lies in.

    Raises:
        UsageError: The index is not that of a rendered benchmark with test clips.
    """
    path = index.parent / SETTINGS
    try:
        said = json.loads(path.read_text())
        seed, size, bias = (said[name] for name in ("seed", "size", "context_bias"))
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            f"{index}: not in a folder of `anigifs puppets`; only rendered clips can be mixed"
        ) from None
    counts = Counter(row.label for row in _films(index))
    if not counts:
        raise UsageError(f"{index}: no film in its split {SPLIT!r}; render the tests, too")
    # Of 8 instances to train on, 3 more are for tests.
    clips = max(1, math.ceil(max(counts.values()) * 8 / 3))
    return Spec(clips_per_class=clips, seed=int(seed), size=int(size), context_bias=float(bias))


def _films(index: Path) -> Iterator[Row]:
    return Index.read(index).filter(style=KINDS["film"].styles, split=SPLIT).rows()


def _test(record: "WeightsRecord", index: Path, store: Path, style: str) -> "IndexTest":
    from anigifs.clips import Geometry
    from anigifs.evaluation.on_index import IndexTest

    geometry = Geometry(record.frames, record.size)
    return IndexTest(index, DOMAIN, SPLIT, geometry, "whole", (0, 0, 0), store, (style,))


def _recorded(
    out: Path, weights: "WeightsRecord", tests: "Mapping[str, IndexTest]", index: Index
) -> dict[str, Mapping[str, Any]]:
    """Return the records of tests of these weights on these clips whose predictions are there."""
    found: dict[str, Mapping[str, Any]] = {}
    for line in read_records(out / RECORDS):
        style = str(line.get("set"))
        if style in tests and line.get("weights_hash") == weights.sha256:
            rows = index.filter(style=style, split=SPLIT, state="decoded")
            if line.get("rows_hash") == rows.identity and has_predictions(out, line):
                found[style] = line
    return found


def _prepare(
    tests: "Mapping[str, IndexTest]", index: Index, executor: Executor, watcher: Watcher
) -> None:
    """Prepare the clips of all tests at once: a pool of processes for each would take longer."""
    from anigifs.clips import prepare
    from anigifs.evaluation.on_index import rule_of, sources_of

    test = next(iter(tests.values()))
    rows = list(index.filter(style=list(tests)).rows())
    watch = watcher.watch("preparing clips")
    sources = sources_of(rows, test.index)
    rule = rule_of(test, rows)
    errors = prepare(sources, rule, test.store, executor=executor, watch=watch).errors
    if errors:
        raise UsageError(f"{len(errors)} clips cannot be read: {next(iter(errors.values()))}")


def _run(
    tests: "Mapping[str, IndexTest]", weights: str | Path, out: Path, watcher: Watcher
) -> dict[str, Mapping[str, Any]]:
    from anigifs.models import for_inference, load_model

    model, record = load_model(weights)
    fast = for_inference(model)
    lines: dict[str, Mapping[str, Any]] = {}
    for style in watcher.watch("testing")(iter(tests), len(tests)):
        about = {"study": STUDY, "model": record.name, "set": style}
        file = Path(PREDICTIONS) / f"{record.sha256[:12]}-{style}.parquet"
        line = tested(tests[style], (fast, record), out, file, about)
        append_record(out / RECORDS, line)
        lines[style] = line
    return lines


def _apart(files: Mapping[str, Path]) -> Apart:
    """Take apart what a model said of the same instances in every mixture."""
    right = {style: _right(path) for style, path in files.items()}
    groups = sorted(right[COMBINED[0]])
    answers = {
        style: np.array([found[group] for group in groups]) for style, found in right.items()
    }
    return share_out(
        {combination_of(style): answers[style] for style in COMBINED},
        groups,
        FACTORS,
        added={style: values for style, values in answers.items() if style not in COMBINED},
    )


def _right(path: Path) -> dict[str, bool]:
    """Return whether each instance was answered rightly; it is shown once in a mixture."""
    from anigifs.evaluation import Predictions

    ranking = Predictions.read(path).ranking()
    return dict(zip(ranking.groups, ranking.right_N.tolist(), strict=True))
