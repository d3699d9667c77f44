"""Any text is read or refused: nothing raises, and nothing takes long."""

import time
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import ivr.menus
from ivr.loader import Loaded, load
from tests.ivr.calls import OPERATIONS, SLOTS

SHIPPED = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted(Path(ivr.menus.__path__[0]).rglob("*.yaml"))
}

ALPHABET = st.sampled_from([*":,{}[]\"'#-*&!|>%@`?\t\n ~<=\\0", "flow", "nodes", "say", "я"])


def bounded(files: Mapping[str, str]) -> Loaded:
    """What is loaded; it ends quickly whatever it is (a bound against minutes, not a figure)."""
    began = time.process_time()
    loaded = load(files, SLOTS, OPERATIONS)
    assert time.process_time() - began < 5
    assert (loaded.book is None) == bool(loaded.problems)
    for problem in loaded.problems:
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
    files = dict(SHIPPED)
    name = data.draw(st.sampled_from(sorted(files)))
    text = files[name]
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = min(len(text), begin + data.draw(st.integers(0, 12)))
        text = text[:begin] + "".join(data.draw(st.lists(ALPHABET, max_size=3))) + text[end:]
    files[name] = text
    bounded(files)
