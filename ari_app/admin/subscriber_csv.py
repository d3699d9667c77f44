"""A list of subscribers as a CSV file, read line by line; every fault is reported."""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import BinaryIO, TypeAlias

from msgspec import Struct

from ari_app.store.bulk_import import ImportedSubscriber
from ivr.identity.weak_words import About, faults
from ivr.number_advice import advice
from ivr.numbers import NumberPlan
from ivr.problems import near
from ivr.secret import Secret
from ivr.site_languages import unspoken

NEEDED = ("number", "name", "language", "area")
KNOWN = (*NEEDED, "birthday", "code-word")
LONGEST_LINE = 4096
"""Bytes; a longer line is reported before it fills the memory."""
LONGEST_TEXT = 200
_WITH_AREAS = 20
"""So many of the numbers that are refused are looked up with area codes, which takes long."""
_BIRTHS = ("%Y-%m-%d", "%d.%m.%Y")
_PAGES = ("windows-1252", "windows-1251", "windows-1250")
"""As what spreadsheets read UTF-8 that does not say so."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheets begin: a ZIP archive, or the older compound document."""
_SEPARATORS = ";\t,"
_SEPARATOR_LINE = re.compile("sep=[;\t,]", re.IGNORECASE)
"""What Excel reads, and others write, before the header."""
_FORMULA = re.compile('="([^"]*)"')
"""How a text of digits is kept a text in a spreadsheet: ``="012345"``."""
_OLDEST = date(1900, 1, 1)


class Row(Struct, frozen=True):
    """A subscriber of the list, with their new code word."""

    arrival: ImportedSubscriber
    word: Secret | None


class RowFault(Struct, frozen=True):
    """A fault of a line, with the remedy; of values only a number is repeated."""

    line: int
    text: str


Line: TypeAlias = Row | tuple[RowFault, ...]
"""A line: a subscriber, or its faults."""


class ValueFaultError(Exception):
    """A value is wrong, as the text says."""


class SubscriberCsv:
    """The list in an open file; it may be read again, and ``digest`` says whether it changed."""

    def __init__(
        self,
        file: BinaryIO,
        today: date,
        numbers: NumberPlan,
        brands: tuple[str, ...],
        spoken: Sequence[str],
    ) -> None:
        """``spoken``: the languages that callers are served in."""
        self._numbers = numbers
        self._brands = brands
        self._languages = spoken
        self._file = file
        self._today = today
        self._digest = hashlib.sha256()
        self._refused = 0

    @property
    def digest(self) -> bytes:
        """Of what was read since the last beginning."""
        return self._digest.digest()

    def read(self) -> Iterator[Line]:
        """All lines from the beginning; a header that is wrong is the only line."""
        self._file.seek(0)
        self._digest = hashlib.sha256()
        self._refused = 0
        lines = self._lines()
        number, header = next(lines, (1, ""))
        try:
            if isinstance(header, str) and _SEPARATOR_LINE.fullmatch(header):
                number, header = next(lines, (2, ""))
            separator, columns = _header(header)
        except ValueFaultError as error:
            yield (RowFault(number, str(error)),)
            return
        empty = True
        for number, line in lines:
            if isinstance(line, str) and not line.strip(f'{separator} \t"'):
                continue  # as spreadsheets write a row that was emptied
            empty = False
            yield self._entry(number, line, separator, columns)
        if empty:
            yield (RowFault(1, "there is no subscriber below the header — write one in each line"),)

    def _lines(self) -> Iterator[tuple[int, str | ValueFaultError]]:
        number, rest = 0, False
        while line := self._file.readline(LONGEST_LINE):
            self._digest.update(line)
            begins, rest = not rest, not line.endswith(b"\n")
            if not begins:
                continue
            number += 1
            if number == 1 and line.startswith(_WORKBOOKS):
                text = "it is a workbook, not its CSV — save it as “CSV UTF-8”"
                yield number, ValueFaultError(text)
                return
            if rest and len(line) == LONGEST_LINE:
                yield (
                    number,
                    ValueFaultError(f"longer than {LONGEST_LINE} bytes — break it into lines"),
                )
                continue
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
                if number == 1 and "\0" in text:
                    raise UnicodeDecodeError("utf-8", line, 0, 1, "UTF-16 without a mark")
                yield number, text.removesuffix("\n").removesuffix("\r")
            except UnicodeDecodeError:
                yield number, ValueFaultError("it is not UTF-8 — save the file as “CSV UTF-8”")

    def _entry(
        self, number: int, line: str | ValueFaultError, separator: str, columns: tuple[str, ...]
    ) -> Line:
        try:
            cells = _cells(line, separator)
        except ValueFaultError as error:
            return (RowFault(number, str(error)),)
        if len(cells) != len(columns):
            text = f"{len(cells)} columns instead of {len(columns)} — a text with “{separator}” in "
            return (RowFault(number, text + "it must stand in double quotes"),)
        wrong: list[RowFault] = []
        row = self._row(number, dict(zip(columns, cells, strict=True)), wrong)
        return tuple(wrong) or row

    def _row(self, number: int, cells: Mapping[str, str], wrong: list[RowFault]) -> Row:
        """The subscriber of a line; what is wrong with it is added to ``wrong``."""

        def report(column: str, text: str) -> None:
            wrong.append(RowFault(number, f"{column}: {text}"))

        msisdn = self._numbers.msisdn(cells["number"])
        if msisdn is None:
            self._refused += 1
            with_area = self._refused <= _WITH_AREAS
            report("number", advice(self._numbers, cells["number"], with_area))
        for column in ("name", "area"):
            fault = _text_fault(cells[column])
            if fault:
                report(column, fault)
        language = cells["language"].casefold()
        if fault := unspoken(language, self._languages):
            report("language", fault)
        birthday = None
        if cells.get("birthday"):
            birthday = _day(cells["birthday"])
            if birthday is None or not _OLDEST <= birthday <= self._today:
                report("birthday", "it is no day of a birth — write it as 1985-12-31")
        word = Secret(cells["code-word"]) if cells.get("code-word") else None
        if word is not None:
            about = About(msisdn or "", cells["name"], self._brands, birthday)
            for fault in faults(word.reveal(), about):
                report("code-word", fault)
        who = (msisdn or "", cells["name"], language, cells["area"])
        return Row(ImportedSubscriber(number, *who), word)


