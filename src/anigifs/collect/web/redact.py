"""Keeps keys out of everything that is written down."""

import logging
import re

HIDDEN = "HIDDEN"
_NAMES = (
    r"(?:[\w.\-]*[_.\-])?"
    r"(?:key|apikey|token|secret|sig|signature|passw(?:or)?d|credential|auth|client_?id|appid)"
)
_VALUE = re.compile(rf"([?&;#]{_NAMES}=)[^&;#\s]+", re.IGNORECASE)
_USER = re.compile(r"(//)[^/?#\s]*@")


def redacted(text: str) -> str:
    """Return a text in which keys in the addresses that it holds are hidden.

    Those are the values of parameters named like ``key``, ``api_key``, ``client_id``,
    ``access_token`` or ``X-Amz-Signature``, and what stands before an ``@``.

    Example:
        >>> redacted("no answer from https://me:pw@h.example/v1?q=a+key&api_key=s3cret&page=2")
        'no answer from https://HIDDEN@h.example/v1?q=a+key&api_key=HIDDEN&page=2'
        >>> redacted("http://h.example/?keyword=cartoon&monkey=1")
        'http://h.example/?keyword=cartoon&monkey=1'
    """
    return _USER.sub(rf"\1{HIDDEN}@", _VALUE.sub(rf"\1{HIDDEN}", text))


class Redacting(logging.Filter):
    """Hides keys in what a logger writes; httpcore2 writes down where a server sends us on to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with its keys hidden."""
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


_REDACTING = Redacting()


def keep_keys_out_of_logs() -> None:
    """Hide keys in what httpx2 and httpcore2 write into the log; it may be called again."""
    for name in ("httpx2", "httpcore2.connection", "httpcore2.http11"):
        logging.getLogger(name).addFilter(_REDACTING)
