"""`python -m tests.architecture`: the rooms as a picture, and how many rooms and arrows there are;
`--write` puts both into docs/architecture.md; `--at REVISION` counts an older tree by the same
rule."""

import argparse

from tests.architecture.picture import PAGE, mermaid, now, page, sources, structure


def main() -> None:
    """Print the figures, and the picture unless it is written."""
    parser = argparse.ArgumentParser(prog="python -m tests.architecture", description=__doc__)
    parser.add_argument("--at", metavar="REVISION", help="Count the tree of a git revision.")
    parser.add_argument("--write", action="store_true", help="Write docs/architecture.md.")
    given = parser.parse_args()
    found = structure(sources(given.at)) if given.at else now()
    if given.write:
        PAGE.write_text(page(PAGE.read_text("utf-8"), found), "utf-8")
    elif not given.at:
        print(mermaid(found.rooms, found.arrows))
    print(found.figures)


if __name__ == "__main__":
    main()
