"""``anigifs study models``: models as they are, side by side, on videos and on animated GIFs."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from anigifs.cli.options import asked_classes, check_asked, weights_described
from anigifs.cli.output import print_envelope, printable
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.cli.study import Study
    from anigifs.studies.models.config import ModelsConfig
    from anigifs.studies.models.contestants import Contestant
    from anigifs.studies.models.table import ModelsTable
    from anigifs.studies.sweep.watching import Watch, Watcher

#: Where the tests begin on a scale of 0..1; before that clips are rendered, which is soon done.
TESTS = 0.1


def run_and_print(study: "Study") -> int:
    """Run the study as the command line has it, and print."""
    from anigifs.cli.study import one_bar
    from anigifs.studies.models.running import run_models

    _check(study)
    config, work = _config(study), study.work or study.out / "work"
    try:
        with one_bar("study models") as (tell, say):
            table = run_models(config, study.out, work, _watcher(tell, say))
    except KeyboardInterrupt:
        print("anigifs: stopped; the same command goes on", file=sys.stderr)
        raise
    _print(study, table)
    return 0


def _check(study: "Study") -> None:
    """Refuse the options of studies that train."""
    from anigifs.cli.study import Study

    usual = Study("models", study.out)
    others = ("scale", "most_frequent", "seeds", "paper_rows", "budget", "jobs", "smoke", "plan")
    for name in others:
        if getattr(study, name) != getattr(usual, name):
            raise UsageError(
                f"--{name.replace('_', '-')}: study models trains nothing; leave it out"
            )
    check_asked(study.weights, study.classes, study.prompts)


def _config(study: "Study") -> "ModelsConfig":
    from anigifs.models.backbones import PROMPTS
    from anigifs.studies.models.config import GIFS, TARGET, ModelsConfig
    from anigifs.studies.paper.roles import Role, Roles

    asked: dict[str, Any] = {
        "weights": study.weights,
        "classes": asked_classes(study.classes),
        "prompts": study.prompts or PROMPTS,
    }
    words = {"--videos": study.videos, "--gifs": study.gifs, "--animated": study.animated}
    if study.index is None:
        if named := [name for name, given in words.items() if given is not None]:
            raise UsageError(f"{named[0]}: of an --index; the benchmark has its own")
        config = ModelsConfig(**asked)
        return config.with_held_back() if study.held_back else config
    if study.held_back:
        raise UsageError(
            "--held-back: of the rendered benchmark; name rows of an index: --animated"
        )
    usual = Roles()
    gifs = [] if study.gifs is None else [(GIFS, Role.parse(usual.gifs.title, study.gifs))]
    return ModelsConfig(
        **asked,
        index=study.index,
        source=Role.parse(usual.videos.title, study.videos or usual.videos.domain),
        targets=(
            *gifs,
            (TARGET, Role.parse(usual.animated.title, study.animated or usual.animated.domain)),
        ),
    )


def _watcher(tell: Any, say: Any) -> "Watcher":  # noqa: ANN401 - what shows a bar, or lines
    """Return what shows the study on one scale from 0 to 1."""
    from anigifs.studies.sweep.watching import Watcher

    class Shown(Watcher):
        def watch(self, title: str) -> "Watch":
            def counted(items: Iterator[Any], total: int) -> Iterable[Any]:
                for number, item in enumerate(items, 1):
                    yield item
                    if title.startswith("rendering"):
                        tell(title, TESTS * number / max(total, 1))

            return counted

        def say(self, line: str) -> None:
            say(line)

        def update(self, job: str, step: int, total: int, share: float) -> None:
            tell(f"{job}: {step} of {total} clips", TESTS + (1 - TESTS) * share)

    return Shown()


def _print(study: "Study", table: "ModelsTable") -> None:
    from anigifs.studies.models.forms import NAME, falls_of, rows_of, to_text

    if not study.json:
        for line in to_text(table).splitlines():
            print(printable(line))
        print(printable(f"{study.out / NAME}.txt: the same, and .md and .csv beside it"))
        return
    summary = {
        "out": str(study.out),
        "classes": list(table.classes),
        "models": [_described(one) for one in table.models],
        "falls": falls_of(table),
        "notes": list(table.notes),
    }
    print_envelope(rows_of(table), summary)


def _described(one: "Contestant") -> dict[str, Any]:
    return {
        "model": one.key,
        **weights_described(one.record),
        "licence": one.record.licence,
        "uncovered_classes": list(one.coverage.uncovered),
    }
