"""Where the models of a study look: the paper's Figure 5, and section 5.4 in numbers."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anigifs.index import Index
from anigifs.studies.explain.looking import Viewer, Wanted, check_pair, layer_for
from anigifs.studies.explain.on_files import Showing
from anigifs.studies.explain.on_index import explain_index
from anigifs.studies.explain.rows import Clips
from anigifs.studies.explain.writing import write_explained
from anigifs.studies.paper.progress import Progress
from anigifs.studies.paper.running import Ran, StudyConfig
from anigifs.studies.report import Looks, read_looks
from anigifs.studies.sweep.jobs import Job
from anigifs.studies.sweep.workplace import Workplace

FOLDER, RECORD = "explain", "explain.json"
#: A baseline, and what it is shown beside: of the second study, else of the first.
PAIRS = (("erm", "gating"), ("gif-erm", "gif-rsda"))


def looked_at(
    config: StudyConfig, ran: Ran, out: Path, work: Path, progress: Progress
) -> Looks | None:
    """Explain two models of a study side by side, where that has not been done.

    ``explain/`` in its folder then holds what ``anigifs explain --index`` leaves.

    Args:
        config: What was run.
        ran: What there is.
        out: The study's folder.
        work: Where its runs and clips are.
        progress: Told how far it is.

    Returns:
        None where the weights of no such pair are there any more, or never were.
    """
    place, folder = Workplace(work), out / FOLDER
    jobs = _pair(config, ran, place)
    if jobs is None:
        return read_looks(folder, _titles(config)) if (folder / RECORD).exists() else None
    made_of = {
        "weights_hash": [_hash(place, job) for job in jobs],
        "index_hash": Index.read(ran.index).identity,
    }
    if not _is_done(folder, made_of):
        _explain(config, ran, jobs, place, folder, progress)
    return read_looks(folder, _titles(config))


def _titles(config: StudyConfig) -> dict[str, str]:
    """Return what the study calls its domains, where one of them is not both parts."""
    source, target = config.roles.videos, config.roles.animated
    if source.domain == target.domain:
        return {}
    return {source.domain: source.title, target.domain: target.title}


def _pair(config: StudyConfig, ran: Ran, place: Workplace) -> tuple[Job, Job] | None:
    seed = ran.plan.seeds[0]
    for names in PAIRS:
        jobs = [ran.jobs.get((name, seed)) for name in names]
        first, second = jobs
        if first and second and place.trained(first) and place.trained(second):
            return first, second
    return None


def _hash(place: Workplace, job: Job) -> str:
    return str((place.trained(job) or {})["weights_hash"])


def _is_done(folder: Path, made_of: Mapping[str, Any]) -> bool:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return all(record.get(name) == value for name, value in made_of.items())


def _explain(
    config: StudyConfig,
    ran: Ran,
    jobs: tuple[Job, Job],
    place: Workplace,
    folder: Path,
    progress: Progress,
) -> None:
    from anigifs.clips import GEOMETRIES
    from anigifs.models import for_inference, load_model

    geometry = GEOMETRIES[jobs[0].config.preset]
    layer, viewers, scale = layer_for(geometry), [], config.scale
    for job in jobs:
        model, record = load_model(place.weights(job))
        viewers.append(Viewer(job.run.title, for_inference(model, "float32"), record, layer))
    check_pair(*(viewer.weights for viewer in viewers))
    source, target = config.roles.videos, config.roles.animated
    clips = Clips(
        index=ran.index,
        domains=(source.domain, target.domain),
        split="test",
        styles=(*source.styles, *target.styles) if source.styles and target.styles else (),
        limit=scale.explained,
        curves=scale.perturbed,
        pictures=scale.pictures,
        seed=ran.plan.seeds[0],
        store=place.prepared,
    )
    showing = Showing(geometry, "whole", (0, 0, 0), Wanted("answer"), ("gif", "png"), folder)
    explained = explain_index(viewers, clips, showing, progress.count)
    for line in explained.warnings:
        progress.warn(line)
    write_explained(folder, explained)
