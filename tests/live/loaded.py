"""What :mod:`tests.live.forks` loads one time: all modules of the command line and of `up`."""

import gc
import pkgutil
from importlib import import_module

import ari_app.commands
import ari_app.main.daemon

for each in pkgutil.iter_modules(ari_app.commands.__path__, "ari_app.commands."):
    import_module(each.name)
gc.freeze()
