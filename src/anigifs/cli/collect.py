"""``anigifs collect``: find animated GIFs by action, and fetch them."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from anigifs.cli.manners import limits_of, signed
from anigifs.cli.output import Warnings, print_envelope, printable
from anigifs.cli.study import one_bar
from anigifs.collect.items import STYLES, TEMPLATE
from anigifs.foundation import UsageError

if TYPE_CHECKING:
    from anigifs.collect.collecting import Collected, Folder, Wishes
    from anigifs.collect.demo import DemoEngine
    from anigifs.collect.items import Capabilities, Query

OPEN = ("commons", "openverse")
OF_ALL = ("kinetics-600",)


@dataclass(frozen=True)
class Collect:
    """Search for animated GIFs of classes, and fetch them politely; one that was stopped goes on.

    Each class is searched under three style words at each provider, as the paper did. Files are
    kept under their hashes, with where they come from and under which licence; what is refused is
    kept as a line with the reason.

    Example: anigifs collect --classes kinetics-600 --contact me@lab.example --out found --plan

    Example: anigifs collect --demo --classes 20 --out demo
    """

    out: Annotated[Path, tyro.conf.arg(metavar="FOLDER")]
    """Where everything goes: frontier.sqlite, store/ and candidates.parquet."""
    classes: Annotated[tuple[str, ...], tyro.conf.arg(metavar="LIST|NAME...")] = OF_ALL
    """A class list, a file with a name a line, or names; with --demo, how many."""
    styles: Annotated[tuple[str, ...], tyro.conf.arg(metavar="WORD...")] = STYLES
    """The style words."""
    template: Annotated[str, tyro.conf.arg(metavar="TEXT")] = TEMPLATE
    """How a query is put together; "gif" goes where a provider finds GIFs alone."""
    synonyms: bool = False
    """Ask with other words for some classes, too."""
    providers: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = OPEN
    """Of commons, openverse, gifcities, ddgs-bing and ddgs-duckduckgo."""
    urls: Annotated[tuple[Path, ...], tyro.conf.arg(metavar="LIST...")] = ()
    """Lists of addresses with labels, as `anigifs index urls` reads them; nothing is searched."""
    accept_terms: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME...")] = ()
    """Providers whose terms you have read and accept, where that is asked for."""
    contact: Annotated[str, tyro.conf.arg(metavar="ADDRESS")] = ""
    """Your e-mail address or web page, which every request names."""
    deepest: Annotated[int | None, tyro.conf.arg(metavar="N")] = None
    """Hits of a query, at most; by default as many as the provider gives."""
    per_host: Annotated[int, tyro.conf.arg(metavar="N")] = 2
    """Requests to one host at a time."""
    gap: Annotated[float, tyro.conf.arg(metavar="SECONDS")] = 1.0
    """From one request to a host to the next."""
    most_mib: Annotated[float, tyro.conf.arg(metavar="MIB")] = 25.0
    """The most of one file."""
    threads: Annotated[int, tyro.conf.arg(metavar="N")] = 16
    """Files that are fetched side by side."""
    demo: bool = False
    """Search and fetch on this machine alone, from an engine of puppets with planted trouble."""
    again: bool = False
    """Try once more what had been given up: failed queries, and files that were tried in vain."""
    plan: bool = False
    """Say how many requests it will make and how long they take, and stop."""
    verify: bool = False
    """Hash every stored file anew, and stop; exit with 2 if one is not what it was."""
    json: bool = False
    """Print one JSON object on standard output."""

    def run(self) -> int:
        """Collect, plan or verify, and print."""
        from anigifs.collect.collecting import Folder

        folder = Folder(self.out)
        if self.verify:
            return self._verify(folder)
        with ExitStack() as open_now:
            engine = open_now.enter_context(self._engine()) if self.demo else None
            queries, can = self._queries(engine)
            if self.plan:
                return self._print_plan(queries, can)
            return self._collect(folder, queries, engine)

    def _collect(
        self, folder: "Folder", queries: "list[Query]", engine: "DemoEngine | None"
    ) -> int:
        from anigifs.collect.collecting import collect
        from anigifs.collect.providers import open_providers

        def providers(web: Any) -> Mapping[str, Any]:  # noqa: ANN401 - the door to the web
            if engine is not None:
                return _demo_provider(web, engine)
            return open_providers(self._searched, web, self.accept_terms)

        wishes = self._wishes(engine)
        warnings = Warnings()
        try:
            with one_bar("collect") as (tell, _):
                settings = {"version": 1, "demo": _settings(engine)}
                found = collect(folder, settings, queries, providers, wishes, tell)
        except KeyboardInterrupt:
            print("anigifs: stopped; the same command goes on", file=sys.stderr)
            raise
        for line in _left(found):
            warnings.take(line)
        off = _off_plan(folder, engine) if engine is not None else []
        self._print(folder, found, warnings, off, engine)
        return 2 if off else 0

    @property
    def _searched(self) -> tuple[str, ...]:
        """The providers that are asked: lists alone, where lists are given."""
        return ("url-list",) if self.urls else self.providers

    @contextmanager
    def _engine(self) -> "Iterator[DemoEngine]":
        from anigifs.collect.demo import DemoEngine, World
        from anigifs.foundation import write_text

        if len(self.classes) != 1 or not (self.classes[0].isdecimal() or self.classes == OF_ALL):
            raise UsageError("--demo takes a number of classes, such as --classes 20")
        count = int(self.classes[0]) if self.classes[0].isdecimal() else 20
        before = _settings_of(self.out).get("demo") or {}
        # Addresses hold the port: the same one, or what was fetched would be other files.
        with DemoEngine(World(classes=count), port=int(before.get("port", 0))) as engine:
            yield engine
            if self.out.is_dir() and not self.plan:
                write_text(self.out / "planted.jsonl", engine.world.manifest())

    def _queries(
        self, engine: "DemoEngine | None"
    ) -> "tuple[list[Query], Mapping[str, Capabilities]]":
        from anigifs.collect.demo.provider import CAPABILITIES as DEMO
        from anigifs.collect.providers import maker_of
        from anigifs.collect.providers.url_list import CAPABILITIES as LISTS
        from anigifs.collect.providers.url_list import url_list_queries
        from anigifs.collect.queries import read_synonyms, style_queries

        if self.urls:
            named = [one for path in self.urls for one in url_list_queries(path)]
            return named, {"url-list": LISTS}
        if engine is not None:
            return style_queries(engine.world.labels, {"demo": DEMO}), {"demo": DEMO}
        can = {name: maker_of(name)(_NoWeb()).capabilities for name in self.providers}
        return (
            style_queries(
                _names(self.classes), can, styles=self.styles, template=self.template,
                synonyms=read_synonyms() if self.synonyms else None,
            ),
            can,
        )  # fmt: skip

    def _wishes(self, engine: "DemoEngine | None") -> "Wishes":
        from anigifs.collect.collecting import Wishes
        from anigifs.collect.frontier import Retries

        limits = limits_of(self.threads, self.per_host, self.gap, self.most_mib)
        if engine is None:
            door = signed(limits, self.contact)
            return Wishes(door, self.threads, self.deepest, again=self.again)
        quick = replace(
            limits, per_host=self.threads, gap_s=0.0, allow=(engine.host,), read_s=1.0, total_s=4.0,
            least_after_s=1.0,
        )  # fmt: skip
        return Wishes(quick, self.threads, self.deepest, Retries((0.2, 1.0)), again=self.again)

    def _print_plan(self, queries: "list[Query]", can: "Mapping[str, Capabilities]") -> int:
        from anigifs.collect.plan import plan_of

        plan = plan_of(queries, can)
        if self.json:
            summary = {"queries": plan.queries, "least_s": plan.least_s, "most_s": plan.most_s}
            print_envelope([asdict(share) for share in plan.shares], summary)
            return 0
        for line in plan.lines():
            print(printable(line))
        for name, one in can.items():
            if one.terms_url:
                print(printable(f"terms of {name}: {one.terms_url}"))
        return 0

    def _verify(self, folder: "Folder") -> int:
        from anigifs.collect.store import Store

        if not folder.store.is_dir():
            raise UsageError(f"{folder.path}: holds no collection")
        problems = [str(one) for one in Store(folder.store).verify()]
        if self.json:
            print_envelope([{"problem": one} for one in problems])
        else:
            for one in problems:
                print(printable(one))
            print(f"{printable(str(folder.store))}: {len(problems)} problems")
        return 2 if problems else 0

    def _print(
        self,
        folder: "Folder",
        found: "Collected",
        warnings: Warnings,
        off: list[str],
        engine: "DemoEngine | None",
    ) -> None:
        from anigifs.collect.yields import lines

        if self.json:
            rows = [asdict(one) | {"share": one.share} for one in found.yields]
            summary = {"out": str(folder.path), **found.counts, "candidates": found.candidates}
            demo = {} if engine is None else {"planted": len(engine.world.items), "off": off}
            print_envelope(rows, {**summary, **demo}, warnings.lines)
            return
        for line in lines(found.yields):
            print(printable(line))
        print(_told(found.counts))
        print(printable(f"{folder.candidates}: {found.candidates:,} candidates"))
        if engine is not None:
            for line in off:
                print(printable(line))
            planted = len(engine.world.items)
            print(f"as planted: {planted - len(off):,} of {planted:,}")


def _told(counts: Mapping[str, int]) -> str:
    return (
        "{queries_done:,} queries done, {queries_open:,} open, {queries_failed:,} failed; "
        "{hits:,} hits of {media:,} files: {stored:,} stored, {refused:,} refused, "
        "{waiting:,} waiting; {attempts:,} attempts"
    ).format(**counts)


class _NoWeb:
    """Stands for the web where a provider is only asked what it can do."""

    def json(self, url: str, params: Any, headers: Any, /) -> tuple[object, str]:  # noqa: ANN401
        """Is never asked."""
        raise AssertionError(url)


def _names(classes: tuple[str, ...]) -> tuple[str, ...]:
    from anigifs.taxonomy import CLASS_LISTS, class_list

    if len(classes) == 1 and (classes[0] in CLASS_LISTS or Path(classes[0]).is_file()):
        return class_list(classes[0]).names
    return classes


def _settings_of(folder: Path) -> dict[str, Any]:
    import json

    from anigifs.collect.collecting import SETTINGS

    try:
        return dict(json.loads((folder / SETTINGS).read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _settings(engine: "DemoEngine | None") -> dict[str, object] | None:
    if engine is None:
        return None
    port = int(engine.host.rpartition(":")[2])
    return {"seed": engine.world.seed, "classes": engine.world.classes, "port": port}


def _demo_provider(web: Any, engine: "DemoEngine") -> Mapping[str, Any]:  # noqa: ANN401
    from anigifs.collect.demo import DemoProvider

    return {"demo": DemoProvider(web, engine.base_url)}


def _left(found: "Collected") -> Iterator[str]:
    for name, error in found.searched.broken.items():
        yield f"{name} was given up for now: {error}"
    for name, why in found.searched.put_off.items():
        yield f"{name} was put off: {why}"
    if found.fetched.waiting:
        yield f"{found.fetched.waiting:,} files are to be left alone for a while; call again later"


def _off_plan(folder: "Folder", engine: "DemoEngine") -> list[str]:
    """Return what became of planted files that is not what must become of them."""
    from anigifs.collect.demo.checking import off_plan

    return list(off_plan(folder.frontier, engine))
