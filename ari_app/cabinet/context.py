"""What every handler of the cabinet has at hand."""

from time import monotonic

from aiohttp import web
from msgspec import Struct

from ari_app.cabinet.ports import CabinetPorts
from ari_app.cabinet.render import Render
from ari_app.cabinet.security import VISIT, Security
from ari_app.cabinet.visits import Visit, Visits
from ari_app.pages import languages
from ari_app.rate_limit import Rate, RateLimit
from ari_app.selfcare.request_port import Asker

EFFECTS = Rate(burst=20, each=60.0)
"""What one subscriber has done that sends or asks for something, and does not cost."""


READS = Rate(burst=100, each=1.0)
"""What one subscriber reads, and their replies in the menus: each may ask the billing system."""


class Context(Struct, frozen=True):
    """See the module."""

    ports: CabinetPorts
    render: Render
    security: Security
    visits: Visits
    effects: RateLimit
    reads: RateLimit

    def language(self, request: web.Request) -> str:
        """The language of the pages of a browser."""
        return languages.language(request, self.render.languages)

    def asker(self, request: web.Request) -> Asker:
        """Who asks for an operation, and in which language of the site texts go out."""
        return request[VISIT].asker(self.text_language(request))

    def text_language(self, request: web.Request) -> str:
        """The language of texts to the subscriber; "" for the one of the last choice."""
        chosen = self.language(request)
        return chosen if chosen in self.render.site.languages else ""

    def admit(self, request: web.Request) -> None:
        """Count something that is to be done; raises ``HTTPTooManyRequests`` for too much."""
        if self.effects.wait(request[VISIT].subscriber, monotonic()):
            raise web.HTTPTooManyRequests

    def admit_read(self, request: web.Request) -> None:
        """Count something that is to be read; raises ``HTTPTooManyRequests`` for too much."""
        if self.reads.wait(request[VISIT].subscriber, monotonic()):
            raise web.HTTPTooManyRequests

    def page(
        self, request: web.Request, name: str, status: int = 200, **values: object
    ) -> web.Response:
        """The page of a template, for the browser that asks."""
        text = self.render.page(name, self.language(request), request.get(VISIT), **values)
        return html(text, status)

    def word(self, request: web.Request, name: str, **values: object) -> str:
        """A text in the language of a browser."""
        return self.render.word(name, self.language(request), **values)


def html(text: str, status: int = 200) -> web.Response:
    """A page."""
    return web.Response(text=text, content_type="text/html", status=status)


def waiting(answer: web.Response, wait: int) -> web.Response:
    """An answer that says when to try again: after ``wait`` seconds, if any."""
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def visit_of(request: web.Request) -> Visit:
    """The visit of a request."""
    return request[VISIT]
