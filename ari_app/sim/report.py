"""Reports of test results and coverage: text, JSON and JUnit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal
from xml.etree import ElementTree

from msgspec import Struct, json

from ari_app.sim.run import Result
from ari_app.sim.script import After, Press, Silence, Test, describe
from ari_app.sim.trace import Trace
from ivr.analysis.coverage import Covered, EdgeKey
from ivr.events import Failed
from ivr.problems import Place
from ivr.spoken import answer

Format = Literal["text", "json", "junit"]


class TestReport(Struct, frozen=True):
    """A test in a report."""

    file: str
    line: int
    test: str
    passed: bool
    failure: str
    path: tuple[str, ...]


class Gap(Struct, frozen=True):
    """An edge that no test takes: the place of its node, and a call that would take it."""

    flow: str
    node: str
    way: str
    place: str
    how: str


class Share(Struct, frozen=True):
    """How much of a flow is covered."""

    flow: str
    percent: float
    edges: int
    of_edges: int
    nodes: int
    of_nodes: int
    gaps: tuple[Gap, ...]


def path(trace: Trace) -> Iterator[str]:
    """The path of a call, line by line, without secrets."""
    flow = ""
    for line in trace.path:
        step = line.step
        parts = [f"{step.node} ({step.kind})"]
        if flow and step.flow != flow:
            parts.insert(0, f"{step.flow}:")
        flow = step.flow
        if step.prompt:
            parts.append(f"played {step.prompt}")
        if answered := answer(step.key, step.filled):
            parts.append(answered)
        if step.outcome:
            parts.append(f"-> {step.outcome}")
        yield f"{line.at:8.2f}  {'  '.join(parts)}"


def results(found: Sequence[Result], seconds: float, form: Format) -> str:
    """The report of tests that ran for so many seconds."""
    if form == "json":
        return json.format(json.encode(list(map(_entry, found)))).decode()
    return _junit(found, seconds) if form == "junit" else "\n".join(_plain(found, seconds))


def _entry(result: Result) -> TestReport:
    failure = result.failure
    place = failure.place if failure else result.test.place
    return TestReport(
        place.file,
        place.line,
        result.test.test,
        failure is None,
        failure.text if failure else "",
        tuple(path(result.trace)) if failure else (),
    )


def _plain(found: Sequence[Result], seconds: float) -> Iterator[str]:
    failed = [result for result in found if result.failure]
    for result in failed:
        assert result.failure is not None
        yield f"{result.failure.place}: {result.test.test}: {result.failure.text}"
        yield from (f"  {line}" for line in path(result.trace))
    count = f"{len(found)} test{'' if len(found) == 1 else 's'}"
    how = f"{len(failed)} failed" if failed else "all good"
    yield f"{count} in {seconds:.2f} s: {how}"


def _junit(found: Sequence[Result], seconds: float) -> str:
    suite = ElementTree.Element(
        "testsuite",
        name="flows",
        tests=str(len(found)),
        failures=str(sum(result.failure is not None for result in found)),
        time=f"{seconds:.3f}",
    )
    for result in found:
        one = _entry(result)
        case = ElementTree.SubElement(
            suite, "testcase", classname=one.file, name=one.test, file=one.file, line=str(one.line)
        )
        if not one.passed:
            fault = ElementTree.SubElement(case, "failure", message=one.failure)
            fault.text = "\n".join([f"{one.file}:{one.line}: {one.failure}", *one.path])
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


# Coverage.


def shares(
    found: Sequence[Covered], places: Mapping[tuple[str, str], Place], tests: Mapping[EdgeKey, Test]
) -> tuple[Share, ...]:
    """Coverage with the places of missed edges, and ``tests`` that would take them."""
    return tuple(
        Share(
            one.flow,
            round(one.percent, 1),
            len(one.edges),
            len(one.edges) + len(one.missed),
            len(one.nodes),
            len(one.nodes) + len(one.missed_nodes),
            tuple(_gap(edge, places, tests.get(edge)) for edge in one.missed),
        )
        for one in found
    )


def total(found: Sequence[Share]) -> float:
    """Covered edges of all flows together, in percent."""
    of = sum(one.of_edges for one in found)
    return 100 * sum(one.edges for one in found) / of if of else 100.0


def coverage(found: Sequence[Share], form: Format) -> str:
    """The report of coverage."""
    if form == "json":
        report = {"percent": round(total(found), 1), "flows": found}
        return json.format(json.encode(report)).decode()
    lines = []
    for one in found:
        for gap in one.gaps:
            lines.append(f"{gap.place}: no test takes {gap.node} {gap.way}: ".replace("  ", " "))
            lines[-1] += gap.how
    for one in found:
        lines.append(
            f"{one.percent:5.1f} %  flow {one.flow}: {one.edges} of {one.of_edges} edges, "
            f"{one.nodes} of {one.of_nodes} nodes"
        )
    lines.append(f"{total(found):5.1f} %  of all edges")
    return "\n".join(lines)


def _gap(edge: EdgeKey, places: Mapping[tuple[str, str], Place], test: Test | None) -> Gap:
    how = "no call was found that takes it" if test is None else summary(test)
    flow, node, way = edge
    return Gap(flow, node, way, str(places.get((flow, node or way), "")), how)


def summary(test: Test) -> str:
    """A test in a sentence: who calls, and what happens."""
    parts = [f"call {test.call}{f' as {test.as_}' if test.as_ else ''}"]
    for step in test.steps:
        match step.does:
            case Press(secret=False):
                parts.append(f"press {step.does.keys}")
            case Silence():
                parts.append("say nothing")
            case Press() | _ if describe(step.does) != "that":
                parts.append(describe(step.does))
    for (what, name), replies in test.given.items():
        outcomes = ", then ".join(
            "broken"
            if isinstance(reply, Failed)
            else "slow"
            if isinstance(reply, After)
            else reply.outcome
            for reply in replies
        )
        parts.append(f"{name or what}: {outcomes}")
    return ", ".join(parts)
