"""A fake of the administration, in memory."""

from ari_app.desk.admin.administration import Outcome, Overview, Preview, Refused, Request


class FakeAdministration:
    """An installation that administrators look at and change."""

    def __init__(self) -> None:
        self.overview_is = Overview((), (), (), (), (), (), (), (), ("ru", "en"))
        self.changed: list[tuple[str, Request]] = []
        self.refuses = ""
        self.outcome: Outcome | None = None
        self.differs = Preview((), ())

    async def overview(self) -> Overview:
        return self.overview_is

    async def preview(self) -> Preview:
        return self.differs

    async def graph(self, flow: str) -> bytes | None:
        if self.refuses:
            raise Refused(self.refuses, ["Graphviz is not installed"])
        return b"<svg/>" if flow == "*111" else None

    async def change(self, by: str, request: Request) -> Outcome | None:
        if self.refuses:
            raise Refused(self.refuses)
        self.changed.append((by, request))
        return self.outcome
