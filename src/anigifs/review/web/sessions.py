"""Who is logged in: a signed cookie, which a script cannot read and another site cannot send."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from anigifs.review.people.accounts import Account

#: How long a session lasts, in milliseconds.
LIFE_MS = 12 * 3_600_000
#: How far ahead the clock may have been that wrote a cookie, in milliseconds.
SKEW_MS = 60_000
#: Stands in the place of an account while nobody is logged in.
NOBODY = 0


@dataclass(frozen=True, slots=True)
class Session:
    """What a cookie says.

    Attributes:
        account: The number of who is logged in; 0 is nobody, on the page where people log in.
        epoch: That of the account when they logged in; it ends when the account has another.
        csrf: What every form and every script must send with what it asks for.
        since_ms: When it began.
    """

    account: int
    epoch: int
    csrf: str
    since_ms: int

    def belongs_to(self, account: Account) -> bool:
        """Return whether it is a session of this account that has not ended."""
        return account.enabled and (account.id, account.epoch) == (self.account, self.epoch)


class Sessions:
    """Reads and writes the cookies of one kind.

    Who is logged in has one cookie and who is about to log in another: a link from elsewhere,
    with which browsers send neither, leads to the log-in page and must not end a session there.

    Args:
        secret: Of the review; 32 random bytes.
        kind: Names the cookie; one kind is never taken for another.
        secure: Whether browsers come by https only.

    Example:
        >>> sessions = Sessions(bytes(32), "session", secure=True)
        >>> sessions.cookie.startswith("__Host-anigifs-session-")
        True
    """

    def __init__(self, secret: bytes, kind: str, *, secure: bool) -> None:
        self.secure = secure
        # Cookies do not tell ports apart, so two reviews on one machine name theirs differently.
        review = hmac.digest(secret, b"the name of a cookie", "sha256").hex()[:8]
        self.cookie = f"{'__Host-' if secure else ''}anigifs-{kind}-{review}"
        self._signer = URLSafeSerializer(
            secret,
            salt=f"anigifs.review {kind}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def read(self, request: Request, now_ms: int) -> Session | None:
        """Return the session of a request, if it has one that we signed and that still lasts."""
        try:
            said: Any = self._signer.loads(request.cookies.get(self.cookie, ""))
        except BadSignature:
            return None
        if not isinstance(said, list) or [type(part) for part in said] != [int, int, str, int]:
            return None
        session = Session(*said)
        lasts = -SKEW_MS <= now_ms - session.since_ms < LIFE_MS
        return session if lasts else None

    def write(self, response: Response, session: Session) -> None:
        """Let a response begin a session in the browser, or go on with it."""
        said = [session.account, session.epoch, session.csrf, session.since_ms]
        response.set_cookie(
            self.cookie,
            str(self._signer.dumps(said)),
            max_age=LIFE_MS // 1000,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )

    def clear(self, response: Response) -> None:
        """Let a response end the session in the browser."""
        response.delete_cookie(
            self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict"
        )


def begin(account: Account | None, now_ms: int) -> Session:
    """Return a new session, with a token that nobody had before."""
    number, epoch = (account.id, account.epoch) if account else (NOBODY, 0)
    return Session(number, epoch, secrets.token_urlsafe(32), now_ms)
