"""`firstline call` and `firstline agent` without the SIP stack name the extra."""

import sys
import tomllib

import pytest

from ari_app.commands import phone_extra
from tests.commands.conftest import Run
from tests.docs.markdown import ROOT


@pytest.mark.parametrize("words", [("call", "611"), ("agent",)])
@pytest.mark.parametrize(
    ("python", "remedy"),
    [
        ((3, 11), f"-m pip install {phone_extra.LIBRARY}`"),
        ((3, 13), "use one of them, this Python has no wheel of it"),
    ],
)
def test_the_extra_and_its_installation_are_named(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    python: tuple[int, int],
    remedy: str,
) -> None:
    monkeypatch.setattr(phone_extra, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "version_info", python)
    result = run(*words)
    assert result.exit_code == 1
    assert f"`firstline {words[0]}` needs the extra `phone`" in result.stderr
    assert remedy in result.stderr


def test_the_library_is_that_of_the_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [extra] = project["optional-dependencies"]["phone"]
    assert extra.partition(" ;")[0] == phone_extra.LIBRARY
