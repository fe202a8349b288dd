"""Small inputs of every command that writes, and a call of each that takes moments."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anigifs.collect.demo import World as DemoWorld
from anigifs.curate.screening.screening import screen
from anigifs.foundation import write_text
from tests.curate.demo import collect_demo
from tests.curate.made import make_collection
from tests.gap.made import write_clips
from tests.media.numbered import write_numbered
from tests.training.made import make_clips, make_weights

PLAN = """
title = "Two squares"
seeds = [0]
baseline = "erm"
index = "clips/index.parquet"
[train]
weights = "./narrow"
batch_size = 4
steps = 1
[tests.film]
split = "val"
[runs.erm]
"""
MODEL = ("--frames", "9", "--size", "32")
#: In this process, so that what befalls it befalls the work.
ALONE = ("--workers", 1, "--item-seconds", "inf")
GROUPS = "index.parquet"


@dataclass(frozen=True)
class World:
    """What commands read; it is made once, and not written to.

    Attributes:
        root: The folder of all of it.
    """

    root: Path

    @property
    def clips(self) -> Path:
        """A folder of 8 GIFs of two classes, with an index of them that was checked."""
        return self.root / "clips"

    @property
    def index(self) -> Path:
        """The index."""
        return self.clips / GROUPS

    @property
    def weights(self) -> Path:
        """A narrow network."""
        return self.root / "narrow"

    @property
    def videos(self) -> Path:
        """A folder of 3 videos."""
        return self.root / "videos"

    @property
    def addresses(self) -> Path:
        """A list of addresses, none of which will be asked: they are in a private network."""
        return self.root / "addresses.csv"

    @property
    def found(self) -> Path:
        """A collection that has not been looked at."""
        return self.root / "found"

    @property
    def screened(self) -> Path:
        """The same, screened."""
        return self.root / "screened"

    @property
    def pair(self) -> Path:
        """A folder of films and cartoons, with an index of them."""
        return self.root / "pair"

    @property
    def judged(self) -> Path:
        """Another collection, whose clusters are known, with votes on it."""
        return self.root / "judged"

    @property
    def plan(self) -> Path:
        """A sweep of one run of one update."""
        return self.root / "squares.toml"


def make_world(root: Path) -> World:
    """Make all inputs."""
    world = World(root)
    make_clips(world.clips, per_class=4)
    make_weights(world.weights)
    write_clips(world.pair, per_domain=10)
    for name in ("a", "b", "c"):
        write_numbered(world.videos / f"{name}.mp4", 12)
    tiny = DemoWorld(seed=3, classes=1, originals=1, size=64, troubles=0)
    collect_demo(world.found, tiny)
    shutil.copytree(world.found, world.screened)
    screen_here(world.screened)
    make_collection(world.judged)
    write_text(world.plan, PLAN)
    lines = [f"https://10.0.0.1/{number}.gif,yoga\n" for number in range(20)]
    write_text(world.addresses, "".join(["url,label\n", *lines]))
    return world


def screen_here(folder: Path) -> None:
    """Screen a collection in this process."""
    from anigifs.foundation.work import Local

    screen(folder, executor=Local(workers=1))


@dataclass(frozen=True)
class Scene:
    """Where a command is run.

    Attributes:
        world: What it reads.
        out: The folder that it writes to; where that is the folder of its inputs, a copy of these
            is put there first.
    """

    world: World
    out: Path

    def copied(self, folder: Path) -> Path:
        """Return a copy of a folder of inputs in the folder of what is written."""
        if not (self.out / folder.name).exists():
            shutil.copytree(folder, self.out / folder.name)
        return self.out / folder.name


Arguments = list[object]
Call = Callable[[Scene], Arguments]


def _collect(scene: Scene) -> Arguments:
    listed = ["--urls", scene.world.addresses, "--contact", "me@lab.example"]
    return ["collect", *listed, "--out", scene.out / "found"]


def _duplicates_of_collection(scene: Scene) -> Arguments:
    return ["duplicates", scene.copied(scene.world.screened)]


def _duplicates_of_index(scene: Scene) -> Arguments:
    index = scene.copied(scene.world.clips) / GROUPS
    return ["duplicates", index, "--leaks", scene.out / "leaks.csv", *ALONE]


def _evaluate(scene: Scene) -> Arguments:
    index = scene.copied(scene.world.clips) / GROUPS
    model = ["--weights", scene.world.weights, *MODEL]
    return ["evaluate", index, *model, "--split", "val", "--out", scene.out / "tested"]


def _explain(scene: Scene) -> Arguments:
    file = scene.world.clips / "down" / "0.gif"
    return [
        "explain",
        file,
        "--weights",
        scene.world.weights,
        *MODEL,
        "--out",
        scene.out / "seen",
        "--formats",
        "png",
    ]


def _figure(scene: Scene) -> Arguments:
    return ["figure", "classes", "--index", scene.world.index, "--out", scene.out / "figure.png"]


def _gap(scene: Scene) -> Arguments:
    index = scene.copied(scene.world.pair) / GROUPS
    kept = ["--store", scene.out / "store", "--out", scene.out / "gap"]
    few = ["--replicates", 100, *ALONE]
    return ["gap", f"{index}:video", f"{index}:animated-gif", "--looks-only", *kept, *few]


def _gifify(scene: Scene) -> Arguments:
    return ["gifify", scene.world.videos, "--out", scene.out / "gifs", *ALONE]


def _index_check(scene: Scene) -> Arguments:
    index = scene.copied(scene.world.clips) / GROUPS
    return ["index", "check", index, "--check", "decode", *ALONE]


def _index_export(kind: str) -> Call:
    def call(scene: Scene) -> Arguments:
        many = [] if kind == "webdataset" else [*ALONE]
        return [
            "index",
            "export",
            scene.world.index,
            "--as",
            kind,
            "--out",
            scene.out / "hub",
            *many,
        ]

    return call


def _index_folder(scene: Scene) -> Arguments:
    return ["index", "folder", scene.world.clips, "--out", scene.out / "listed.parquet"]


def _index_split(scene: Scene) -> Arguments:
    return ["index", "split", scene.copied(scene.world.clips) / GROUPS]


def _index_subset(scene: Scene) -> Arguments:
    chosen = ["--top", 1, "--out", scene.out / "chosen.parquet"]
    return ["index", "subset", scene.world.index, *chosen]


def _puppets(scene: Scene) -> Arguments:
    few = ["--clips-per-class", 8, "--splits", "val", "--domains", "film", "--size", 64]
    return ["puppets", "--out", scene.out / "puppets", *few, *ALONE]


def _release(scene: Scene) -> Arguments:
    told = ["--votes", scene.world.judged / "votes.csv", "--contact", "me@lab.example"]
    return ["release", scene.world.judged, *told, "--out", scene.out / "released"]


def _review_init(scene: Scene) -> Arguments:
    return ["review", "init", scene.world.judged, "--out", scene.out / "review"]


def _screen(scene: Scene) -> Arguments:
    return ["screen", scene.copied(scene.world.found), *ALONE]


def _sweep(scene: Scene) -> Arguments:
    return ["sweep", scene.world.plan, "--out", scene.out / "swept"]


def _train(scene: Scene) -> Arguments:
    run = ["--index", scene.world.index, "--out", scene.out / "run", "--store", scene.out / "store"]
    small = ["--batch-size", 4, "--steps", 2, "--checkpoint-steps", 1]
    return ["train", *run, "--weights", scene.world.weights, *small]


def _weights_add(scene: Scene) -> Arguments:
    return ["weights", "add", "copy", scene.world.weights, "--format", "anigifs"]


#: A call of every command that writes, by the command's name.
COMMANDS: Mapping[str, Call] = {
    "collect": _collect,
    "duplicates collection": _duplicates_of_collection,
    "duplicates index": _duplicates_of_index,
    "evaluate": _evaluate,
    "explain": _explain,
    "figure": _figure,
    "gap": _gap,
    "gifify": _gifify,
    "index check": _index_check,
    "index export imagefolder": _index_export("imagefolder"),
    "index export videofolder": _index_export("videofolder"),
    "index export webdataset": _index_export("webdataset"),
    "index folder": _index_folder,
    "index split": _index_split,
    "index subset": _index_subset,
    "puppets": _puppets,
    "release": _release,
    "review init": _review_init,
    "screen": _screen,
    "sweep": _sweep,
    "train": _train,
    "weights add": _weights_add,
}
