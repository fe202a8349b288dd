"""What is refused before anything is trained."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from anigifs.foundation import UsageError
from anigifs.index import Box, Index, Row
from anigifs.studies.paper.adapt import adapt
from anigifs.studies.paper.refusals import check_index, has_oracle
from anigifs.studies.paper.roles import Roles
from anigifs.studies.paper.running import StudyConfig
from anigifs.studies.paper.scales import PAPER
from anigifs.studies.paper.study1 import study1
from anigifs.studies.paper.study2 import study2

ROLES = Roles()
BOX = Box(0, 0.1, 0.1, 0.9, 0.9, "a", "1")
Change = Callable[[Row], Row | None]


def rows() -> Iterator[Row]:
    """Two classes, three domains, three splits, and boxes."""
    for domain in ("video", "video-gif", "animated-gif"):
        for split in ("train", "val", "test"):
            for label in ("archery", "squat"):
                name = f"{domain}/{split}/{label}"
                yield Row(
                    clip_id=name,
                    path=f"{name}.gif",
                    label=label,
                    group=name,
                    domain=domain,
                    split=split,
                    boxes=(BOX,),
                    state="decoded",
                )


def check(config: StudyConfig, change: Change) -> None:
    kept = [changed for row in rows() if (changed := change(row)) is not None]
    index = Index.from_rows(kept)
    config = replace(config, roles=ROLES)
    studies = (
        study1(config.scale, ROLES, config.weights),
        study2(config.scale, ROLES, config.weights, controls=False, oracle=False),
    )
    check_index(studies, ROLES, index, "clips/index.parquet")


def without(**wanted: str) -> Change:
    return lambda row: (
        None if all(getattr(row, name) == value for name, value in wanted.items()) else row
    )


def test_a_clip_with_two_labels_is_no_test(config: StudyConfig) -> None:
    def twins(row: Row) -> Row:
        same = (row.domain, row.split) == ("animated-gif", "test")
        return replace(row, clip_id="twins") if same else row

    with pytest.raises(UsageError, match="are the same clip, labelled 'archery' and 'squat'"):
        check(config, twins)


def test_an_index_that_has_everything_is_taken(config: StudyConfig) -> None:
    check(config, lambda row: row)


@pytest.mark.parametrize("domain", ["video", "video-gif"])
@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_a_source_needs_every_split(config: StudyConfig, domain: str, split: str) -> None:
    with pytest.raises(
        UsageError, match=f"no decoded rows of domain '{domain}' in split '{split}'"
    ):
        check(config, without(domain=domain, split=split))


def test_a_target_needs_clips_for_tests_alone(config: StudyConfig) -> None:
    for split in ("train", "val"):
        check(config, without(domain="animated-gif", split=split))
    with pytest.raises(UsageError, match="no decoded rows of domain 'animated-gif'"):
        check(config, without(domain="animated-gif", split="test"))


def test_gating_needs_boxes(config: StudyConfig) -> None:
    with pytest.raises(UsageError, match=r"no boxes of people in the training rows of .*'video'"):
        check(config, lambda row: replace(row, boxes=()))


def test_a_class_that_the_source_lacks_is_named(config: StudyConfig) -> None:
    def more(row: Row) -> Row:
        juggler = row.domain == "animated-gif" and row.label == "squat"
        return replace(row, label="juggling balls") if juggler else row

    with pytest.raises(UsageError, match=r"'animated' has classes .* not learn: juggling balls"):
        check(config, more)


def test_a_class_that_the_weights_lack_is_named(config: StudyConfig) -> None:
    def renamed(row: Row) -> Row:
        return replace(row, label="flossing") if row.label == "squat" else row

    with pytest.raises(UsageError, match="lack classes whose rows of the head are to be kept: flo"):
        check(config, renamed)
    check(replace(config, scale=PAPER), renamed)  # whose head is a fresh one


def test_there_is_an_oracle_where_the_target_can_be_trained_on() -> None:
    index = Index.from_rows(rows())
    assert has_oracle(index, ROLES)
    assert not has_oracle(index.filter(split=["train", "test"]), ROLES)
    assert not has_oracle(index.filter(split=["val", "test"]), ROLES)
    fewer = without(domain="animated-gif", split="train", label="squat")
    assert not has_oracle(Index.from_rows(row for row in rows() if fewer(row)), ROLES)


def test_a_model_is_not_continued_on_other_classes(config: StudyConfig) -> None:
    tested = without(split="test", label="squat")
    learnt = without(domain="animated-gif", split="train", label="squat")
    kept = [row for row in rows() if tested(row) and learnt(row)]
    study = adapt(config.scale, ROLES, config.weights)
    with pytest.raises(UsageError, match="'animated-gif' and 'video' must have the same classes"):
        check_index((study,), ROLES, Index.from_rows(kept), "clips/index.parquet")


def test_a_source_of_which_styles_are_named_has_no_others(config: StudyConfig) -> None:
    drawn = [replace(row, style="pencil" if row.label == "squat" else "pixel") for row in rows()]
    index = Index.from_rows(drawn)
    roles = replace(ROLES, animated=replace(ROLES.animated, styles=("pencil", "pixel")))
    check_index((adapt(config.scale, roles, config.weights),), roles, index, "index.parquet")
    more = [replace(row, clip_id=f"{row.clip_id}-2", group=f"{row.clip_id}-2") for row in drawn]
    plastic = Index.from_rows([*drawn, *(replace(row, style="plastic") for row in more)])
    with pytest.raises(UsageError, match=r"takes all styles of .*'animated-gif'.* none of pla"):
        check_index((adapt(config.scale, roles, config.weights),), roles, plastic, "index.parquet")
