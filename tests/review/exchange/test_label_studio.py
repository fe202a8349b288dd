"""Label Studio's JSON: out and in again gives the same, and what it writes is understood."""

import json
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anigifs.curate.votes import CRITERIA, Vote, check_vote
from anigifs.foundation import UsageError
from anigifs.review.exchange.label_studio import Shown, labelling_config, tasks_of, votes_of
from anigifs.review.settings import STYLES
from tests.curate.test_votes import ANN, HOSTILE, any_votes
from tests.curate.voting.voted import sha, vote

SHA = sha("a")


@settings(max_examples=30)
@given(st.lists(any_votes(), max_size=5), st.lists(st.sampled_from("abc"), unique=True))
@example([Vote(item=SHA, annotator=t, verdict="skip", comment=t) for t in HOSTILE if t.strip()], [])
def test_out_and_in_again_gives_the_same_votes(votes: list[Vote], shown: list[str]) -> None:
    tasks = tasks_of(votes, [Shown(sha(name), f"/{name}.gif", "yoga") for name in shown])
    read = votes_of(json.loads(json.dumps(tasks)))
    assert Counter(read) == Counter(votes)
    for item in {one.item for one in votes}:  # of one item in their order
        assert [one for one in read if one.item == item] == [v for v in votes if v.item == item]
    first = [task["data"]["item"] for task in tasks[: len(shown)]]
    assert first == [sha(name) for name in shown]
    assert {task["data"]["item"] for task in tasks} == {*first, *(one.item for one in votes)}


def annotated(**said: object) -> list[dict[str, Any]]:
    """Return what Label Studio exports of one image, as its documentation shows it."""
    annotation = {
        "id": 1001,
        "result": [
            {
                "id": "Dx_aB91ISN",
                "from_name": "verdict",
                "to_name": "image",
                "type": "choices",
                "origin": "manual",
                "value": {"choices": ["accept"]},
            },
            {
                "id": "zLSY-XLk64",
                "from_name": "label",
                "to_name": "image",
                "type": "choices",
                "origin": "manual",
                "value": {"choices": ["yoga"]},
            },
            {
                "id": "uh87CbF1k3",
                "from_name": "comment",
                "to_name": "image",
                "type": "textarea",
                "origin": "manual",
                "value": {"text": ["a fine one"]},
            },
        ],
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-03-09T22:16:08.728353Z",
        "updated_at": "2026-03-09T22:17:08.728378Z",
        "lead_time": 4.288,
        "result_count": 0,
        "task": 1,
        "completed_by": {"id": 10, "email": "ann@example.org", "first_name": "", "last_name": ""},
        "draft_created_at": None,
        "prediction": {},
        **said,
    }
    task = {
        "id": 1,
        "created_at": "2026-03-09T21:52:49.513742Z",
        "updated_at": "2026-03-09T22:16:08.746926Z",
        "project": 83,
        "data": {"image": f"/data/upload/83/5f3c9a1b-{SHA}.gif"},
        "annotations": [annotation],
        "drafts": [],
        "predictions": [{"model_version": "model 1", "result": [], "score": 0.5}],
        "meta": {},
    }
    return [{**task, "annotations": []}, task]


def test_an_export_of_the_tool_is_understood() -> None:
    assert votes_of(annotated()) == [
        Vote(
            item=SHA,
            annotator="ann@example.org",
            verdict="accept",
            label="yoga",
            at="2026-03-09T22:17:08.728378Z",
            comment="a fine one",
        )
    ]


@pytest.mark.parametrize(
    ("person", "name"),
    [(10, "10"), ("ann", "ann"), ({"id": 3}, "3"), ({"email": "", "username": "bob"}, "bob"),
     ({"email": "a@b.example", "id": 1}, "a@b.example")],
)  # fmt: skip
def test_people_are_called_as_the_tool_calls_them(person: object, name: str) -> None:
    assert votes_of(annotated(completed_by=person))[0].annotator == name


def test_what_was_cancelled_is_a_skip_and_ground_truth_an_adjudicators() -> None:
    (skipped,) = votes_of(annotated(was_cancelled=True, result=[]))
    assert (skipped.verdict, skipped.label, skipped.role) == ("skip", "", "annotator")
    (true,) = votes_of(annotated(ground_truth=True))
    assert true.role == "adjudicator"


def result(name: object, value: object) -> dict[str, Any]:
    return {"from_name": name, "to_name": "image", "type": "choices", "value": value}


def test_a_criterion_alone_is_a_rejection() -> None:
    (found,) = votes_of(annotated(result=[result("criterion", {"choices": ["gif"]})]))
    assert (found.verdict, found.criterion) == ("reject", "gif")


def test_texts_may_be_one_or_many() -> None:
    said = [result("verdict", {"choices": ["skip"]}), result("comment", {"text": ["a", "b"]})]
    assert votes_of(annotated(result=said))[0].comment == "a\nb"
    said[1]["value"] = {"text": "alone"}
    assert votes_of(annotated(result=said))[0].comment == "alone"


