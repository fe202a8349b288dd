"""Options that commands share: which model, which frames, and how the answer is printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from anigifs.cli.execution import ExecutorOptions
from anigifs.cli.output import waiting
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.clips import Geometry
    from anigifs.foundation.work import Executor
    from anigifs.models import I3D, Classifier, Loading, WeightsRecord

DEFAULT_WEIGHTS = "i3d-kinetics-400"
Background = Literal["black", "white"]
BACKGROUNDS: dict[Background, tuple[int, int, int]] = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
}


MOST_THREADS = 256
MOST_CLIP_PX = 64 * 1024**2  # 192 MB as stored, and some gigabytes within the network


@dataclass(frozen=True)
class ModelOptions:
    """Which weights, and how they are computed."""

    weights: str = DEFAULT_WEIGHTS
    """Name of weights (see `anigifs weights list`), or a folder that holds some."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """auto is bfloat16 where the processor computes in it."""
    threads: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Threads that the model computes with; all cores by default, 1 in each of many processes."""

    def load(self) -> "tuple[I3D, WeightsRecord]":
        """Return the model, ready to classify, and the record of its weights."""
        self._check_threads()
        with waiting(f"loading {self.weights}"):
            from anigifs.models import for_inference, load_model

            self._set_threads()
            model, record = load_model(self.weights)
            return for_inference(model, self.precision), record

    def elsewhere(self) -> "Loading":
        """Return how other processes load the model, which compute side by side."""
        self._check_threads()
        from anigifs.models import Loading

        return Loading.of(self.weights, self.precision, self.threads or 1)

    def _check_threads(self) -> None:
        if self.threads is not None and not 1 <= self.threads <= MOST_THREADS:
            raise UsageError(f"--threads {self.threads}: at least 1, at most {MOST_THREADS}")

    def _set_threads(self) -> None:
        if self.threads is not None:
            import torch

            torch.set_num_threads(self.threads)


@dataclass(frozen=True)
class ClassifierOptions(ModelOptions):
    """Which weights, of other kinds of networks, too, and what a zero-shot one is asked."""

    weights: Annotated[
        str,
        tyro.conf.arg(
            help="Name of weights (see `anigifs weights list`), or a folder that holds some, which "
            "may be of another kind of network (docs/backbones.md)."
        ),
    ] = DEFAULT_WEIGHTS
    classes: Annotated[
        str | None,
        tyro.conf.arg(
            metavar="LIST",
            help="What a zero-shot model such as CLIP chooses from: a class list such as "
            "kinetics-400, or a file with a name a line; by default the classes of the data, "
            "where it has any.",
        ),
    ] = None
    prompts: Annotated[tuple[str, ...], tyro.conf.arg(metavar="TEXT...")] = ()
    """What it is asked, by default 'a video of a person {class}.'; the mean over several."""

    def find_classifier(self, of_data: Sequence[str] | None = None) -> "WeightsRecord":
        """Return the record of the weights, before they are loaded.

        Args:
            of_data: The classes of the data, which a zero-shot model chooses from by default.
        """
        from anigifs.models import find_classifier

        return find_classifier(self.weights, self._asked(of_data), self._prompts())

    def elsewhere(self, of_data: Sequence[str] | None = None) -> "Loading":
        """Return how other processes load the model, which compute side by side.

        Args:
            of_data: As for :meth:`find_classifier`.
        """
        self._check_threads()
        from anigifs.models import Loading

        return Loading.of(
            self.weights, self.precision, self.threads or 1, self._asked(of_data), self._prompts()
        )

    def here(self, of_data: Sequence[str] | None = None) -> "Loading":
        """Return how the model is loaded, once this process has done so.

        Args:
            of_data: As for :meth:`find_classifier`.
        """
        with waiting(f"loading {self.weights}"):
            loading = replace(self.elsewhere(of_data), threads=None)
            self._set_threads()
            loading.load()
        return loading

    def load_classifier(
        self, of_data: Sequence[str] | None = None
    ) -> "tuple[Classifier, WeightsRecord]":
        """Return the model, ready to classify, and the record of its weights.

        Args:
            of_data: As for :meth:`find_classifier`.
        """
        self._check_threads()
        with waiting(f"loading {self.weights}"):
            from anigifs.models import load_classifier, ready_classifier

            self._set_threads()
            model, record = load_classifier(self.weights, self._asked(of_data), self._prompts())
            return ready_classifier(model, self.precision), record

    def _asked(self, of_data: Sequence[str] | None) -> Sequence[str] | None:
        check_asked([self.weights], self.classes, self.prompts)
        return asked_classes(self.classes) or of_data

    def _prompts(self) -> tuple[str, ...]:
        from anigifs.models.backbones import PROMPTS

        return self.prompts or PROMPTS


