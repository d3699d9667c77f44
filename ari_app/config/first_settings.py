"""The first firstline.toml of a real operator, with comments that say what else it may change."""

import json
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import fields

from ari_app.config.site_departments import Departments, Topics
from asterisk_conf.site import Ports


class Answers(Struct, frozen=True, kw_only=True):
    """Flags and answers of `firstline init`; ``name`` by language, or under ``""`` for all.

    ``menus``: where the site's own menus are, beside the file; "" for the shipped ones. ``words``
    are those of ``[operator]``, each by language as the name.
    """

    name: Mapping[str, str]
    brands: Sequence[str]
    country: str
    currency: str
    timezone: str
    languages: Sequence[str]
    numbers: Sequence[str]
    departments: Departments
    topics: Topics
    host: str
    words: Mapping[str, Mapping[str, str]] = {}
    port_offset: int = 0
    menus: str = ""


def first_settings(answers: Answers) -> str:
    """The text of the file."""
    ports = Ports().shifted(answers.port_offset)
    listed = "\n".join(f"{name} = {getattr(ports, name)}" for name in ports.__struct_fields__)
    return f"""\
# The settings of this installation; docs/settings.md describes them all.
# Change something, then `firstline reload`, which says what waits for the next start.

[operator]
# How callers hear you: one name, or one for each language, as {{ ru = "…", en = "…" }}.
name = {_name(answers.name)}
# Other spellings and brands of yours. A code word must contain none of them.
names = {_list(answers.brands)}
# Whose number plan is yours (ISO 3166), and in which currency prices and balances are (ISO 4217).
country = {_text(answers.country)}
currency = {_text(answers.currency)}
# What the country's plan has not: extensions and private networks (X is a digit), and the area of
# local numbers.
# private_numbers = ["4XXX"]
# area_code = "22"
# Words of yours in prompts: the access point of mobile internet, your address on the web, and how
# bills are paid ("You can pay …").
{_words(answers.words)}

[site]
demo = false
timezone = {_text(answers.timezone)}
# The numbers that callers dial. Each needs a flow that has it in its `numbers`.
numbers = {_list(answers.numbers)}
# The languages that callers are served in; the first is the default.
languages = {_list(answers.languages)}
# Queues of Firstline's own Asterisk; the first is where callers come who cannot be served.
# queues = ["support", "technical", "claims", "management"]
# Where phones register. Name another address than loopback only behind a firewall.
host = {_text(answers.host)}

# What agents see in place of a queue's name; and record its conversations, which is announced to
# callers: docs/callers.md, Recorded conversations.
# [queues.support]
# label = "Support"
# record = true

# The connection to your switch or carrier: docs/operating.md, Trunks.
# [trunk.switch]
# address = "192.0.2.10"
# vouches = true

[ports]
{listed}

# Your own menus; `firstline flows check DIRECTORY` says what is wrong with them.
{_menus(answers.menus)}

# Articles for agents in Markdown; `firstline knowledge check` says what is wrong with them.
# [knowledge]
# directory = "/etc/firstline/knowledge"

# Score cards in YAML, by which supervisors judge conversations; `firstline quality check` says
# what is wrong with them: docs/quality.md.
# [quality]
# directory = "/etc/firstline/quality"

[billing]
# "none": callers and agents are offered nothing that needs billing. For a system with the Open APIs
# of TM Forum write kind = "tmforum" and its url; its token stands in secrets.toml.
kind = "none"
# url = "https://billing.example.net/tmf-api"

[departments]
# To which agents send tickets. Their names stand in menus, commands and the database; `label` is
# what people see and hear, one text for all languages or one for each. A ticket is due after `due`
# hours: if it is not set, 24, or 48 for a department that `visits` subscribers.
{_entries(answers.departments)}

[topics]
# What contacts are about: menus set them, and agents choose from them. `department` usually works
# on it; `visits` and `due` are as above. chosen = false: the caller did not choose it;
# vague = true: it may be about anything; outages = true: an outage may be the cause.
{_whose_topics(answers)}
{_entries(answers.topics)}
"""


def without_demo(text: str) -> str:
    """The text of a file of settings with `demo = false` in it; comments stay as they are."""
    lines = text.splitlines()
    heads = [at for at, line in enumerate(lines) if re.match(r"\s*\[", line)]
    site = [at for at in heads if re.match(r"\s*\[\s*site\s*\]", lines[at])]
    if not site:
        return "\n".join([*lines, "", "[site]", "demo = false", ""]).lstrip("\n")
    first = site[0] + 1
    end = next((at for at in heads if at >= first), len(lines))
    body = [line for line in lines[first:end] if not re.match(r"\s*demo\s*=", line)]
    return "\n".join([*lines[:first], "demo = false", *body, *lines[end:], ""])


def _words(words: Mapping[str, Mapping[str, str]]) -> str:
    if words:
        return (
            f"words = {{ {', '.join(f'{word} = {_name(said)}' for word, said in words.items())} }}"
        )
    return '# words = { apn = "internet", site = "example.net", payment-ways = "at post offices" }'


def _menus(directory: str) -> str:
    if directory:
        return f"[menus]\ndirectory = {_text(directory)}"
    return '# [menus]\n# directory = "/etc/firstline/menus"'


def _whose_topics(answers: Answers) -> str:
    if answers.menus:
        return "# Add those of your callers, and set them in your menus with `topic: name`."
    return (
        "# The shipped menus, which are of a telephone company, set all but `repair`, `other` and\n"
        "# those that you gave. With menus of your own remove what they do not set."
    )


def _entries(settings: Departments | Topics) -> str:
    """A line for each name, with what is not the default."""
    return "\n".join(f"{name} = {_table(one)}" for name, one in settings.items())


def _table(settings: Struct) -> str:
    """The settings that are not the default, as an inline table."""
    given = [
        (field.name, getattr(settings, field.name))
        for field in fields(settings)
        if getattr(settings, field.name) != field.default
    ]
    return "{ " + ", ".join(f"{name} = {_value(value)}" for name, value in given) + " }"


def _value(value: object) -> str:
    return _name(value) if isinstance(value, dict) else json.dumps(value, ensure_ascii=False)


def _name(name: Mapping[str, str]) -> str:
    if set(name) == {""}:
        return _text(name[""])
    return "{ " + ", ".join(f"{language} = {_text(text)}" for language, text in name.items()) + " }"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _list(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)
