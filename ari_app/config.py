"""The settings of an installation: a TOML file in the state directory, then the environment.

``FIRSTLINE_PORTS_SIP=5070`` is ``sip = 5070`` under ``[ports]``. Secrets are made once for each
installation and kept beside it, readable by its owner alone.
"""

import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta, Struct

from ari_app.secret import Secret
from asterisk_conf.site import Ports
from ivr.problems import near

PREFIX = "FIRSTLINE_"
FILE = "firstline.toml"
_HTTP = ("http://", "https://")


class ConfigError(Exception):
    """The settings are wrong; the operator must mend them as the text says."""


class Site(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[site]"""

    host: str = "127.0.0.1"
    numbers: tuple[str, ...] = ("611", "111", "2690000")
    queues: tuple[str, ...] = ("support", "technical", "claims", "management")
    timezone: str = "Europe/Minsk"
    dead_man: int = 120
    demo: bool = True


class AriSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[ari]"""

    url: str = ""
    user: str = "firstline"
    application: str = "firstline"
    transport: Literal["auto", "websocket", "http"] = "auto"


class AsteriskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[asterisk]"""

    path: str = ""


class VoiceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[voice]"""

    engine: Literal["espeak", "rhvoice"] = "espeak"
    recordings: str = ""


class MenuSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[menus]"""

    directory: str = ""
    watch: bool = False


class BillingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[billing]"""

    kind: Literal["demo", "tmforum"] = "demo"
    url: str = ""
    ca: str = ""
    timeout: Annotated[float, Meta(gt=0)] = 1.2
    order_timeout: Annotated[float, Meta(gt=0)] = 5.0
    balance_age: float = 900.0


class LogSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[log]"""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings. Each section is described in docs/settings.md."""

    site: Site = Site()
    ports: Ports = Ports()
    ari: AriSettings = AriSettings()
    asterisk: AsteriskSettings = AsteriskSettings()
    voice: VoiceSettings = VoiceSettings()
    menus: MenuSettings = MenuSettings()
    billing: BillingSettings = BillingSettings()
    log: LogSettings = LogSettings()

    @property
    def manages_asterisk(self) -> bool:
        """Whether the Asterisk is ours to render, start and stop."""
        return not self.ari.url

    @property
    def ari_url(self) -> str:
        """Where ARI is."""
        return self.ari.url or f"http://127.0.0.1:{self.ports.http}"


SECTIONS: Mapping[str, type[Struct]] = {
    field.name: field.type for field in msgspec.structs.fields(Config)
}
"""Section of the file -> its settings."""


class Keys(Struct, frozen=True):
    """The passwords between our own parts, and what the hashes of code words are peppered with.

    The pepper is kept apart from the database, so that a copy of that alone guesses nothing.
    ``billing`` is the token that a billing system wants; the operator writes it, or it is "".
    """

    ari: Secret
    ami: Secret
    pepper: Secret
    billing: Secret


class State:
    """The state directory: everything that an installation makes and keeps."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()

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
    def database(self) -> Path:
        return self.directory / "firstline.db"

    @property
    def sounds(self) -> Path:
        return self.directory / "sounds"

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
            table = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: {error}: mend the TOML") from error
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
        for name, value in environment.items():
            _overlay(table, name, value)
        try:
            config = msgspec.convert(table, Config, strict=False)
            ZoneInfo(config.site.timezone)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{file}: {_explained(error)}") from error
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigError(
                f"[site] has a timezone that does not exist ({error}): write one such as "
                "Europe/Minsk"
            ) from error
        if config.billing.kind == "tmforum" and not config.billing.url.startswith(_HTTP):
            raise ConfigError(
                f'{file}: [billing] kind = "tmforum" needs a url, such as https://billing.example/tmf-api'
            )
        return config

    def configure(self, offset: int) -> None:
        """Write the first settings of an installation, its ports moved by ``offset``."""
        file = self.directory / FILE
        if file.exists():
            if offset:
                raise ConfigError(f"{file} has the ports of this installation: change them there")
            return
        ports = Ports().shifted(offset)
        lines = [f"{name} = {getattr(ports, name)}" for name in ports.__struct_fields__]
        text = "# Settings of this installation; docs/settings.md names them all.\n[ports]\n"
        file.write_text(text + "\n".join(lines) + "\n")

    def keys(self) -> Keys:
        """The passwords of this installation, made at the first look."""
        file = self.directory / "secrets.toml"
        if not file.exists():
            _make_secrets(file, "", ("ari", "ami", "pepper"))
        try:
            table = tomllib.loads(text := file.read_text())
            if "pepper" not in table and {"ari", "ami"} <= table.keys():
                _make_secrets(
                    file, f"{text}\n", ("pepper",)
                )  # of an installation before code words
                table = tomllib.loads(file.read_text())
            made = {name: Secret(table[name]) for name in ("ari", "ami", "pepper")}
            return Keys(**made, billing=Secret(str(table.get("billing", ""))))
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise ConfigError(
                f"{file} is damaged ({error}): restore a copy, without whose pepper all code words "
                "must be set anew; or remove it to have new secrets made, then restart"
            ) from error


def _make_secrets(file: Path, before: str, names: tuple[str, ...]) -> None:
    """Add secrets to those before, in a file that its owner alone can read."""
    part = file.with_suffix(".part")
    part.touch(0o600)
    part.write_text(before + "".join(f'{name} = "{secrets.token_urlsafe(24)}"\n' for name in names))
    part.rename(file)


def _overlay(table: dict[str, Any], name: str, value: str) -> None:
    """Put an environment variable of ours into the table."""
    section, _, key = name.removeprefix(PREFIX).lower().partition("_")
    if name.startswith(PREFIX) and key and section in SECTIONS:
        known = SECTIONS[section].__struct_fields__
        if key not in known:
            raise ConfigError(f"{name}: [{section}] has no {key}: {near(key, known)}")
        shape = get_type_hints(SECTIONS[section])[key]
        given = value.split(",") if get_origin(shape) is tuple else value
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
    if section not in SECTIONS:
        return f"there is no section [{word}]: {near(word, SECTIONS)}"
    return f"[{section}] has no {word}: {near(word, SECTIONS[section].__struct_fields__)}"
