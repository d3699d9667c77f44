"""The settings of an installation: a TOML file in the state directory, then the environment.

``FIRSTLINE_PORTS_SIP=5070`` is ``sip = 5070`` under ``[ports]``. Secrets are made once for each
installation and kept beside it, readable by its owner alone.
"""

import os
import re
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from ari_app.config import own_languages
from ari_app.config.demo_defaults import is_demo, over
from ari_app.config.setting_paths import beside
from ari_app.config.settings import NAMED, SECTIONS, Config, LanguageVoice, decoded
from ari_app.config.site_departments import faults
from asterisk_conf.files import replace as replace_file
from asterisk_conf.site import Ports
from asterisk_conf.trunks import settings_problems
from ivr.problems import near
from ivr.secret import Secret
from ivr.speech.language import LanguageError

PREFIX = "FIRSTLINE_"
FILE = "firstline.toml"
_TRUNK = "trunk_"
"""Before the name of a trunk, whose password that secret is."""
_OWN = ("ami", "ari", "pepper", "ussd")
_ZONE = "Europe/Warsaw"


class ConfigError(Exception):
    """The settings are wrong; the text says what to correct."""


class Keys(Struct, frozen=True):
    """The passwords between our own parts, and what the hashes of code words are peppered with.

    The pepper is kept apart from the database, so that a copy of that alone guesses nothing.
    ``billing`` is the token that a billing system wants, ``voice`` that of a speech server,
    ``speech`` that of one that recognises it, ``oidc`` the secret at an OpenID provider; the
    operator writes them, or they are "". ``trunks`` are those of trunks, by name.
    """

    ari: Secret
    ami: Secret
    pepper: Secret
    ussd: Secret
    billing: Secret
    voice: Secret
    oidc: Secret
    trunks: Mapping[str, Secret] = {}
    speech: Secret = Secret("")


class State:
    """The state directory: everything that an installation makes and keeps.

    ``demo`` is section -> settings of the demo operator, which an installation has as long as
    its ``[site]`` does not say ``demo = false``, and its Asterisk is its own.
    """

    def __init__(
        self, directory: Path, demo: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self.directory = directory.resolve()
        self._demo = demo or {}

    def make(self) -> None:
        """Make the directory, for its owner alone."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.directory / ".writable").touch(0o600)
        except OSError as error:
            raise ConfigError(
                f"the state directory {self.directory} cannot be written ({error.strerror}): "
                "make room, or name another with --state"
            ) from error

    @property
    def settings(self) -> Path:
        """The file of the settings itself: that of a service is in /etc, and linked to."""
        return (self.directory / FILE).resolve()

    @property
    def database(self) -> Path:
        return self.directory / "firstline.db"

    @property
    def database_made(self) -> Path:
        """Made with the database, or before a restore: where it is, one must be."""
        return self.directory / "database.made"

    @property
    def sounds(self) -> Path:
        return self.directory / "sounds"

    @property
    def rhvoice(self) -> Path:
        """Where RHVoice is unpacked."""
        return self.directory / "voices"

    @property
    def recordings(self) -> Path:
        return self.directory / "recordings"

    @property
    def announcements(self) -> Path:
        """The recordings of announcements."""
        return self.directory / "announcements"

    @property
    def recorded(self) -> Path:
        """What callers said."""
        return self.directory / "recorded"

    @property
    def private_asterisk(self) -> Path:
        return self.directory / "asterisk" / "root"

    @property
    def control(self) -> Path:
        return self.directory / "control.sock"

    @property
    def log(self) -> Path:
        return self.directory / "firstline.log"

    @property
    def process(self) -> Path:
        """The process of the application, while it runs."""
        return self.directory / "process.json"

    def config(self, environment: Mapping[str, str] = os.environ) -> Config:
        """The settings; :class:`ConfigError` says what is wrong with them."""
        file = self.directory / FILE
        try:
            return self._config(file.read_text("utf-8") if file.exists() else "", environment)
        except UnicodeDecodeError as error:
            raise ConfigError(f"{file}: {error}: correct the TOML, save it as UTF-8") from error
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error

    def _config(self, text: str, environment: Mapping[str, str]) -> Config:
        """The settings of the file's text with those of the environment over them."""
        file = self.directory / FILE
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{file}: {error}: correct the TOML") from error
        beside(table, file)
        for name, value in environment.items():
            _overlay(table, name, value)
        demo = is_demo(table)
        if demo and self._demo:
            table = over(self._demo, table)
        try:
            config = decoded(table)
            if not demo:
                config = replace(config, site=replace(config.site, demo=False))
            if config.site.timezone:
                ZoneInfo(config.site.timezone)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{file}: {_explained(error)}") from error
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(
                f"[site] has a timezone that does not exist ({error}): write one such as {_ZONE}"
            ) from error
        _refuse_unsaid(config, file)
        _know_languages(config, file)
        for fault in (*faults(config.departments, config.topics), *settings_problems(config.trunk)):
            raise ConfigError(f"{file}: {fault}")
        if config.billing.kind == "tmforum" and not re.match("https?://", config.billing.url):
            url = "needs a url, such as https://billing.example/tmf-api"
            raise ConfigError(f'{file}: [billing] kind = "tmforum" {url}')
        return config

    def begin(self, text: str) -> None:
        """Write the first settings of a real operator, if they are right."""
        self._config(text, {})
        replace_file(self.settings, text.encode())

    def configure(self, offset: int, voice: str = "") -> None:
        """Write the first settings of an installation, its ports moved by ``offset``.

        ``voice`` is the engine of the prompts, if one was chosen. :class:`ConfigError`: there was
        an installation, or one was to be restored.
        """
        file = self.directory / FILE
        if file.exists():
            if offset:
                raise ConfigError(f"{file} has the ports of this installation: change them there")
            return
        if self.database_made.exists():
            raise ConfigError(
                f"{file} is missing, where there was an installation, or its restore was refused: "
                f"restore a whole backup, or remove {self.database_made} to begin again"
            )
        lines = [f"{name} = {port}" for name, port in asdict(Ports().shifted(offset)).items()]
        text = "# Settings of this installation; docs/settings.md names them all.\n[ports]\n"
        if voice:
            lines += ["", "[voice]", f'engine = "{voice}"']
        file.write_text(text + "\n".join(lines) + "\n")

    def keys(self) -> Keys:
        """The passwords of this installation, made at the first look."""
        file = self.directory / "secrets.toml"
        try:
            text = file.read_text() if file.exists() else ""
            before = tomllib.loads(text)
            ran = before.keys() & {*_OWN} or (file.exists() and self.database.exists())
            lacks = _OWN[2:] if ran else _OWN  # an old one the last two, a new one all
            text = "".join(_made(name) for name in lacks if name not in before) + text
            table = tomllib.loads(text)
            found = Keys(
                **{name: Secret(table[name]) for name in _OWN},
                billing=Secret(str(table.get("billing", ""))),
                voice=Secret(str(table.get("voice_token", ""))),
                speech=Secret(str(table.get("speech_token", ""))),
                oidc=Secret(str(table.get("oidc", ""))),
                trunks={
                    name.removeprefix(_TRUNK): Secret(str(value))
                    for name, value in table.items()
                    if name.startswith(_TRUNK)
                },
            )
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{file} is damaged ({error}): restore a copy, without whose pepper all code words "
                "must be set again; or remove it to have new secrets made, then restart"
            ) from error
        replace_file(file, text.encode())
        return found


