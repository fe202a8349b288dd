"""Study 2 (the paper's Table 3): methods that learn from videos with boxes, on animated GIFs."""

from dataclasses import dataclass

from anigifs.studies.paper.roles import Roles
from anigifs.studies.paper.runs import VIDEO, base, continued
from anigifs.studies.paper.scales import Scale
from anigifs.studies.paper.study import NOTHING, Comparison, Said, Study, StudyRow

ERM, RANDOM, ORACLE = "erm", "random-augmentation", "oracle"
#: The run of videos that methods with an attention pyramid continue from.
PYRAMID = "video-pyramid"


@dataclass(frozen=True)
class Contender:
    """A row of the table: a method, and what the paper says of it.

    Attributes:
        number: Of the row.
        run: The run's name.
        title: What the table calls it.
        method: A name in ``METHODS``.
        options: What the method is told.
        paper: Top-1 and top-5, those of random augmentation being a and b.
        control: Whether it is a variant or a control, and no row of the paper's.
        pyramid: Whether the network has an attention pyramid in the place of its linear head.
    """

    number: str
    run: str
    title: str
    method: str
    options: tuple[str, ...] = ()
    paper: Said = NOTHING
    control: bool = False
    pyramid: bool = False


#: A method joins the study by a line here.
CONTENDERS = (
    Contender("0", ERM, "ERM, continued", "erm"),
    Contender("1", RANDOM, "random augmentation", RANDOM, paper=Said("a", "b")),
    Contender("2", "rsda", "RSDA", "rsda", paper=Said("a + 3.32", "b + 8.27")),
    Contender("2e", "esda", "ESDA", "rsda", ("search=evolution",), control=True),
    Contender(
        "3", "rada", "RADA", "rada",
        paper=Said("a + 3.32 + d, 0 < d < 1", "b + 0.16"), pyramid=True,
    ),
    Contender(
        "3p", "pyramid", "RADA's pyramid without the adversary", "erm", control=True, pyramid=True,
    ),
    Contender(
        "3a", "adversary", "RADA's adversary without the pyramid", "rada", control=True,
    ),
    Contender(
        "4", "gating", "saliency gating", "saliency-gating", paper=Said("a + 8.75", "b + 24.31")
    ),
    Contender(
        "4c", "gating-checked", "saliency gating, every batch", "saliency-gating",
        ("period=1",), control=True,
    ),
    Contender(
        "c1", "mask-elsewhere", "control: the mask elsewhere, every batch", "saliency-gating",
        ("mask=elsewhere", "period=1"), control=True,
    ),
    Contender(
        "c2", "mask-always", "control: the mask on every clip", "saliency-gating",
        ("mask=always", "period=1"), control=True,
    ),
    Contender(
        "c3", "backgrounds", "control: randomised backgrounds", "background-randomisation",
        control=True,
    ),
)  # fmt: skip


def study2(scale: Scale, roles: Roles, weights: str, *, controls: bool, oracle: bool) -> Study:
    """Return the study: all methods continue from one model of the videos, for equal updates.

    Args:
        scale: How large.
        roles: Which rows of the index are videos, and which are animated GIFs.
        weights: What training starts from: a name of weights, or a folder of them.
        controls: Whether variants and controls are run besides the paper's own rows.
        oracle: Whether there are animated GIFs to train on, to see how much could be had.
    """
    videos, animated = roles.videos, roles.animated
    keys = "videos", "animated"
    contenders = [
        one
        for one in CONTENDERS
        if (controls or not one.control) and (scale.pyramid or not one.pyramid)
    ]
    runs = [base(VIDEO, f"fine-tuned on {videos.title}", videos, scale, weights, keys)]
    if any(one.pyramid for one in contenders):
        title = f"fine-tuned on {videos.title}, with a pyramid"
        runs.append(base(PYRAMID, title, videos, scale, weights, keys, head="pyramid"))
    for one in contenders:
        options = (*scale.rsda, *one.options) if one.method == "rsda" else one.options
        runs.append(
            continued(
                one.run, one.title, PYRAMID if one.pyramid else VIDEO, videos, scale, keys,
                method=one.method, options=sorted(options),
            )
        )  # fmt: skip
    rows = [
        StudyRow(one.number, one.title, animated.title, one.run, "animated", one.paper)
        for one in contenders
    ]
    if oracle:
        title = "continued on training clips of the target"
        run = continued(ORACLE, title, VIDEO, animated, scale, keys, oracle=True)
        runs.append(run)
        rows.append(StudyRow("o", title, animated.title, ORACLE, "animated"))
    return Study(
        name="study2",
        table="table3",
        title="Study 2: methods that learn from videos with boxes, on animated GIFs",
        question=f"Which way of learning from {videos.title} helps on {animated.title}?",
        runs=tuple(runs),
        tests=(videos.test("videos"), animated.test("animated")),
        rows=tuple(rows),
        comparisons=(*_against_random(contenders), *_against_erm(rows)),
        boxes=True,
    )


def _against_random(contenders: list[Contender]) -> list[Comparison]:
    """Return the differences that the paper's text fixes."""
    return [
        Comparison(
            one.number, "1", f"{one.title} over random augmentation",
            Said(one.paper.top1[1:].replace(" ", ""), one.paper.top5[1:].replace(" ", "")),
        )
        for one in contenders
        if one.paper.top1.startswith("a ")
    ]  # fmt: skip


def _against_erm(rows: list[StudyRow]) -> list[Comparison]:
    return [
        Comparison(row.number, "0", f"{row.train} over ERM") for row in rows if row.number != "0"
    ]
