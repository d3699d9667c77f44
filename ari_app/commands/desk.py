"""`firstline desk`: what the agents' desk needs besides its settings."""

import click

from ari_app.admin.certificates import MADE, CertificateError, is_name, made
from ari_app.commands.groups import Commands
from ari_app.config.state import State


@click.group(cls=Commands)
def desk() -> None:
    """Make the certificate of the agents' desk."""


@desk.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.pass_obj
def certificate(state: State, names: tuple[str, ...]) -> None:
    """Make a certificate for the desk, signed by an authority of this installation.

    NAME is a host name or an address that browsers use [default: names of [desk]]. Run it again to
    renew the certificate; the authority stays, and is not imported again.
    """
    names = names or tuple(each.partition(":")[0] for each in state.config().desk.names)
    if not names:
        raise click.UsageError("give the host name of the desk, or set names of [desk]")
    for name in names:
        if not is_name(name):
            raise click.BadParameter(
                f"{name} is no host name in small letters, and no address", param_hint="NAME"
            )
    try:
        one = made(state.directory.absolute() / MADE, names)
    except CertificateError as error:
        raise click.ClickException(str(error)) from error
    if one.new_authority:
        click.echo(f"{one.authority} is the new authority: import it into each agent's browser")
    click.echo(f"{one.certificate} is for {', '.join(names)} until {one.until}")
    click.echo(f"{one.key} is its key")
    click.echo("name both as certificate and key of [desk], or in a TLS proxy: docs/desk.md#https")
