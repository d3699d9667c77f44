"""A language as data: what values are put into words with, and what texts in it look like.

One file per language, ``ivr/speech/languages/LANG.yaml``; docs/languages.md describes its fields.
"""

from collections.abc import Callable, Mapping
from string import Formatter
from typing import Annotated, Any, Final, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta, Struct

Gender: TypeAlias = Literal["", "m", "f", "n"]
"""What numerals agree with; "" is that of a numeral alone."""

Case: TypeAlias = Literal[
    "nominative", "genitive", "dative", "accusative", "instrumental", "locative"
]
CASES: Final[tuple[Case, ...]] = get_args(Case)
NOMINATIVE: Final[Case] = "nominative"

Forms: TypeAlias = tuple[str, ...]
"""The forms of a noun, one for each of the language's ``forms``; the last one is for the rest."""


class PhraseError(ValueError):
    """A value cannot be put into words: which one, and where to fix it."""


class LanguageError(ValueError):
    """The file of a language is wrong: what, and how to correct it."""


class Noun(Struct, frozen=True):
    """A counted noun: its gender, and its forms in each grammatical case.

    ``animate``: its accusative is its genitive ("одного человека").
    """

    gender: Gender
    cases: Mapping[Case, Forms]
    animate: bool = False

    def form(self, index: int, case: Case = NOMINATIVE) -> str:
        """The form of a plural category; a case without forms is as the nominative."""
        forms = self.cases.get(case) or self.cases[NOMINATIVE]
        return forms[min(index, len(forms) - 1)]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of the file."""


class Voice(_Part, frozen=True, kw_only=True):
    """Who speaks the language: a voice of espeak, and one of RHVoice if an operator may use it.

    ``free`` are the voices of RHVoice that may be used in business; ``rhvoice_name`` is what
    RHVoice calls the language, ``package`` Debian's package of its voices.
    """

    espeak: str = ""
    rhvoice: str = ""
    rhvoice_name: str = ""
    package: str = ""
    free: tuple[str, ...] = ()


class Numerals(_Part, frozen=True, kw_only=True):
    """Numerals: made by the library num2words, or by ``rules`` (see :mod:`ivr.speech.numerals`).

    ``corrected``: a part of a word that comes out wrong -> how it is.
    ``genders``: gender -> the end of a numeral, or a whole number, -> what stands there instead.
    ``cases``: case, or case and gender ("accusative m") -> word of a numeral, or a whole number
    that no gender changed -> its form. ``hyphens``: words between hyphens are recorded one by one.
    """

    num2words: str = ""
    corrected: dict[str, str] = {}
    rules: dict[int, str] = {}
    genders: dict[Gender, dict[str, str]] = {}
    cases: dict[str, dict[str, str]] = {}
    hyphens: bool = False


class Clock(_Part, frozen=True, kw_only=True):
    """How a time is said after its day; the placeholders are in docs/languages.md."""

    moment: str
    after_consonant: str = ""
    whole: str
    full: str
    hours: tuple[str, ...] = ()
    names: dict[str, str] = {}


class Timed(_Part, frozen=True, kw_only=True):
    """A day before a time, where that is another form: its pattern, and ends that change
    ("harmadika", "harmadikán kilenc órakor")."""

    day: str = ""
    ends: dict[str, str] = {}


class Written(_Part, frozen=True, kw_only=True):
    """How texts write figures, days and deadlines."""

    decimal: str = "."
    minus: str = "-"
    day: str = "{d} {month}"
    date: str = "{d} {month} {y}"
    moment: str = "{day}, {time}"
    until: str = "{day}, {time}"


class Euphony(_Part, frozen=True, kw_only=True):
    """A word before a value changes: ``before`` and ``words`` are regular expressions."""

    before: str
    words: str
    instead: str


class Currency(_Part, frozen=True, kw_only=True):
    """The unit and its hundredth (or thousandth); ``sign`` is what texts write."""

    unit: dict[str, str] = {}
    part: dict[str, str] = {}
    sign: str = ""


class Language(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False):
    """All of one language; two of them are equal only if they are the same."""

    name: str
    code: str = ""
    reads: tuple[str, ...] = ()
    voice: Voice = Voice()
    forms: Annotated[tuple[str, ...], Meta(min_length=1)] = ("one", "other")
    plural: dict[str, str] = {}
    numerals: Numerals
    ordinals: dict[int, str] = {}
    ordinal_tens: bool = False
    year: Literal["ordinal", "cardinal", "pairs"] = "cardinal"
    year_without: str = ""
    minus: str
    joined: str = " "
    last_inflected: bool = False
    zero: str = ""
    months: Annotated[tuple[str, ...], Meta(min_length=12, max_length=12)]
    day: str = "{day} {month}"
    day_at: str = ""
    timed: Timed = Timed()
    date: str = "{day} {month} {year}"
    near: Annotated[tuple[str, ...], Meta(min_length=3, max_length=3)]
    vowels: str = ""
    halves: tuple[str, str] = ("a.m.", "p.m.")
    time: Clock
    until: Clock
    signs: dict[str, str]
    letters: str = "a b c d e f g h i j k l m n o p q r s t u v w x y z"
    units: dict[str, dict[str, str]]
    currencies: dict[str, Currency] = {}
    ends: dict[str, Gender] = {}
    written: Written = Written()
    keypad: dict[str, str] = {}
    keys: dict[str, str] = {}
    press: str = ""
    dial: str = ""
    between: str = ""
    choice: str = ""
    offer: str = ""
    more: str = ""
    labels: dict[str, str] = {}
    recorded: dict[str, str] = {}
    stems: str = ""
    refusals: tuple[str, ...] = ()
    agrees: tuple[str, ...] = ()
    declines: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    euphony: tuple[Euphony, ...] = ()

    def noun(self, forms: Mapping[str, str]) -> Noun:
        """A noun as the file has it: ``{f: "минута, минуты, минут", genitive: "…"}``."""
        return _noun(forms, self.code)

    @property
    def cases(self) -> frozenset[Case]:
        """The grammatical cases that nouns or their numerals have forms for."""
        named = {case for unit in self.units.values() for case in CASES if case in unit}
        counted = {case for case in CASES for key in self.numerals.cases if case in key.split()}
        return frozenset({NOMINATIVE, *named, *counted})


TIMES: Final = ("hour", "number", "hours", "minute", "minutes", "hour12", "half")
"""The placeholders of a time."""

_GENDERS: Final = ("m", "f", "n")


def _noun(forms: Mapping[str, str], where: str) -> Noun:
    gender: Gender = next((each for each in _GENDERS if each in forms), "")
    first = forms.get(gender) or forms.get(NOMINATIVE, "")
    known = {*_GENDERS, *CASES, "animate"}
    if not first or set(forms) - known:
        wrong = ", ".join(sorted(set(forms) - known)) or "no nominative"
        raise LanguageError(
            f"{where}: the noun {dict(forms)} has {wrong}: write its gender (m, f, n) or "
            "`nominative`, with the forms after it, and its other cases"
        )
    cases: dict[Case, Forms] = {case: _forms(forms[case]) for case in CASES if case in forms}
    return Noun(gender, {**cases, NOMINATIVE: _forms(first)}, "animate" in forms)


def _forms(text: str) -> Forms:
    return tuple(each.strip() for each in text.split(","))


def read(code: str, text: str, base: str = "") -> Language:
    """The language of a file; what it lacks is taken from the file ``base``.

    Raises :class:`LanguageError`, which names the field.
    """
    table = _table(code, base) if base else {}
    try:
        language = msgspec.convert(
            _over(table, _table(code, text)) | {"code": code}, Language, strict=False
        )
    except msgspec.ValidationError as error:
        raise LanguageError(f"{code}: {error}: docs/languages.md describes the file") from error
    _complete(language)
    return language


def _table(code: str, text: str) -> dict[str, Any]:
    import yaml  # what is listed needs no language

    from ivr.slips import first_tag

    try:
        table = yaml.load(text, yaml.CBaseLoader)
    except yaml.YAMLError as error:
        raise LanguageError(f"{code}: this is not YAML: {error}") from error
    if tag := first_tag(f"{code}.yaml", text):
        raise LanguageError(str(tag))
    if not isinstance(table, dict):
        raise LanguageError(f"{code}: a language is a table: write `name: …` and so on")
    return table


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A table laid over another, and their inner tables likewise."""
    merged = dict(base)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _over(merged[key], value) if both else value
    return merged


