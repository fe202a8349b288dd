"""Votes as Label Studio writes and reads them: a JSON list of tasks with annotations.

A task is an item, and an annotation is one person's vote on it. What is asked has one name each:
``verdict``, ``criterion``, ``label``, ``style`` and ``comment``; :func:`labelling_config` makes the
interface that asks it. An annotation that was cancelled is a ``skip``, and one that is marked as
ground truth an adjudicator's.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args
from xml.sax.saxutils import quoteattr

from anigifs.curate.votes import CRITERIA, Verdict, Vote, check_vote
from anigifs.foundation import UsageError

#: Where Label Studio serves the files of a folder that it was told of.
LOCAL_FILES = "/data/local-files/?d="
#: What judged pictures are called in the interface.
_SHOWN = "image"
_CHOICES = ("verdict", "criterion", "label", "style")
_TEXTS = ("comment",)
_SHA256 = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True)
class Shown:
    """An item as Label Studio is told of it.

    Attributes:
        item: Its sha256.
        image: The address of its file.
        label: The class that is asked for; it may be empty.
    """

    item: str
    image: str
    label: str = ""


def tasks_of(votes: Iterable[Vote], shown: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return the tasks of items, each with the votes on it.

    Args:
        votes: On these items and on others.
        shown: The items, in the order in which they are to stand there. Those of votes that are
            not among them follow, without an address.

    Example:
        >>> vote = Vote(item=64 * "0", annotator="ann", verdict="accept", label="yoga")
        >>> (task,) = tasks_of([vote], [Shown(64 * "0", "https://example.org/0.gif", "yoga")])
        >>> task["data"]["label"], task["annotations"][0]["completed_by"]
        ('yoga', {'email': 'ann'})
        >>> votes_of([task]) == [vote]
        True
    """
    by_item: dict[str, list[Vote]] = {one.item: [] for one in shown}
    for vote in votes:
        by_item.setdefault(vote.item, []).append(vote)
    known = {one.item: one for one in shown}
    return [
        _task(number, known.get(item, Shown(item, "")), cast)
        for number, (item, cast) in enumerate(by_item.items(), start=1)
    ]


def votes_of(tasks: object) -> list[Vote]:
    """Return the votes of tasks, in their order.

    The sha256 of an item is read from its data: from ``item``, else from the address of the
    picture, where a stored file has it in its name. Predictions are passed over.

    Args:
        tasks: What the JSON holds.

    Raises:
        UsageError: What cannot be understood, and in which task.
    """
    if not isinstance(tasks, list):
        raise UsageError("no list of tasks; export from Label Studio as JSON")
    return [vote for number, task in enumerate(tasks, start=1) for vote in _votes(number, task)]


def labelling_config(labels: Iterable[str], styles: Iterable[str]) -> str:
    """Return the interface in Label Studio's XML by which people answer what votes hold.

    Args:
        labels: The classes that may be chosen.
        styles: That may be named.
    """
    verdicts = {"accept": "Accept", "reject": "Reject"}
    return "\n".join(
        [
            "<View>",
            '  <Header value="$label"/>',
            f'  <Image name="{_SHOWN}" value="$image"/>',
            *_asked("verdict", verdicts, required=True),
            *_asked("criterion", {name: f"Not met: {text}" for name, text in CRITERIA.items()}),
            *_asked("label", {name: name for name in labels}, layout="select"),
            *_asked("style", {name: name for name in styles}, layout="select"),
            f'  <TextArea name="comment" toName="{_SHOWN}" maxSubmissions="1"',
            '            placeholder="Comment"/>',
            "</View>",
            "",
        ]
    )


def _asked(
    name: str, choices: Mapping[str, str], layout: str = "inline", required: bool = False
) -> Iterator[str]:
    """Yield a group of choices; the alias of each is what annotations hold."""
    needs = ' required="true"' if required else ""
    yield (f'  <Choices name="{name}" toName="{_SHOWN}" choice="single" layout="{layout}"{needs}>')
    for alias, text in choices.items():
        of_alias = "" if alias == text else f" alias={quoteattr(alias)}"
        yield f"    <Choice value={quoteattr(text)}{of_alias}/>"
    yield "  </Choices>"


def _task(number: int, shown: Shown, votes: Sequence[Vote]) -> dict[str, Any]:
    return {
        "id": number,
        "data": {"image": shown.image, "item": shown.item, "label": shown.label},
        "annotations": [_annotation(number, place, vote) for place, vote in enumerate(votes, 1)],
        "predictions": [],
    }


def _annotation(task: int, place: int, vote: Vote) -> dict[str, Any]:
    times = {"created_at": vote.at, "updated_at": vote.at} if vote.at else {}
    skipped = vote.verdict == "skip"
    said = {name: getattr(vote, name) for name in (*_CHOICES, *_TEXTS)}
    if skipped:
        said["verdict"] = ""  # there is no such choice: it is cancelled
    return {
        "id": f"{task}-{place}",
        "completed_by": {"email": vote.annotator},
        "was_cancelled": skipped,
        "ground_truth": vote.role == "adjudicator",
        **times,
        "result": [_region(name, text) for name, text in said.items() if text],
    }


