"""Shell completion: the scripts, and what they complete."""

import os
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner

from ari_app.cli import main


def script(shell: str) -> str:
    """What `firstline completion SHELL` prints."""
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_completes_firstline(shell: str) -> None:
    assert f"_FIRSTLINE_COMPLETE={shell}_complete" in script(shell)


@pytest.mark.parametrize("shell", ["bash", *filter(shutil.which, ["zsh", "fish"])])
def test_a_script_is_accepted_by_its_shell(shell: str) -> None:
    ran = subprocess.run(
        [shell, "--no-execute" if shell == "fish" else "-n"],
        input=script(shell),
        capture_output=True,
        text=True,
    )
    assert (ran.stderr, ran.returncode) == ("", 0)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("firstline fl", "flows"),
        ("firstline flows re", "reload"),
        ("firstline compl", "completion"),
    ],
)
def test_words_are_completed(words: str, wanted: str) -> None:
    """As bash asks: the words so far, and the place of the last."""
    ran = subprocess.run(
        [sys.executable, "-m", "ari_app.cli"],
        env=os.environ
        | {
            "_FIRSTLINE_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
        capture_output=True,
        text=True,
    )
    found = [line.partition(",")[2] for line in ran.stdout.splitlines()]
    assert wanted in found, ran.stderr
