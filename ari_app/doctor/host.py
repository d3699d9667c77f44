"""The machine: its own name, its clock, its disks, the files that Asterisk may open."""

from collections.abc import Iterator

from ari_app.doctor.facts import Facts, Machine
from ari_app.doctor.findings import Finding

_ANY = ("0.0.0.0", "[::]", "::")
FULL, LOW = 200_000_000, 1_000_000_000
"""Bytes that are free: too few, and few."""
FILES = 8192
"""Files that Asterisk should be allowed to open: some five for each call."""


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    machine = facts.machine
    if machine is None:
        return
    yield from _name(facts, machine)
    yield from _clock(machine)
    for disk in machine.disks:
        if disk.free < LOW:
            yield Finding(
                "disk-low",
                "critical" if disk.free < FULL else "warning",
                disk.path,
                f"{disk.free // 1_000_000} MB are free there: recordings, logs and the database "
                "stop when there are none",
                "delete what is not needed, or enlarge the disk",
            )
    yield from _files(machine)


def _name(facts: Facts, machine: Machine) -> Iterator[Finding]:
    """With an address of all interfaces Asterisk looks its own name up twice a call."""
    transports = (one for one in facts.conf("pjsip.conf").real() if one.get("type") == "transport")
    anywhere = [
        one
        for one in transports
        if one.get("bind").rpartition(":")[0] in _ANY or one.get("bind") in _ANY
    ]
    if anywhere and not machine.own_name_known:
        yield Finding(
            "own-name",
            "critical",
            "/etc/hosts",
            f"{machine.name}, the name of this machine, is not in it: Asterisk asks DNS twice a "
            f"call and blocks meanwhile, because it listens on all addresses ({anywhere[0].where})",
            f"127.0.1.1 {machine.name}",
        )


def _clock(machine: Machine) -> Iterator[Finding]:
    if machine.files_ahead:
        yield Finding(
            "clock-jumped",
            "warning",
            machine.files_ahead[0],
            f"{len(machine.files_ahead)} files were written later than it is now: the clock was "
            "set back, or is wrong; opening hours, time limits and records go by it",
            "set the clock: `timedatectl set-ntp true`",
        )
    if not machine.clock_synchronized:
        yield Finding(
            "clock-free",
            "note",
            "the clock",
            "the kernel does not know that it is kept by NTP; a virtual machine's host may keep it",
            "timedatectl set-ntp true",
        )


def _files(machine: Machine) -> Iterator[Finding]:
    most, used = machine.most_files, machine.open_files
    if not most:
        return
    if used > most * 0.8:
        yield Finding(
            "files-used-up",
            "critical",
            "Asterisk",
            f"{used} of {most} files are open: further calls fail",
            "LimitNOFILE=65536 (systemctl edit asterisk), then restart it",
        )
    elif most < FILES:
        yield Finding(
            "files-few",
            "warning",
            "Asterisk",
            f"it may open {most} files, enough for some {most // 5} calls",
            "LimitNOFILE=65536 (systemctl edit asterisk), then restart it",
        )
