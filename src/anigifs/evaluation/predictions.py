"""What a model said of each clip of a test, as a file from which every score can be made."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anigifs.evaluation.ranking import Ranking, ranks
from anigifs.foundation import UsageError, atomic_path

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT_VERSION = 1
VERSION_KEY = b"anigifs.predictions"
CLASSES_KEY = b"anigifs.classes"
#: The columns of words, and the field of :class:`Predictions` that each one is.
WORDS = {
    "clip_id": "clip_ids",
    "group": "groups",
    "label": "labels",
    "domain": "domains",
    "style": "styles",
}


@dataclass(frozen=True, eq=False)
class Predictions:
    """Logits of N clips over K classes, with what is needed to score them.

    Attributes:
        clip_ids: One a clip, no two alike.
        groups: What must not be separated, such as clips of one source video.
        labels: The true classes; one that is not among ``classes`` cannot be answered.
        domains: Such as ``animated-gif``; empty where it is not known.
        styles: Empty where it is not known.
        frames: Frames of the clip; 0 where it is not known.
        classes: Names of the K classes, in the order of the logits.
        logits_NK: float32, finite.

    Raises:
        UsageError: A clip or a class stands there twice, or a logit is not a finite number.
        ValueError: Lengths or types do not fit together.

    Example:
        >>> logits_NK = np.array([[2.0, 1.0]], np.float32)
        >>> a, run, no = ("a",), ("run",), ("",)
        >>> said = Predictions(a, a, run, no, no, (0,), ("run", "jump"), logits_NK)
        >>> said.ranking().right_N.tolist()
        [True]
    """

    clip_ids: tuple[str, ...]
    groups: tuple[str, ...]
    labels: tuple[str, ...]
    domains: tuple[str, ...]
    styles: tuple[str, ...]
    frames: tuple[int, ...]
    classes: tuple[str, ...]
    logits_NK: np.ndarray

    def __post_init__(self) -> None:
        shape = (len(self.clip_ids), len(self.classes))
        if self.logits_NK.shape != shape or self.logits_NK.dtype != np.float32:
            raise ValueError(
                f"logits are {self.logits_NK.dtype} {self.logits_NK.shape}, not float32 {shape}"
            )
        for name in (*WORDS.values(), "frames"):
            if len(getattr(self, name)) != len(self.clip_ids):
                raise ValueError(f"{len(getattr(self, name))} {name} of {shape[0]} clips")
        if not self.classes:
            raise UsageError("predictions without classes; name the classes of the logits")
        for what, names in (("clip", self.clip_ids), ("class", self.classes)):
            if twice := [name for name, times in Counter(names).items() if times > 1]:
                raise UsageError(f"the {what} {twice[0]!r} stands there twice; keep one of them")
        if not np.isfinite(self.logits_NK).all():
            bad = int((~np.isfinite(self.logits_NK)).any(axis=1).argmax())
            raise UsageError(f"clip {self.clip_ids[bad]!r}: a logit that is not a finite number")

    def __len__(self) -> int:
        return len(self.clip_ids)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of what the predictions say, in hexadecimal.

        It covers the format's version, the classes, and every clip's row in the order of clip ids.
        So it depends neither on when or with which library a file was written, nor on the order
        in which clips were evaluated, and it is the same before writing and after reading.
        """
        order = sorted(range(len(self)), key=self.clip_ids.__getitem__)
        columns = [[getattr(self, name)[i] for i in order] for name in WORDS.values()]
        rows = [FORMAT_VERSION, self.classes, *columns, [int(self.frames[i]) for i in order]]
        digest = hashlib.sha256(json.dumps(rows, ensure_ascii=True).encode())
        digest.update(self.logits_NK[order].astype("<f4").tobytes())
        return digest.hexdigest()

    def write(self, path: Path | str) -> None:
        """Write a Parquet file, whole or not at all.

        Columns are ``clip_id``, ``group``, ``label``, ``domain``, ``style``, ``frames`` and
        ``logits``, a list of K float32; classes and the format's version are in the metadata.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        logits = pa.FixedSizeListArray.from_arrays(
            pa.array(np.ascontiguousarray(self.logits_NK).reshape(-1)), len(self.classes)
        )
        words = [pa.array(getattr(self, name), pa.string()) for name in WORDS.values()]
        columns = [*words, pa.array(self.frames, pa.int32()), logits]
        table = pa.Table.from_arrays(columns, schema=_schema(self.classes))
        with atomic_path(path) as temporary:
            pq.write_table(table, temporary)

    @classmethod
    def read(cls, path: Path | str) -> "Predictions":
        """Read a file that :meth:`write` made.

        Raises:
            UsageError: The file cannot be read, is another model's, is of a newer version, or
                does not hold what it should.
        """
        table = _table(path)
        classes = _classes(path, table.schema.metadata or {})
        if not table.schema.equals(_schema(classes), check_metadata=False):
            raise UsageError(f"{path}: damaged, its columns are not those of a predictions file")
        if any(table[name].null_count for name in table.column_names):
            raise UsageError(f"{path}: damaged, a row lacks a value")
        columns: dict[str, Any] = {
            field: tuple(table[name].to_pylist()) for name, field in WORDS.items()
        }
        values = table["logits"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        logits_NK = values.astype(np.float32, copy=False).reshape(len(table), len(classes))
        try:
            frames = tuple(table["frames"].to_pylist())
            return cls(**columns, frames=frames, classes=classes, logits_NK=logits_NK)
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from None

    def ranking(self) -> Ranking:
        """Return where the true class of each clip stands, and the probabilities."""
        from scipy.special import log_softmax

        index_of = {name: index for index, name in enumerate(self.classes)}
        truth_N = np.array([index_of.get(label, -1) for label in self.labels], dtype=int)
        first_N = self.logits_NK.argmax(axis=1)
        log_NK = log_softmax(self.logits_NK.astype(np.float64), axis=1)
        rows_N = np.arange(len(self))
        return Ranking(
            **{name: getattr(self, name) for name in (*WORDS.values(), "frames")},
            answers=tuple(self.classes[index] for index in first_N),
            rank_N=ranks(self.logits_NK, truth_N),
            places=len(self.classes),
            classes=len(self.classes),
            confidence_N=np.exp(log_NK[rows_N, first_N]),
            log_likelihood_N=np.where(truth_N < 0, -np.inf, log_NK[rows_N, truth_N]),
        )


def is_predictions(path: Path | str) -> bool:
    """Return whether a file is one that :meth:`Predictions.write` made, whatever its name."""
    return VERSION_KEY in (_table(path, columns=[]).schema.metadata or {})


def _schema(classes: tuple[str, ...]) -> "pa.Schema":
    import pyarrow as pa

    fields = [(name, pa.string()) for name in WORDS]
    fields += [("frames", pa.int32()), ("logits", pa.list_(pa.float32(), len(classes)))]
    names = json.dumps(classes, ensure_ascii=False)
    return pa.schema(fields, {VERSION_KEY: str(FORMAT_VERSION), CLASSES_KEY: names})


def _table(path: Path | str, columns: list[str] | None = None) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with Path(path).open("rb") as file:
            return pq.read_table(file, columns=columns)
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"{path}: cannot be read as Parquet ({error})") from None


def _classes(path: Path | str, metadata: dict[bytes, bytes]) -> tuple[str, ...]:
    if VERSION_KEY not in metadata:
        raise UsageError(
            f"{path}: not a predictions file of anigifs; `anigifs score` reads other models' files"
        )
    version = metadata[VERSION_KEY].decode(errors="replace")
    if version != str(FORMAT_VERSION):
        raise UsageError(
            f"{path}: version {version} of the format, and this program reads {FORMAT_VERSION};"
            " use the program that wrote it, or a newer one"
        )
    try:
        return tuple(map(str, json.loads(metadata[CLASSES_KEY])))
    except (KeyError, ValueError, TypeError):
        raise UsageError(f"{path}: damaged, its class names are missing") from None
