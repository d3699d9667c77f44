"""The SQL of the store's functions, which is SQLite's, as PostgreSQL has it.

Functions that SQLite has and PostgreSQL has not, such as ``iif``, are made with the schema.
"""

import re
from functools import cache

_TOKENS = re.compile(
    r"(?P<text>'(?:[^']|'')*')"
    r"|(?P<as_is>::|\"[^\"]*\")"
    r"|(?P<positional>\?)"
    r"|:(?P<named>[a-z_][a-z0-9_]*)"
    r"|(?P<percent>%)"
    r"|(?P<reserved>(?<![.\w])(?:left|full)\b(?!\s*(?:join|outer|\()))"
    r"|(?P<each>\bjson_each\()"
    r"|(?P<as_integer>\bas integer\))"
    r"|(?P<as_real>\bas real\))"
)

_PHRASES = (
    (re.compile(r"\blimit -1\b"), "limit all"),
    (re.compile(r"/\* skip locked \*/"), "for update skip locked"),  # SQLite has one writer
    (re.compile(r" indexed by \w+"), ""),
    (re.compile(r"(?<=[ ,(])\+(?=[a-z_])"), ""),  # SQLite then takes no index
    (re.compile(r"\bcross join (\w+(?: \w+)?) on\b"), r"join \1 on"),
    (re.compile(r"\b\w+_words match (\?|:\w+)"), r"words @@ words_query(\1)"),
    (re.compile(r"\b(\w+) glob (\?|:\w+)"), r"\1 like glob_pattern(\2)"),
    (re.compile(r"\bsubstr\(([\w.]+), -(\d+)\)"), r"right(\1, \2)"),
    (re.compile(r"\bis not (?!null|distinct|true|false)"), "is distinct from "),
    (re.compile(r"\bis (\?|:\w+|new\.|old\.)"), r"is not distinct from \1"),
)


@cache
def translated(sql: str) -> str:
    """A statement for PostgreSQL, with psycopg's placeholders."""
    for pattern, other in _PHRASES:
        sql = pattern.sub(other, sql)
    return _TOKENS.sub(_token, sql)


def _token(found: re.Match[str]) -> str:
    text = found.group()
    match found.lastgroup:
        case "text":
            return text.replace("%", "%%")
        case "positional":
            return "%s"
        case "named":
            return f"%({found['named']})s"
        case "percent":
            return "%%"
        case "reserved":
            return f'"{text}"'
        case "each":
            return "values_of("
        case "as_integer":
            return "as bigint)"
        case "as_real":
            return "as double precision)"
    return text
