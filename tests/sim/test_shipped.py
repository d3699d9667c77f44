"""The shipped menus by their own tests: every way is gone, and what callers listen to is short."""

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ari_app.sim.trace import Trace
from ivr.check.words import promised
from ivr.nodes import CHOICES
from ivr.screens import Choice, listed
from ivr.wants import Ask, Want
from tests.shipped import texts

pytestmark = pytest.mark.slow


def test_the_shipped_tests_pass_and_go_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of tests that fail there is no coverage.

    On the way no caller had to listen to more than five choices, in any situation.
    """
    asked = set[tuple[str, ...]]()

    class Listener(Trace):
        def presented(self, call: str, want: Want) -> None:
            assert self.session is not None
            if isinstance(want, Ask) and self.session.flow != "ussd":  # its menus are read
                asked.add(tuple(phrase.prompt for phrase in want.screen.phrases))
            super().presented(call, want)

    monkeypatch.setattr("ari_app.sim.run.Trace", Listener)
    covered = CliRunner().invoke(main, ["flows", "cover", "--min", "100"])
    assert covered.exit_code == 0, covered.output
    assert len(asked) > 100
    assert [crowd for screen in sorted(asked) if (crowd := crowded(screen))] == []


def crowded(screen: tuple[str, ...]) -> str:
    """What is wrong with prompts that are played in one go: the keys that they name, of all kinds,
    in the language that names most. Who hears an offer of another language does not consider it."""
    own = [prompt for prompt in screen if not prompt.startswith("speak-")]
    for language in ("ru", "be", "en"):
        keys = set[str]()
        for prompt in own:
            parts = texts().template(prompt, language)[1].parts
            text = "".join(part for part in parts if isinstance(part, str))
            read = [line for line in listed(text, set("0123456789*#")) if isinstance(line, Choice)]
            keys |= {*(line[0] for line in read), *promised(text)}
        if len(keys) > CHOICES:
            return f"{own} ({language}): {sorted(keys)}"
    return ""
