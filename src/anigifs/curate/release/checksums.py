"""SHA256SUMS: the hash of every file of a release, as ``sha256sum -c`` reads it."""

from pathlib import Path

from anigifs.foundation import sha256_of, write_text

CHECKSUMS = "SHA256SUMS"


def write_checksums(folder: Path) -> int:
    """Write the hashes of all files of a folder, by name, and return how many they are.

    Names are taken to be without backslashes and line ends, as all in a release are.
    """
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")
                   if path.is_file() and path.name != CHECKSUMS)  # fmt: skip
    lines = [f"{sha256_of(folder / name)}  {name}\n" for name in files]
    write_text(folder / CHECKSUMS, "".join(lines))
    return len(files)
