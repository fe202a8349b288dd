"""Passwords, kept as argon2id hashes only."""

import secrets
import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from anigifs.foundation import UsageError
from anigifs.index.names import is_utf8

#: Characters of a password, at least and at most.
LEAST, MOST = 12, 256
#: Passwords that are hashed side by side, at most: each takes 64 MiB of memory.
SIDE_BY_SIDE = 2


class Passwords:
    """Hashes passwords and tells whether one is right.

    Args:
        hasher: With its costs; those that argon2-cffi recommends by default (RFC 9106).

    Example:
        >>> passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        >>> hashed = passwords.hash("correct horse battery")
        >>> passwords.right(hashed, "correct horse battery"), passwords.right(hashed, "a guess")
        (True, False)
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = PasswordHasher() if hasher is None else hasher
        self._turn = threading.BoundedSemaphore(SIDE_BY_SIDE)

    def hash(self, password: str) -> str:
        """Return the hash of a password with its costs and salt.

        Raises:
            UsageError: It is too short, too long, or holds what is no character.
        """
        check_password(password)
        with self._turn:
            return self._hasher.hash(_composed(password))

    def right(self, hashed: str | None, password: str) -> bool:
        """Return whether a password belongs to a hash.

        Args:
            hashed: What :meth:`hash` returned. None is nobody's, and an empty one is that of an
                account that nobody can log into: both take as long, and are wrong.
            password: What somebody typed.
        """
        if len(password) > MOST or not is_utf8(password):
            return False
        with self._turn:
            nobody = self._nobody  # at the first call it is made, whoever it is for
            try:
                self._hasher.verify(hashed or nobody, _composed(password))
            except (VerificationError, InvalidHashError):
                return False
        return bool(hashed)

    def outdated(self, hashed: str) -> bool:
        """Return whether a hash was made with other costs than one would be today."""
        return self._hasher.check_needs_rehash(hashed)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_urlsafe())


#: With the costs that argon2-cffi recommends.
PASSWORDS = Passwords()


def check_password(password: str) -> None:
    """Make sure that a password may be one.

    Raises:
        UsageError: It may not.

    Example:
        >>> check_password("short")
        Traceback (most recent call last):
        ...
        anigifs.foundation.errors.UsageError: the password has 5 characters; give 12 to 256
    """
    if not LEAST <= len(password) <= MOST:
        raise UsageError(f"the password has {len(password)} characters; give {LEAST} to {MOST}")
    if not is_utf8(password):
        raise UsageError("the password is not UTF-8")


def made_up() -> str:
    """Return a new password of 24 characters, which hold 144 random bits."""
    return secrets.token_urlsafe(18)


def _composed(password: str) -> str:
    """Return a password in the one form in which all keyboards' characters are equal."""
    return unicodedata.normalize("NFKC", password)
