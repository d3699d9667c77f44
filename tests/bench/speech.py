"""What the built-in recogniser makes out: accuracy by noise, delay and CPU.

    python -m tests.bench.speech VOICES [--human DIRECTORY]
    python -m tests.bench.speech VOICES --alike LANGUAGE [--others FILE]

The second one measures which words that are neither yes nor no are taken for yes, without the
``alike`` of the language's file and with them. FILE: such words, between spaces or lines; ours are
Russian, Belarusian and English.

Templates are spoken by all free voices of RHVoice but one, in VOICES as `firstline voices install`
leaves them; that one says the words, at another rate. DIRECTORY: an unpacked Debian package
``asterisk-core-sounds-ru-wav``, whose recordings of digits a person said. The sound goes through
the band and the A-law of a telephone; noise is white, by its ratio to the speech.
"""

import argparse
import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ari_app.speech_recognition.built_in import BuiltIn
from ari_app.speech_recognition.messages import Listen
from ari_app.speech_recognition.synthesis import speak_templates
from ari_app.speech_recognition.templates import Templates
from ari_app.speech_recognition.voice_activity import Energy, Segmenter
from ivr.speech.languages import language as spoken_language
from ivr.speech_grammar import YES, digit_words, yes_or_no
from prompts import wav
from prompts.speaker import Speaker
from prompts.voice import Settings, Voice

Sound = NDArray[np.int16]

PHRASES = ("баланс", "тариф", "услуги", "оператор", "назад", "интернет не работает",
           "подарить деньги", "поменять тариф", "сколько у меня денег")  # fmt: skip
OTHERS = {
    "ru": "собака ладно спасибо привет сейчас подождите минуту алло что почему когда где сколько "
          "какой может наверное хорошо плохо дом вода рука нога окно дверь машина мама дядя там "
          "туда сюда так как вот дай дать дам день ночь зима дождь гора река дача задача еда беда "
          "куда никогда всегда иногда повторите помогите",
    "be": "сабака дзякуй прывітанне зараз пачакайце хвіліну алё што чаму калі дзе колькі які можа "
          "напэўна добра дрэнна дом вада рука нага акно дзверы стол машына горад мама дзядзька тут "
          "сюды вось даць дам дзень ноч вечар раніца лета снег дождж гара лес рака кот задача ежа "
          "бяда куды ніколі заўсёды часам паўтарыце дапамажыце рак лак бак аднак таксама тады яна "
          "яго свабодны вагон дома знаёма магчыма зіма вясёлы смак годны родны ладны вядро вядзе "
          "справа права трава такая такое пятнаццаць стаць агонь паганы сястра вадзіць люты",
    "en": "dog thanks hello now wait minute what why when which how maybe well good bad house "
          "water hand leg window door car town mum dad uncle there here so this give day evening "
          "morning summer winter snow rain sea hill forest river cat task food never always "
          "sometimes repeat help guess mess chess press dress rest test yesterday yell jet sleep "
          "night white wide like bright collect elect inspect horse course chair ear years said "
          "set ages step crate grey ride kept depth",
}  # fmt: skip
"""Neither yes nor no."""
UNHEARD = ("+f2", "+f5", "+m1", "+m4", "+m7")
"""Variants of a voice of espeak that speak no templates."""
SURE = 0.6
"""From which sureness on an answer is acted on, by default."""
NOISES = (None, 25, 15)
"""Decibels of the speech over the noise; None for none."""
DIGITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")


def alaw(samples: NDArray[np.float32]) -> Sound:
    """Through G.711 A-law and back, by its formula (ITU-T G.711)."""
    a, top = 87.6, 1 + np.log(87.6)
    x = np.clip(samples / 32768, -1, 1)
    size = np.abs(x)
    small = a * size / top
    coded = np.where(size < 1 / a, small, (1 + np.log(np.maximum(a * size, 1))) / top)
    coded = np.round(coded * 127) / 127
    back = np.where(coded < 1 / top, coded * top / a, np.exp(coded * top - 1) / a)
    return np.asarray(np.sign(x) * back * 32767).astype(np.int16)


