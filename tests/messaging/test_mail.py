"""Mails of alarms, to a small real server."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from ari_app.admin.certificates import made
from ari_app.config.mail_settings import MailSettings
from ari_app.config.settings import decoded
from ari_app.config.state import ConfigError, State
from ari_app.messaging.alarm_mails import MOST, AlarmMails
from ari_app.messaging.mail import LONGEST, Mailbox, MailError, MailServer
from ivr.secret import Secret
from tests.deadlines import within
from tests.messaging.mail_server import SmtpServer

NOW = datetime.fromisoformat("2026-03-10T14:03:00+03:00")
BOX = Mailbox("Озёрная связь", "line@example.net", ("ops@example.net",), "http://desk/board")
SOON = (timedelta(milliseconds=20),)


def settings(server: SmtpServer, **other: object) -> MailSettings:
    own: dict[str, object] = {"host": "localhost", "port": server.port, "tls": "none"}
    given = own | {"sender": BOX.sender, "to": BOX.to} | other
    return decoded({"mail": given}).mail


def server_of(server: SmtpServer, password: str = "", **other: object) -> MailServer:
    user = {"user": "ops"} if password else {}
    return MailServer(settings(server, **user, **other), Secret(password) if password else None)


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """The TLS of a server named localhost, and the file of the authority to trust."""
    files = made(tmp_path, ["localhost"])
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    return context, str(files.authority)


async def test_a_mail_is_plain_text_from_the_operator() -> None:
    async with SmtpServer().serving() as server:
        answer = await server_of(server).send(BOX.message("ждут", ["14:03  ждут"], NOW))
    assert "queued as 1" in answer
    [mail] = server.mails
    assert (mail["From"], mail["To"]) == ("Озёрная связь <line@example.net>", "ops@example.net")
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("ждут", "auto-generated")
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["14:03  ждут", "", "-- ", "http://desk/board"]
    assert server.to == [["ops@example.net"]]


async def test_nothing_in_a_text_becomes_a_header() -> None:
    evil = "x\r\nBcc: other@example.net\n\n.\r\nQUIT"
    box = replace(BOX, name=evil)
    async with SmtpServer().serving() as server:
        await server_of(server).send(box.message(evil, ["a", ".", "b"], NOW))
    [mail] = server.mails
    assert (mail["Bcc"], mail["Subject"]) == (None, "x Bcc: other@example.net . QUIT")
    assert server.to == [["ops@example.net"]]
    assert mail.get_content().splitlines()[:3] == ["a", ".", "b"]


@pytest.mark.parametrize(
    "table",
    [
        {"host": "h"},
        {"host": "h", "sender": "a@b", "to": []},
        {"sender": "a@b\r\nBcc: c@d"},
        {"to": ["a@b, c@d"]},
        {"to": ["Вера@example.net"]},
        {"host": "h", "sender": "a@b", "to": ["c@d"], "user": "u", "tls": "none"},
        {"every": 1},
    ],
)
def test_what_cannot_be_a_mail_is_refused(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="mail"):
        decoded({"mail": table})


async def test_starttls_and_a_login(certified: tuple[ssl.SSLContext, str]) -> None:
    context, authority = certified
    async with SmtpServer(context, "sesame").serving() as server:
        over = {"tls": "starttls", "ca": authority}
        await server_of(server, "sesame", **over).send(BOX.message("s", ["t"], NOW))
        with pytest.raises(MailError, match=r"refused the login of ops: 535 5\.7\.8"):
            await server_of(server, "wrong", **over).send(BOX.message("s", ["t"], NOW))
        with pytest.raises(MailError, match="certificate verify failed"):
            await server_of(server, "sesame", tls="starttls").send(BOX.message("s", ["t"], NOW))
    assert len(server.mails) == 1


async def test_tls_from_the_first_byte_on(certified: tuple[ssl.SSLContext, str]) -> None:
    context, authority = certified
    async with SmtpServer(context).serving(tls=True) as server:
        answer = await server_of(server, tls="tls", ca=authority).send(BOX.message("s", [], NOW))
        assert "queued" in answer
        with pytest.raises(MailError, match="certificate verify failed"):
            await server_of(server, tls="tls").send(BOX.message("s", [], NOW))


async def test_a_server_without_starttls_gets_nothing() -> None:
    async with SmtpServer().serving() as server:
        with pytest.raises(MailError, match="STARTTLS"):
            await server_of(server, tls="starttls").send(BOX.message("s", [], NOW))
    assert server.mails == []


async def test_addresses_that_are_refused_are_named() -> None:
    box = replace(BOX, to=("ops@example.net", "gone@example.net"))
    async with SmtpServer().serving() as server:
        server.unknown = {"gone@example.net"}
        answer = await server_of(server).send(box.message("s", ["t"], NOW))
        assert "refused gone@example.net: 550 5.1.1 no such user" in answer
        server.unknown.add("ops@example.net")
        with pytest.raises(MailError, match=r"refused all addresses: .*ops@example\.net: 550"):
            await server_of(server).send(box.message("s", ["t"], NOW))


def mails(send: Callable[[EmailMessage], Awaitable[str]], every: float = 0.05) -> AlarmMails:
    return AlarmMails(send, BOX, every, lambda: NOW, SOON)


async def test_the_first_alarm_is_sent_at_once_and_the_others_together() -> None:
    async with SmtpServer().serving() as server, within(9):
        alarms = mails(server_of(server).send)
        running = asyncio.create_task(alarms.run())
        alarms.add("support: 3 waiting")
        first = await server.next()
        for text in ("support: over", "claims: 5 waiting"):
            alarms.add(text)
        second = await server.next()
        running.cancel()
    assert first["Subject"] == "Озёрная связь: support: 3 waiting"
    assert second["Subject"] == "Озёрная связь: support: over (+1)"
    assert second.get_content().splitlines()[:2] == [
        "2026-03-10 14:03:00  support: over", "2026-03-10 14:03:00  claims: 5 waiting"
    ]  # fmt: skip
    assert len(server.mails) == 2


async def test_a_server_that_was_down_gets_all_in_one_mail(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = SmtpServer()
    async with server.serving():
        pass
    tried = asyncio.Event()

    async def send(message: EmailMessage) -> str:
        try:
            return await server_of(server).send(message)
        finally:
            tried.set()

    alarms = mails(send)
    running = asyncio.create_task(alarms.run())
    alarms.add("begun")
    async with within(9):
        await tried.wait()
        alarms.add("over")
        async with server.serving(server.port):
            server.busy = True
            tried.clear()
            await tried.wait()
            assert server.mails == []
            server.busy = False
            mail = await server.next()
    running.cancel()
    assert [line[-5:] for line in mail.get_content().splitlines()[:2]] == ["begun", " over"]
    assert "mail of 1 alarms: retry in 0:00:00.020000" in caplog.text
    assert "451 4.3.0 try later" in caplog.text


async def test_a_mail_does_not_grow_for_ever() -> None:
    sent: asyncio.Queue[EmailMessage] = asyncio.Queue()

    async def send(message: EmailMessage) -> str:
        await sent.put(message)
        return "250 ok"

    alarms = mails(send)
    for number in range(MOST + 7):
        alarms.add(f"{'long ' * 50}{number}")
    running = asyncio.create_task(alarms.run())
    mail = await sent.get()
    running.cancel()
    lines = mail.get_content().splitlines()
    assert (lines[0], len(lines)) == ("(+7)", MOST + 4)
    assert lines[1].endswith(" 7")
    assert len(mail["Subject"]) <= LONGEST


def test_the_password_is_a_secret_of_the_installation(tmp_path: Path) -> None:
    state = State(tmp_path)
    one = MailSettings(host="mail.example.net", sender="a@b", to=("c@d",), user="ops")
    with pytest.raises(ConfigError, match=r'write mail_password = "…" into .*secrets\.toml'):
        MailServer.of(one, state, {})
    file = tmp_path / "secrets.toml"
    file.write_text(f'mail_password = "sesame"\n{file.read_text()}')
    for environment, password in (({}, "sesame"), ({"FIRSTLINE_MAIL_PASSWORD": "o"}, "o")):
        found = MailServer.of(one, state, environment)._password
        assert found is not None
        assert found.reveal() == password


async def test_the_command_says_what_the_server_answered(tmp_path: Path) -> None:
    from ari_app.cli import main

    async def run(*words: str) -> tuple[int, str]:
        given = ["--state", str(tmp_path), "mail", "test", *words]
        result = await asyncio.to_thread(CliRunner().invoke, main, given)
        return result.exit_code, result.output

    async with SmtpServer().serving() as server:
        (tmp_path / "firstline.toml").write_text("")
        code, said = await run()
        assert (code, "write host under [mail]" in said) == (1, True)
        (tmp_path / "firstline.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n'
            'sender = "line@example.net"\nto = ["ops@example.net"]\n'
        )
        code, said = await run("other@example.net")
        assert (code, server.to) == (0, [["other@example.net"]]), said
        assert "took it for other@example.net: 250 2.0.0 queued as 1" in said
        assert (await run("a@b\nBcc: c@d"))[0] == 2
    code, said = await run()
    assert (code, f"127.0.0.1:{server.port}: " in said) == (1, True)