def _complete(language: Language) -> None:
    """Refuse what would only be found when a caller hears it."""
    code = language.code
    for unit in (*language.units.values(), *_money_nouns(language)):
        language.noun(unit)
    if lacking := {"minute", "hour"} - set(language.units):
        raise LanguageError(f"{code}: units lack {', '.join(sorted(lacking))}: add their forms")
    if not (language.numerals.num2words or language.numerals.rules):
        raise LanguageError(f"{code}: numerals need num2words or rules: see docs/languages.md")
    for sign in "+*#":
        if sign not in language.signs:
            raise LanguageError(f"{code}: signs lack {sign!r}: write how it is called")
    if len(language.letters.split()) != 26:
        raise LanguageError(f"{code}: letters are the names of a to z: write 26")
    for clock in (language.time, language.until):
        if clock.hours and len(clock.hours) != 24:
            raise LanguageError(f"{code}: hours are 24, from 0 on; here are {len(clock.hours)}")
        for text in (clock.moment, clock.after_consonant):
            _fields(code, text, {"on", "time"})
        for text in (clock.whole, clock.full):
            _fields(code, text, set(TIMES))
    for text in (language.day, language.day_at, language.timed.day):
        _fields(code, text, {"day", "month"})
    _fields(code, language.date, {"day", "month", "year"})


def _money_nouns(language: Language) -> list[dict[str, str]]:
    both = [[each.unit, each.part] for each in language.currencies.values()]
    return [noun for nouns in both for noun in nouns if noun]


def _fields(code: str, pattern: str, known: set[str]) -> None:
    try:
        named = {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
    except ValueError as error:
        raise LanguageError(f"{code}: {pattern!r}: {error}") from error
    if named - known:
        raise LanguageError(
            f"{code}: {pattern!r} names {', '.join(sorted(named - known))}: it may name "
            f"{', '.join(sorted(known))}"
        )


Get: TypeAlias = Callable[[str], str | None]
"""The text of a file by the code of its language; None if there is none."""
