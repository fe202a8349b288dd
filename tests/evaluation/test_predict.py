from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from scipy.special import softmax

from anigifs.clips import Geometry, load_clip
from anigifs.evaluation.predict import AHEAD, predict_files, probabilities
from anigifs.media import write_gif
from anigifs.models import build_i3d

SMALL = Geometry(9, 32)


def gifs(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{index}.gif" for index in range(count)]
    for index, path in enumerate(paths):
        write_gif(path, np.full((9, 20, 20, 3), 25 * index, np.uint8), 50)
    return paths


def test_answers_come_in_order_and_equal_the_models_own(tmp_path: Path) -> None:
    paths = gifs(tmp_path, 6)
    broken = tmp_path / "broken.gif"
    broken.write_bytes(b"GIF89a")
    model = build_i3d(7, width=1 / 16).eval()
    found = list(predict_files(model, [*paths[:3], broken, *paths[3:]], SMALL))
    assert [one.path for one in found] == [*paths[:3], broken, *paths[3:]]
    assert found[3].logits_K is None
    assert "broken.gif" in str(found[3].error)
    for one in found[:3] + found[4:]:
        clip = torch.from_numpy(load_clip(one.path, SMALL).frames_THWC)[None]
        with torch.no_grad():
            expected = model(clip)[0][0]
        assert one.logits_K is not None
        np.testing.assert_allclose(one.logits_K, expected.numpy(), rtol=1e-5, atol=1e-6)


def test_decoding_runs_ahead_but_not_without_bound(tmp_path: Path) -> None:
    asked: list[Path] = []

    def watched() -> Iterator[Path]:
        for path in gifs(tmp_path, 9):
            asked.append(path)
            yield path

    answers = predict_files(build_i3d(2, width=1 / 16).eval(), watched(), SMALL)
    next(answers)
    assert len(asked) == AHEAD + 1
    next(answers)
    assert len(asked) == AHEAD + 2


def test_probabilities_are_scipys_softmax() -> None:
    logits = np.random.default_rng(0).normal(scale=300, size=400)
    np.testing.assert_allclose(probabilities(logits), softmax(logits), rtol=1e-12, atol=1e-300)
