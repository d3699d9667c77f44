"""Slips of those who write YAML: what a parser's message means, and what to write instead.

A parser says where it gave up, which is often below the mistake, and in the words of its grammar.
"""

import re
from collections.abc import Iterator

import yaml

from ivr.problems import Place, Problem

_CONFLICT = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
_ODD_SPACE = re.compile("[\xa0\u2000-\u200b\u202f\u205f\u3000]")
_QUOTED_OR_COMMENT = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|(?:^|(?<=\s))#.*")
_COMMENTED_KEY = re.compile(r"^\s*(#\s*: +[\w-]+)\s*$")
_COMMENT_IN_BRACES = re.compile(r"[{,]\s*#\s*:")
_STAR_KEY = re.compile(r"(?:^|[{,])\s*\*\s*:")
_NO_SPACE = re.compile(r"^\s*[\w-]+:[^\s:/]")
_CURLY_QUOTES = "“”„«»‘’‹›"


def conflict(file: str, text: str) -> Problem | None:
    """Marks that git leaves where two changes met."""
    if not text.count("<<<<<<< ") or not (found := _CONFLICT.search(text)):
        return None
    line = text.count("\n", 0, found.start()) + 1
    fault = (
        "git left two versions here: keep one, and remove the lines <<<<<<<, ======= and >>>>>>>"
    )
    return Problem(Place(file, line, 1), fault, "not-yaml")


def tagged(file: str, event: yaml.Event) -> Problem | None:
    """The problem of a value before which a tag stands, which a loader of texts ignores."""
    tag, mark = getattr(event, "tag", None), event.start_mark
    if not tag or mark is None:
        return None
    name = tag.replace("tag:yaml.org,2002:", "!!")
    fault = f"tags ({name}) are not read: remove it, or put a text that begins with ! in quotes"
    return Problem(Place(file, mark.line + 1, mark.column + 1), fault, "tag")


def first_tag(file: str, text: str) -> Problem | None:
    """The problem of the first value with a tag, as far as a text is YAML."""
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    try:
        return next(filter(None, (tagged(file, event) for event in events)), None)
    except (yaml.YAMLError, UnicodeError):
        return None


def odd_space(file: str, text: str) -> Problem | None:
    """A no-break space, or another that YAML takes for a letter, outside quotes and comments."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = _QUOTED_OR_COMMENT.sub(lambda found: "x" * len(found[0]), line)
        if found := _ODD_SPACE.search(bare):
            fault = f"a space of another kind stands here (U+{ord(found[0]):04X})"
            place = Place(file, number, found.start() + 1)
            return Problem(place, f"{fault}: write an ordinary space", "not-yaml")
    return None


def commented_keys(file: str, text: str) -> Iterator[Problem]:
    """Lines such as ``#: operator``, which are comments and no keys."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := _COMMENTED_KEY.match(line):
            fault = f'`{found[1]}` is a comment and no key: write "#" in quotes'
            place = Place(file, number, found.start(1) + 1)
            yield Problem(place, fault, "commented-key", "warning")


def miswritten(name: str) -> str:
    """What to write instead of a name with signs that are none of YAML's; "" for any other."""
    if set(name) & set(_CURLY_QUOTES):
        return "write straight quotes"
    return f"put a space after the colon: {name.replace(':', ': ', 1)}" if ":" in name else ""


def explained(file: str, text: str, error: yaml.YAMLError) -> Problem:
    """The problem of a text that is no YAML: where the mistake is, and what to write."""
    lines = text.splitlines()
    fault = getattr(error, "problem", None) or "this is not YAML"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    begun = getattr(error, "context_mark", None) or mark
    if mark is None or begun is None:
        return Problem(Place(file, 1, 1), f"{fault}: fix the YAML", "not-yaml")
    context = getattr(error, "context", None) or ""
    at, hint = _cure(lines, fault, context, mark, begun)
    return Problem(Place(file, at.line + 1, at.column + 1), f"{fault}: {hint}", "not-yaml")


def _cure(
    lines: list[str], fault: str, context: str, mark: yaml.Mark, begun: yaml.Mark
) -> tuple[yaml.Mark, str]:
    """The place of the mistake, and what to write."""
    line, first = ("".join(lines[at.line : at.line + 1]) for at in (mark, begun))
    if "\t" in line[: mark.column + 1]:
        return mark, "indent with spaces, not tabs"
    for each, at in ((line, mark), (first, begun)):
        if hint := _sign(each):
            return at, hint
    if "start any token" in fault:
        sign = line[mark.column : mark.column + 1]
        return mark, f"a word cannot begin with {sign}: put it in quotes"
    if "simple key" in context or "mapping values" in fault:
        return _key(first, fault, mark, begun)
    if "end of stream" in fault or "quoted scalar" in context:
        return begun, "the quote that begins here is not closed"
    if "'}'" in fault or "']'" in fault:
        return _bracket(fault, mark, begun)
    if "block" in context:
        above = next(filter(str.strip, reversed(lines[: mark.line])), "")
        return mark, _indentation(line, above)
    return mark, "fix the YAML here or just above"


def _sign(line: str) -> str:
    """What to write instead of a sign in a line that means something else in YAML."""
    if odd := _ODD_SPACE.search(line):
        what = f"U+{ord(odd[0]):04X} in column {odd.start() + 1}"
        return f"write an ordinary space instead of {what}"
    if _STAR_KEY.search(line):
        return 'write "*" in quotes'
    if _COMMENT_IN_BRACES.search(line):
        return 'a comment begins at the #: write "#" in quotes'
    if line.lstrip().startswith("```"):
        return "remove the lines with ```"
    return "one file is one flow: make another file" if line.rstrip() == "---" else ""


def _key(line: str, fault: str, mark: yaml.Mark, begun: yaml.Mark) -> tuple[yaml.Mark, str]:
    if "mapping values" in fault:
        return mark, "put a text with a colon in quotes; a key stands on a line of its own"
    if _NO_SPACE.match(line):
        return begun, "put a space after the colon"
    if re.match(r"\s*[\w-]+\s*=", line):
        return begun, "write : and a space instead of ="
    return begun, "write `key: value`, with a colon and a space"


def _bracket(fault: str, mark: yaml.Mark, begun: yaml.Mark) -> tuple[yaml.Mark, str]:
    left, right = ("{", "}") if "'}'" in fault else ("[", "]")
    if mark.line != begun.line:
        return begun, f"the {left} that stands here is not closed: add {right}"
    also = ", a : and a space" if right == "}" else ""
    return mark, f"a comma{also} or a {right} is missing before this"


def _indentation(line: str, above: str) -> str:
    if line.lstrip().startswith("- "):
        return "a table has no lines with a dash: write `key: value`"
    depth, other = (len(each) - len(each.lstrip(" ")) for each in (line, above))
    if depth == other:
        return "what stands before this belongs in quotes or on a line of its own"
    return f"it is indented by {depth} spaces, and the line above by {other}: align them"
