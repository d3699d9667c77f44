"""The settings of the cabinet, the pages for subscribers."""

from typing import Annotated

from msgspec import Meta

from ari_app.config.page_settings import PageSettings


class CabinetSettings(PageSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[cabinet]; its port is ``cabinet`` of [ports]. It is made for the internet, so that it is off
    until someone decides that it may be reached from there."""

    enabled: bool = False
    menu: str = ""
    codes_per_hour: Annotated[int, Meta(ge=1, le=100_000)] = 300
