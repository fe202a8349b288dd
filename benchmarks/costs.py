"""What one item costs at each step, and so what the paper's size, a million and 100 million cost.

A unit is processor time on one core, the median of some rounds, on made files of a usual size: a
film GIF of 40 frames of 480 x 270, dithered, and a video of 10 s. Hours, disk and money of many
are products of these and of prices, which are the reader's to say: nothing here knows what waiting
for files, for a network or for other people costs. Run it as ``python -m benchmarks costs``.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from anigifs.clips import PAPER, ClipSource, PreparedClips, PrepareRule, prepare
from anigifs.curate.screening.looking import Job, look
from anigifs.foundation.machine import processor
from anigifs.foundation.work import Local
from anigifs.index.look import look as check
from anigifs.media import write_gif, write_mp4
from anigifs.media.gifify import GifRecipe, gifify
from anigifs.models import for_inference, load_model
from anigifs.models.inference import autocast
from anigifs.training.optimiser import channels_last
from benchmarks.loading import film
from benchmarks.training import make_step

GIF = (270, 480, 40)
VIDEO = (256, 340, 250)


@dataclass(frozen=True)
class Size:
    """How much there is.

    Attributes:
        name: What it is.
        gifs: Animated GIFs that are checked, screened, prepared and classified.
        videos: Videos that GIFs are made of.
        trained: Clips that a model is shown in one epoch.
    """

    name: str
    gifs: int
    videos: int
    trained: int


#: 12 classes of 2,000 AVA-Kinetics clips, and the test set of Ani-GIFs (paper, section 3).
SIZES = (
    Size("the paper", 17_095, 24_000, 24_000),
    Size("1 million GIFs", 1_000_000, 0, 1_000_000),
    Size("100 million GIFs", 100_000_000, 0, 100_000_000),
)


@dataclass(frozen=True)
class Unit:
    """What one item costs at a step.

    Attributes:
        seconds: Of a core.
        bytes: That stay on disk.
        of: Which of the counts of a size it is of.
    """

    seconds: float
    bytes: int
    of: str


def make_files(folder: Path) -> tuple[Path, Path]:
    """Write the GIF and the video."""
    rng = np.random.default_rng(0)
    gif, video = folder / "film.gif", folder / "film.mp4"
    write_gif(gif, film(rng, *GIF), 60)
    write_mp4(video, film(rng, *VIDEO), fps=25)
    return gif, video


def core_seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median processor time of a call; the first is not counted."""
    taken = []
    for _ in range(rounds + 1):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken[1:])


def units(folder: Path, rounds: int) -> dict[str, Unit]:
    """Measure every step."""
    gif, video = make_files(folder)
    job = Job("0" * 64, gif)
    rule, store = PrepareRule(), folder / "store"
    names = iter(range(1_000_000))

    def prepare_gif() -> None:
        prepare([ClipSource(f"{next(names):x}", gif)], rule, store, executor=Local(1))

    def make_gif() -> None:
        gifify(video, folder / "made.gif", GifRecipe(), 0, None)

    model, _ = load_model("i3d-kinetics-400")
    fast = for_inference(model)
    clip_BTHWC = torch.randint(0, 256, (1, PAPER.frames, PAPER.size, PAPER.size, 3)).byte()
    trained = channels_last(model)

    @torch.inference_mode()
    def classify() -> None:
        fast(clip_BTHWC)

    def forward() -> torch.Tensor:
        with autocast("auto", torch.device("cpu")):
            logits_BK: torch.Tensor = trained(clip_BTHWC)[0]
        return logits_BK

    step = make_step(trained, forward, torch.zeros(1, dtype=torch.long))
    measured = {
        "check, every frame decoded": (lambda: check(folder, gif.name, "decode"), "gifs"),
        "screen and fingerprint": (lambda: look(job), "gifs"),
        "prepare at 224 x 224": (prepare_gif, "gifs"),
        "classify, 40 x 224 x 224": (classify, "gifs"),
        "a GIF of a video": (make_gif, "videos"),
        "an update, per clip": (step, "trained"),
    }
    seconds = {name: core_seconds(work, rounds) for name, (work, _) in measured.items()}
    clips = PreparedClips(store, rule)
    kept = {
        "check, every frame decoded": gif.stat().st_size,
        "prepare at 224 x 224": sum(one.stat().st_size for one in store.rglob("*.bin"))
        // len(clips),
        "a GIF of a video": (folder / "made.gif").stat().st_size,
    }
    return {name: Unit(seconds[name], kept.get(name, 0), of) for name, (_, of) in measured.items()}


def print_costs(costs: Mapping[str, Unit], core_hour: float, tb_month: float) -> None:
    """Print one table: an item's costs, and the hours of each size with what they add up to."""
    heads = ["step", "core-seconds an item", "MB that stay", *(size.name for size in SIZES)]
    print_line(heads)
    print_line(["---"] * len(heads))
    for name, unit in costs.items():
        hours = [getattr(size, unit.of) * unit.seconds / 3600 for size in SIZES]
        cells = [f"{one:,.1f} h" if one else "" for one in hours]
        print_line([name, f"{unit.seconds:.3f}", f"{unit.bytes / 1e6:.2f}", *cells])
    hours = [total(costs, size, lambda unit: unit.seconds / 3600) for size in SIZES]
    disk = [total(costs, size, lambda unit: unit.bytes / 1e12) for size in SIZES]
    print_line(["all, core-hours", "", "", *(f"{one:,.1f} h" for one in hours)])
    print_line(["all, disk", "", "", *(f"{one:,.2f} TB" for one in disk)])
    print_line([f"cores, at {core_hour:g} an hour", "", "", *money(hours, core_hour)])
    print_line([f"disk, at {tb_month:g} a TB and month", "", "", *money(disk, tb_month)])


def total(costs: Mapping[str, Unit], size: Size, of: Callable[[Unit], float]) -> float:
    """Return the sum over all steps and items of a size."""
    return sum(of(unit) * int(getattr(size, unit.of)) for unit in costs.values())


def money(amounts: Sequence[float], price: float) -> list[str]:
    """Return what amounts cost."""
    return [f"{amount * price:,.2f}" for amount in amounts]


def print_line(cells: Sequence[str]) -> None:
    """Print a line of a Markdown table."""
    print(f"| {' | '.join(cells)} |")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks costs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--core-hour", type=float, default=0.04, help="price of a core for an hour")
    parser.add_argument("--tb-month", type=float, default=20.0, help="price of a TB for a month")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        costs = units(Path(name), options.rounds)
    print(f"processor {processor()}, one core; medians of {options.rounds}\n")
    print_costs(costs, options.core_hour, options.tb_month)


if __name__ == "__main__":
    main()