def other_processes(work: ExecutorOptions) -> "Executor | None":
    """Return who asks the model, if that is not this process: where options of work are given."""
    executor = work.executor()  # refuses what makes no sense
    return None if work == ExecutorOptions() else executor


def asked_classes(classes: str | None) -> tuple[str, ...] | None:
    """Return the names of a class list or a file of them; None where none is named."""
    if classes is None:
        return None
    from anigifs.taxonomy import class_list

    return class_list(classes).names


def check_asked(weights: Sequence[str], classes: str | None, prompts: Sequence[str]) -> None:
    """Refuse what is to be asked of a zero-shot model where there is none."""
    from anigifs.models.backbones import is_zero_shot

    if (classes or prompts) and not any(map(is_zero_shot, weights)):
        names = ", ".join(weights)
        raise UsageError(
            f"--classes and --prompts: for a zero-shot model such as CLIP; {names} has classes of "
            "its own"
        )


@dataclass(frozen=True)
class ClipOptions:
    """Which frames a model sees, and at what size."""

    sampler: Annotated[
        Literal["whole", "whole-index", "dense", "native"],
        tyro.conf.arg(
            help="whole: equally spaced in time; whole-index: by frame number; dense: every frame, "
            "or the middle 320 of a longer file; native: 9 to 60 frames as they are."
        ),
    ] = "whole"
    frames: Annotated[
        int | None,
        tyro.conf.arg(
            metavar="N",
            help="Frames a clip, 9 or more, for the samplers whole and whole-index only; by "
            "default 40, or what the weights were trained on.",
        ),
    ] = None
    size: Annotated[
        int | None,
        tyro.conf.arg(
            metavar="PIXELS",
            help="Height and width of the centre crop, to which the shorter side is scaled; by "
            "default 224, or what the weights were trained on.",
        ),
    ] = None
    resize_side: Annotated[int | None, tyro.conf.arg(metavar="PIXELS")] = None
    """Scale the shorter side to this instead, 256 being I3D's own recipe, before the crop."""
    background: Background = "black"
    """What transparent pixels show."""

    def geometry(self, record: "WeightsRecord") -> "Geometry":
        """Return the geometry that is asked for; what is not is as the weights were trained."""
        from anigifs.clips import FEWEST_FRAMES, Geometry

        frames = record.frames if self.frames is None else self.frames
        size = record.size if self.size is None else self.size
        if frames < FEWEST_FRAMES:
            raise UsageError(f"--frames {frames}: at least {FEWEST_FRAMES}")
        if size < 1:
            raise UsageError(f"--size {size}: at least 1")
        if frames * size**2 > MOST_CLIP_PX:
            raise UsageError(
                f"--frames {frames} of --size {size}: more than the {MOST_CLIP_PX:,} pixels that a "
                "clip may have"
            )
        return Geometry(frames, size, self.resize_side)

    def described(self, geometry: "Geometry") -> dict[str, object]:
        """Return the options as a result states them; what had no effect is null."""
        return {
            "sampler": self.sampler,
            "frames": geometry.frames if self.sampler.startswith("whole") else None,
            "size": geometry.size,
            "resize_side": geometry.resize_side,
            "background": self.background,
        }


def shares_of(option: str, texts: Iterable[str]) -> dict[str, float]:
    """Return ``NAME=SHARE`` texts as a dict.

    Args:
        option: Whose they are, for messages.
        texts: As they were given.

    Raises:
        UsageError: One is something else, or a name stands there twice.
    """
    shares: dict[str, float] = {}
    for text in texts:
        name, _, share = text.rpartition("=")
        try:
            value = float(share)
        except ValueError:
            name = ""
        if not name:
            raise UsageError(f"{option} {text}: write NAME=SHARE, such as test=0.2")
        if name in shares:
            raise UsageError(f"{option} {name}: stands there twice")
        shares[name] = value
    return shares


def weights_described(record: "WeightsRecord") -> dict[str, object]:
    """Return which weights a result is of."""
    return {"weights": record.name, "weights_sha256": record.sha256, **record.settings}


def warn_of_untrained(record: "WeightsRecord") -> list[str]:
    """Return the warning that belongs to weights with a head that is not trained in part."""
    if not record.untrained:
        return []
    count = f"{len(record.untrained)} of {len(record.classes)} classes"
    return [f"nobody trained the head of {record.name} for {count}; it cannot know them"]
