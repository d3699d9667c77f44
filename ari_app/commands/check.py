"""`firstline flows check` and `firstline flows rules`."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import click
from msgspec.structs import replace

from ari_app.commands.as_json import json_option, print_json
from ari_app.config.state import State
from ari_app.main.site_names import names_in_use
from ari_app.menus import loading as reading
from ari_app.selfcare.operations import CATALOGUE
from ivr.check import RULES
from ivr.check.context import Rule
from ivr.problems import Problem, near

COLOURS = {"error": "red", "warning": "yellow"}


@click.command()
@click.argument("directories", metavar="[DIRECTORY]...", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="github: annotations of GitHub workflows.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option(
    "--within",
    type=click.IntRange(1, 20),
    default=3,
    show_default=True,
    help="The most keys between a caller and a human.",
)
@click.pass_obj
def check(
    state: State, directories: tuple[Path, ...], form: str, strict: bool, within: int
) -> None:
    """List what is wrong with flows of each DIRECTORY, by default those in use.

    Exit code 1 if there are errors, 2 if a directory cannot be read.
    """
    problems: list[Problem] = []
    nodes: list[int] = []
    config = state.config()
    shipped, site = reading.shipped(config), names_in_use(config, state)
    for directory in directories or (reading.directory(config),):
        try:
            flows = reading.texts(directory)
        except reading.UnreadError as error:
            click.echo(str(error), err=True)
            raise click.exceptions.Exit(2) from error
        laid = reading.prompts(directory, shipped)
        loaded = reading.checked(flows, laid, CATALOGUE, site, within)
        problems += (replace(one, rule="prompt-text") for one in laid.problems)
        problems += (*reading.unread(directory), *loaded.problems)
        if loaded.book is not None:
            nodes += [len(flow.nodes) for flow in loaded.book.flows.values()]
    _report(problems, nodes, form)
    if any(strict or problem.severity == "error" for problem in problems):
        raise click.exceptions.Exit(1)


def _report(problems: Sequence[Problem], nodes: Sequence[int], form: str) -> None:
    counts = Counter(problem.severity for problem in problems)
    if form == "json":
        listed = [_fields(problem) for problem in problems]
        summary = {"errors": counts["error"], "warnings": counts["warning"], "problems": listed}
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
        return
    for problem in problems:
        click.echo(_annotation(problem) if form == "github" else _line(problem))
    if form == "text":
        found = f"{_count(counts['error'], 'error')}, {_count(counts['warning'], 'warning')}"
        good = f"{_count(len(nodes), 'flow')} with {_count(sum(nodes), 'node')}"
        if counts["error"]:
            broken = [RULES[each.rule].vital for each in problems if each.rule in RULES]
            rest = "; paths of callers are checked once these are fixed"
            click.echo(found + (rest if any(broken) else ""))
        else:
            click.echo(f"{found} in {good}")


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _line(problem: Problem) -> str:
    mark = click.style(problem.severity, fg=COLOURS[problem.severity])
    place = click.style(str(problem.place), bold=True)
    warning = f"{mark}: " if problem.severity == "warning" else ""
    rule = click.style(problem.rule, fg=COLOURS[problem.severity])
    return f"{place}: {warning}{rule}: {problem.text}"


def _fields(problem: Problem) -> dict[str, str | int]:
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "rule": problem.rule,
        "severity": problem.severity,
        "text": problem.text,
    }


def _annotation(problem: Problem) -> str:
    """A command of GitHub's workflows; what its syntax is made of is escaped."""
    place = problem.place
    file = _escaped(place.file).replace(":", "%3A").replace(",", "%2C")
    where = f"file={file},line={place.line},col={place.column},title={problem.rule}"
    return f"::{problem.severity} {where}::{_escaped(problem.text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


@click.command()
@click.argument("rule", required=False)
@json_option()
def rules(rule: str | None, as_json: bool) -> None:
    """List the rules of the check, or explain one.

    RULE is shown with a flow that breaks it and one that does not.
    """
    if rule is not None and rule not in RULES:
        raise click.UsageError(f"there is no rule {rule}: {near(rule, RULES)}")
    if as_json:
        print_json([_rule(each) for each in RULES.values()] if rule is None else _rule(RULES[rule]))
    elif rule is None:
        for each in RULES.values():
            mark = click.style(f"{each.severity:8}", fg=COLOURS[each.severity])
            click.echo(f"{mark} {each.name:20} {each.protects}")
    else:
        for line in _explained(rule):
            click.echo(line)


def _rule(one: Rule) -> dict[str, str]:
    """A rule as JSON."""
    return {
        "name": one.name,
        "severity": one.severity,
        "protects": one.protects,
        "fix": one.fix,
    }


def _explained(name: str) -> Iterator[str]:
    rule = RULES[name]
    yield f"{rule.name} ({rule.severity}): {rule.protects} {rule.fix}"
    for sort in ("bad", "good"):
        text = files("ivr.check.samples").joinpath(f"{name}.{sort}.yaml").read_text("utf-8")
        yield f"\n{sort}:\n\n{text.rstrip()}"
