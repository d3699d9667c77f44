"""The pages of the desk that everybody finds in the bar, and who may open them."""

from ari_app.desk.web.accounts import Role

PAGES: tuple[tuple[str, Role, str], ...] = (
    ("/", "agent", "page-desk"),
    ("/board", "supervisor", "board"),
    ("/reports", "supervisor", "reports"),
    ("/quality", "supervisor", "quality"),
    ("/plan", "supervisor", "plan"),
    ("/admin", "admin", "admin"),
)
"""Path, role, and the name of its text. A new page needs nothing more than a line here, its route
in :mod:`ari_app.desk.web.server`, and ``parts/bar.html`` in its template."""
