"""`firstline install` and `firstline uninstall`: Firstline as a service of systemd."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click
from msgspec import structs

from ari_app.admin.service_files import ETC, MARK, UNITS, Service
from ari_app.config.state import State

_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")
"""Where a service sees nothing (ProtectHome, PrivateTmp)."""

_ROOT = Path(__file__).parents[2]


def _options(command: click.decorators.FC) -> click.decorators.FC:
    root = click.option(
        "--root",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("/"),
        help="Another root, such as that of an image; nothing is started there.",
    )
    dry = click.option("--dry-run", is_flag=True, help="Only say what would be done.")
    return root(dry(command))


@click.command()
@_options
@click.option("--program", help="The command line that runs Firstline there [default: this one].")
@click.option("--no-asterisk", is_flag=True, help="Only the application: Asterisk is not ours.")
@click.option("--agi", is_flag=True, help="A third service: the menus over FastAGI.")
@click.pass_obj
def install(
    _state: State, root: Path, dry_run: bool, program: str | None, no_asterisk: bool, agi: bool
) -> None:
    """Install two services of systemd, for the application and for Asterisk.

    It makes a user, /etc/firstline and /var/lib/firstline, the units, a command for root, and
    rules for the rotation of logs. Again it brings them up to date. It starts nothing.
    """
    _refuse_other_users(root, dry_run)
    service = Service(program or _this_program(), asterisk=not no_asterisk, agi=agi)
    _drop_units(root, service, dry_run)
    for path, text in service.files().items():
        _write(root / path.relative_to("/"), text, dry_run)
    there = _runs_here(root)
    for words in _commands(root, service, there):
        _run(words, dry_run)
    command = "sudo firstline"
    click.echo(
        f"next: write {service.toml} (`{command} init`), then `systemctl start "
        f"{' '.join(name.removesuffix('.service') for name in service.units)}`; "
        f"`{command} status` shows what runs"
    )


@click.command()
@_options
@click.option("--purge", is_flag=True, help="Remove settings, data and the user, too.")
@click.option("--yes", is_flag=True, help="Do not ask before a purge.")
@click.pass_obj
def uninstall(_state: State, root: Path, dry_run: bool, purge: bool, yes: bool) -> None:
    """Remove the services. Calls end; settings and data stay."""
    _refuse_other_users(root, dry_run)
    service = Service("", agi=True)
    if purge and not (yes or dry_run):
        click.confirm(f"Remove {ETC} and {service.state} with all data?", abort=True)
    ours = _remove(root, service.files(), dry_run)
    if _runs_here(root):
        _run(["systemctl", "daemon-reload"], dry_run)
    if purge:
        _purge(root, service, dry_run)
    elif ours:
        click.echo(f"{ETC} and {service.state} stay: `--purge` removes them")
    else:
        click.echo("no service of Firstline is installed there")


def _drop_units(root: Path, service: Service, dry_run: bool) -> None:
    """Remove the units that an earlier install with other options has written."""
    before = structs.replace(service, asterisk=True, agi=True)
    _remove(root, before.files().keys() - service.files().keys(), dry_run)


def _remove(root: Path, paths: Iterable[Path], dry_run: bool) -> list[Path]:
    """Remove those of these files that are ours; units are stopped and disabled before."""
    files = [root / path.relative_to("/") for path in paths]
    ours = [file for file in files if file.is_file() and MARK in file.read_text("utf-8")]
    units = [file.name for file in ours if file.parent == root / UNITS.relative_to("/")]
    if units and shutil.which("systemctl"):
        where = ["--now"] if _runs_here(root) else [f"--root={root}"]
        _run(["systemctl", *where, "disable", *reversed(units)], dry_run)
    for file in ours:
        click.echo(f"remove {file}")
        if not dry_run:
            file.unlink()
    return ours


def _runs_here(root: Path) -> bool:
    """Whether it is this machine, and systemd runs it."""
    return root == Path("/") and Path("/run/systemd/system").is_dir()


def _purge(root: Path, service: Service, dry_run: bool) -> None:
    for path in (ETC, service.state):
        directory = root / path.relative_to("/")
        if directory.exists():
            click.echo(f"remove {directory}")
            if not dry_run:
                shutil.rmtree(directory)
    if root == Path("/"):
        _run(["userdel", service.user], dry_run)


def _commands(root: Path, service: Service, there: bool) -> Iterator[Sequence[str]]:
    """The user and the directories; then systemd reads the units. A boot does the same."""
    elsewhere = [] if root == Path("/") else [f"--root={root}"]
    if elsewhere and os.geteuid():  # only root makes users; the first boot there does it, too
        enable = " ".join(["systemctl", *elsewhere, "enable", *service.units])
        click.echo(f"you are not root, so nothing starts at boot yet: as root run `{enable}`")
        return
    if shutil.which("systemd-sysusers"):
        yield ["systemd-sysusers", *elsewhere, "firstline.conf"]
        yield ["systemd-tmpfiles", "--create", *elsewhere, "firstline.conf"]
    elif not elsewhere:
        raise click.ClickException("this machine has no systemd, as root: apt install systemd")
    if there:
        yield ["systemctl", "daemon-reload"]
    if shutil.which("systemctl"):
        yield ["systemctl", *elsewhere, "enable", *service.units]


def _this_program() -> str:
    """The command line of this program; refused where a service cannot read it."""
    for path in (Path(sys.executable), Path(sys.prefix), Path(sys.base_prefix), _ROOT):
        hidden = [each for each in _HIDDEN if path.is_relative_to(each)]
        there = [each for each in (path, *path.parents) if each.exists()]
        closed = [str(each) for each in there if not each.stat().st_mode & 0o001]
        if hidden or closed:
            raise click.ClickException(
                f"a service cannot run Firstline from {path} ({(hidden or closed)[0]} is closed to "
                "it): install it where all users can read it, such as /opt/firstline, or name "
                "another --program"
            )
    return f"{sys.executable} -P -m ari_app.cli"


def _refuse_other_users(root: Path, dry_run: bool) -> None:
    if os.geteuid() and root == Path("/") and not dry_run:
        raise click.ClickException("only root can do this: use sudo, or look with --dry-run")


def _write(path: Path, text: str, dry_run: bool) -> None:
    if path.is_file() and path.read_text("utf-8") == text:
        return
    click.echo(f"write {path}")
    if dry_run:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(0o755 if text.startswith("#!") else 0o644)


def _run(words: Sequence[str], dry_run: bool) -> None:
    click.echo(f"run {' '.join(words)}")
    if not dry_run:
        done = subprocess.run(words, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise click.ClickException(f"{words[0]} failed: {done.stderr.strip()}")
