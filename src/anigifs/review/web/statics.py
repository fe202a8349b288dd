"""Styles and scripts of the pages; their addresses change when they do."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

#: Nothing else is served.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}


@dataclass(frozen=True)
class StaticFile:
    """A file that all may have.

    Attributes:
        content: Its bytes.
        media_type: What browsers are told it is.
        version: Follows from its bytes.
    """

    content: bytes
    media_type: str
    version: str


class Statics:
    """The files of a folder, read once, so that no request names a path.

    Args:
        folder: Where they lie, side by side.
    """

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.name: _read(path)
            for path in sorted(folder.iterdir())
            if path.suffix in TYPES and path.is_file()
        }

    def get(self, name: str) -> StaticFile | None:
        """Return a file by its name, or None."""
        return self._files.get(name)

    def url(self, name: str) -> str:
        """Return the address of a file.

        Raises:
            KeyError: There is no such file.
        """
        return f"/static/{name}?v={self._files[name].version}"


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    return StaticFile(content, TYPES[path.suffix], hashlib.sha256(content).hexdigest()[:16])
