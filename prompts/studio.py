"""The script for a recording studio: every file with its name and what is said in it."""

import csv
import html
import io
from collections.abc import Iterator, Sequence

from msgspec import Struct

from prompts.catalogue import Catalogue
from prompts.recorded_values import NUMBERS, vocabulary
from prompts.recordings import numbered
from prompts.text_reader import WRITTEN, own_language

PROMPTS, WORDS = "prompts", "words of values"


class Line(Struct, frozen=True):
    """One recording: its file below the language's directory, and what is said.

    ``whole`` is the text that the words stand in, if they are a part of one.
    """

    section: str
    file: str
    text: str
    whole: str = ""

    @property
    def name(self) -> str:
        """The file without its end, as recordings are named."""
        return self.file.removesuffix(".wav")


def script(catalogue: Catalogue, language: str) -> tuple[Line, ...]:
    """All recordings of a language: the prompts in the order of their file, then words of values.

    Texts that are only read are left out: messages (``text-…``), and written forms.
    """
    return (*_prompts(catalogue, language), *_words(catalogue, language))


def _prompts(catalogue: Catalogue, language: str) -> Iterator[Line]:
    for prompt, template in catalogue.texts.get(language, {}).items():
        read = prompt.startswith("text-") or prompt.endswith(WRITTEN)
        if read or own_language(prompt) not in (None, language):
            continue
        if not template.slots:
            yield Line(PROMPTS, f"{prompt}.wav", "".join(map(str, template.parts)))
            continue
        for number, words in numbered(template):
            yield Line(PROMPTS, f"{prompt}.{number}.wav", words, template.source)


def _words(catalogue: Catalogue, language: str) -> Iterator[Line]:
    for name, text in vocabulary(language, catalogue.operator.currency).items():
        yield Line(WORDS, f"{NUMBERS}/{name}.wav", text)


def as_csv(lines: Sequence[Line]) -> str:
    """The script as a table for a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("file", "text", "stands in", "section"))
    table.writerows((each.file, each.text, each.whole, each.section) for each in lines)
    return out.getvalue()


def as_html(lines: Sequence[Line], language: str) -> str:
    """The script as a page to print and to read from."""
    rows = []
    section = ""
    for each in lines:
        if each.section != section:
            section = each.section
            rows.append(f'<tr><th colspan="3">{html.escape(section)}</th></tr>')
        within = f"<small>{html.escape(each.whole)}</small>" if each.whole else ""
        rows.append(
            f"<tr><td><code>{html.escape(each.file)}</code></td>"
            f"<td>{html.escape(each.text)}{within}</td><td></td></tr>"
        )
    return _PAGE.format(language=html.escape(language), count=len(lines), rows="\n".join(rows))


_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<title>Recordings, {language}</title>
<style>
body {{ font: 12pt/1.4 sans-serif; margin: 2em; }}
table {{ border-collapse: collapse; width: 100%; }}
td, th {{ border: 1px solid #999; padding: .3em .5em; text-align: left; vertical-align: top; }}
th {{ background: #eee; }}
td:first-child {{ width: 28%; }}
td:last-child {{ width: 4em; }}
small {{ display: block; color: #555; }}
tr {{ page-break-inside: avoid; }}
</style>
<h1>Recordings: {count} files</h1>
<p>WAV, mono, 16 bits, 8000 Hz or more. One voice, one distance, speech at -18 dBFS
(root mean square), no peak at full scale, at most 0.1 s of silence at either end. Parts of a
sentence in the tone of one that goes on; words of values as in the middle of a sentence.</p>
<table>
{rows}
</table>
</html>
"""
