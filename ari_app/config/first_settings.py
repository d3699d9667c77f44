"""The first firstline.toml of a real operator, with comments that say what else it may change."""

import json
from collections.abc import Mapping, Sequence

from msgspec import Struct

from asterisk_conf.site import Ports


class Answers(Struct, frozen=True, kw_only=True):
    """Flags and answers of `firstline init`; ``name`` by language, or under ``""`` for all."""

    name: Mapping[str, str]
    brands: Sequence[str]
    country: str
    currency: str
    timezone: str
    numbers: Sequence[str]
    host: str
    port_offset: int = 0


def first_settings(answers: Answers) -> str:
    """The text of the file."""
    ports = Ports().shifted(answers.port_offset)
    listed = "\n".join(f"{name} = {getattr(ports, name)}" for name in ports.__struct_fields__)
    return f"""\
# The settings of this installation; docs/settings.md describes them all.
# Change something, then `firstline down` and `firstline up`.

[operator]
# How callers hear you: one name, or one for each language, as {{ ru = "…", en = "…" }}.
name = {_name(answers.name)}
# Other spellings and brands of yours. A code word must contain none of them.
names = {_list(answers.brands)}
# Whose number plan is yours (ISO 3166), and in which currency prices and balances are (ISO 4217).
country = {_text(answers.country)}
currency = {_text(answers.currency)}
# Words of yours in prompts, such as the access point of mobile internet.
# words = {{ apn = "internet", apn-login = "internet" }}

[site]
demo = false
timezone = {_text(answers.timezone)}
# The numbers that callers dial. Each needs a flow that has it in its `numbers`.
numbers = {_list(answers.numbers)}
# Queues of Firstline's own Asterisk; the first is where callers come who cannot be served.
# queues = ["support", "technical", "claims", "management"]
# Where phones register. Name another address than loopback only behind a firewall.
host = {_text(answers.host)}

[ports]
{listed}

# Your own menus; `firstline flows check DIRECTORY` says what is wrong with them.
# [menus]
# directory = "/etc/firstline/menus"

# Your billing, by the Open APIs of TM Forum; its token stands in secrets.toml.
# [billing]
# kind = "tmforum"
# url = "https://billing.example.net/tmf-api"
"""


def _name(name: Mapping[str, str]) -> str:
    if set(name) == {""}:
        return _text(name[""])
    return "{ " + ", ".join(f"{language} = {_text(text)}" for language, text in name.items()) + " }"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)
