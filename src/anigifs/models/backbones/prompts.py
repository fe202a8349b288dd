"""What a zero-shot network is asked: each class in words, in one sentence or several."""

import re
from collections.abc import Iterable, Sequence

from anigifs.foundation import UsageError
from anigifs.taxonomy import CLASS_LISTS, class_list

PLACE = "{class}"
PROMPTS = (f"a video of a person {PLACE}.",)


def prompts_for(name: str, templates: Sequence[str]) -> tuple[str, ...]:
    """Return the sentences that ask for one class.

    Args:
        name: The class; underscores become spaces, and capitals in the middle of a word begin one.
        templates: With ``{class}`` where its name goes.

    Raises:
        UsageError: There is no template, or one has no place for a class.

    Example:
        >>> prompts_for("Break_Dancing", PROMPTS)
        ('a video of a person break dancing.',)
        >>> prompts_for("BreakDancing", ["{class}", "someone {class}"])
        ('break dancing', 'someone break dancing')
    """
    check_templates(templates)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " "))
    words = " ".join(apart.split()).lower()
    return tuple(one.replace(PLACE, words) for one in templates)


def check_templates(templates: Sequence[str]) -> None:
    """Refuse templates that ask nothing.

    Raises:
        UsageError: There is none, or one has no place for a class.
    """
    for one in templates:
        if PLACE not in one:
            raise UsageError(
                f"the prompt {one!r} has no {PLACE} in it, as in 'a video of a person {PLACE}.'"
            )
    if not templates:
        raise UsageError("a zero-shot network without a prompt; give at least one")


def asked_of(taxonomy: str, labels: Iterable[str]) -> tuple[str, ...]:
    """Return the classes that a zero-shot network is asked for on some data.

    Args:
        taxonomy: The class list that the labels are from, all of which is asked for; where it is no
            shipped one, the labels are.
        labels: That the data have.

    Example:
        >>> len(asked_of("puppets-16", ["squat"])), asked_of("custom", {"run", "jump"})
        (16, ('jump', 'run'))
    """
    return class_list(taxonomy).names if taxonomy in CLASS_LISTS else tuple(sorted(labels))
