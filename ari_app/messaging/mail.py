"""Mails in plain text, to the addresses of ``[mail]``, over SMTP (RFC 5321)."""

import asyncio
import os
import smtplib
import ssl
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as INTERNET
from email.utils import make_msgid
from threading import Thread
from typing import TypeAlias

from msgspec import Struct

from ari_app.config.mail_settings import MailSettings
from ari_app.config.settings import Config
from ari_app.config.state import PREFIX, ConfigError, State
from ivr.secret import Secret

DEADLINE = 20.0
"""Seconds in which the server has to answer each command."""
LONGEST = 150
"""Characters of a subject."""


OK, FORWARDED = 250, 251
"""Answers to what was taken (RFC 5321, 4.2.3)."""

Refused: TypeAlias = dict[str, tuple[int, bytes]]
"""Addresses that the server does not take, each with its answer."""


class MailError(Exception):
    """The server did not take a mail."""


class Mailbox(Struct, frozen=True):
    """Where mails come from and go to; ``name`` is the operator's, ``footer`` ends each."""

    name: str
    sender: str
    to: tuple[str, ...]
    footer: str = ""

    @classmethod
    def of(cls, config: Config) -> "Mailbox":
        """That of an installation, under the operator's name in the first language of the site."""
        name = config.operator.said.in_(config.site.languages[0])["operator"]
        return cls(name, config.mail.sender, config.mail.to, f"{config.desk_url}board")

    def message(self, subject: str, lines: Sequence[str], at: datetime) -> EmailMessage:
        """A mail. A line break in the subject or the name is a space."""
        message = EmailMessage(INTERNET)
        user, _, domain = self.sender.partition("@")
        message["From"] = Address(one_line(self.name), user, domain)
        message["To"] = ", ".join(self.to)
        message["Subject"] = one_line(subject)[:LONGEST]
        message["Date"] = at
        message["Message-ID"] = make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers of absent people
        text = "\n".join(lines) + (f"\n\n-- \n{self.footer}" if self.footer else "")
        message.set_content(text + "\n")
        return message


class MailServer:
    """The server of the settings. ``DEADLINE`` counts for each of its answers."""

    def __init__(self, settings: MailSettings, password: Secret | None) -> None:
        self._settings = settings
        self._password = password

    @classmethod
    def of(
        cls, settings: MailSettings, state: State, environment: Mapping[str, str] = os.environ
    ) -> "MailServer":
        """With the password of ``secrets.toml``; :class:`ConfigError` if there is none for the
        user."""
        if not settings.user:
            return cls(settings, None)
        state.keys()  # makes the file, or says what is wrong with it
        file = state.directory / "secrets.toml"
        found = environment.get(f"{PREFIX}MAIL_PASSWORD")
        found = found or tomllib.loads(file.read_text()).get("mail_password")
        if not isinstance(found, str) or not found:
            raise ConfigError(
                f'[mail] has a user without a password: write mail_password = "…" into {file}'
            )
        return cls(settings, Secret(found))

    async def send(self, message: EmailMessage) -> str:
        """Hand a mail over; returns the server's answer, and who was refused. Raises
        :class:`MailError`. Cancelled, it does not wait for the server."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()

        def settle(answer: str, error: Exception | None) -> None:
            if done.cancelled():
                return
            if error is None:
                done.set_result(answer)
            else:
                done.set_exception(error)

        def work() -> None:
            answer, failure = "", None
            try:
                answer = self.send_now(message)
            except Exception as error:  # noqa: BLE001 - it is raised again, in the loop
                failure = error
            with suppress(RuntimeError):  # the loop is closed: the application has stopped
                loop.call_soon_threadsafe(settle, answer, failure)

        # A daemon: threads of the loop's executor would be waited for when it stops.
        Thread(target=work, name="mail", daemon=True).start()
        return await done

    def send_now(self, message: EmailMessage) -> str:
        """The same; blocks."""
        one = self._settings
        where = f"{one.host}:{one.to_port}"
        try:
            with self._connected() as client:
                if self._password is not None:
                    client.login(one.user, self._password.reveal())
                return _handed_over(client, message)
        except smtplib.SMTPAuthenticationError as error:
            raise MailError(f"{where} refused the login of {one.user}: {_said(error)}") from error
        except smtplib.SMTPRecipientsRefused as error:
            raise MailError(
                f"{where} refused all addresses: {_refused(error.recipients)}"
            ) from error
        except smtplib.SMTPResponseException as error:
            raise MailError(f"{where} refused it: {_said(error)}") from error
        except OSError as error:  # also that of smtplib and ssl, and timeouts
            why = one_line(str(error)) or type(error).__name__
            raise MailError(f"{where}: {why}") from error

    def _connected(self) -> smtplib.SMTP:
        one = self._settings
        if one.tls == "none":
            return smtplib.SMTP(one.host, one.to_port, timeout=DEADLINE)
        context = ssl.create_default_context(cafile=one.ca or None)
        if one.tls == "tls":
            return smtplib.SMTP_SSL(one.host, one.to_port, timeout=DEADLINE, context=context)
        client = smtplib.SMTP(one.host, one.to_port, timeout=DEADLINE)
        try:
            client.starttls(context=context)
        except BaseException:
            client.close()
            raise
        return client


def _handed_over(client: smtplib.SMTP, message: EmailMessage) -> str:
    """What :meth:`smtplib.SMTP.send_message` does, with the answer that it does not return."""
    sender = message["From"].addresses[0].addr_spec
    client.ehlo_or_helo_if_needed()
    code, said = client.mail(sender)
    if code != OK:
        raise smtplib.SMTPSenderRefused(code, said, sender)
    refused: Refused = {}
    to = [one.addr_spec for one in message["To"].addresses]
    for address in to:
        code, said = client.rcpt(address)
        if code not in (OK, FORWARDED):
            refused[address] = (code, said)
    if len(refused) == len(to):
        raise smtplib.SMTPRecipientsRefused(refused)
    code, said = client.data(message.as_bytes())
    if code != OK:
        raise smtplib.SMTPDataError(code, said)
    others = f"; refused {_refused(refused)}" if refused else ""
    return f"{code} {_text(said)}{others}"


def one_line(text: str) -> str:
    """A text without line breaks and other control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _refused(found: Refused) -> str:
    return "; ".join(f"{to}: {code} {_text(said)}" for to, (code, said) in found.items())


def _text(said: bytes | str) -> str:
    return one_line(said if isinstance(said, str) else said.decode("utf-8", "replace"))
