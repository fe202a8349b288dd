"""What a user can get wrong, said in one line.

Everything that is the input's fault rather than the program's is raised as an
:class:`AnigifsError`; the command line prints its text after ``anigifs: `` and exits with 2.
Any other exception is a bug of ours and keeps its traceback.
"""


class AnigifsError(Exception):
    """A fault of the input, in one line: what is wrong, where, and what to do about it."""

    def __init__(self, message: str) -> None:
        super().__init__(message.replace("\r", "\\r").replace("\n", "\\n"))


class UsageError(AnigifsError):
    """The command line or a function was asked for something that cannot be done."""


class MediaError(AnigifsError):
    """A file cannot be read as an animation or a video."""


class WeightsError(AnigifsError):
    """Weights are missing, damaged, of another architecture, or not safe to read."""
