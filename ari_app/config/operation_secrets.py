"""The secrets that ``http`` operations name: from the environment, or from ``secrets.toml``."""

import os
import tomllib
from collections.abc import Mapping

from ari_app.config.state import PREFIX, State

TABLE = "operations"
"""Their table in ``secrets.toml``; our own secrets stand above it, and no operation reads them."""


def operation_secret(state: State, name: str, environment: Mapping[str, str] = os.environ) -> str:
    """A secret by its name; ``LookupError`` says where to write one that is missing.

    The file is read at each look, so that a new secret counts without a restart.
    """
    file = state.directory / "secrets.toml"
    variable = f"{PREFIX}SECRET_{name.upper().replace('-', '_')}"
    if given := environment.get(variable):
        return given
    try:
        table = tomllib.loads(file.read_text("utf-8")).get(TABLE) if file.exists() else None
    except (OSError, ValueError) as error:
        raise LookupError(f"{file} cannot be read: {error}") from error
    found = table.get(name) if isinstance(table, dict) else None
    if not isinstance(found, str) or not found:
        where = f'write {name} = "…" under [{TABLE}] in {file}, or set {variable}'
        raise LookupError(f"there is no secret {name}: {where}")
    return found
