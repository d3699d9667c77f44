"""Whether settings are those of the demo operator, and its settings where they say nothing."""

from collections.abc import Mapping
from typing import Any

import msgspec

from ari_app.config.settings import NAMED, Site


def is_demo(table: Mapping[str, Any]) -> bool:
    """Whether it is the demo operator's; on an Asterisk of one's own only if that is written."""
    site, ari = table.get("site", {}), table.get("ari", {})
    if isinstance(site, dict) and isinstance(ari, dict) and ari.get("url") and "demo" not in site:
        return False
    try:
        return msgspec.convert(table.get("site", {}), Site, strict=False).demo
    except msgspec.ValidationError:
        return True  # what is wrong is found when all is read


def over(demo: Mapping[str, Mapping[str, Any]], table: dict[str, Any]) -> dict[str, Any]:
    """The settings of the demo operator with those of the table over them; "" says nothing.

    Of sections with a table for each name, such as ``[topics.money]``, each table is merged."""
    merged = dict(table)
    for section, settings in demo.items():
        own = table.get(section, {})
        if isinstance(own, dict):
            own = _merged(settings, own)
            if section in NAMED:
                own |= {
                    name: _merged(settings[name], one)
                    for name, one in own.items()
                    if name in settings and isinstance(one, dict)
                }
        merged[section] = own
    return merged


def _merged(settings: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    said = {key: value for key, value in own.items() if value not in ("", {})}
    return {**own, **settings, **said}
