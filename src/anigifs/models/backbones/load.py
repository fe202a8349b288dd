"""The door to any network that classifies: an I3D by name or folder, or a backbone by folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anigifs.models.backbones.describing import Backbone, read_backbone, record_of
from anigifs.models.backbones.folder import is_backbone
from anigifs.models.backbones.prompts import PROMPTS
from anigifs.models.weights.record import WeightsRecord
from anigifs.models.weights.store import find

if TYPE_CHECKING:
    from anigifs.models.backbones.classifier import Classifier
    from anigifs.models.inference import Precision


def find_classifier(
    weights: str | Path,
    classes: Sequence[str] | None = None,
    prompts: Sequence[str] = PROMPTS,
) -> WeightsRecord:
    """Return what is known of a network, without loading its tensors.

    Args:
        weights: As for :func:`load_classifier`.
        classes: As for :func:`load_classifier`.
        prompts: As for :func:`load_classifier`.

    Raises:
        WeightsError: As :func:`load_classifier` does, where the small files say so.
        UsageError: As :func:`load_classifier` does.
    """
    if not is_backbone(weights):
        return find(weights)[0]
    return record_of(read_backbone(Path(weights)), classes, prompts)


def load_classifier(
    weights: str | Path,
    classes: Sequence[str] | None = None,
    prompts: Sequence[str] = PROMPTS,
) -> "tuple[Classifier, WeightsRecord]":
    """Return a network that classifies clips, in evaluation mode, and the record of its weights.

    Args:
        weights: A name of :func:`anigifs.models.weights.list_weights`, a folder of weights, or one
            with ``config.json`` and ``model.safetensors`` of a kind in
            :data:`~anigifs.models.backbones.kinds.KINDS`. Nothing is downloaded.
        classes: What a zero-shot network is to choose from; others have classes of their own.
        prompts: What it is asked, with ``{class}`` where a name goes; the mean over several.

    Returns:
        The network, and the record. That of a backbone says how many frames of what size it is to
        be shown.

    Raises:
        WeightsError: There are no such weights, or they are damaged, of a kind that is not known,
            or without a head that was trained to classify.
        UsageError: The package ``transformers`` is not there; or a zero-shot network is given no
            classes, or one twice, or a prompt without a place for them.

    Example:
        >>> model, record = load_classifier("/models/videomae")  # doctest: +SKIP
        >>> record.architecture, record.frames, record.size  # doctest: +SKIP
        ('videomae', 16, 224)
    """
    if not is_backbone(weights):
        from anigifs.models.build import load_model

        return load_model(weights)
    found = read_backbone(Path(weights))
    record = record_of(found, classes, prompts)
    if found.zero_shot:
        return _zero_shot(found, record), record
    return _video(found), record


def ready_classifier(model: "Classifier", precision: "Precision" = "auto") -> "Classifier":
    """Return a network as it classifies fastest.

    An I3D is a copy made by :func:`anigifs.models.for_inference`; another network is the same one,
    set to compute in this precision.

    Args:
        model: From :func:`load_classifier`.
        precision: ``auto`` is bfloat16 where the processor computes in it, else float32.
    """
    from anigifs.models.backbones.video import VideoBackbone
    from anigifs.models.backbones.zero_shot import ZeroShotClip
    from anigifs.models.i3d import I3D
    from anigifs.models.inference import for_inference

    if isinstance(model, I3D):
        return for_inference(model, precision)
    if isinstance(model, VideoBackbone | ZeroShotClip):
        model.precision = precision
    return model


def _video(found: Backbone) -> "Classifier":
    from anigifs.models.backbones.library import load_network
    from anigifs.models.backbones.video import VideoBackbone

    model = VideoBackbone(
        load_network(found.folder, found.kind),
        tensor=found.kind.tensor,
        frames=found.frames,
        size=found.size,
        pixels=found.pixels,
    )
    return model.eval()


def _zero_shot(found: Backbone, record: WeightsRecord) -> "Classifier":
    from anigifs.models.backbones.library import load_network, load_tokenizer
    from anigifs.models.backbones.zero_shot import ZeroShotClip, class_features

    tokenizer = load_tokenizer(found.folder)
    network = load_network(found.folder, found.kind)
    features_KD = class_features(network, tokenizer, record.classes, record.prompts, found.folder)
    return ZeroShotClip(network, features_KD, found.size, found.pixels).eval()