def _region(name: str, text: str) -> dict[str, Any]:
    kind, key = ("textarea", "text") if name in _TEXTS else ("choices", "choices")
    return {
        "id": name,
        "from_name": name,
        "to_name": _SHOWN,
        "type": kind,
        "value": {key: [text]},
    }


def _votes(number: int, task: object) -> Iterator[Vote]:
    where = f"task {number}"
    if not isinstance(task, dict):
        raise UsageError(f"{where}: not a task, which is a JSON object")
    annotations = task.get("annotations", task.get("completions"))
    if not isinstance(annotations, list):
        raise UsageError(f"{where}: no list of annotations; export as JSON, not as JSON-MIN")
    if not annotations:
        return
    item = _item(where, task.get("data"))
    for place, annotation in enumerate(annotations, start=1):
        yield _vote(f"{where}, annotation {place}", item, annotation)


def _item(where: str, data: object) -> str:
    if not isinstance(data, dict):
        raise UsageError(f"{where}: no data")
    named = data.get("item")
    texts = [named] if named else [data.get("image")]
    found = {
        name for text in texts if isinstance(text, str) for name in _SHA256.findall(text.lower())
    }
    if len(found) != 1:
        raise UsageError(
            f"{where}: no sha256 in data.item or in the name of data.image, so it is not known of "
            "which file it is"
        )
    return str(found.pop())


def _vote(where: str, item: str, annotation: object) -> Vote:
    if not isinstance(annotation, dict):
        raise UsageError(f"{where}: not an object; export annotations in full")
    said = _said(where, annotation.get("result"))
    vote = Vote(
        item=item,
        annotator=_annotator(where, annotation.get("completed_by")),
        verdict=_verdict(where, said, cancelled=annotation.get("was_cancelled") is True),
        label=said.get("label", ""),
        criterion=said.get("criterion", ""),
        style=said.get("style", ""),
        comment=said.get("comment", ""),
        role="adjudicator" if annotation.get("ground_truth") is True else "annotator",
        at=_time(where, annotation),
    )
    try:
        check_vote(vote)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None
    return vote


def _annotator(where: str, person: Any) -> str:  # noqa: ANN401 - whatever the JSON holds
    """Return who it was: by e-mail address, else by number, else by name."""
    if isinstance(person, dict):
        person = next((person[key] for key in ("email", "id", "username") if person.get(key)), None)
    if type(person) is int:
        return str(person)
    if isinstance(person, str) and person.strip():
        return person
    raise UsageError(f"{where}: completed_by names nobody")


def _verdict(where: str, said: Mapping[str, str], cancelled: bool) -> Verdict:
    if cancelled:
        return "skip"
    named = said.get("verdict", "reject" if said.get("criterion") else "")
    choices: tuple[Verdict, ...] = get_args(Verdict)
    for verdict in choices:
        if named == verdict:
            return verdict
    raise UsageError(f"{where}: verdict is {named[:80]!a}; there are {', '.join(choices)}")


def _time(where: str, annotation: Mapping[str, Any]) -> str:
    at = annotation.get("updated_at") or annotation.get("created_at") or ""
    if not isinstance(at, str):
        raise UsageError(f"{where}: its time is {str(at)[:80]!a}; give a text")
    return at


def _said(where: str, result: object) -> dict[str, str]:
    """Return what was answered, by the name of what was asked."""
    if not isinstance(result, list):
        raise UsageError(f"{where}: no list of results")
    said: dict[str, str] = {}
    for region in result:
        name = region.get("from_name") if isinstance(region, dict) else None
        if name not in (*_CHOICES, *_TEXTS):
            asked = ", ".join((*_CHOICES, *_TEXTS))
            raise UsageError(f"{where}: a result of {str(name)[:80]!a}; there are {asked}")
        if name in said:
            raise UsageError(f"{where}: two results of {name}")
        said[name] = _answer(where, name, region.get("value"))
    return said


def _answer(where: str, name: str, value: object) -> str:
    """Return the one answer in a value, however it is held."""
    key = "text" if name in _TEXTS else "choices"
    held = value.get(key) if isinstance(value, dict) else None
    if isinstance(held, str):
        held = [held]
    if not isinstance(held, list) or not all(isinstance(one, str) for one in held):
        raise UsageError(f"{where}: {name} has no value.{key}, which is a list of texts")
    if name in _TEXTS:
        return "\n".join(held)
    if len(held) != 1:
        raise UsageError(f"{where}: {name} has {len(held)} choices; one is needed")
    return str(held[0])
