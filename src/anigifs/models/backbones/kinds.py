"""The networks of ``transformers`` that are taken, by the ``model_type`` in their ``config.json``.

To add one that classifies clips, add a line here; nothing else has to change.
"""

from dataclasses import dataclass

from anigifs.models.backbones.pixels import Pixels

IMAGENET = Pixels((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP_PIXELS = Pixels((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
ZERO_SHOT = "clip"


@dataclass(frozen=True)
class Kind:
    """How a kind of network is asked.

    Attributes:
        network: Its class in ``transformers``.
        pixels: What it was trained to see, where its folder does not say.
        frames: The setting that says how many frames it takes; empty where any number will do.
        size: The setting that says their height and width.
        channels: The setting that says how many colours they have.
        tensor: What its input is called; ``(B, T, C, H, W)``, or ``(B, C, H, W)`` of images.
    """

    network: str
    pixels: Pixels = IMAGENET
    frames: str = "num_frames"
    size: str = "image_size"
    channels: str = "num_channels"
    tensor: str = "pixel_values"


#: Sources: Tong et al., "VideoMAE" (NeurIPS 2022); Assran et al., "V-JEPA 2" (2025); Bertasius et
#: al., "Is Space-Time Attention All You Need for Video Understanding?" (ICML 2021); Arnab et al.,
#: "ViViT" (ICCV 2021); Radford et al., "Learning Transferable Visual Models From Natural Language
#: Supervision" (ICML 2021).
KINDS: dict[str, Kind] = {
    "videomae": Kind("VideoMAEForVideoClassification"),
    "vjepa2": Kind(
        "VJEPA2ForVideoClassification",
        frames="frames_per_clip",
        size="crop_size",
        channels="in_chans",
        tensor="pixel_values_videos",
    ),
    "timesformer": Kind(
        "TimesformerForVideoClassification", Pixels((0.45, 0.45, 0.45), (0.225, 0.225, 0.225))
    ),
    "vivit": Kind(
        "VivitForVideoClassification",
        Pixels((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), rescale=1 / 127.5, offset=True),
    ),
    ZERO_SHOT: Kind("CLIPModel", CLIP_PIXELS, frames=""),
}