def _header(line: str | ValueFaultError) -> tuple[str, tuple[str, ...]]:
    """The separator and the columns that the first line names."""
    if isinstance(line, ValueFaultError):
        raise line
    if not line.strip():
        raise ValueFaultError(f"the header is missing — begin with the line {';'.join(NEEDED)}")
    separator = next((sign for sign in _SEPARATORS if sign in line), ",")
    columns = tuple(cell.casefold() for cell in _cells(line, separator))
    for column in columns:
        if column not in KNOWN:
            raise ValueFaultError(
                f"the header has a column that is unknown — {near(column, KNOWN)}"
            )
    for column in NEEDED:
        if columns.count(column) != 1:
            raise ValueFaultError(f"the header must name {column} once — see `--help`")
    if len(set(columns)) < len(columns):
        raise ValueFaultError("the header names a column twice — leave one out")
    return separator, columns


def _cells(line: str | ValueFaultError, separator: str) -> tuple[str, ...]:
    if isinstance(line, ValueFaultError):
        raise line
    if "\r" in line:
        raise ValueFaultError("a line break (CR) stands within it — take it out")
    try:
        [cells] = csv.reader([line], delimiter=separator, strict=True)
    except (csv.Error, ValueError):
        raise ValueFaultError(
            "its quotes are wrong — close each in its line, and double one inside of a text"
        ) from None
    return tuple(_FORMULA.sub(r"\1", cell.strip(" \t")) for cell in cells)


@lru_cache(maxsize=4096)
def _text_fault(text: str) -> str:
    """Why a text cannot be a name, "" if it can: it will be shown in terminals and browsers."""
    if not text:
        return "it is empty — write it"
    if len(text) > LONGEST_TEXT:
        return f"it is longer than {LONGEST_TEXT} signs — shorten it"
    for page in _PAGES:
        if _misread(text, page):
            return f"it is UTF-8 that was read as {page} — save the list again, as UTF-8"
    if "\ufffd" in text or "??" in text:
        return "letters are lost (� or ??) — save the list again, as UTF-8"
    if not text.isprintable() and any(
        unicodedata.category(sign)[0] == "C" or sign in "\u2028\u2029" for sign in text
    ):
        return "it has signs that cannot be seen, such as a line break or a NUL — take them out"
    if set(text) & set("<>"):
        return "it has < or > — take them out"
    return ""


def _misread(text: str, page: str) -> bool:
    """Whether a text becomes letters when it is read again as what it was: ``ÐšÐ¾`` is Ко."""
    try:
        read = b"".join(_byte(sign, page) for sign in text).decode("utf-8")
    except UnicodeError:
        return False
    letters = [sign for sign in read if not sign.isascii()]
    return len(letters) > 1 and all(map(str.isalpha, letters))


def _byte(sign: str, page: str) -> bytes:
    """The byte that was read as a sign; those that a page has no sign for stay what they are."""
    try:
        return sign.encode(page)
    except UnicodeError:
        return sign.encode("latin-1")


def _day(text: str) -> date | None:
    for form in _BIRTHS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
