"""Pictures of flows, which Graphviz draws."""

import shutil
import subprocess
from collections.abc import Mapping
from typing import Literal

from ivr.diagram.dot import dot
from ivr.diagram.picture import Picture
from prompts.catalogue import Catalogue

LONGEST = 60.0
"""Seconds that Graphviz may take."""


class CannotDraw(Exception):  # noqa: N818 - named by what is so, not as an error
    """There is no picture; the text says what to do."""


def texts_of(catalogue: Catalogue, language: str) -> Mapping[str, str]:
    """The texts of prompts in a language, or in the first that they have."""
    return {name: catalogue.template(name, language)[1].source for name in catalogue.prompts}


def drawn(found: Picture, kind: Literal["svg", "png", "pdf"]) -> bytes:
    """A picture as Graphviz draws it. Blocks; raises :class:`CannotDraw`."""
    program = shutil.which("dot")
    if program is None:
        raise CannotDraw(
            "Graphviz is not installed: `apt-get install --no-install-recommends graphviz`"
        )
    command, given = [program, f"-T{kind}"], dot(found).encode()
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=LONGEST)
    except subprocess.TimeoutExpired as error:
        raise CannotDraw(f"Graphviz did not finish within {LONGEST:g} s") from error
    if done.returncode:
        raise CannotDraw(f"Graphviz could not draw it: {done.stderr.decode().strip()}")
    return done.stdout
