"""The settings of the demo operator: what a real one writes into its firstline.toml."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import convert

from ari_app.config.settings import OperatorSettings

CURRENCY: Final = "BYN"

SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "site": {"timezone": "Europe/Minsk"},
    "operator": {
        "name": {"ru": "Зорка", "be": "Зорка", "en": "Zorka"},
        "country": "BY",
        "currency": CURRENCY,
        "words": {"apn": "zorka.by", "apn-login": "zorka"},
    },
}
"""Section -> its settings; what stands in the file of a demo installation goes before."""

OPERATOR: Final = convert(SETTINGS["operator"], OperatorSettings)
