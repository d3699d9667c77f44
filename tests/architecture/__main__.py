"""`python -m tests.architecture`: the figures of the rooms; `--write` puts their picture into
docs/architecture.md; `--at REVISION` counts an older tree by the same rule."""

import argparse

from tests.architecture.arrows import PRODUCT, modules
from tests.architecture.picture import PAGE, figures, mermaid, page, sources, structure


def main() -> None:
    """Print the figures, and the picture unless it is written."""
    parser = argparse.ArgumentParser(prog="python -m tests.architecture", description=__doc__)
    parser.add_argument("--at", metavar="REVISION", help="Count the tree of a git revision.")
    parser.add_argument("--write", action="store_true", help="Write docs/architecture.md.")
    given = parser.parse_args()
    if given.at:
        print(figures(*structure(sources(given.at))))
        return
    now = {module: file.read_text("utf-8") for module, file in modules(*PRODUCT).items()}
    rooms, arrows = structure(now)
    if given.write:
        PAGE.write_text(page(PAGE.read_text("utf-8"), arrows, rooms), "utf-8")
    else:
        print(mermaid(arrows))
    print(figures(rooms, arrows))


if __name__ == "__main__":
    main()
