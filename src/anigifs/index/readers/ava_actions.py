"""AVA's lists of actions, as its releases write them."""

import re
from pathlib import Path

from anigifs.foundation import UsageError
from anigifs.taxonomy import ava_actions, class_list

_COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)
_ENTRY = re.compile(r"(\w+)\s*\{([^{}]*)\}")
_FIELD = re.compile(r'(\w+)\s*:\s*("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[\w.+-]+)')


def shipped_actions() -> dict[int, str]:
    """Return the names of AVA's 80 actions by id.

    Example:
        >>> shipped_actions()[67]
        'hand clap'
    """
    return {number: action.name for number, action in ava_actions().items()}


def read_actions(path: Path) -> dict[int, str]:
    """Read a release's list of actions: ``label { name label_id }`` or ``item { name id }``.

    Args:
        path: A ``.pbtxt`` file in UTF-8.

    Returns:
        The names by id, spelt as AVA's list of 80 spells them.

    Raises:
        UsageError: It cannot be read, holds no entry or one without a name and an id, gives an id
            twice, or names an action that AVA does not have.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as UTF-8 text ({error})") from None
    names = class_list("ava-80")
    found: dict[int, str] = {}
    for kind, body in _ENTRY.findall(_COMMENT.sub("", text)):
        fields: dict[str, str] = dict(_FIELD.findall(body))
        name = fields.get("name", "")[1:-1].replace("\\'", "'").replace('\\"', '"')
        number = fields.get("label_id", fields.get("id", ""))
        if not name or not number.isdecimal():
            raise UsageError(f"{path}: {kind} {{{' '.join(body.split())}}}: no name and id in it")
        if int(number) in found:
            raise UsageError(f"{path}: the id {number} stands there twice")
        try:
            found[int(number)] = names.find(name)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None
    if not found:
        raise UsageError(f'{path}: no entry such as label {{ name: "stand" label_id: 12 }}')
    return found
