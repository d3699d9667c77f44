"""The rows of some tables of an SQL dump, read in pieces: a dump may be larger than the memory.

Read are the dumps of MariaDB and MySQL: extended or single INSERTs, with names of columns or in the
order of the CREATE TABLE before, strings with backslashes or doubled quotes, ``0x…`` and
``_binary '…'``.
"""

import re
from collections.abc import Collection, Iterator
from typing import BinaryIO, Final, NoReturn

from ari_app.freepbx.errors import SourceError
from ari_app.freepbx.tables import Row, Tables
from ari_app.freepbx.texts import charset, decoded

PIECE: Final = 1 << 20
"""How many bytes are read at once."""

LONGEST: Final = 16 << 20
"""The longest single value, in bytes."""

MOST: Final = 128 << 20
"""How many bytes all wanted rows may have."""

_STRING: Final = rb"'(?>[^'\\]++|\\.|'')*+'"
_SPACE: Final = re.compile(
    rb"(?>\s++|--(?=[ \t\r\n])[^\n]*+\n|#[^\n]*+\n|/\*(?>[^*]++|\*(?!/))*+\*/)"
)
_TOKEN: Final = re.compile(
    rb"(?P<string>(?:_\w+\s+|[xXnNbB])?" + _STRING + rb")"
    rb"|`(?P<name>(?>[^`]++|``)*+)`"
    rb'|(?P<double>"(?>[^"\\]++|\\.|"")*+")'
    rb"|(?P<hex>0x[0-9A-Fa-f]*+)(?=[^0-9A-Fa-f])"
    rb"|(?P<number>[+-]?[0-9.]++(?:[eE][+-]?[0-9]++)?)(?=[^0-9.eE])"
    rb"|(?P<word>[A-Za-z_@$][\w@$.]*+)(?=[^\w@$.])"
    rb"|(?P<sign>[^\w\s'`\"])",
    re.DOTALL,
)
_REST: Final = re.compile(
    rb"((?>[^;'\"`/#-]++|" + _STRING + rb"|`[^`]*+`|\"(?>[^\"\\]++|\\.)*+\""
    rb"|/\*(?>[^*]++|\*(?!/))*+\*/|/(?!\*)|--(?=[ \t\r\n])[^\n]*+\n|-(?!-[ \t\r\n])|#[^\n]*+\n))++",
    re.DOTALL,
)
"""As much of a statement as is whole; its group is the last part, which may go on behind."""

_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"0": b"\0", b"b": b"\b", b"Z": b"\x1a"}
_ESCAPED: Final = re.compile(rb"\\(.)|''", re.DOTALL)
_NAMES: Final = re.compile(rb"SET\s+NAMES\s+'?(\w+)", re.IGNORECASE)
_KEYS: Final = frozenset(
    (b"PRIMARY", b"KEY", b"UNIQUE", b"INDEX", b"CONSTRAINT", b"FULLTEXT", b"SPATIAL", b"FOREIGN",
     b"CHECK", b"PERIOD")
)  # fmt: skip
_INTO: Final = frozenset((b"INTO", b"IGNORE", b"DELAYED", b"LOW_PRIORITY"))
_HEADS: Final = (b"-- MariaDB dump", b"-- MySQL dump")
_END: Final = b"-- Dump completed"


def tables(file: BinaryIO, wanted: Collection[str]) -> Tables:
    """The rows of the ``wanted`` tables that a dump has, in its order.

    Raises :class:`SourceError` for a file that is cut, or is no dump. Blocks.
    """
    found: dict[str, list[Row]] = {}
    for table, row in _Dump(file, wanted).rows(found):
        found[table].append(row)
    return found