def over_the_phone(samples: Sound, noise: int | None, random: np.random.Generator) -> Sound:
    """Between two silences, with noise, through A-law."""
    around = np.zeros(4000, np.float32)
    sound = np.concatenate((around, samples.astype(np.float32), around, around))
    if noise is not None:
        loud = np.sqrt(np.mean(samples.astype(np.float32) ** 2))
        sound += random.normal(0, loud / 10 ** (noise / 20), len(sound)).astype(np.float32)
    return alaw(sound)


def cut(sound: Sound, pause: float) -> Sound:
    """The first piece of speech, as in a call."""
    segmenter = Segmenter(Energy(), round(pause * 50))
    for at in range(0, len(sound) - 159, 160):
        piece = segmenter.take(sound[at : at + 160])
        if piece is not None and len(piece):
            return piece
    return segmenter.finish()


async def spoken(
    voices: Path, speaker: Speaker, words: Sequence[str], to: Path, language: str = "ru"
) -> list[Sound]:
    """Words, spoken by a voice."""
    settings = Settings(speakers={language: speaker}, rhvoice=voices)
    async with Voice(settings, to / "cache") as voice:
        found = []
        for word in words:
            await voice.say(word, language, to / "word.wav")
            samples, _ = wav.read(to / "word.wav")
            found.append((samples * 32767).astype(np.int16))
        return found


def recorded(directory: Path) -> Iterator[tuple[str, Sound]]:
    """The digits that a person said."""
    for digit, word in enumerate(DIGITS):
        file = next(directory.rglob(f"digits/{digit}.wav"))
        samples, _ = wav.read(file)
        yield word, (samples * 32767).astype(np.int16)


def measured(engine: BuiltIn, asked: Listen, said: Sequence[tuple[str, Sound]], name: str) -> None:
    """Print what is made out of words, by noise."""
    random = np.random.default_rng(1)
    for noise in NOISES:
        right, wrong, sure_right, sure_wrong, took, cpu = 0, 0, [], [], [], 0.0
        for word, samples in said:
            piece = cut(over_the_phone(samples, noise, random), engine.pause)
            began, used = time.perf_counter(), time.process_time()
            words = engine.nearest(asked, piece)
            took.append(time.perf_counter() - began)
            cpu += time.process_time() - used
            if words.text == word:
                right += 1
                sure_right.append(words.sure)
            elif words.text:
                wrong += 1
                sure_wrong.append(words.sure)
        level = "clean" if noise is None else f"{noise} dB"
        print(
            f"{name}, {level}: {right} of {len(said)} right ({100 * right / len(said):.0f} %), "
            f"{sum(each >= 0.6 for each in sure_right)} of them sure, "
            f"{sum(0.3 <= each < 0.6 for each in sure_right)} asked back; {wrong} wrong, "
            f"{sum(each >= 0.6 for each in sure_wrong)} of them sure; "
            f"delay {engine.pause:.2f} s of silence + {1000 * np.median(took):.0f} ms, "
            f"CPU {1000 * cpu / len(said):.0f} ms a word"
        )


def mistaken(
    engine: BuiltIn, said: Sequence[tuple[str, Sound]], name: str, language: str
) -> Counter[str]:
    """Print how many words that are neither yes nor no are taken for one, by noise, and how many of
    those that are one are acted on. Returns what was taken for yes."""
    random, answers = np.random.default_rng(1), yes_or_no(language).phrases
    all_ = Counter[str]()
    for noise in NOISES:
        found, right = Counter[str](), 0
        for word, samples in said:
            piece = cut(over_the_phone(samples, noise, random), engine.pause)
            words = engine.nearest(Listen("", 0, language, answers), piece)
            answer = answers[words.text] if words.sure >= SURE else ""
            if word in answers:
                right += answer == answers[word]
            elif answer == YES:
                found[f"{words.text} for {word}"] += 1
        level = "clean" if noise is None else f"{noise} dB"
        known = sum(word in answers for word, _ in said)
        print(
            f"{name}, {level}: {found.total()} of {len(said) - known} others a sure yes, "
            f"{right} of {known} yes and no acted on"
        )
        all_ += found
    return all_


