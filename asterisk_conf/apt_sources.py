"""Finds the Debian archive that this machine's apt uses, to install Asterisk from there."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct


class Entry(Struct, frozen=True):
    """One archive of apt's sources, of either file format."""

    address: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def debian_archive(etc: Path = Path("/etc/apt")) -> str | None:
    """The address of the Debian archive among apt's sources in ``etc``; None if there is none."""
    for entry in entries(etc):
        address = _first_mirror(entry.address)
        # security updates and third-party archives differ by suite or path
        plain = any(not {"-", "/"} & set(suite) for suite in entry.suites)
        if plain and "main" in entry.components and "/debian" in urlsplit(address).path:
            return address
    return None


def entries(etc: Path) -> Iterator[Entry]:
    """All enabled archives of binary packages, in apt's order."""
    for file in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".sources":
            yield from _deb822(text)
        elif file.suffix == ".list":
            yield from _one_line(text)


def _one_line(text: str) -> Iterator[Entry]:
    """``deb [option=value …] address suite component …``"""
    for line in text.splitlines():
        words = line.split("#")[0].replace("[", " [ ").replace("]", " ] ").split()
        if words[:1] != ["deb"]:
            continue
        if "]" in words:
            words = ["deb", *words[words.index("]") + 1 :]]
        if len(words) >= 4:
            yield Entry(words[1], (words[2],), tuple(words[3:]))


def _deb822(text: str) -> Iterator[Entry]:
    """Stanzas of ``Field: value``; an indented line continues the field above."""
    for stanza in text.split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if line.startswith("#"):
                continue
            if line[:1].isspace():
                fields[name] = f"{fields.get(name, '')} {line.strip()}"
            elif ":" in line:
                name, value = line.split(":", 1)
                name = name.lower()
                fields[name] = value.strip()
        words = {name: tuple(value.split()) for name, value in fields.items()}
        if "deb" not in words.get("types", ()) or words.get("enabled") == ("no",):
            continue
        for address in words.get("uris", ()):
            yield Entry(address, words.get("suites", ()), words.get("components", ()))


def _first_mirror(address: str) -> str:
    """``mirror+file:`` names a list of mirrors (cloud images have it): the first of the list."""
    scheme, _, path = address.partition(":")
    if scheme != "mirror+file":
        return address
    file = Path("/" + path.lstrip("/"))
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return next((line.split()[0] for line in lines if line.strip() and line[0] != "#"), "")
