"""The settings of the agents' desk."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from ari_app.config.page_settings import PageSettings

Role = Literal["agent", "senior", "supervisor", "admin"]


class OidcSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[oidc]: an OpenID provider by whom agents sign in to the desk; what the desk proves itself
    by is ``oidc`` of ``secrets.toml``."""

    issuer: str = ""
    client: str = ""
    name: str = ""
    scopes: tuple[str, ...] = ("openid", "profile")
    login: Annotated[str, Meta(min_length=1)] = "preferred_username"
    groups: Annotated[str, Meta(min_length=1)] = "groups"
    roles: dict[str, Role] = {}

    def __post_init__(self) -> None:
        if not self.issuer:
            return
        url = urlsplit(self.issuer)
        here = url.hostname in ("127.0.0.1", "::1", "localhost")
        if not url.hostname or url.scheme not in ("https", *(("http",) if here else ())):
            raise ValueError("issuer is an address, such as https://accounts.example.net/realm")
        if not self.client:
            raise ValueError("client is the client_id under which the issuer knows the desk")
        if "openid" not in self.scopes:
            raise ValueError('scopes must have "openid"')


class DeskSettings(PageSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[desk]; its port is ``desk`` of [ports]."""

    enabled: bool = True
    webhook: str = ""
    second_factor: Literal["optional", "required"] = "optional"
    acts_after_call: Annotated[int, Meta(ge=0, le=3_600)] = 120
    missed_calls: Annotated[int, Meta(ge=0, le=100)] = 3
    away_after: Annotated[int, Meta(ge=0, le=86_400)] = 60

    def __post_init__(self) -> None:
        super().__post_init__()
        url = urlsplit(self.webhook)
        if self.webhook and (url.scheme not in ("http", "https") or not url.hostname):
            raise ValueError("webhook is an address, such as https://crm.example.net/firstline")
        if url.username or url.password:
            raise ValueError("webhook is no place for a password: it is signed")
