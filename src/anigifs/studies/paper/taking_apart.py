"""The fall of a study's model of film to cartoons, taken apart on renders of both."""

from dataclasses import replace
from pathlib import Path

from anigifs.studies.apart import take_apart
from anigifs.studies.apart_words import sentences, write_apart
from anigifs.studies.paper.progress import Progress
from anigifs.studies.paper.running import Ran, StudyConfig
from anigifs.studies.paper.runs import VIDEO
from anigifs.studies.report import Apart
from anigifs.studies.sweep.workplace import Workplace

FOLDER = "apart"


def taken_apart(
    config: StudyConfig, ran: Ran, out: Path, work: Path, progress: Progress
) -> Apart | None:
    """Take the fall of the model of the videos apart, on mixtures of film and flat cartoons.

    ``apart/`` in the study's folder then holds the numbers and the picture.

    Args:
        config: What was run.
        ran: What there is.
        out: The study's folder.
        work: Where its runs and clips are.
        progress: Told how far it is.

    Returns:
        None where the clips are not rendered ones, or the model has not been trained here and
        nothing was taken apart before.
    """
    place = Workplace(work)
    job = ran.jobs.get((VIDEO, ran.plan.seeds[0]))
    if config.index is not None or job is None or place.trained(job) is None:
        return None
    spec = replace(config.spec, clips_per_class=config.scale.apart)
    weights = place.weights(job)
    shares = take_apart(spec, weights, work / FOLDER, place.prepared, watcher=progress)
    return Apart(write_apart(shares, out / FOLDER), list(sentences(shares)))
