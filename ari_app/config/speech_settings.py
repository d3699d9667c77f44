"""The settings of what callers may say instead of keys."""

from ipaddress import ip_address
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from msgspec import Meta, Struct

_Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]

_SCHEMES = {"vosk": ("ws", "wss"), "sherpa": ("ws", "wss"), "openai": ("http", "https")}


class SpeechSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[speech]: the recogniser; "off" is none."""

    engine: Literal["off", "built-in", "vosk", "sherpa", "openai"] = "off"
    url: str = ""
    model: str = ""
    languages: tuple[str, ...] = ()
    sure: _Share = 0.6
    least: _Share = 0.3
    timeout: Annotated[float, Meta(gt=0, le=30)] = 6.0
    secrets: bool = False
    recordings: str = ""
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        """A server needs an address, without a password in it."""
        url, schemes = urlsplit(self.url), _SCHEMES.get(self.engine)
        if schemes and not (url.scheme in schemes and url.hostname):
            example = f"{schemes[0]}://127.0.0.1:2700"
            raise ValueError(f"the engine {self.engine} needs a url, such as {example}")
        if url.username or url.password:
            raise ValueError("url is no place for a password: write speech_token in secrets.toml")
        if self.least > self.sure:
            raise ValueError("least is above sure: words are understood before they are sure")
        if ip_address(self.host).is_unspecified:
            raise ValueError(
                f"host is where Asterisk connects to, and {self.host} is no address of a machine: "
                "name one, such as 127.0.0.1"
            )

    @property
    def enabled(self) -> bool:
        """Whether callers are listened to."""
        return self.engine != "off"

    @property
    def at(self) -> str:
        """The host as it stands before a port."""
        return f"[{self.host}]" if ":" in self.host else self.host

    def listens(self, language: str) -> bool:
        """Whether callers who speak a language are; all languages if none is named."""
        return self.enabled and (not self.languages or language in self.languages)