def _refuse_unsaid(config: Config, file: Path) -> None:
    """Refuse an installation that does not say whose it is: only the demo operator has defaults."""
    if missing := config.operator.missing:
        raise ConfigError(
            f"{file}: an installation that is not the demo must say whose it is, but [operator] "
            f"has no {' and no '.join(missing)}: have `firstline init` write the file, or write "
            'there name = "Example Telecom", country = "PL" (ISO 3166) and currency = "EUR"'
        )
    if not config.site.timezone:
        raise ConfigError(f"{file}: [site] needs a timezone of IANA: write one such as {_ZONE}")
    if not config.site.languages:
        raise ConfigError(
            f"{file}: [site] needs the languages of callers: write them, the default first, "
            'such as languages = ["en"]'
        )


def _know_languages(config: Config, file: Path) -> None:
    """Take the languages of the menus, and refuse settings of others."""
    menus = config.menus.directory
    try:
        own_languages.install(Path(menus).expanduser() if menus else None)
    except (LanguageError, OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"a language of your menus cannot be used: {error}") from error
    if fault := own_languages.faults(config):
        raise ConfigError(f"{file}: {fault}")


def _made(name: str) -> str:
    """The line of a new secret."""
    return f'{name} = "{secrets.token_urlsafe(24)}"\n'


def _overlay(table: dict[str, Any], name: str, value: str) -> None:
    """Put an environment variable of ours into the table."""
    section, _, key = name.removeprefix(PREFIX).lower().partition("_")
    if name.startswith(PREFIX) and key and section in SECTIONS:
        known = SECTIONS[section].__struct_fields__
        if key not in known:
            raise ConfigError(f"{name}: [{section}] has no {key}: {near(key, known)}")
        shape = get_type_hints(SECTIONS[section])[key]
        given: object = value
        if get_origin(shape) in (tuple, dict):
            listed = value.split(",") if value else []
            pairs = (each.partition("=") for each in listed)
            given = {k: v for k, _, v in pairs} if get_origin(shape) is dict else listed
        try:
            msgspec.convert(given, shape, strict=False)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{name}={value}: {error}") from error
        part = table.setdefault(section, {})
        if isinstance(part, dict):  # if not, the conversion says so
            part[key] = given


def _explained(error: msgspec.ValidationError) -> str:
    """The error with the nearest known name, where an unknown one was given."""
    text = str(error)
    if "unknown field" not in text:
        return text
    word = text.split("`")[1]
    section = text.rpartition("$.")[2].strip("`") if "$." in text else ""
    named = section.partition("[")[0]
    if named in NAMED:
        return f"[{named}.…] has no {word}: {_remedy(word, NAMED[named].__struct_fields__)}"
    if named == "voices":
        return f"[voice.…] has no {word}: {near(word, LanguageVoice.__struct_fields__)}"
    if section not in SECTIONS:
        return f"there is no section [{word}]: {near(word, (*SECTIONS, *NAMED))}"
    return f"[{section}] has no {word}: {_remedy(word, SECTIONS[section].__struct_fields__)}"


def _remedy(word: str, known: Sequence[str]) -> str:
    """What to do about a setting that is none."""
    if re.search("secret|token|password", word):
        return "secrets stand in secrets.toml, under the name that docs/settings.md says"
    return near(word, known)
