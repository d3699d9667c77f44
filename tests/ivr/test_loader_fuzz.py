"""Any text is read or refused: nothing raises, and nothing takes long."""

import time
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import ivr.menus
from ivr.check import RULES, Standard
from ivr.check.samples import files
from ivr.loader import Loaded, load
from tests.fuzz import examples
from tests.ivr.check.test_rules import HEARD, OPERATIONS, SLOTS, ZONES
from tests.ivr.check.test_rules import HERE as SAMPLES

STANDARD = Standard(heard=HEARD, zones=ZONES)

SHIPPED = [
    {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(Path(ivr.menus.__path__[0]).rglob("*.yaml"))
    },
    *(files(path.read_text(encoding="utf-8")) for path in sorted(SAMPLES.glob("*.good.yaml"))),
]
"""Sets of flows: those that callers hear, and the samples of the rules."""

ALPHABET = st.sampled_from([*":,{}[]\"'#-*&!|>%@`?\t\n ~<=\\0", "flow", "nodes", "say", "я"])


def bounded(files: Mapping[str, str]) -> Loaded:
    """What is loaded; it ends quickly whatever it is (a bound against minutes, not a figure)."""
    began = time.process_time()
    loaded = load(files, SLOTS, OPERATIONS, STANDARD)
    assert time.process_time() - began < 5
    assert (loaded.book is None) == any(p.severity == "error" for p in loaded.problems)
    for problem in loaded.problems:
        assert problem.rule in RULES
        lines = files[problem.place.file].splitlines() or [""]
        assert 1 <= problem.place.line <= len(lines) + 1
        assert problem.place.column >= 1
    return loaded


@settings(deadline=None)
@given(
    st.one_of(
        st.text(),
        st.lists(ALPHABET).map("".join),
        st.binary().map(lambda some: some.decode("latin-1")),
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    bounded({"a.yaml": text})


@settings(deadline=None)
@given(st.data())
def test_any_mutation_of_what_we_ship_is_read_or_refused(data: st.DataObject) -> None:
    files = dict(data.draw(st.sampled_from(SHIPPED)))
    name = data.draw(st.sampled_from(sorted(files)))
    text = files[name]
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = min(len(text), begin + data.draw(st.integers(0, 12)))
        text = text[:begin] + "".join(data.draw(st.lists(ALPHABET, max_size=3))) + text[end:]
    files[name] = text
    bounded(files)


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
SHAPES = (
    "{{ say: welcome, then: {} }}",
    "{{ say: balance-is, need: caller, then: {} }}",
    "{{ menu: menu-both, keys: {{ '1': {}, '2': {}, '*': back }}, gave-up: {} }}",
    "{{ input: contract-ask, into: contract, then: {}, gave-up: {} }}",
    "{{ input: code-ask, into: code, secret: yes, then: {}, gave-up: {} }}",
    "{{ confirm: pay-ask, yes: {}, no: {}, gave-up: {} }}",
    "{{ do: balance, on: {{ ok: {} }}, else: {} }}",
    "{{ do: pay, on: {{ ok: {} }}, else: {} }}",
    "{{ do: check-contract, inputs: {{ contract: contract }}, on: {{ ok: {} }}, else: {} }}",
    "{{ branch: balance, when: {{ '> 3': {} }}, else: {} }}",
    "{{ set: {{ balance: 3, other: '{{code}}' }}, then: {} }}",
    "{{ queue: support, on: {{ timeout: {} }}, else: {} }}",
    "{{ record: welcome, into: said, then: {}, empty: {} }}",
    "{{ call: one, take: {{ contract: contract }}, on: {{ a: {} }}, else: {} }}",
    "{{ call: two, else: {} }}",
    "{{ goto: {}, flow: one }}",
    "{{ goto: {}, flow: two }}",
    "{{ return: {} }}",
    "{{ end: [] }}",
)


@st.composite
def wild(draw: st.DrawFn, name: str) -> str:
    """A flow that reads well, whatever sense it makes."""
    head = draw(st.sampled_from(["on-error", "on-need", "on-hangup", "on-backend-down"]))
    number = draw(st.sampled_from(["", f'numbers: ["{len(name)}{name == "one":d}"]\n']))
    text = f"flow: {name}\n{number}languages: [en]\noutputs: {{ contract: digits }}\n"
    text += f"start: a\n{head}: {draw(NAMES)}\nnodes:\n"
    for node in "abcde":
        shape = draw(st.sampled_from(SHAPES))
        text += f"  {node}: {shape.format(*(draw(NAMES) for _ in range(shape.count('{}'))))}\n"
    return text


@settings(deadline=None, max_examples=examples(60))
@given(wild("one"), wild("two"))
def test_any_ways_can_be_followed(one: str, two: str) -> None:
    bounded({"one.yaml": one, "two.yaml": two})
