"""What every room stands on: one-line errors, whole files, records, and seeded randomness."""

from anigifs.foundation.errors import (
    AnigifsError,
    MediaError,
    OutputError,
    UsageError,
    WeightsError,
)
from anigifs.foundation.files import atomic_path, sha256_of, write_bytes, write_text
from anigifs.foundation.home import home
from anigifs.foundation.records import append_record, read_records
from anigifs.foundation.seeds import generator, seed_of

__all__ = [
    "AnigifsError",
    "MediaError",
    "OutputError",
    "UsageError",
    "WeightsError",
    "append_record",
    "atomic_path",
    "generator",
    "home",
    "read_records",
    "seed_of",
    "sha256_of",
    "write_bytes",
    "write_text",
]
