"""Settings that count something, of which there must be one at least."""

from anigifs.foundation.errors import UsageError


def check_counts(settings: object, *names: str) -> None:
    """Refuse a setting below 1; one that is None was left open.

    Args:
        settings: Whose attributes are checked.
        names: Of the attributes.

    Raises:
        UsageError: One is below 1.

    Example:
        >>> from types import SimpleNamespace
        >>> check_counts(SimpleNamespace(steps=None, epochs=3), "steps", "epochs")
    """
    for name in names:
        count = getattr(settings, name)
        if count is not None and count < 1:
            raise UsageError(f"{name} is at least 1, not {count}")