class _Dump:
    """What of a dump has been read, and not yet understood."""

    def __init__(self, file: BinaryIO, wanted: Collection[str]) -> None:
        self._file = file
        self._wanted = wanted
        self._buffer = b""
        self._at = 0
        self._passed = 0
        self._ended = False
        self._headed = self._completed = False
        self._encoding = "utf-8"
        self._columns: dict[str, tuple[str, ...]] = {}
        self._kept = 0

    def rows(self, found: dict[str, list[Row]]) -> Iterator[tuple[str, Row]]:
        """Table and row, one after the other; ``found`` gets each wanted table that is created."""
        known = 0
        while self._skipped():
            kind, value = self._token("a statement")
            word = value.upper() if kind == "word" else b""
            if word == b"CREATE":
                if (created := self._created()) is not None and created in self._wanted:
                    found.setdefault(created, [])
            elif word in (b"INSERT", b"REPLACE"):
                yield from self._inserted(found)
            elif word == b"SET":
                self._set()
            known += bool(word) and word in _STATEMENTS
            if kind != "sign" or value != b";":
                self._rest()
        if not known:
            raise SourceError("this is no SQL dump: no statement of SQL is in it")
        if self._headed and not self._completed:
            raise SourceError("the dump is cut: its last line, `-- Dump completed`, is missing")

    # What stands in statements.

    def _created(self) -> str | None:
        """Read CREATE TABLE `t` (`column` …): the order of its columns."""
        if self._word() != b"TABLE":
            return None
        kind, value = self._token("CREATE TABLE")
        while kind == "word" and value.upper() in (b"IF", b"NOT", b"EXISTS"):
            kind, value = self._token("CREATE TABLE")
        table = value.decode("utf-8", "replace")
        if table not in self._wanted or self._token("CREATE TABLE")[1] != b"(":
            return None
        columns, depth, first = [], 1, True
        while depth:
            kind, value = self._token(f"the CREATE TABLE of {table}")
            if kind == "sign":
                depth += (value == b"(") - (value == b")")
                first = value == b"," and depth == 1
                continue
            if first and (kind == "name" or value.upper() not in _KEYS):
                columns.append(value.decode("utf-8", "replace"))
            first = False
        self._columns[table] = tuple(columns)
        return table

    def _inserted(self, found: dict[str, list[Row]]) -> Iterator[tuple[str, Row]]:
        kind, value = self._token("INSERT")
        while kind == "word" and value.upper() in _INTO:
            kind, value = self._token("INSERT")
        table = value.decode("utf-8", "replace").rpartition(".")[2]
        if table not in self._wanted:
            return
        where = f"the INSERT into {table}"
        found.setdefault(table, [])
        columns = self._columns.get(table, ())
        kind, value = self._token(where)
        if value == b"(":
            columns = tuple(str(one) for one in self._tuple(where))
            kind, value = self._token(where)
        if value.upper() not in (b"VALUES", b"VALUE") or not columns:
            self._fail(f"{where} has no VALUES, or no CREATE TABLE before it that names columns")
        while self._token(where)[1] == b"(":
            row = self._tuple(where)
            if len(row) != len(columns):
                self._fail(f"{where} has a row of {len(row)} values for {len(columns)} columns")
            yield table, dict(zip(columns, row, strict=True))
            if self._token(where)[1] != b",":
                self._at -= 1  # what ends the statement is skipped with its rest
                return
        self._fail(f"{where} has no bracket where a row begins")

    def _tuple(self, where: str) -> list[str | None]:
        found: list[str | None] = []
        while True:
            kind, value = self._token(where)
            found.append(self._value(kind, value, where))
            sign = self._token(where)[1]
            if sign == b")":
                return found
            if sign != b",":
                self._fail(f"{where} has {sign[:20]!r} after a value")

    def _value(self, kind: str, value: bytes, where: str) -> str | None:
        self._kept += len(value)
        if self._kept > MOST:
            self._fail(
                f"the tables of FreePBX have more than {MOST >> 20} MB: this is no such dump"
            )
        if kind in ("word", "sign"):
            if value.upper() == b"NULL":
                return None
            if kind == "word" and value.upper() in (b"TRUE", b"FALSE"):
                return str(int(value.upper() == b"TRUE"))
            self._fail(f"{where} has {value[:20]!r} where a value stands")
        if kind in ("name", "number"):
            return value.decode("utf-8", "replace")
        if kind == "hex":
            digits = value[2:].decode()
            raw = bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2))
        else:
            prefix, _, body = value.partition(value[-1:])
            quoted = body[:-1]
            try:
                raw = (
                    bytes.fromhex(quoted.decode()) if prefix in (b"x", b"X") else _unescaped(quoted)
                )
            except ValueError:
                self._fail(f"{where} has {value[:20]!r}, which is no pairs of hexadecimal digits")
        return decoded(raw, self._encoding)

    def _set(self) -> None:
        if self._word() == b"NAMES":
            _, value = self._token("SET NAMES")
            self._encoding = charset(value.strip(b"'\"").decode("ascii", "replace"))

    # How it is read.

    def _word(self) -> bytes:
        kind, value = self._token("a statement")
        if kind == "sign" and value == b";":
            self._at -= 1
        return value.upper() if kind == "word" else b""

    def _token(self, where: str) -> tuple[str, bytes]:
        if not self._skipped():
            raise SourceError(f"the dump is cut: it ends in {where}")
        while True:
            found = _TOKEN.match(self._buffer, self._at)
            if found is not None and (found.end() < len(self._buffer) or self._ended):
                self._at = found.end()
                kind = found.lastgroup or "sign"
                return ("string" if kind == "double" else kind), found[kind]
            if not self._more():
                if found is not None:
                    continue
                raise SourceError(f"the dump is cut: it ends in {where}")

    def _skipped(self) -> bool:
        """Skip spaces and comments; False at the end of the file."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            if found is not None and (found.end() < len(self._buffer) or self._ended):
                self._noted(found[0])
                self._at = found.end()
                continue
            if found is None and self._at < len(self._buffer) - 3:
                if self._buffer.startswith((b"/*", b"--", b"#"), self._at) and self._more():
                    continue
                return True
            if not self._more():
                if found is not None:
                    continue
                rest = self._buffer[self._at :]
                self._noted(rest)
                return bool(rest.strip()) and not rest.startswith((b"--", b"#"))

    def _rest(self) -> None:
        """Skip the rest of a statement, and its semicolon."""
        while True:
            found = _REST.match(self._buffer, self._at)
            if found is not None and (found.end() < len(self._buffer) or self._ended):
                self._at = found.end()
                continue
            if found is not None:
                self._at = found.start(1)
            elif self._buffer[self._at : self._at + 1] == b";":
                self._at += 1
                return
            if not self._more() and found is None:
                raise SourceError("the dump is cut: its last statement has no end")

    def _noted(self, comment: bytes) -> None:
        self._headed = self._headed or comment.startswith(_HEADS)
        self._completed = self._completed or comment.startswith(_END)
        if comment.startswith(b"/*!") and (names := _NAMES.search(comment)):
            self._encoding = charset(names[1].decode("ascii", "replace"))

    def _more(self) -> bool:
        """Read on; False if nothing is left."""
        if self._ended:
            return False
        left = self._buffer[self._at :]
        if len(left) > LONGEST:
            self._fail(f"a value or a comment is longer than {LONGEST >> 20} MB")
        self._passed += self._at
        piece = self._file.read(PIECE)
        if not self._passed and not left and b"\0" in piece[:64]:
            raise SourceError(
                "this is no SQL dump: it has zero bytes, as UTF-16 and packed files have. Save it"
                " as UTF-8"
            )
        self._buffer, self._at = left + piece, 0
        self._ended = not piece
        return True

    def _fail(self, text: str) -> NoReturn:
        raise SourceError(f"{text} (near byte {self._passed + self._at})")


_STATEMENTS: Final = frozenset(
    (b"CREATE", b"INSERT", b"REPLACE", b"SET", b"DROP", b"LOCK", b"UNLOCK", b"USE", b"ALTER",
     b"START", b"BEGIN", b"COMMIT")
)  # fmt: skip


def _unescaped(raw: bytes) -> bytes:
    """A string's bytes: ``\\'`` and ``''`` are a quote."""
    if b"\\" not in raw and b"''" not in raw:
        return raw

    def one(found: re.Match[bytes]) -> bytes:
        sign = found[1]
        return b"'" if sign is None else _ESCAPES.get(sign, sign)

    return _ESCAPED.sub(one, raw)
