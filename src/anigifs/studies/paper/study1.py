"""Study 1 (the paper's Table 2): from videos to GIFs of them, to animated GIFs."""

from anigifs.studies.paper.roles import Roles
from anigifs.studies.paper.runs import VIDEO, base, continued
from anigifs.studies.paper.scales import Scale
from anigifs.studies.paper.study import Comparison, Said, Study, StudyRow
from anigifs.studies.testing import ClipSet

VIDEO_DENSE, GIF, GIF_ERM, GIF_RSDA = "video-dense", "gif", "gif-erm", "gif-rsda"


def study1(scale: Scale, roles: Roles, weights: str) -> Study:
    """Return the study.

    Rows 1 and 2 stand there twice. A model that sees all frames of a video, 25 a second, sees a GIF
    of it at 4 a second, which is part of what the paper's row 2 measures; one that is shown equally
    many frames of both does not meet that difference.

    Args:
        scale: How large.
        roles: Which rows of the index are videos, GIFs of them, and animated GIFs.
        weights: What training starts from: a name of weights, or a folder of them.
    """
    videos, gifs, animated = roles.videos, roles.gifs, roles.animated
    tests = (
        videos.test("videos"),
        gifs.test("gifs"),
        animated.test("animated"),
        videos.test("videos-dense", "dense"),
        gifs.test("gifs-dense", "dense"),
    )
    dense, whole = ("videos-dense", "gifs-dense"), ("videos", "gifs", "animated")
    on_gifs = ("gifs", "animated")
    runs = [
        base(VIDEO, f"fine-tuned on {videos.title}", videos, scale, weights, whole),
        base(GIF, f"fine-tuned on {gifs.title}", gifs, scale, weights, on_gifs),
        continued(GIF_ERM, "ERM, continued", GIF, gifs, scale, on_gifs),
        continued(GIF_RSDA, "RSDA", GIF, gifs, scale, on_gifs, method="rsda", options=scale.rsda),
    ]
    if scale.dense:
        title = f"fine-tuned on {videos.title}, dense"
        runs.append(base(VIDEO_DENSE, title, videos, scale, weights, dense, sampler="dense"))
    else:
        runs[0] = base(VIDEO, runs[0].title, videos, scale, weights, (*whole, *dense))
    return Study(
        name="study1",
        table="table2",
        title="Study 1: from videos to GIFs of them, to animated GIFs",
        question=f"How far does a model fall from {videos.title} to {gifs.title}, and to "
        f"{animated.title}? Does a search for hard augmentations help?",
        runs=tuple(runs),
        tests=tests,
        rows=_rows(scale, tests),
        comparisons=_comparisons(scale),
    )


def _rows(scale: Scale, tests: tuple[ClipSet, ...]) -> tuple[StudyRow, ...]:
    titles = {one.key: one.title for one in tests}
    film, gifs, animated = titles["videos"], titles["gifs"], titles["animated"]
    by, dense = (VIDEO_DENSE, f"{film}, dense") if scale.dense else (VIDEO, film)
    paper = Said("71.7"), Said("21.12"), Said("23.1"), Said("x", "y"), Said("x + 0.96", "y + 2.35")
    return (
        StudyRow("1", dense, titles["videos-dense"], by, "videos-dense", paper[0]),
        StudyRow("2", dense, titles["gifs-dense"], by, "gifs-dense", paper[1]),
        StudyRow("1w", film, film, VIDEO, "videos"),
        StudyRow("2w", film, gifs, VIDEO, "gifs"),
        StudyRow("3", gifs, gifs, GIF, "gifs", paper[2]),
        StudyRow("4", gifs, animated, GIF, "animated", paper[3]),
        StudyRow("4b", f"{gifs}, ERM continued", animated, GIF_ERM, "animated"),
        StudyRow("5", f"{gifs}, RSDA", animated, GIF_RSDA, "animated", paper[4]),
    )


def _comparisons(scale: Scale) -> tuple[Comparison, ...]:
    taught = "" if scale.dense else ", by a model that was trained with equally many frames"
    return (
        Comparison("1", "2", f"the fall to GIFs, all frames shown{taught}", Said("50.58")),
        Comparison("1w", "2w", "the fall to GIFs, equally many frames shown"),
        Comparison("3", "4", "the fall from GIFs of videos to animated GIFs"),
        Comparison("5", "4b", "the gain of the search over the same updates of ERM"),
        Comparison("5", "4", "the gain as the paper counts it", Said("+0.96", "+2.35")),
    )
