"""`firstline flows test`, `cover` and `walk`: tests of flows, without a phone."""

import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import click
from msgspec import Struct
from msgspec.structs import replace
from yaml import MappingNode

from ari_app.commands.runner import run
from ari_app.config.state import State
from ari_app.main.demo import simulated_operator
from ari_app.menus import loading as reading
from ari_app.selfcare.operations import CATALOGUE
from ari_app.sim import report, script_writer
from ari_app.sim.run import Result, TestBench, run_test
from ari_app.sim.script import Test
from ari_app.sim.script_reader import read
from ari_app.sim.simulation import bench
from ivr.analysis.coverage import EdgeKey, covered
from ivr.analysis.paths import Path as Way
from ivr.analysis.search import find_paths as walk_through
from ivr.model import Book
from ivr.problems import Place, near
from ivr.reader import Reader
from ivr.source import compose, place
from prompts.catalogue import Catalogue

DIRECTORY = click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), required=False
)


class LoadedFlows(Struct, frozen=True):
    """The flows of a directory, and the bench that their tests run on."""

    directory: Path
    catalogue: Catalogue
    bench: TestBench

    @property
    def book(self) -> Book:
        return self.bench.book


def load_flows(state: State, directory: Path | None) -> LoadedFlows:
    """Load the flows of a directory, by default those in use; raises ``FlowsError``."""
    config = state.config()
    chosen = directory or reading.directory(config)
    site = replace(reading.ANY_SITE, plan=config.numbers)
    menus = reading.menus(chosen, reading.shipped(config), CATALOGUE, site)
    recordings = Path(config.voice.recordings or state.recordings).expanduser()
    return LoadedFlows(
        chosen,
        menus.catalogue,
        bench(menus.book, menus.catalogue, simulated_operator(), recordings),
    )


# Testing.


@click.command("test")
@DIRECTORY
@click.option("-k", "--only", default="", metavar="TEXT", help="Only tests with this in the name.")
@click.option("--format", "form", type=click.Choice(get_args(report.Format)), default="text")
@click.pass_obj
def test_(state: State, directory: Path | None, only: str, form: report.Format) -> None:
    """Run the tests beside flows of DIRECTORY, on a virtual clock.

    Exit code 1 if a test fails, 2 if flows or tests cannot be read.
    """
    on = _load_or_exit(state, directory)
    tests = [each for each in _tests(on) if only in f"{each.place.file}: {each.test}"]
    if not tests:
        click.echo(f"no test in {on.directory}: write NAME{reading.TESTS} beside a flow", err=True)
        raise click.exceptions.Exit(2)
    began = time.monotonic()
    found = run(_run_tests(on.bench, tests))
    click.echo(report.results(found, time.monotonic() - began, form))
    if any(result.failure for result in found):
        raise click.exceptions.Exit(1)


def _load_or_exit(state: State, directory: Path | None) -> LoadedFlows:
    """Load flows; exit code 2 if they do not pass the check."""
    try:
        return load_flows(state, directory)
    except reading.FlowsError as error:
        click.echo(str(error))
        raise click.exceptions.Exit(2) from error


def _tests(on: LoadedFlows) -> tuple[Test, ...]:
    """Read the tests of the directory; exit code 2 if a file is wrong."""
    found = []
    for path in sorted(on.directory.rglob(f"*{reading.TESTS}")):
        found.append(read(str(path), path.read_text(encoding="utf-8", errors="replace"), on.book))
    problems = [problem for each in found for problem in each.problems]
    if problems:
        for problem in problems:
            click.echo(str(problem))
        raise click.exceptions.Exit(2)
    return tuple(test for each in found for test in each.tests)


@contextmanager
def quiet() -> Iterator[None]:
    """Disable logging: tests may provoke errors."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


async def _run_tests(on: TestBench, tests: list[Test]) -> list[Result]:
    with quiet():
        return [await run_test(on, test) for test in tests]


# Covering and walking.


@click.command()
@DIRECTORY
@click.option("--min", "least", type=click.FloatRange(0, 100), default=0.0, show_default=True,
              help="Exit code 1 below this percentage of covered edges.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_obj
def cover(state: State, directory: Path | None, least: float, form: report.Format) -> None:
    """List the nodes and edges that tests do not reach, and the coverage of flows."""
    on = _load_or_exit(state, directory)
    found = run(_run_tests(on.bench, list(_tests(on))))
    reached = _covered_edges(found)
    spots = {spot for result in found for spot in result.trace.spots}
    calls = {}
    own = covered(on.book, reached, spots)
    if any(one.missed for one in own):
        ways = walk_through(on.book, show=_shown)
        calls = {edge: _written(on, path) for edge, path in ways.shortest.items()}
    shares = report.shares(own, _places(on.book), calls)
    click.echo(report.coverage(shares, form))
    failed = sum(result.failure is not None for result in found)
    if failed:
        click.echo(f"{failed} of the tests fail: see `firstline flows test`", err=True)
    if failed or report.total(shares) < least:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("flow", default="")
@click.option("--menus", type=click.Path(path_type=Path, file_okay=False), help="Other menus.")
@click.option("--missing", is_flag=True, help="Only paths that no test covers.")
@click.option(
    "--write", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write into FILE."
)
@click.pass_obj
def walk(state: State, flow: str, menus: Path | None, missing: bool, file: Path | None) -> None:
    """Write tests that take every path of a flow, or of all flows, shortest first.

    They expect what the flows do now: read them before you keep them.
    """
    on = load_flows(state, menus)
    if flow and flow not in on.book.flows:
        raise click.ClickException(f"there is no flow {flow}: {near(flow, on.book.flows)}")
    if file is not None and file.exists():
        raise click.ClickException(f"{file} exists: choose another name, or move it away")
    text, count, missed = walked(on, flow, missing)
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
        click.echo(f"{file}: {count} tests")
    places = _places(on.book)
    for name, node, way in sorted(missed):
        where = places.get((name, node or way), name)
        click.echo(f"{where}: no path was found through {node} {way}", err=True)


def walked(on: LoadedFlows, flow: str = "", missing: bool = False) -> tuple[str, int, set[EdgeKey]]:
    """Tests that take every path as text, how many, and the edges to which none was found."""
    found = walk_through(on.book, flow, show=_shown)
    reached = _covered_edges(run(_run_tests(on.bench, list(_tests(on))))) if missing else set()
    paths = [path for path in found.paths if not reached.issuperset(path.edges)]
    text = script_writer.written(on.book, [_written(on, path) for path in paths])
    return text, len(paths), set(found.missed) - reached


def _shown(steps: int, left: int) -> None:
    """Say on standard error how far a search is that takes long."""
    click.echo(f"searching paths to {left} more edges: {steps} steps so far", err=True)


def _covered_edges(found: Iterable[Result]) -> set[EdgeKey]:
    """The edges that tests took."""
    return {edge for result in found for edge in result.trace.edges}


def _written(on: LoadedFlows, path: Way) -> Test:
    return script_writer.walked(on.book, path, on.bench.person("").language)


def _places(book: Book) -> Mapping[tuple[str, str], Place]:
    """The places of nodes, handlers and codes in their files."""
    found = {}
    for flow in book.flows.values():
        text = Path(flow.file).read_text(encoding="utf-8")
        for node, where in Reader(flow.file, text).read().places.items():
            found[flow.flow, node] = where
        root = compose(flow.file, text)
        heads = list(root.value) if isinstance(root, MappingNode) else []
        for key, value in heads:
            found.setdefault((flow.flow, key.value), place(flow.file, key))
            if key.value == "codes":
                heads += value.value
    return found
