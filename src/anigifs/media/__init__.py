"""Bytes to timed RGB frames, and back.

GIF87a/89a, animated WebP and APNG, MP4/MOV, MKV/WebM and AVI, told apart by their first bytes.
:func:`probe` says what a file holds without decoding a pixel; :func:`read_frames` decodes only the
frames that are asked for; :func:`write_gif` and :func:`write_mp4` make files.
"""

from anigifs.media.formats import Format, sniff
from anigifs.media.gif_encode import GifPart, gif_bytes
from anigifs.media.info import BUDGET, Budget, DamagedFrame, MediaInfo
from anigifs.media.read import probe, read, read_frames
from anigifs.media.write import write_gif, write_mp4

__all__ = [
    "BUDGET",
    "Budget",
    "DamagedFrame",
    "Format",
    "GifPart",
    "MediaInfo",
    "gif_bytes",
    "probe",
    "read",
    "read_frames",
    "sniff",
    "write_gif",
    "write_mp4",
]
