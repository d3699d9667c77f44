"""`python -m tests.words [PATH …]`: the words of docs/glossary.md that still stand, with their
places; `--count` only their number per file; `--update` lowers the list of what is allowed."""

import argparse

from tests.docs.markdown import ROOT
from tests.words.banned import ALLOWED, allowed, banned, count, files, found, lowered


def main() -> None:
    """List, count, or lower."""
    parser = argparse.ArgumentParser(prog="python -m tests.words", description=__doc__)
    parser.add_argument("path", nargs="*", help="Only files whose path begins so.")
    parser.add_argument("--count", action="store_true", help="Show the number per file.")
    parser.add_argument("--update", action="store_true", help="Lower the list to what stands.")
    given = parser.parse_args()
    if given.update:
        try:
            less = lowered(allowed(), count())
        except ValueError as error:
            parser.exit(1, f"there are more than were allowed in: {error}\n")
        ALLOWED.write_text("".join(f"{name} {less[name]}\n" for name in sorted(less)), "utf-8")
        print(f"{sum(less.values())} words in {len(less)} files are still allowed")
        return
    words = banned()
    for file in files():
        name = file.relative_to(ROOT).as_posix()
        if given.path and not name.startswith(tuple(given.path)):
            continue
        hits = found(name, file.read_text("utf-8"), words)
        if given.count and hits:
            print(f"{len(hits):5} {name}")
        elif not given.count:
            for hit in hits:
                print(f"{name}:{hit.line}: {hit.word} -> {hit.instead}")


if __name__ == "__main__":
    main()
