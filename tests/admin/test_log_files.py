"""Logs are rotated by their size."""

from pathlib import Path

from ari_app.admin import log_files


def test_a_large_log_is_cut_and_its_last_parts_are_kept(tmp_path: Path) -> None:
    log, small = tmp_path / "messages", tmp_path / "queue_log"
    small.write_text("few")
    log.touch(mode=0o600)
    with log.open("a") as writer:  # who writes it does not open it again
        for part in range(4):
            writer.write(f"{part}" * 11)
            writer.flush()
            assert log_files.rotate([log, small, tmp_path / "none"], 10, 2) == (log,)
            assert log_files.rotate([log, small], 10, 2) == ()
        writer.write("new")
    kept = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert kept == {
        "messages": "new", "messages.1": "3" * 11, "messages.2": "2" * 11, "queue_log": "few",
    }  # fmt: skip
    assert (tmp_path / "messages.1").stat().st_mode & 0o777 == 0o600


def test_the_logs_of_an_installation(tmp_path: Path) -> None:
    names = [str(file.relative_to(tmp_path)) for file in log_files.of(tmp_path)]
    assert names == [
        "asterisk/log/messages", "asterisk/log/queue_log", "asterisk/output.log", "firstline.log",
        "agi.log",
    ]  # fmt: skip
