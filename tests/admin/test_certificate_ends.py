"""When certificates end is read from their files, and said in time."""

import asyncio
import logging
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ari_app.admin.certificate_ends import Ending, ends, of_installation, run, trouble
from ari_app.admin.certificates import AUTHORITY, MADE, SERVER, made
from ari_app.config.cabinet_settings import CabinetSettings
from ari_app.config.desk_settings import DeskSettings
from ari_app.config.settings import BillingSettings, Config, TlsSettings


def signed(path: Path, days: str) -> Path:
    """A certificate that signs itself."""
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    files = ("-keyout", str(path.with_suffix(".key")), "-out", str(path))
    words = ["openssl", *new, "-days", days, "-subj", "/CN=it", *files]
    subprocess.run(words, check=True, capture_output=True)
    return path


def by_openssl(path: Path) -> datetime:
    words = ["openssl", "x509", "-in", str(path), "-noout", "-enddate", "-dateopt", "iso_8601"]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return datetime.fromisoformat(said.strip().partition("=")[2])


def test_the_end_is_that_of_openssl_also_after_2050(tmp_path: Path) -> None:
    for days in ("1", "90", "12000"):  # two forms of a time: RFC 5280, 4.1.2.5
        path = signed(tmp_path / f"{days}.pem", days)
        assert ends(path) == by_openssl(path)


def test_a_chain_ends_with_its_first_and_trust_with_its_last(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    one = made(tmp_path, ["desk.example.net"])
    both = tmp_path / "chain.pem"
    both.write_text(one.certificate.read_text() + "\n" + one.authority.read_text())
    for trusted, days in ((False, SERVER), (True, AUTHORITY)):
        assert abs(ends(both, trusted=trusted) - now - timedelta(days=days)) < timedelta(hours=1)


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n", "\x00\xff"])
def test_a_file_without_a_certificate_is_named_as_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "desk.pem"
    path.write_text(text)
    [found] = of_installation(Config(desk=DeskSettings(certificate=str(path))), tmp_path)
    assert found == Ending("[desk] certificate", str(path), None)
    assert trouble([found], datetime.now(UTC)).endswith("cannot be read")


def test_each_that_is_served_or_used_is_looked_at(tmp_path: Path) -> None:
    made(tmp_path / MADE, ["desk.example.net"])
    shop = str(signed(tmp_path / "shop.pem", "20"))
    config = Config(
        cabinet=CabinetSettings(certificate=shop),
        tls={"shop": TlsSettings(certificate=shop, ca=shop)},
        billing=BillingSettings(ca=shop),
    )
    found = of_installation(config, tmp_path)
    assert [one.setting for one in found] == [
        "firstline desk certificate",
        "[cabinet] certificate",
        "[billing] ca",
        "[tls.shop] certificate",
        "[tls.shop] ca",
    ]
    now = datetime.now(UTC)
    assert trouble(found, now).count("ends in 19 days") == 4
    assert trouble(found, now + timedelta(days=21)).count("renew it now") == 4
    assert trouble(found[:1], now) == ""


async def test_what_ends_soon_is_logged_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    now, logged = datetime.now(UTC), asyncio.Event()
    one = Ending("[desk] certificate", "desk.pem", now + timedelta(days=2))

    class Noted(logging.Handler):
        def emit(self, _: logging.LogRecord) -> None:
            logged.set()

    logger = logging.getLogger("ari_app.admin.certificate_ends")
    logger.addHandler(handler := Noted())
    task = asyncio.create_task(run(lambda: [one], lambda: now))
    await logged.wait()
    task.cancel()
    logger.removeHandler(handler)
    with suppress(asyncio.CancelledError):
        await task
    assert caplog.messages == [one.trouble(now)]
