"""The settings of the demo operator: what a real one writes into its firstline.toml."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import convert

from ari_app.config.operator_settings import OperatorSettings
from ari_app.config.settings import Config
from ivr.tickets import TicketPolicy

CURRENCY: Final = "BYN"

SETTINGS: Final[Mapping[str, Mapping[str, Any]]] = {
    "site": {
        "timezone": "Europe/Minsk",
        "numbers": ["611", "111", "2690000"],
        "languages": ["ru", "be", "en"],
    },
    "operator": {
        "name": {"ru": "Зорка", "be": "Зорка", "en": "Zorka"},
        "country": "BY",
        "currency": CURRENCY,
        "words": {"apn": "zorka.by", "apn-login": "zorka", "help": "zorka.example/help"},
    },
    "billing": {"kind": "demo"},
    "departments": {
        "information": {"label": {"ru": "Справки", "be": "Даведкі", "en": "Information"}},
        "finance": {"label": {"ru": "Расчёты", "be": "Разлікі", "en": "Finance"}},
        "technical": {
            "label": {
                "ru": "Техническая поддержка",
                "be": "Тэхнічная падтрымка",
                "en": "Technical support",
            }
        },
        "field": {
            "label": {
                "ru": "Выездные инженеры",
                "be": "Выязныя інжынеры",
                "en": "Field engineers",
            },
            "visits": True,
        },
        "claims": {"label": {"ru": "Претензии", "be": "Прэтэнзіі", "en": "Claims"}},
    },
    "topics": {
        "money": {
            "label": {"ru": "счёт и деньги", "be": "рахунак і грошы", "en": "bill and money"},
            "department": "finance",
        },
        "internet": {
            "label": {"ru": "интернет и ТВ", "be": "інтэрнэт і ТБ", "en": "internet and TV"},
            "department": "technical",
            "outages": True,
        },
        "tv": {
            "label": {"ru": "телевидение", "be": "тэлебачанне", "en": "television"},
            "department": "technical",
            "outages": True,
        },
        "outage": {"label": {"ru": "авария", "be": "аварыя", "en": "outage"}, "outages": True},
        "repair": {
            "label": {"ru": "ремонт", "be": "рамонт", "en": "repair"},
            "department": "field",
            "visits": True,
        },
        "visit": {
            "label": {"ru": "выезд", "be": "выезд", "en": "visit"},
            "department": "field",
            "visits": True,
        },
        "tariff": {
            "label": {
                "ru": "тарифы и услуги",
                "be": "тарыфы і паслугі",
                "en": "tariffs and services",
            }
        },
        "services": {"label": {"ru": "услуги", "be": "паслугі", "en": "services"}},
        "service": {"label": {"ru": "услуга", "be": "паслуга", "en": "service"}},
        "complaint": {
            "label": {"ru": "жалоба", "be": "скарга", "en": "complaint"},
            "department": "claims",
            "vague": True,
        },
        "management": {
            "label": {"ru": "руководство", "be": "кіраўніцтва", "en": "management"},
            "vague": True,
        },
        "general": {
            "label": {"ru": "общий вопрос", "be": "агульнае пытанне", "en": "general"},
            "chosen": False,
        },
        "pause": {
            "label": {
                "ru": "приостановка, поездка",
                "be": "прыпыненне, паездка",
                "en": "pause, travel",
            }
        },
        "gifts": {
            "label": {
                "ru": "подарки и обмен",
                "be": "падарункі і абмен",
                "en": "gifts and exchange",
            }
        },
        "settings": {
            "label": {"ru": "настройки телефона", "be": "наладкі тэлефона", "en": "phone settings"}
        },
        "identity": {"label": {"ru": "кодовое слово", "be": "кодавае слова", "en": "code word"}},
        "ticket": {
            "label": {"ru": "открытая заявка", "be": "адкрытая заяўка", "en": "open ticket"},
            "chosen": False,
        },
        "late-ticket": {
            "label": {
                "ru": "просроченная заявка",
                "be": "пратэрмінаваная заяўка",
                "en": "late ticket",
            },
            "chosen": False,
        },
        "no-network": {
            "label": {"ru": "нет сети", "be": "няма сеткі", "en": "no network"},
            "department": "technical",
            "outages": True,
        },
        "lost-sim": {
            "label": {
                "ru": "потерян телефон или SIM-карта",
                "be": "згублены тэлефон або SIM-карта",
                "en": "lost phone or SIM card",
            }
        },
        "other": {"label": {"ru": "другое", "be": "іншае", "en": "other"}},
    },
}
"""Section -> its settings; what stands in the file of a demo installation goes before."""

OPERATOR: Final = convert(SETTINGS["operator"], OperatorSettings)

TICKETS: Final[TicketPolicy] = convert(
    {"departments": SETTINGS["departments"], "topics": SETTINGS["topics"]}, Config
).tickets
