"""Whether trunks are registered and answer, as the console of Asterisk says."""

import re
from collections.abc import Iterator, Mapping

from asterisk_conf.pbx import console_command, console_output
from asterisk_conf.process import Process
from asterisk_conf.trunks import TrunkSettings

UNKNOWN = "unknown"
"""The state of a trunk of which Asterisk says nothing (yet)."""

_ANSWERS: Mapping[str, str] = {"Avail": "reachable", "Unavail": "unreachable"}
"""The status of a contact, which is asked every 30 seconds -> what it means."""


def trunk_states(
    asterisk: Process, trunks: Mapping[str, TrunkSettings]
) -> Mapping[str, tuple[str, ...]]:
    """Trunk -> its states: of its registration, if it has one, and whether it answers.

    Takes a tenth of a second; raises :class:`~asterisk_conf.discovery.PbxError` if Asterisk does
    not answer.
    """
    commands = ("pjsip show registrations", "pjsip show contacts") if trunks else ()
    said = [console_output(console_command(asterisk, command)) for command in commands]
    return parsed(trunks, *said) if said else {}


def parsed(
    trunks: Mapping[str, TrunkSettings], registrations: str, contacts: str
) -> Mapping[str, tuple[str, ...]]:
    """The states from the output of the two commands."""
    registered, answers = dict(_rows(registrations)), dict(_rows(contacts))
    return {
        name: (
            *([registered.get(name, UNKNOWN).lower()] if one.register else []),
            _ANSWERS.get(answers.get(name, ""), UNKNOWN),
        )
        for name, one in trunks.items()
    }


def _rows(said: str) -> Iterator[tuple[str, str]]:
    """The name and the status of each line such as ``carrier/sip:HOST  AUTH  Registered``."""
    for line in said.splitlines():
        found = re.match(r"\s*(?:Contact:\s+)?([^/\s<]+)/(\S+)\s+\S+\s+([A-Za-z]+)", line)
        if found:
            yield found[1], found[3]
