"""Small random networks of other people's kinds, saved as their package saves them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from tests.conftest import absent

CLASSES = ("archery", "bowling", "crying", "playing cricket", "yoga", "squat", "zumba")
SIZE, FRAMES = 32, 10
#: Weights large enough that what a clip shows is seen in the answer.
SPREAD = 0.4
_BODY = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
_VIT = {**_BODY, "intermediate_size": 37, "image_size": SIZE, "initializer_range": SPREAD}

SETTINGS: dict[str, dict[str, Any]] = {
    "videomae": {**_VIT, "patch_size": 16, "num_frames": FRAMES},
    "timesformer": {**_VIT, "patch_size": 16, "num_frames": 4},
    "vivit": {**_VIT, "tubelet_size": [2, 16, 16], "num_frames": FRAMES},
    "vjepa2": {
        **_BODY,
        "crop_size": SIZE,
        "patch_size": 16,
        "frames_per_clip": FRAMES,
        "num_pooler_layers": 1,
        "pred_hidden_size": 24,
        "pred_num_attention_heads": 2,
        "pred_num_hidden_layers": 1,
        "initializer_range": SPREAD,
    },
}
NETWORKS = {
    "videomae": "VideoMAEForVideoClassification",
    "timesformer": "TimesformerForVideoClassification",
    "vivit": "VivitForVideoClassification",
    "vjepa2": "VJEPA2ForVideoClassification",
}
START, END = "<|startoftext|>", "<|endoftext|>"


def package() -> Any:  # noqa: ANN401 - may be absent
    """The package, or a test that is skipped, which with REQUIRE_ALL=1 is a failure."""
    try:
        import transformers
    except ImportError:
        absent("transformers")
    return transformers


def make_video(
    folder: Path,
    kind: str,
    classes: Sequence[str] = CLASSES,
    seed: int = 0,
    network: str | None = None,
    **settings: Any,  # noqa: ANN401 - of any kind
) -> Any:  # noqa: ANN401 - of any class
    """Save a video transformer of random weights, and return it as its package knows it."""
    library = package()
    names = dict(enumerate(classes))
    config = library.AutoConfig.for_model(
        kind,
        **{**SETTINGS[kind], **settings},
        id2label=names,
        label2id={name: place for place, name in names.items()},
    )
    model = _random(getattr(library, network or NETWORKS[kind]), config, seed)
    _save(model, folder)
    return model


def make_clip(folder: Path, seed: int = 0, positions: int = 64) -> tuple[Any, Any]:
    """Save a CLIP of random weights with a tokenizer of single letters; return both."""
    library = package()
    letters = sorted("abcdefghijklmnopqrstuvwxyz.,'")
    words = [*letters, *(f"{letter}</w>" for letter in letters), START, END]
    vocabulary = {word: place for place, word in enumerate(words)}
    tokenizer = library.CLIPTokenizer(vocab=vocabulary, merges=[])
    ends = {"bos_token_id": vocabulary[START], "eos_token_id": vocabulary[END]}
    body = {**_BODY, "intermediate_size": 37, "initializer_factor": 20.0}
    text = {"vocab_size": len(vocabulary), "max_position_embeddings": positions, **ends, **body}
    vision = {"image_size": SIZE, "patch_size": 16, **body}
    config = library.CLIPConfig(text_config=text, vision_config=vision, projection_dim=16)
    model = _random(library.CLIPModel, config, seed)
    _save(model, folder)
    tokenizer.save_pretrained(folder)
    return model, tokenizer


def say(folder: Path, name: str = "config.json", **changes: Any) -> None:  # noqa: ANN401
    """Change a JSON file of a folder; what becomes None is left out."""
    path = folder / name
    said = json.loads(path.read_text()) if path.exists() else {}
    kept = {key: value for key, value in {**said, **changes}.items() if value is not None}
    path.write_text(json.dumps(kept))


def _random(network: Any, config: Any, seed: int) -> Any:  # noqa: ANN401
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return network(config).eval()


def _save(model: Any, folder: Path) -> None:  # noqa: ANN401
    logging = package().utils.logging
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    logging.enable_progress_bar()
