"""What :mod:`tests.live.forks` loads one time: all modules of the command line and of `up`."""

import gc
from importlib import import_module
from pathlib import Path

import ari_app.commands
import ari_app.main.daemon

for file in sorted(Path(ari_app.commands.__path__[0]).glob("*.py")):
    import_module(f"ari_app.commands.{file.stem}")
gc.freeze()
