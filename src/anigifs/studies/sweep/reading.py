"""Read the file of a sweep, and say in one line what is wrong with it."""

import re
import tomllib
from collections.abc import Collection, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from anigifs.foundation import UsageError
from anigifs.puppets.spec import Spec
from anigifs.studies.sweep.plan import Plan, Run, names_weights
from anigifs.studies.sweep.values import check_keys, field_names, fields_of, fitted
from anigifs.studies.testing import ClipSet
from anigifs.training.config import Sampler, TrainConfig

Kind = TypeVar("Kind")
#: Plans that the package brings along.
NAMED = ("puppets", "puppets-sources")
ABOUT_RUN = {
    "title": str, "start": str, "oracle": bool, "listed": bool, "tests": tuple[str, ...],
    "test_time": str,
}  # fmt: skip
ABOUT_TEST = {
    "title": str, "domain": str, "split": str, "styles": tuple[str, ...], "sampler": Sampler,
    "shift": str, "curve": bool,
}  # fmt: skip
TOP = ("title", "seeds", "baseline", "index", "benchmark", "train", "tests", "runs")
#: What the plan itself decides of each run.
DECIDED = {"index", "seed", "options"}
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def read_plan(name_or_path: str) -> Plan:
    """Return the sweep that a name or a TOML file stands for.

    Args:
        name_or_path: A name of :data:`NAMED`, or the path of a file.

    Raises:
        UsageError: There is no such file, it is no TOML, or something in it is missing, unknown, or
            cannot be.
    """
    path = _path(name_or_path)
    try:
        return _plan(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML ({error})") from None


def _path(name_or_path: str) -> Path:
    if name_or_path in NAMED:
        return Path(str(resources.files("anigifs.studies") / "data" / f"{name_or_path}.toml"))
    path = Path(name_or_path)
    if not path.is_file():
        raise UsageError(
            f"{path}: no such file; name a TOML file, or one of the sweeps {', '.join(NAMED)}"
        )
    return path


def _plan(path: Path, top: Mapping[str, Any]) -> Plan:
    check_keys(top, TOP, str(path))
    title = fitted(_needed(top, "title", path), str, f"{path}: title")
    seeds = _seeds(top, path)
    runs = _runs(top, path)
    _check_starts(runs, path)
    baseline = fitted(_needed(top, "baseline", path), str, f"{path}: baseline")
    if baseline not in runs:
        raise UsageError(f"{path}: baseline = {baseline!r}: no such run; {_known(runs)}")
    if not runs[baseline].listed:
        raise UsageError(f"{path}: the baseline {baseline!r} is no row of the table; list it")
    tests = _tests(top, path)
    _check_tests(runs, tests, path)
    return Plan(path, title, seeds, baseline, _clips(top, path), tests, runs)


def _needed(table: Mapping[str, Any], key: str, path: Path) -> Any:  # noqa: ANN401 - any of TOML's
    if key not in table:
        raise UsageError(f"{path}: {key} is missing; docs/sweep.md has an example")
    return table[key]


def _seeds(top: Mapping[str, Any], path: Path) -> tuple[int, ...]:
    seeds: tuple[int, ...] = fitted(_needed(top, "seeds", path), tuple[int, ...], f"{path}: seeds")
    if not seeds or len(set(seeds)) < len(seeds) or min(seeds) < 0:
        raise UsageError(f"{path}: seeds are one or more, all different, and at least 0")
    return seeds


def _clips(top: Mapping[str, Any], path: Path) -> Spec | Path:
    if ("index" in top) == ("benchmark" in top):
        raise UsageError(f"{path}: either [benchmark], to render one, or index, the path of one")
    if "index" in top:
        index: str = fitted(top["index"], str, f"{path}: index")
        return path.parent / index
    where = f"{path}: [benchmark]"
    table = _table(top, "benchmark", path)
    check_keys(table, field_names(Spec), where)
    return _made(Spec, fields_of(table, Spec, where), where)


def _tests(top: Mapping[str, Any], path: Path) -> tuple[ClipSet, ...]:
    tests = []
    for key, (table, where) in _named(top, "tests", path).items():
        check_keys(table, ABOUT_TEST, where)
        given = {k: fitted(value, ABOUT_TEST[k], f"{where}: {k}") for k, value in table.items()}
        if (shift := given.get("shift")) is not None:
            _check_shift(shift, f"{where}: shift")
        usual = {"title": key, "domain": None, "split": "test"}
        tests.append(ClipSet(key=key, **{**usual, **given}))
    return tuple(tests)


def _check_shift(kind: str, where: str) -> None:
    from anigifs.transforms.shifts import SHIFTS  # which loads OpenCV

    if kind not in SHIFTS:
        raise UsageError(f"{where} = {kind!r}: there are {', '.join(SHIFTS)}")


def _runs(top: Mapping[str, Any], path: Path) -> dict[str, Run]:
    shared_names = field_names(TrainConfig) - DECIDED
    shared, where = _table(top, "train", path), f"{path}: [train]"
    check_keys(shared, shared_names, where)
    common = fields_of(shared, TrainConfig, where)
    return {
        name: _run(name, table, common, where, path)
        for name, (table, where) in _named(top, "runs", path).items()
    }


def _run(
    name: str, table: Mapping[str, Any], common: Mapping[str, Any], where: str, path: Path
) -> Run:
    check_keys(table, {*(field_names(TrainConfig) - DECIDED), *ABOUT_RUN, "options"}, where)
    about = {
        key: fitted(table[key], kind, f"{where}: {key}")
        for key, kind in ABOUT_RUN.items()
        if key in table
    }
    own = {k: value for k, value in table.items() if k not in ABOUT_RUN and k != "options"}
    if "test_time" in about:
        _check_test_time(about, [*own, *("options" for _ in table.get("options", ()))], where)
    settings = {**common, **fields_of(own, TrainConfig, where)}
    if "start" in about and "weights" in own:
        raise UsageError(f"{where}: start and weights; a run starts from one of them")
    if "weights" in settings:
        settings["weights"] = _weights(settings["weights"], path)
    settings["options"] = _options(table.get("options", {}), where, path)
    _made(TrainConfig, {"index": "", **settings}, where)  # refuses values that cannot be
    usual = {"title": name, "start": None, "oracle": False, "listed": True}
    return Run(name=name, **{**usual, **about}, settings=settings)


def _check_test_time(about: Mapping[str, Any], own: Collection[str], where: str) -> None:
    """Refuse a run that adapts in no way that is known, or that would be trained besides."""
    from anigifs.evaluation.test_time import WAYS  # which loads torch

    if about["test_time"] not in WAYS:
        raise UsageError(
            f"{where}: test_time = {about['test_time']!r}: there are {', '.join(WAYS)}"
        )
    if "start" not in about:
        raise UsageError(
            f"{where}: test_time is of the weights that another run made: name its start"
        )
    if own:
        raise UsageError(f"{where}: test_time trains nothing; leave out {', '.join(own)}")


def _weights(name: str, path: Path) -> str:
    """Return a name of weights as it is, and a folder's path, which has a slash, from the file."""
    return str((path.parent / name).absolute()) if "/" in name else name


def _options(table: object, where: str, path: Path) -> tuple[str, ...]:
    """Return a method's options as words; whether it has them is the method's to say."""
    if not isinstance(table, dict):
        raise UsageError(f"{where}: options is a table, such as {{ period = 8 }}, not {table!r}")
    words = []
    for name, value in sorted(table.items()):
        if not isinstance(value, str | int | float):
            raise UsageError(f"{where}: the option {name!r} is a number or a text, not {value!r}")
        if names_weights(name):
            value = _weights(str(value), path)
        words.append(f"{name}={str(value).lower() if isinstance(value, bool) else value}")
    return tuple(words)


def _named(
    top: Mapping[str, Any], what: str, path: Path
) -> dict[str, tuple[Mapping[str, Any], str]]:
    """Return the tables of ``[what.name]`` by name, each with its place for messages."""
    tables = _table(top, what, path)
    if not tables:
        raise UsageError(f"{path}: no [{what}.NAME]; at least one is needed")
    found: dict[str, tuple[Mapping[str, Any], str]] = {}
    for name, table in tables.items():
        where = f"{path}: [{what}.{name}]"
        if not _NAME.fullmatch(name):
            raise UsageError(f"{where}: a name is of small letters, digits and '-'")
        if not isinstance(table, dict):
            raise UsageError(f"{where} is a table, not {table!r}")
        found[name] = (table, where)
    return found


def _table(top: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    table = top.get(key, {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: [{key}] is a table, not {table!r}")
    return table


def _made(kind: type[Kind], values: Mapping[str, Any], where: str) -> Kind:
    try:
        return kind(**values)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _check_starts(runs: Mapping[str, Run], path: Path) -> None:
    """Refuse a start that is no run, and runs that start from one another."""
    for run in runs.values():
        chain = [run.name]
        while (start := runs[chain[-1]].start) is not None:
            if start not in runs:
                where = f"{path}: [runs.{chain[-1]}]"
                raise UsageError(f"{where}: start = {start!r}: no such run; {_known(runs)}")
            if start in chain:
                circle = " -> ".join([*chain[chain.index(start) :], start])
                raise UsageError(f"{path}: runs that start from one another: {circle}")
            chain.append(start)
        begun, where = runs[run.start or run.name], f"{path}: [runs.{run.name}]"
        if begun.oracle and not run.oracle:
            raise UsageError(
                f"{where}: starts from the oracle {run.start!r}; mark it with oracle = true"
            )
        if begun.adapted and not (run.adapted or run.oracle):
            raise UsageError(
                f"{where}: starts from {run.start!r}, which sees a target; no other method may"
            )


def _check_tests(runs: Mapping[str, Run], tests: Collection[ClipSet], path: Path) -> None:
    """Refuse a run of no test, or of one that is none."""
    known = [one.key for one in tests]
    for run in runs.values():
        where = f"{path}: [runs.{run.name}]: tests"
        if run.tests is not None and not run.tests:
            raise UsageError(f"{where} names none; leave it out to take all")
        if unknown := [key for key in run.tests or () if key not in known]:
            raise UsageError(f"{where}: no test {unknown[0]!r}; there are {', '.join(known)}")


def _known(runs: Mapping[str, Run]) -> str:
    return f"there are {', '.join(runs)}"


def check_methods(plan: Plan) -> None:
    """Refuse a run of a method, or with options of one, that nobody knows, or with a wrong target.

    Raises:
        UsageError: There is one.
    """
    from anigifs.methods import make_method
    from anigifs.training.targets import check_target

    for run in plan.runs.values():
        try:
            make_method(run.settings.get("method", "erm"), run.settings["options"])
            check_target(TrainConfig(**{"index": "", **run.settings}))
        except UsageError as error:
            raise UsageError(f"{plan.file}: [runs.{run.name}]: {error}") from None
