"""A small SMTP server, as an operator has one: with TLS and logins, and it refuses as planned."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP


class SmtpServer:
    """What came: ``mails`` with their recipients in ``to``. ``password`` of the user ``ops`` is
    asked for unless it is ""; addresses of ``unknown`` are refused; ``busy`` refuses every mail
    for the time being. With a ``context`` it offers STARTTLS, and no login before it."""

    def __init__(self, context: ssl.SSLContext | None = None, password: str = "") -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []
        self.unknown: set[str] = set()
        self.busy = False
        self.came = asyncio.Event()
        self._context = context
        self._password = password

    @asynccontextmanager
    async def serving(self, port: int = 0, tls: bool = False) -> AsyncIterator["SmtpServer"]:
        """Serve on ``port``; with ``tls`` from the first byte on."""
        context = self._context if tls else None
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._converse(reader, writer)
        except (ConnectionError, ssl.SSLError):
            pass  # the client does not trust us, or is gone
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to: list[str] = []
        open_ = not self._password
        writer.write(b"220 mail.example.net\r\n")
        while line := (await reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            secured = writer.get_extra_info("ssl_object") is not None
            match verb.upper():
                case "EHLO":
                    starts = self._context is not None and not secured
                    offers = ["mail.example.net", "STARTTLS" if starts else "AUTH PLAIN"]
                    said = "".join(f"250-{one}\r\n" for one in offers) + "250 8BITMIME"
                case "STARTTLS":
                    writer.write(b"220 go ahead\r\n")
                    assert self._context is not None
                    await writer.start_tls(self._context)
                    continue
                case "AUTH":
                    given = base64.b64decode(rest.split()[-1]).decode().split("\0")
                    open_ = given == ["", "ops", self._password]
                    said = "235 welcome" if open_ else "535 5.7.8 bad credentials"
                case "MAIL":
                    said = "250 ok" if open_ else "530 5.7.0 log in first"
                    said = "451 4.3.0 try later" if self.busy else said
                case "RCPT":
                    address = rest[rest.index("<") + 1 : rest.index(">")]
                    known = address not in self.unknown
                    to += [address] if known else []
                    said = "250 ok" if known else "550 5.1.1 no such user"
                case "DATA":
                    writer.write(b"354 go\r\n")
                    body = await reader.readuntil(b"\r\n.\r\n")
                    text = body.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
                    mail = message_from_bytes(text, policy=SMTP)
                    assert isinstance(mail, EmailMessage)
                    self.mails.append(mail)
                    self.to.append(to)
                    to = []
                    self.came.set()
                    said = f"250 2.0.0 queued as {len(self.mails)}"
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                case _:
                    said = "250 ok"
            writer.write(f"{said}\r\n".encode())
            await writer.drain()

    async def next(self) -> EmailMessage:
        """The mail that comes next."""
        await self.came.wait()
        self.came.clear()
        return self.mails[-1]
