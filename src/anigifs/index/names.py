r"""Names of files that are not UTF-8.

Such a name can be opened but neither stored in Parquet nor printed. Its clip is a row in error:
the path, and the label if the folder's name is at fault, show each wrong byte as ``\xff``, and
the file is never looked at. Renaming the file and listing anew cures it.
"""

import os

from anigifs.foundation import UsageError

NOT_UTF8 = "its name is not valid UTF-8; rename it and list it anew"


def is_utf8(name: str) -> bool:
    r"""Return whether a name, as Python gives those of files, is valid UTF-8.

    Example:
        >>> is_utf8("naïve.gif"), is_utf8(os.fsdecode(b"na\xefve.gif"))
        (True, False)
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def escaped(name: str) -> str:
    r"""Return the name with every byte that is no UTF-8 written as ``\xff``.

    Example:
        >>> print(escaped("naïve.gif"), escaped(os.fsdecode(b"na\xefve.gif")))
        naïve.gif na\xefve.gif
    """
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def text_of(where: str, name: str, value: object) -> str:
    """Return what a cell of a table says, as UTF-8 can hold it; "" where it says nothing.

    Args:
        where: The line, which begins the message.
        name: Of the column.
        value: Of the cell.

    Raises:
        UsageError: It is no text, or none that is valid UTF-8.

    Example:
        >>> text_of("clips.csv, line 2", "label", "yoga"), text_of("", "label", None)
        ('yoga', '')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{where}: {name} is {value!r}; give a text")
    if "\0" in value or not is_utf8(value):
        raise UsageError(f"{where}: {name} is {value!a}, which is not valid UTF-8 text")
    return value
