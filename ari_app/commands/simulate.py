"""`firstline flows simulate`: a call in the terminal."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ari_app.commands.flow_tests import LoadedFlows, load_flows, quiet
from ari_app.commands.runner import run
from ari_app.config.state import State
from ari_app.sim import report, script_writer, terminal
from ari_app.sim.run import Result, run_test
from ari_app.sim.script import Given, Test
from ari_app.sim.trace import Watch
from ivr.analysis.examples import Reply, Request, outcomes, reply
from ivr.engine import Step
from ivr.model import Book
from ivr.nodes import Dial, Queue
from ivr.problems import near
from ivr.terms import QUEUE_OUTCOMES
from ivr.wants import Ask, Enqueue, Record, Say, Screen, Send, Want
from prompts.plan import Form, screen_texts


@click.command()
@click.argument("number")
@click.option("--as", "caller", default="", help="A demo subscriber, unknown, or withheld.")
@click.option(
    "--unvouched", is_flag=True, help="Through a trunk that does not vouch for the caller's number."
)
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="The local time of the call.")
@click.option("--lang", default="", help="The caller's language.")
@click.option("--press", help=f"Keys, on a virtual clock: {terminal.KEYBOARD}.")
@click.option("--menus", type=click.Path(path_type=Path, file_okay=False), help="Other menus.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="NAME=OUTCOME",
    help="The outcome of an operation, a schedule or a dialled number.",
)
@click.option("--queue", type=click.Choice(QUEUE_OUTCOMES), help="The outcome of every queue.")
@click.option("--fast", is_flag=True, help="Use a virtual clock.")
@click.option(
    "--record-test",
    "test_file",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write the call as a test.",
)
@click.pass_obj
def simulate(state: State, /, number: str, menus: Path | None, **options: Any) -> None:
    """Call a number from this terminal: prompts are printed, keys are typed."""
    on = load_flows(state, menus)
    if on.book.answering(number) is None:
        dialled = on.book.dialled
        raise click.ClickException(f"no flow has the number {number}: {near(number, dialled)}")
    test = Test(
        test=f"a call to {number}",
        call=number,
        as_=options["caller"],
        vouched=not options["unvouched"],
        at=options["at"] or datetime.now().replace(second=0, microsecond=0),
        lang=options["lang"],
        given=_given(on.book, options["answers"], options["queue"]),
    )
    person = on.bench.person(test.as_)
    click.echo(f"  0.00  {person.name} ({person.number or 'no number'}) dials {number}")
    with quiet():
        result = run(_simulated(on, test, options["press"], options["fast"]))
    click.echo("\n".join(["steps:", *report.path(result.trace)]))
    file: Path | None = options["test_file"]
    if file is not None:
        made = script_writer.called(test, result.trace)
        file.write_text(script_writer.written(on.book, [made]), encoding="utf-8")
        click.echo(f"{file}: written")
    if result.failure is not None:
        raise click.ClickException(result.failure.text)


async def _simulated(on: LoadedFlows, test: Test, press: str | None, fast: bool) -> Result:
    watch = _watching(on)
    if press is None and sys.stdin.isatty():
        click.echo(terminal.KEYBOARD)
        async with terminal.typed() as signs:
            if fast:
                return await run_test(on.bench, test, terminal.Typed(signs), watch)
            return await terminal.run_in_real_time(on.bench, test, signs, watch)
    text = sys.stdin.read() if press is None else press
    return await run_test(on.bench, test, terminal.Typed(terminal.signs(text)), watch)


def _watching(on: LoadedFlows) -> Watch:
    def shown(screen: Screen, form: Form = "spoken") -> Iterator[str]:
        texts = screen_texts(on.catalogue, screen, form)
        for phrase, text in zip(screen.phrases, texts, strict=True):
            yield f"  {phrase.prompt}: {text}"

    def watch(at: float, what: Step | Want | str) -> None:
        match what:
            case str():
                lines = [what]
            case Ask() | Say() | Record():
                lines = list(shown(what.screen))
            case Send():
                end = f", not sent after {what.valid / 60:g} min" if what.valid else ""
                lines = [f"a text message{end}:", *shown(what.screen, "written")]
            case Enqueue():
                lines = [f"in the queue {what.queue}, topic {what.topic}"]
            case _:
                return
        for line in lines:
            click.echo(f"{at:6.2f}  {line}")

    return watch


def _given(book: Book, answers: tuple[str, ...], queue: str | None) -> Given:
    """The given outcomes of the command line."""
    found: dict[Request, tuple[Reply, ...]] = {}
    nodes = [node for flow in book.flows.values() for node in flow.nodes.values()]
    if queue is not None:
        for node in nodes:
            if isinstance(node, Queue):
                found["queue", node.queue] = (reply(book, ("queue", node.queue), queue),)
    names: dict[str, Request] = {
        **{node.dial: ("dial", node.dial) for node in nodes if isinstance(node, Dial)},
        **{name: ("hours", name) for name in book.schedules},
        "sms": ("sms", ""),
        **{name: ("do", name) for name in book.operations},
    }
    for answer in answers:
        name, _, outcome = answer.partition("=")
        if name not in names:
            raise click.BadParameter(f"there is no {name}: {near(name, names)}")
        known = outcomes(book, names[name])
        if outcome not in known:
            raise click.BadParameter(f"{name} is never {outcome}: {near(outcome, known)}")
        found[names[name]] = (reply(book, names[name], outcome),)
    return found
