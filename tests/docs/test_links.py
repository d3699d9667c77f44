"""No link leads nowhere."""

from pathlib import Path

import pytest

from tests.docs.markdown import DOCUMENTS, ROOT, anchors, links


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings(document: Path) -> None:
    inner = [link for link in links(document.read_text()) if "://" not in link]
    for link in inner:
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        assert target.is_file(), f"{document}: {link}"
        assert not anchor or anchor in anchors(target.read_text()), f"{document}: {link}"


def test_the_readme_leads_to_all_of_them() -> None:
    """Directly, or by a page that it leads to."""
    found: set[Path] = set()
    todo = [DOCUMENTS[0]]
    while todo:
        page = todo.pop()
        inner = (link.partition("#")[0] for link in links(page.read_text()) if "://" not in link)
        following = {(page.parent / link).resolve() for link in inner if link.endswith(".md")}
        todo += following - found
        found |= following
    assert set(DOCUMENTS[1:]) <= found
