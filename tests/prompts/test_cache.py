"""Spoken sentences on the disk, and recordings beside them."""

import os
from pathlib import Path

import numpy as np

from prompts.cache import Cache
from prompts.catalogue import read
from prompts.recordings import scan
from prompts.wav import write

SOUND = np.full(800, 0.1, dtype=np.float32)
SIZE = 44 + 1600


def filled(directory: Path, *keys: str) -> None:
    for age, name in enumerate(reversed(keys), 1):
        path = directory / f"{name}.wav"
        write(path, SOUND)
        os.utime(path, (1_000_000 - age, 1_000_000 - age))


def test_what_is_there_is_found_without_the_disk(tmp_path: Path) -> None:
    filled(tmp_path, "a")
    cache = Cache(tmp_path, 10 * SIZE)
    cache.open()
    (tmp_path / "a.wav").unlink()
    assert cache.find("a") == str(tmp_path / "a")
    assert cache.find("b") is None


def test_what_is_not_whole_is_cleared_away(tmp_path: Path) -> None:
    filled(tmp_path, "whole", "cut")
    (tmp_path / "cut.wav").write_bytes((tmp_path / "cut.wav").read_bytes()[:-1])
    (tmp_path / "empty.wav").touch()
    left = tmp_path / ".raw.1.part"
    left.touch()
    os.utime(left, (1, 1))
    (tmp_path / ".raw.2.part").touch()  # somebody writes it now
    cache = Cache(tmp_path, 10 * SIZE)
    cache.open()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".raw.2.part", "whole.wav"]
    assert cache.find("cut") is None


def test_the_longest_unasked_goes_first(tmp_path: Path) -> None:
    filled(tmp_path, "a", "b", "c")
    cache = Cache(tmp_path, 3 * SIZE)
    cache.open()
    cache.find("a")
    filled(tmp_path, "d")
    cache.add("d")
    assert [name for name in "abcd" if cache.find(name)] == ["a", "c", "d"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "c.wav", "d.wav"]


def test_forgotten_is_not_found(tmp_path: Path) -> None:
    filled(tmp_path, "a")
    cache = Cache(tmp_path, SIZE)
    cache.open()
    cache.forget("a")
    cache.forget("never there")
    assert cache.find("a") is None


def test_recordings_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    catalogue = read({"ru.yaml": "hello: Привет\nbalance: На счёте {balance:money}, спасибо\n"})
    directory = tmp_path / "ru"
    directory.mkdir()
    for name in ("hello", "balance.1", "balance", "nonsense", "damaged"):
        write(directory / f"{name}.wav", SOUND)
    (directory / "hello.mp3").touch()
    (directory / "hello.alaw").write_bytes(bytes(80))
    (directory / "balance.2.wav").write_bytes(b"no sound")
    found, problems = scan(tmp_path, catalogue)
    assert found == {
        ("ru", "hello"): str(directory / "hello"),
        ("ru", "balance.1"): str(directory / "balance.1"),
    }
    said = dict(problem.rsplit("/", 1)[1].split(": ", 1) for problem in problems)
    assert sorted(said) == [
        "balance.2.wav",
        "balance.wav",
        "damaged.wav",
        "hello.alaw",
        "hello.mp3",
        "nonsense.wav",
    ]
    assert "keep one" in said["hello.mp3"]
    assert "ffmpeg -i balance.2.wav" in said["balance.2.wav"]
    assert "….1.wav (На счёте), ….2.wav (, спасибо)" in said["balance.wav"]


def test_no_recordings_at_all(tmp_path: Path) -> None:
    assert scan(tmp_path / "nowhere", read({"ru.yaml": "hello: Привет\n"})) == ({}, ())
