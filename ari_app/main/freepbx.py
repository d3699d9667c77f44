"""An installation beside FreePBX: what is there, compared with what there should be."""

import sqlite3
from contextlib import closing
from pathlib import Path

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.doctor import read_files
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding
from ari_app.doctor.freepbx import Wanted, lacking
from ari_app.main import pbx_site
from ari_app.store import agents
from ari_app.store.errors import StoreError
from ari_app.store.opening import open_reader
from ari_app.store.server import place
from asterisk_conf.freepbx import README, freepbx_files


def examined(config: Config, state: State, directory: Path) -> tuple[Finding, ...]:
    """What a directory of FreePBX's Asterisk lacks, such as ``/etc/asterisk``.

    Raises :class:`~ari_app.doctor.read_files.ReadError`, and
    :class:`~asterisk_conf.site.SiteError` for settings that cannot be beside FreePBX.
    """
    site = pbx_site.site(config, state.keys(), (), (), str(state.directory / "apology"))
    files = {name: text for name, text in freepbx_files(site).items() if name != README}
    wanted = Wanted(
        files=files,
        numbers=config.site.numbers,
        queues=tuple(queue.name for queue in site.queues),
        agents=_extensions(config, state),
        dialplan=config.ari.dialplan,
    )
    facts = Facts(
        etc=str(directory.absolute()),
        files=read_files.configuration(directory),
        application=config.application,
    )
    return tuple(lacking(facts, wanted))


def _extensions(config: Config, state: State) -> dict[str, str]:
    """The extensions of agents, with their logins; none if they cannot be read."""
    where = place(config.database.url, state.database)
    try:
        with closing(open_reader(where, 5.0, config.numbers)) as db:
            return {one.extension: one.name for one in agents.everyone(db) if one.extension}
    except (StoreError, sqlite3.Error):
        return {}
