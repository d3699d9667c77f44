"""The small menu that `firstline init` writes where the shipped ones do not speak a language."""

import json
from collections.abc import Mapping, Sequence

from ivr.speech.languages import language

DIRECTORY = "menus"
"""Where it is written, beside the settings."""

_FLOW = """\
# Your first menu. docs/tutorial.md explains how to change it, ivr/menus/README.md the language.
# Texts that you write into prompts/LANG.yaml go before the shipped ones of the same name.
flow: "{number}"
numbers: {numbers}
languages: {languages}
start: welcome
patience: 8
farewell: silence
on-need: stranger
on-backend-down: sorry
on-error: trouble
always: {{ "*": back, "9": repeat, "0": person }}

nodes:
  welcome: {{ say: welcome, then: billing }}
  # Without billing there is no balance to offer.
  billing: {{ do: billing, on: {{ none: {without} }}, else: main }}
  main:
    menu: {menu}
    keys: {keys}
    silent: {menu}
    wrong: not-understood
    gave-up: person
    unanswered: silence
{plain}  balance:    {{ do: balance, need: caller, on: {{ ok: balance-is }}, else: sorry }}
  balance-is: {{ say: balance-is, then: main }}
{choice}
  stranger: {{ say: number-unknown, then: person }}
  sorry:    {{ say: sorry-unavailable, then: main }}
  trouble:  {{ say: sorry-problem, then: queue }}
  person:   {{ say: to-operator, then: queue }}
  queue:    {{ queue: {queue}, topic: general, on: {{ ended: bye }}, else: busy }}
  busy:     {{ say: operator-left, then: {again} }}
  bye:      {{ end: thanks-bye }}
  silence:  {{ end: silence-bye }}
"""

_PLAIN = """\
  plain:
    menu: [starter-languages, starter-person]
    keys: { "2": languages }
    silent: [starter-languages, starter-person]
    wrong: not-understood
    gave-up: person
    unanswered: silence
"""

_CHOICE = """\
  languages:
    menu: {prompts}
    choices: {choices}   # each caller knows one of these prompts
    keys: {keys}
    silent: {prompts}
    wrong: not-understood
    gave-up: person
    unanswered: silence
{nodes}
  chosen: {{ say: language-set, then: billing }}
"""


def starter_menu(languages: Sequence[str], numbers: Sequence[str], queue: str) -> Mapping[str, str]:
    """Path in the directory of menus -> text, for a site with these languages and numbers."""
    several = len(languages) > 1
    menu = ["starter-balance", *(["starter-languages"] if several else []), "starter-person"]
    keys = {"1": "balance", **({"2": "languages"} if several else {})}
    flow = _FLOW.format(
        number=numbers[0],
        numbers=_list(numbers),
        languages=f"[{', '.join(languages)}]",
        menu=f"[{', '.join(menu)}]",
        keys=_keys(keys),
        queue=queue,
        again="billing" if several else "main",
        without="plain" if several else "person",
        plain=_PLAIN if several else "",
        choice=_choice(languages) if several else "",
    )
    offers = {
        f"prompts/{code}.yaml": f"language-{code}: {_text(_offer(code, key))}\n"
        for key, code in enumerate(languages, 1)
    }
    return {"main.yaml": flow, **(offers if several else {})}


def _choice(languages: Sequence[str]) -> str:
    """The menu of languages, each in its own."""
    prompts = ", ".join(f"language-{code}" for code in languages)
    keys = {str(key): f"to-{code}" for key, code in enumerate(languages, 1)}
    nodes = (f"  to-{code}: {{ language: {code}, then: chosen }}" for code in languages)
    return _CHOICE.format(
        prompts=f"[{prompts}]", choices=len(languages), keys=_keys(keys), nodes="\n".join(nodes)
    )


def _offer(code: str, key: int) -> str:
    """ "For English, press 3." in the language that is offered."""
    found = language(code)
    return found.offer.format(key=key) if found.offer else f"{found.name}, {key}."


def _keys(keys: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f'"{key}": {node}' for key, node in keys.items()) + " }"


def _list(texts: Sequence[str]) -> str:
    return json.dumps(list(texts))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
