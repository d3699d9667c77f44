"""The desk serves TLS itself, with the files that `firstline desk certificate` makes."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientConnectorCertificateError, ClientSession
from msgspec.structs import replace

from ari_app.admin.certificates import Certificate, made
from ari_app.config.desk_settings import DeskSettings
from ari_app.config.settings import Config
from ari_app.pages.server import ServerError, ServerSettings
from asterisk_conf.site import Ports
from tests.desk.http_client import PASSWORD, running_desk


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return made(tmp_path_factory.mktemp("tls"), ["127.0.0.1", "localhost"])


def served(files: Certificate) -> ServerSettings:
    return ServerSettings(
        "127.0.0.1",
        0,
        ("localhost",),
        https=True,
        certificate=str(files.certificate),
        key=str(files.key),
    )


async def test_browsers_sign_in_over_tls_alone(files: Certificate) -> None:
    trusting = ssl.create_default_context(cafile=str(files.authority))
    async with running_desk(served(files)) as server, ClientSession() as session:
        url = f"https://localhost:{server.port}/sign-in"  # without a proxy: the name with the port
        form = {"name": "anna", "password": PASSWORD}
        headers = {"Origin": url.removesuffix("/sign-in")}
        session.headers.update(headers)
        async with session.post(url, ssl=trusting, data=form, allow_redirects=False) as answer:
            assert answer.status == 303
            assert "Secure" in answer.headers["Set-Cookie"]
            assert "max-age=" in answer.headers["Strict-Transport-Security"]
        with pytest.raises(ClientConnectorCertificateError):
            await session.get(url)


async def test_a_renewed_certificate_is_served_and_a_faulty_one_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = made(tmp_path, ["127.0.0.1"])
    trusting = ssl.create_default_context(cafile=str(files.authority))
    async with running_desk(served(files)) as server:

        async def number() -> str:
            """The serial number that a new connection is shown."""
            _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=trusting)
            writer.close()
            return str(writer.get_extra_info("peercert")["serialNumber"])

        first = await number()
        good = files.certificate.read_text()
        files.certificate.write_text("no certificate")
        server.renew_certificate()
        assert "the desk keeps its certificate" in caplog.text
        assert await number() == first
        files.certificate.write_text(good)
        made(tmp_path, ["127.0.0.1"])
        server.renew_certificate()
        assert await number() != first


@pytest.mark.parametrize("fault", ["missing", "other-key", "no-pem"])
async def test_files_that_cannot_be_used_are_named(
    files: Certificate, tmp_path: Path, fault: str
) -> None:
    settings = served(files)
    match fault:
        case "missing":
            settings = replace(settings, certificate=str(tmp_path / "nothing.crt"))
        case "other-key":
            settings = replace(settings, key=str(made(tmp_path, ["127.0.0.1"]).key))
        case _:
            (tmp_path / "no.pem").write_text("x")
            settings = replace(settings, key=str(tmp_path / "no.pem"))
    with pytest.raises(ServerError, match="set certificate and key under"):
        async with running_desk(settings):
            pass


def test_where_agents_find_it() -> None:
    def url(port: int = 8086, **desk: Any) -> str:
        return Config(desk=DeskSettings(**desk), ports=Ports(desk=port)).desk_url

    own: dict[str, Any] = {"certificate": "/x.crt", "key": "/x.key"}
    assert url(**own) == "https://127.0.0.1:8086/"
    assert url(names=("desk.lan",), **own) == "https://desk.lan:8086/"
    assert url(443, names=("desk.lan",), **own) == "https://desk.lan/"
    assert url(names=("desk.lan",), https=True) == "https://desk.lan/"
    with pytest.raises(ValueError, match="certificate"):
        DeskSettings(key="/x.key")
