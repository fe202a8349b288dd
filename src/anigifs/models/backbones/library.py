"""The one place that imports ``transformers``, an optional package, and loads networks by it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from anigifs.foundation import UsageError, WeightsError
from anigifs.models.backbones.folder import MODEL
from anigifs.models.backbones.kinds import Kind

OLDEST = 5
INSTALL = "pip install 'anigifs[backbones]'"
TOKENIZERS = ({"tokenizer.json"}, {"vocab.json", "merges.txt"})
_SHOWN = 3


def library() -> Any:  # noqa: ANN401 - a package that may be absent
    """Return the package ``transformers``.

    Raises:
        UsageError: It is not installed, or is too old.
    """
    try:
        import transformers
    except ImportError:
        raise UsageError(
            f"this network needs the package transformers, which is not installed: run `{INSTALL}`"
        ) from None
    if int(transformers.__version__.partition(".")[0]) < OLDEST:
        raise UsageError(
            f"transformers {transformers.__version__} is too old for this: run `{INSTALL}`"
        )
    return transformers


def read_settings(folder: Path, said: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of any kind
    """Return the settings of a network, with the usual value where ``config.json`` has none.

    Args:
        folder: For the error.
        said: The content of ``config.json``.

    Raises:
        WeightsError: There cannot be such a network.
    """
    try:
        return library().AutoConfig.for_model(**said)
    except UsageError:
        raise
    except Exception as error:  # whatever the package makes of what a user wrote
        raise WeightsError(f"{folder}: its config.json cannot be used: {_first(error)}") from None


def load_network(folder: Path, kind: Kind) -> Any:  # noqa: ANN401 - a module of any class
    """Return a network with all its weights, in evaluation mode and in float32.

    Only the folder is looked at, and in it no pickle.

    Raises:
        WeightsError: Its tensors are damaged or of another shape, or some are missing, which the
            package would fill with random numbers.
    """
    package = library()
    try:
        with _quiet(package), torch.random.fork_rng(devices=[]):
            network, found = getattr(package, kind.network).from_pretrained(
                str(folder),
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,
                ignore_mismatched_sizes=True,  # or the package's error says less than ours
                output_loading_info=True,
            )
    except Exception as error:  # whatever the package makes of a damaged file
        raise WeightsError(f"{folder / MODEL}: cannot be loaded: {_first(error)}") from None
    strange = [key if isinstance(key, str) else key[0] for key in found["mismatched_keys"]]
    if missing := sorted({*found["missing_keys"], *strange}):
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise WeightsError(
            f"{folder / MODEL}: lacks {', '.join(missing[:_SHOWN])}{more}, or has them in another "
            f"shape; {kind.network} would fill them with random numbers: take weights that were "
            "trained to classify"
        )
    return network.eval().requires_grad_(False)


def load_tokenizer(folder: Path) -> Any:  # noqa: ANN401 - the package's
    """Return the tokenizer in a CLIP's folder.

    Raises:
        WeightsError: It is not there, or damaged.
    """
    if not any(all((folder / name).is_file() for name in names) for names in TOKENIZERS):
        raise WeightsError(
            f"{folder}: holds no tokenizer, which is tokenizer.json, or vocab.json and merges.txt"
        )
    package = library()
    try:
        with _quiet(package):
            return package.CLIPTokenizer.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # whatever the package makes of a damaged file
        raise WeightsError(f"{folder}: its tokenizer cannot be read: {_first(error)}") from None


@contextmanager
def _quiet(package: Any) -> Iterator[None]:  # noqa: ANN401 - a package that may be absent
    """Keep the package from printing bars and warnings: what matters is raised."""
    logging = package.utils.logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _first(error: Exception) -> str:
    """Return an error's first line."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
