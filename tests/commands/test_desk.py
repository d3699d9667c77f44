"""`firstline desk certificate`: files that a browser and a proxy take."""

import subprocess
from pathlib import Path

import pytest

from ari_app.config.state import State
from tests.commands.conftest import Run


def verified(directory: Path, *words: str) -> int:
    """The exit code of openssl, which checks the certificate as a browser does."""
    known = ["-CAfile", str(directory / "ca.crt"), "-purpose", "sslserver", *words]
    command = ["openssl", "verify", *known, str(directory / "desk.crt")]
    return subprocess.run(command, capture_output=True).returncode


def test_a_certificate_is_made_and_renewed_by_the_same_authority(state: State, run: Run) -> None:
    made = run("desk", "certificate", "desk.example.net", "192.0.2.7").stdout
    files = state.directory / "desk-tls"
    assert {one.name: oct(one.stat().st_mode & 0o777) for one in files.iterdir()} == {
        "ca.crt": "0o644",
        "ca.key": "0o600",
        "desk.crt": "0o644",
        "desk.key": "0o600",
    }
    assert "ca.crt is the new authority: import it" in made
    assert "desk.crt is for desk.example.net, 192.0.2.7 until" in made
    before = (files / "ca.crt").read_text()
    assert "authority" not in run("desk", "certificate", "desk.example.net", "192.0.2.7").stdout
    assert (files / "ca.crt").read_text() == before
    assert verified(files, "-verify_hostname", "desk.example.net") == 0
    assert verified(files, "-verify_ip", "192.0.2.7") == 0
    assert verified(files, "-verify_hostname", "other.example.net") != 0


@pytest.mark.parametrize("name", ["", "a b", "Desk", "x,DNS:bank.example", "-x.net"])
def test_what_is_no_name_is_refused(state: State, run: Run, name: str) -> None:
    assert run("desk", "certificate", "--", name).exit_code == 2
    assert not (state.directory / "desk-tls").exists()
