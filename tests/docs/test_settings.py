"""docs/settings.md names every setting with its default, and no other."""

import json
import tomllib
from pathlib import Path

import msgspec
import pytest

from ari_app.cluster.description import Cluster
from ari_app.config.settings import NAMED, SECTIONS, Config, LanguageVoice, decoded
from ari_app.config.state import PREFIX
from ari_app.main.installation import installation
from tests.docs.markdown import DOCUMENTS, SETTINGS, code, fences, section, tables


def variable(name: str, key: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name}_{key}".upper()


@pytest.mark.parametrize("name", SECTIONS)
def test_every_setting_is_described_with_its_default(name: str) -> None:
    [table] = tables(section(SETTINGS.read_text(), name))
    described = [[code(cell)[0] for cell in row[:3]] for row in table]
    assert described == [
        [
            field.name,
            json.dumps(getattr(SECTIONS[name](), field.name)),
            variable(name, field.name),
        ]
        for field in msgspec.structs.fields(SECTIONS[name])
    ]
    assert all(row[3] for row in table)


@pytest.mark.parametrize("name", NAMED)
def test_every_setting_of_a_named_section_is_described_with_its_default(name: str) -> None:
    [table] = tables(section(SETTINGS.read_text(), name))
    described = [[code(cell)[0] for cell in row[:2]] for row in table]
    assert described == [
        [field.name, json.dumps(getattr(NAMED[name](), field.name))]
        for field in msgspec.structs.fields(NAMED[name])
    ]
    assert all(row[2] for row in table)


def test_every_setting_of_the_voice_of_a_language_is_described_with_its_default() -> None:
    [table] = tables(section(SETTINGS.read_text(), "voice of a language"))
    described = [[code(cell)[0] for cell in row[:2]] for row in table]
    assert described == [
        [field.name, json.dumps(getattr(LanguageVoice(), field.name))]
        for field in msgspec.structs.fields(LanguageVoice)
    ]
    assert all(row[2] for row in table)


def test_the_environment_variables_are_understood(tmp_path: Path) -> None:
    """The defaults, given through them, are the defaults."""
    environment = {}
    for name, shape in SECTIONS.items():
        for field in msgspec.structs.fields(shape):
            value = getattr(shape(), field.name)
            text = (
                ",".join(value) if isinstance(value, tuple) else "" if value == {} else str(value)
            )
            environment[variable(name, field.name)] = text
    for other in ("FIRSTLINE_BILLING_KIND", "FIRSTLINE_SITE_NUMBERS", "FIRSTLINE_SITE_LANGUAGES"):
        del environment[other]  # those of the demo operator are others
    assert installation(tmp_path).config(environment) == installation(tmp_path).config({})
    changed = installation(tmp_path).config({"FIRSTLINE_SITE_NUMBERS": "611,112"})
    assert changed.site.numbers == ("611", "112")


def test_the_examples_are_settings() -> None:
    examples = [
        fence.text
        for document in DOCUMENTS
        for fence in fences(document.read_text())
        if fence.language == "toml"
    ]
    assert len(examples) >= 3
    for example in map(tomllib.loads, examples):
        if "pods" in example:  # of cluster.toml
            assert msgspec.convert(example, Cluster).pods
        else:
            assert decoded(example) != Config()
