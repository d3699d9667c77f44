"""The pages of the cabinet as HTML: templates that escape all their values."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from ari_app.cabinet.ports import CabinetSite
from ari_app.cabinet.visits import Visit
from ari_app.cabinet.words import offered, word, words
from ari_app.pages.templates import templates
from ivr.model import Operation
from ivr.speech.languages import language as spoken_language

HERE = Path(__file__).parent


def build() -> str:
    """A hash of the style sheet, which its path contains."""
    return hashlib.sha256((HERE / "static" / "cabinet.css").read_bytes()).hexdigest()[:12]


class Render:
    """Makes the pages."""

    def __init__(self, site: CabinetSite) -> None:
        self.site = site
        self.build = build()
        self.languages = offered(site.languages)
        self._zone = ZoneInfo(site.zone)
        self._templates = templates("ari_app.cabinet")
        self._templates.globals |= {
            "build": self.build,
            "languages": [(code, spoken_language(code).name) for code in self.languages],
            "menu": bool(site.menu),
        }
        self._templates.filters |= {"number": site.numbers.shown, "moment": self._moment}

    def page(self, name: str, language: str, visit: Visit | None = None, **values: object) -> str:
        """The page of a template; ``visit`` is that of the subscriber who is signed in."""
        template = self._templates.get_template(f"{name}.html")
        return template.render(
            t=partial(self.word, language=language),
            called=partial(self.called, language=language),
            operator=self.operator(language),
            topic=partial(self.site.tickets.topic_label, language=language),
            department=partial(self.site.tickets.department_label, language=language),
            language=language,
            visit=visit,
            **values,
        )

    def word(self, name: str, language: str, **values: object) -> str:
        """A text of ``words.yaml``; of a value or an outcome that has none, its name."""
        sort, _, own = name.partition("-")
        if name not in words() and sort in ("outcome", "value"):
            return own
        return word(name, language, **values)

    def called(self, operation: Operation, language: str) -> str:
        """What an operation is called; one of the operator's own has its label."""
        if operation.http is not None:
            labels: Mapping[str, str] = operation.http.label
            return labels.get(language) or next(iter(labels.values()), operation.name)
        return word(f"operation-{operation.name}", language)

    def operator(self, language: str) -> str:
        """The operator's name."""
        names = self.site.name
        return names.get(language) or names.get("") or next(iter(names.values()), "")

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%d.%m.%Y %H:%M}"
