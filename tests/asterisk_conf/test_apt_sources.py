"""The Debian archive is taken from apt's own sources, in either form."""

import io
import wave
from pathlib import Path

import pytest

from asterisk_conf.apt_sources import debian_archive
from asterisk_conf.music_on_hold import PEAK, music_wav

DEB822 = """\
# the archive
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
  contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.sources", DEB822, "http://mirror.example/debian"),
        ("a.sources", DEB822.replace("Types: deb deb-src", "Types: deb-src"), None),
        ("a.sources", DEB822.replace("# the archive", "Enabled: no"), None),
        (
            "a.list",
            "deb http://m.example/debian/ bookworm main non-free",
            "http://m.example/debian/",
        ),
        (
            "a.list",
            "deb [ arch=amd64 signed-by=/k.gpg ] https://m.example/debian stable main # ours",
            "https://m.example/debian",
        ),
        ("a.list", "#deb http://m.example/debian bookworm main", None),
        ("a.list", "deb-src http://m.example/debian bookworm main", None),
        ("a.list", "deb http://m.example/debian-security bookworm-security main", None),
        ("a.list", "deb http://m.example/debian bullseye/updates main", None),
        ("a.list", "deb http://others.example/apt bookworm main", None),
        ("a.list", "deb http://others.example/linux/debian bookworm stable", None),
        ("a.list.save", "deb http://m.example/debian bookworm main", None),
    ],
)
def test_the_archive_is_found(tmp_path: Path, name: str, text: str, expected: str | None) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d" / name).write_text(text)
    assert debian_archive(tmp_path) == expected


def test_a_list_of_mirrors_is_followed(tmp_path: Path) -> None:
    mirrors = tmp_path / "debian.list"
    mirrors.write_text("# near\nhttps://near.example/debian\nhttps://far.example/debian\n")
    (tmp_path / "sources.list").write_text(f"deb mirror+file:{mirrors} trixie main\n")
    assert debian_archive(tmp_path) == "https://near.example/debian"


def test_a_machine_without_apt_has_none(tmp_path: Path) -> None:
    assert debian_archive(tmp_path) is None


def test_the_music_on_hold_is_sound_that_a_telephone_can_play() -> None:
    with wave.open(io.BytesIO(music_wav())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    assert len(samples) == 24 * 8000
    assert max(samples) <= PEAK
    quietest = min(max(map(abs, samples[at : at + 4000])) for at in range(0, len(samples), 4000))
    assert quietest > 500  # never silent for half a second
