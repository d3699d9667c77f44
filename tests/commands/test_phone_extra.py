"""`firstline call` and `firstline agent` without the SIP stack name the extra."""

import pytest

from ari_app.commands import phone_extra
from tests.commands.conftest import Run


@pytest.mark.parametrize("words", [("call", "611"), ("agent",)])
def test_the_extra_and_its_installation_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(phone_extra, "find_spec", lambda _: None)
    result = run(*words)
    assert result.exit_code == 1
    assert f"`firstline {words[0]}` needs the extra `phone`" in result.stderr
    assert "-m pip install 'firstline[phone]'" in result.stderr
