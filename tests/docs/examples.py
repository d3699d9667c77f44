"""Flows that stand in the documentation."""

from collections.abc import Mapping
from pathlib import Path

from ari_app.selfcare.operations import CATALOGUE
from ivr.loader import Loaded, load
from prompts import catalogue
from tests.docs.markdown import fences, headings, section
from tests.operators import DEMO

BEGINNINGS = ("flow:", "schedule:", "list:")


def examples(page: Path) -> Mapping[str, Mapping[str, str]]:
    """Section -> file -> text. The blocks of a section are the files of one directory."""
    text = page.read_text()
    found = {}
    for heading in headings(text, 2):
        blocks = [each.text for each in fences(section(text, heading)) if each.language == "yaml"]
        files = {
            f"{number}.yaml": block
            for number, block in enumerate(blocks)
            if block.startswith(BEGINNINGS)
        }
        if files:
            found[heading] = files
    return found


def loaded(files: Mapping[str, str]) -> Loaded:
    """The flows of one directory, with the texts that are shipped."""
    return load(files, catalogue.shipped(DEMO).signatures(), CATALOGUE)


def written(page: Path, directory: Path) -> None:
    """Write the blocks of a page into the files that they are said to be."""
    for block in fences(page.read_text()):
        if block.file:
            file = directory / block.file
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text)
