"""`firstline backup` and `firstline restore`: all that cannot be made again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from ari_app.admin import backup as backups
from ari_app.admin import restore as restores
from ari_app.admin.backup import BackupError, Manifest, Progress
from ari_app.commands.as_json import json_option, print_json
from ari_app.commands.runner import begins, console, run
from ari_app.config.settings import Config
from ari_app.config.state import FILE, State
from ari_app.control.client import ControlClient
from ari_app.main import speech
from ari_app.main.installation import installation
from ari_app.main.processes import recorded
from ari_app.main.site_names import custom_directory, knowledge_directory, quality_directory
from ari_app.store import rescue
from ari_app.store.server import Server

SECRETS = "secrets.toml"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@json_option()
@click.pass_obj
def backup(state: State, directory: Path, as_json: bool) -> None:
    """Write a backup, while Firstline runs: all that cannot be made again.

    The directory is there only when it is whole. It has secrets and personal data.
    """
    config = state.config()
    if config.database.url:
        raise BackupError(
            f"the database is on {Server(config.database.url)}: pg_dump backs it up; copy "
            f"{state.directory} besides, which has the secrets and recordings"
        )
    with _shown() as show:
        restores.recover(state.directory)
        made = backups.backup(
            state.database, _parts(config, state), directory.absolute(), config.numbers, show
        )
    if as_json:
        print_json(_summary(directory, made))
    else:
        click.echo(
            f"{directory}: {len(made.files)} files, {made.size / 1e6:.1f} MB; keep it private"
        )


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option()
@click.pass_obj
def restore(state: State, directory: Path, yes: bool, as_json: bool) -> None:
    """Restore a backup in the place of what is there, while Firstline runs or not.

    The backup is checked first, and refused if a file differs from its checksum or a newer
    Firstline made it. What was there is kept beside it, as `….before-restore`.
    """
    _expect(state)
    with _shown() as show:
        found = restores.checked(directory, show)
    running = recorded(state.process) is not None
    _refuse_other_secrets(state, directory, found, running)
    config = (state if (state.directory / FILE).exists() else installation(directory)).config()
    parts = {name: _beside(path, directory, state) for name, path in _parts(config, state).items()}
    if not yes:
        what = " and ".join((str(state.directory), *_elsewhere(parts, found, state)))
        when = f"{found.made:%Y-%m-%d %H:%M} UTC"
        click.confirm(f"replace {what} by what was there at {when}?", abort=True, err=True)
    state.make()
    with _shown() as show:
        exchange = partial(_exchange, state, running)
        kept = run(restores.restore(directory, found, state.directory, parts, exchange, show))
    state.database_made.touch(0o600)
    if as_json:
        print_json({**_summary(directory, found), "kept": [str(each) for each in kept]})
        return
    click.echo(f"{state.directory}: restored, {len(found.files)} files")
    for each in kept:
        click.echo(f"  before: {each}")
    then = (
        "`firstline reload` puts its settings and menus in force" if running else "`firstline up`"
    )
    click.echo(f"Next: {then}")


def _expect(state: State) -> None:
    """Where no installation is yet, have none begin if this restore is refused or interrupted."""
    if not state.settings.exists() and not state.database.exists():
        state.make()
        state.database_made.touch(0o600)


def _parts(config: Config, state: State) -> Mapping[str, Path]:
    """What belongs into a backup besides the database, by its name there."""
    parts = {
        FILE: state.settings,
        SECRETS: (state.directory / SECRETS).resolve(),
        "recordings": speech.recordings(config, state),
        "announcements": state.announcements,
        "recorded": state.recorded,
        "knowledge": knowledge_directory(config, state),
        "quality": quality_directory(config, state),
        "custom": custom_directory(config, state),
        "hold": state.directory / "asterisk" / "hold",
    }
    if config.menus.directory:
        parts["menus"] = Path(config.menus.directory).expanduser()
    return parts


def _elsewhere(parts: Mapping[str, Path], found: Manifest, state: State) -> Iterator[str]:
    """The directories that the settings name elsewhere, and that the backup has."""
    for name in {file.partition("/")[0] for file in found.files} & parts.keys():
        if not parts[name].resolve().is_relative_to(state.directory.resolve()):
            yield str(parts[name])


def _beside(path: Path, backup: Path, state: State) -> Path:
    """Where a part is restored: what was beside the settings comes beside those here."""
    settings = backup.resolve()
    inner = path.is_relative_to(settings)
    return state.settings.parent / path.relative_to(settings) if inner else path


def _refuse_other_secrets(state: State, source: Path, found: Manifest, running: bool) -> None:
    """A running application goes on with the secrets that it has read."""
    there, theirs = state.directory / SECRETS, source / SECRETS
    same = there.exists() and theirs.exists() and there.read_bytes() == theirs.read_bytes()
    if running and SECRETS in found.files and not same:
        raise BackupError(
            f"{source} has other secrets than the Firstline that runs: `firstline stop`, restore, "
            "then `firstline up`"
        )


async def _exchange(state: State, running: bool) -> None:
    """Exchange the database: the running application does it, which has it open."""
    if not running:
        rescue.exchange(state.database)
    elif trouble := await ControlClient(state.control).restore():
        raise BackupError(trouble)


def _summary(directory: Path, made: Manifest) -> Mapping[str, object]:
    return {
        "directory": str(directory.absolute()),
        "made": made.made,
        "version": made.version,
        "migrations": len(made.schema),
        "files": len(made.files),
        "bytes": made.size,
    }


@contextmanager
def _shown() -> Iterator[Progress]:
    """Shows what is done now, on standard error."""
    with console().status("") as status:

        def show(what: str) -> None:
            status.update(what)
            begins(what)

        yield show
