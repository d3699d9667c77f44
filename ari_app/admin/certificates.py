"""A certificate of the desk, and the authority of this installation that signs it, by openssl."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

AUTHORITY, SERVER = 3650, 397
"""Days: of the authority, and of the certificate, which some browsers refuse if it is longer."""

MADE = "desk-tls"
"""Where the desk's are, in the state directory."""

_NAME = re.compile(
    r"(?=.{1,253}$)(?:\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class CertificateError(Exception):
    """There is no certificate; the text says what to do."""


class Certificate(Struct, frozen=True):
    """Files: the authority that browsers import, the certificate and its key for the server.
    ``until`` is when it ends, as openssl writes it; ``new_authority``: it was made now."""

    authority: Path
    certificate: Path
    key: Path
    until: str
    new_authority: bool


def is_name(name: str) -> bool:
    """Whether a certificate can be for a name: a host name in small letters, or an address."""
    return _is_address(name) or bool(_NAME.fullmatch(name))


def made(directory: Path, names: Sequence[str]) -> Certificate:
    """A new certificate for names, in a directory; the authority in it is made the first time.

    Keys are readable by their owner alone (0600), certificates by all (0644). Raises
    :class:`CertificateError`, also for a file that cannot be written.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=directory, prefix=".new") as made:
            return _made(directory, Path(made), names)
    except OSError as error:
        raise CertificateError(
            f"cannot write to {directory} ({error.strerror}): make room there, or choose another "
            "--state"
        ) from error


def _made(directory: Path, part: Path, names: Sequence[str]) -> Certificate:
    authority, authority_key = directory / "ca.crt", directory / "ca.key"
    new = not (authority.exists() and authority_key.exists())
    if new:
        _openssl(
            *("req", "-x509", *_KEY, "-days", str(AUTHORITY), "-subj", f"/CN=Firstline {names[0]}"),
            *("-addext", "basicConstraints=critical,CA:TRUE,pathlen:0"),
            *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
            *("-keyout", str(part / "ca.key"), "-out", str(part / "ca.crt")),
        )
        _put(part, directory, "ca.key", "ca.crt")
    wanted = ",".join(f"{'IP' if _is_address(each) else 'DNS'}:{each}" for each in names)
    (part / "extensions").write_text(
        f"subjectAltName=critical,{wanted}\nbasicConstraints=critical,CA:FALSE\n"
        "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
    )
    request, key, certificate = part / "request", part / "desk.key", part / "desk.crt"
    _openssl("req", "-new", *_KEY, "-subj", "/", "-keyout", str(key), "-out", str(request))
    _openssl(
        *("x509", "-req", "-in", str(request), "-CA", str(authority), "-CAkey", str(authority_key)),
        *("-set_serial", f"0x{secrets.token_hex(16)}", "-days", str(SERVER), "-sha256"),
        *("-extfile", str(part / "extensions"), "-out", str(certificate)),
    )
    until = _openssl("x509", "-in", str(certificate), "-noout", "-enddate").partition("=")[2]
    _put(part, directory, "desk.key", "desk.crt")
    return Certificate(
        authority, directory / "desk.crt", directory / "desk.key", until.strip(), new
    )


def _put(part: Path, directory: Path, key: str, certificate: str) -> None:
    """Put a key and its certificate into their place, each by a rename."""
    for name, mode in ((key, 0o600), (certificate, 0o644)):
        (part / name).chmod(mode)
        (part / name).replace(directory / name)


def _openssl(*words: str) -> str:
    program = shutil.which("openssl")
    if program is None:
        raise CertificateError("there is no openssl: run as root: apt install openssl")
    done = subprocess.run(
        [program, *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: os.umask(0o077),
    )
    if done.returncode:
        raise CertificateError(f"openssl {words[0]} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
