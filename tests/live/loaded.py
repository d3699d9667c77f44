"""What :mod:`tests.live.forks` loads one time: all modules of the command line and of `up`, the
shipped menus, checked for the installation that others are copies of, and the compiled templates
of Asterisk's configuration."""

import gc
import os
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import cast

from msgspec.structs import replace

import ari_app.commands
import ari_app.main.daemon
import tests.live.forks
from ari_app import log
from ari_app.main.installation import installation
from ari_app.main.site_names import menus_in_use
from ari_app.selfcare import operations
from asterisk_conf.render import render
from ivr.model import Operation
from tests.live.seed import SHARED, seeded
from tests.pbx_fixture import DEMO
from tests.shipped import kept

__all__ = ["tests"]  # loaded for what is forked

for file in sorted(Path(ari_app.commands.__path__[0]).glob("*.py")):
    import_module(f"ari_app.commands.{file.stem}")

PATIENCE = 10
"""So many times longer than shipped may an operation take: what a busy machine reads late, such as
the name in a greeting, is no outage of billing."""
CATALOGUE = cast(dict[str, Operation], operations.CATALOGUE)
CATALOGUE |= {
    name: replace(one, deadline=PATIENCE * one.deadline) for name, one in CATALOGUE.items()
}

log.FLUSH_SECONDS = 0.0
"""What a call logs is there before the caller hears of its end: tests read it then."""

KEPT = ExitStack()
"""What is open as long as the process is."""

KEPT.enter_context(kept())
render(DEMO)
if SHARED in os.environ:
    state = installation(seeded(Path(os.environ[SHARED])))
    menus_in_use(state.config({}), state)
gc.freeze()
