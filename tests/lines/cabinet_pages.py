"""A page of the menus as the cabinet shows it, and what a subscriber can reply to it there."""

import re
from datetime import UTC, datetime

from ari_app.cabinet.menu_page import parts
from ari_app.cabinet.ports import CabinetSite
from ari_app.cabinet.render import Render
from ari_app.cabinet.visits import Visit
from ari_app.ussd.line import Page
from ivr.screens import PageSize
from tests.operators import BELARUS, DEMO_TICKETS

WHOLE = PageSize(8000, 8000)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
VISIT = Visit("v1", 1, "375990000001", "ru", "secret", NOW, NOW)
RENDER = Render(
    CabinetSite(
        name={"": "X"},
        languages=("ru", "be", "en"),
        zone="Europe/Minsk",
        numbers=BELARUS,
        tickets=DEMO_TICKETS,
        currency="BYN",
        menu="*111#",
    )
)


def offers(page: Page, reply: str) -> bool:
    """Whether a page has a button or a field for a reply."""
    lines = list(parts(page))
    shown = RENDER.page("menu", "ru", VISIT, page=page, parts=lines, step=0, error="")
    buttons = re.findall(r'<button name="reply" value="([^"]+)"', shown)
    assert buttons == [key for key, _ in lines if key]
    assert ('type="password"' in shown) == page.secret
    return reply in buttons or '<input id="reply"' in shown
