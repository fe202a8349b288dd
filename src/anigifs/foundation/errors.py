"""What a user can get wrong, said in one line.

Everything that is the input's or the machine's fault rather than the program's is raised as an
:class:`AnigifsError`; the command line prints its text after ``anigifs: `` and exits with 2.
Any other exception is a bug of ours and keeps its traceback.
"""

import errno


class AnigifsError(Exception):
    """A fault of the input, in one line: what is wrong, where, and what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message.replace("\r", "\\r").replace("\n", "\\n"))


class UsageError(AnigifsError):
    """The command line or a function was asked for something that cannot be done."""


class OutputError(UsageError):
    """Something could not be written: there is no room, or it may not be written there.

    That is never the fault of one file among many, so it ends the work on all of them.
    """


class MediaError(AnigifsError):
    """A file cannot be read as an animation or a video."""


class WeightsError(AnigifsError):
    """Weights are missing, damaged, of another architecture, or not safe to read."""


#: What the system says where there is no room for what is written.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
#: How libraries without an error of its own say that memory ran out: torch, OpenCV.
_NO_MEMORY = ("can't allocate memory", "not enough memory", "Insufficient memory")
_NOT_ALLOWED = {errno.EROFS, errno.EACCES, errno.EPERM}


def is_no_room(error: BaseException) -> bool:
    """Return whether an error says that there is no room for what is written.

    Libraries that raise errors of their own keep the system's number in ``errno``.
    """
    return getattr(error, "errno", None) in _NO_ROOM


def is_no_memory(error: BaseException) -> bool:
    """Return whether an error says that memory ran out, in whichever of the libraries."""
    return (
        isinstance(error, MemoryError)
        or getattr(error, "errno", None) == errno.ENOMEM
        or type(error).__name__ == "OutOfMemoryError"  # torch's, of a GPU
        or any(words in str(error) for words in _NO_MEMORY)
    )


def output_error(path: object, error: BaseException) -> UsageError:
    """Return what is said where the system has refused to write a file, or a library by its number.

    Args:
        path: Of the file, for the line.
        error: As it was raised; only an :class:`OutputError` where it is about more than this file.
    """
    number = getattr(error, "errno", None)
    kind = OutputError if number in _NO_ROOM | _NOT_ALLOWED else UsageError
    reason = getattr(error, "strerror", None) or error
    return kind(f"{path}: cannot write ({reason}); {advice(number)}")


def advice(number: int | None) -> str:
    """Return what to do after the system has refused to write, by the number of its error.

    Example:
        >>> advice(errno.ENOSPC)
        'make room and start again: what is done is kept'
    """
    if number == errno.EFBIG:
        return "make room and start again (is there a limit, ulimit -f?): what is done is kept"
    if number in _NO_ROOM:
        return "make room and start again: what is done is kept"
    if number in _NOT_ALLOWED:
        return "choose a place that may be written to"
    return "choose another place, or see to what is there"


def said_of(error: Exception) -> str:
    """Return what is said of one item among many after the program has failed on it.

    Example:
        >>> said_of(MemoryError()), said_of(IndexError("7"))
        ('memory ran out', 'the program failed on it (IndexError: 7); please report this')
    """
    if is_no_memory(error):
        return "memory ran out"
    return f"the program failed on it ({type(error).__name__}: {error}); please report this"


def without_path(error: AnigifsError, path: object) -> str:
    """Return what an error says in one line, without the path of the file that it begins with.

    Where a file lies is not its fault, and what is kept of it outlives the place.

    Example:
        >>> without_path(MediaError("/tmp/a.gif: holds no whole frame"), "/tmp/a.gif")
        'holds no whole frame'
    """
    return one_line(str(error).removeprefix(str(AnigifsError(f"{path}:"))))


def one_line(text: str) -> str:
    r"""Return a text in one line that can be written anywhere, whatever bytes a name in it has.

    Example:
        >>> one_line("no such  file: \udcff.gif ") == r"no such file: \udcff.gif"
        True
    """
    return " ".join(text.encode("utf-8", "backslashreplace").decode().split())


def first_line(error: BaseException) -> str:
    r"""Return an error's class and the first line of what it says; some libraries go on for pages.

    Example:
        >>> first_line(OSError("no node\nSee also ..."))
        'OSError: no node'
    """
    first, *_ = str(error).strip().splitlines() or [""]
    return f"{type(error).__name__}: {first}"