ACCEPT = result("verdict", {"choices": ["accept"]})
FAULTS: list[tuple[object, str]] = [
    ({}, "no list of tasks"),
    ([3], "task 1: not a task"),
    ([{"data": {}, "verdict": "accept"}], "task 1: no list of annotations; export as JSON, not"),
    ([{"data": {"image": "a.gif"}, "annotations": [{}]}], "task 1: no sha256"),
    ([{"annotations": [{}]}], "task 1: no data"),
    ([{"data": {"item": 64 * "g"}, "annotations": [{}]}], "task 1: no sha256"),
    ([{"data": {"image": f"{SHA} {sha('b')}"}, "annotations": [{}]}], "task 1: no sha256"),
    ([{"data": {"item": SHA}, "annotations": [17]}], "task 1, annotation 1: not an object"),
    (annotated(completed_by=None), "task 2, annotation 1: completed_by names nobody"),
    (annotated(completed_by={"first_name": "Ann"}), "completed_by names nobody"),
    (annotated(completed_by=True), "completed_by names nobody"),
    (annotated(result=None), "task 2, annotation 1: no list of results"),
    (annotated(result=[]), "task 2, annotation 1: verdict is ''; there are accept, reject, skip"),
    (annotated(result=[result("verdict", {"choices": ["maybe"]})]), "verdict is 'maybe'; there"),
    (annotated(result=[result("colour", {"choices": ["red"]})]), "a result of 'colour'; there are"),
    (annotated(result=[4]), "a result of 'None'; there are verdict, criterion"),
    (annotated(result=[ACCEPT, ACCEPT]), "two results of verdict"),
    (annotated(result=[result("verdict", {"choices": []})]), "verdict has 0 choices"),
    (annotated(result=[result("verdict", {"choices": ["accept", "skip"]})]), "has 2 choices"),
    (annotated(result=[result("verdict", {"rating": 3})]), "verdict has no value.choices"),
    (annotated(result=[result("verdict", {"choices": [3]})]), "verdict has no value.choices"),
    (annotated(result=[result("comment", {"choices": ["a"]})]), "comment has no value.text"),
    (annotated(result=[ACCEPT]), "task 2, annotation 1: label is empty"),
    (annotated(result=[result("criterion", {"choices": ["ugly"]})]), "criterion is 'ugly'"),
    (annotated(updated_at="yesterday"), "task 2, annotation 1: at is 'yesterday'"),
    (annotated(updated_at=5), "task 2, annotation 1: its time is '5'"),
    (annotated(completed_by="\ud800"), "annotator is '\\ud800', which is not UTF-8"),
]


@pytest.mark.parametrize(("tasks", "fault"), FAULTS)
def test_what_is_not_understood_names_the_task(tasks: object, fault: str) -> None:
    with pytest.raises(UsageError) as error:
        votes_of(tasks)
    assert fault in str(error.value)
    assert len(str(error.value).splitlines()) == 1


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(SHA),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["data", "item", "annotations", "result", "completed_by", "email", "from_name", "value",
             "choices", "text", "verdict", "was_cancelled", "updated_at"]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


def votes_or_fault(tasks: object) -> list[Vote] | str:
    try:
        return votes_of(tasks)
    except UsageError as error:
        return str(error)


@given(anything)
def test_any_json_is_votes_or_a_usage_error(tasks: object) -> None:
    found = votes_or_fault(tasks)
    if isinstance(found, str):
        assert len(found.splitlines()) == 1
    else:
        for one in found:
            check_vote(one)


def test_the_interface_asks_what_annotations_answer() -> None:
    labels = ["yoga", 'a "quoted" & <odd> class']
    view = ElementTree.fromstring(labelling_config(labels, STYLES))
    image = view.find("Image")
    assert image is not None
    (task,) = tasks_of([ANN], [])
    assert image.get("value") == "$image"
    assert "image" in task["data"]
    asked = {
        group.get("name"): [one.get("alias") or one.get("value") for one in group]
        for group in view.iter("Choices")
    }
    assert asked == {
        "verdict": ["accept", "reject"],
        "criterion": list(CRITERIA),
        "label": labels,
        "style": list(STYLES),
    }
    names = {one.get("name") for one in view if one.get("toName") == image.get("name")}
    cast = [vote("a", "ann", "gif", label="yoga", style="pixel", comment="so"), ANN]
    regions = [
        region
        for task in tasks_of(cast, [])
        for annotation in task["annotations"]
        for region in annotation["result"]
    ]
    assert {region["from_name"] for region in regions} == names
    assert {region["to_name"] for region in regions} == {image.get("name")}
    for region in regions:
        if region["type"] == "choices":
            assert region["value"]["choices"][0] in asked[region["from_name"]]