async def alike(voices: Path, language: str, others: Sequence[str], scratch: Path) -> None:
    """Measure what is taken for yes in a language, without its ``alike`` and with them."""
    words = spoken_language(language)
    engine = "rhvoice" if words.voice.free else "espeak"
    usual = words.voice.espeak
    names = words.voice.free or tuple(f"{usual}{each}" for each in UNHEARD)
    answers = tuple(yes_or_no(language).phrases)
    parts = {"without": (*answers, *digit_words(language)), "with": words.alike}
    for part, phrases in parts.items():
        wanted = {(language, each) for each in phrases}
        await speak_templates(scratch / part, wanted, {language: engine}, Settings(rhvoice=voices))
    taken = {part: Counter[str]() for part in parts}
    for name in names:
        own = scratch / name.replace("/", "-")
        for part in parts:
            left = shutil.ignore_patterns(f"*-{name.replace('/', '-')}-*", ".*")
            shutil.copytree(scratch / part, own / part, ignore=left)
        said = (*answers, *(each for each in others if each not in words.alike))
        speaker = Speaker(engine, name, 95)
        sounds = await spoken(voices, speaker, said, scratch, language)
        pairs = list(zip(said, sounds, strict=True))
        for part, directories in (("without", ("without",)), ("with", ("without", "with"))):
            templates = Templates([own / each for each in directories])
            how = f"{name}, {part} words that sound alike"
            taken[part] = taken[part] + mistaken(BuiltIn(templates), pairs, how, language)
    for part, found in taken.items():
        print(part, ", ".join(f"{each} ({count})" for each, count in found.most_common()) or "none")


async def main(voices: Path, human: Path | None) -> None:
    """Measure all of it."""
    names = spoken_language("ru").voice
    scratch = Path(tempfile.mkdtemp())
    phrases = (*DIGITS, "да", "нет", *PHRASES)
    try:
        wanted = {("ru", phrase) for phrase in phrases}
        settings = Settings(rhvoice=voices)
        began = time.perf_counter()
        done = await speak_templates(scratch / "t", wanted, {"ru": "rhvoice"}, settings)
        took = time.perf_counter() - began
        print(f"{done.made} templates of {len(phrases)} phrases in {took:.0f} s")
        asked = Listen("", 0, "ru", {each: each for each in phrases})
        all_voices = dict.fromkeys((names.rhvoice, *names.free))
        for each in all_voices:
            own = scratch / each
            left = shutil.ignore_patterns(f"*-{each}-*", ".*")
            shutil.copytree(scratch / "t", own / "t", ignore=left)
            engine = BuiltIn(Templates([own / "t"]))
            sounds = await spoken(voices, Speaker("rhvoice", each, 95), phrases, scratch)
            said = list(zip(phrases, sounds, strict=True))
            measured(engine, asked, said, f"{each}, unknown to the templates")
        if human is not None:
            engine = BuiltIn(Templates([scratch / "t"]))
            digits = Listen("", 0, "ru", {each: each for each in DIGITS})
            measured(engine, digits, list(recorded(human)), "human digits")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("voices", type=Path)
    parser.add_argument("--human", type=Path)
    parser.add_argument("--alike", metavar="LANGUAGE")
    parser.add_argument("--others", type=Path)
    chosen = parser.parse_args()
    if chosen.alike:
        own = chosen.others.read_text("utf-8") if chosen.others else OTHERS[chosen.alike]
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(alike(chosen.voices, chosen.alike, own.split(), Path(directory)))
    else:
        asyncio.run(main(chosen.voices, chosen.human))
