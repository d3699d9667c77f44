"""`firstline mail`: mails of alarms."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
from msgspec.structs import replace

from ari_app.commands.groups import Commands
from ari_app.config.mail_settings import checked_address
from ari_app.config.state import FILE, State


@click.group(cls=Commands)
def mail() -> None:
    """Send a mail to test the server of alarms."""


@mail.command()
@click.argument("address", required=False)
@click.pass_obj
def test(state: State, address: str | None) -> None:
    """Send a mail now, to ADDRESS or those of the settings; print the answer."""
    from ari_app.messaging.mail import Mailbox, MailError, MailServer  # loads ssl and email

    config = state.config()
    if not config.mail.host:
        raise click.ClickException(f"{FILE} has no server of mails: write host under [mail]")
    mailbox = Mailbox.of(config)
    if address:
        try:
            mailbox = replace(mailbox, to=(checked_address(address),))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="ADDRESS") from error
    server = MailServer.of(config.mail, state)
    now = datetime.now(ZoneInfo(config.site.timezone))
    message = mailbox.message(f"{mailbox.name}: firstline mail test", ["firstline mail test"], now)
    try:
        answer = server.send_now(message)
    except MailError as error:
        raise click.ClickException(str(error)) from error
    where = f"{config.mail.host}:{config.mail.to_port}"
    click.echo(f"{where} took it for {', '.join(mailbox.to)}: {answer}")
