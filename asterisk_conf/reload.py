"""Has a running Asterisk take changed files without a restart, so that its calls go on."""

import re
from collections.abc import Iterable, Mapping

from msgspec import json

from asterisk_conf.discovery import PbxError
from asterisk_conf.pbx import Pbx

_PJSIP = (
    "res_pjsip.so",
    "res_pjsip_authenticator_digest.so",
    "res_pjsip_endpoint_identifier_ip.so",
    "res_pjsip_outbound_registration.so",
)
"""What reads pjsip.conf; a file of our own may have changed beside it, too."""

PHONES_AND_QUEUES = ("pjsip.conf", "extensions.conf", "queues.conf")
"""What includes files of the administrator's own, whose changes are not seen here."""

_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "pjsip.conf": tuple(f"module reload {module}" for module in _PJSIP),
    "extensions.conf": ("dialplan reload",),
    "queues.conf": ("queue reload all",),
    "queuerules.conf": ("queue reload rules",),
    "musiconhold.conf": ("moh reload",),
    "ari.conf": ("module reload res_ari.so",),
    "manager.conf": ("manager reload",),
    "logger.conf": ("logger reload",),
    "features.conf": ("module reload features",),
    "acl.conf": ("module reload acl",),
}
"""File -> the console commands that make a running Asterisk read it; any other needs a start."""

_KINDS = re.compile(r"^\[([\w.-]+)\]\((_agent|_browser)\)$", re.MULTILINE)
"""The agents' phones, and of which kind each is."""

_FORGET = "database query \"DELETE FROM astdb WHERE key LIKE '/registrar/contact/{user};%'\""
"""The console command that forgets where a phone registered. Its like has no wildcard of SQL but
the underscore, which is any one sign: a registration too many comes again by itself."""

_SOCKETS = re.compile(r"^\s*(?:bind\w*|port|rtpstart|rtpend)\s*=.*$", re.MULTILINE)
"""Addresses and ports, which a reload does not change."""


class Reload:
    """Writes the files of an Asterisk, and has it read them if it runs."""

    def __init__(self, pbx: Pbx) -> None:
        self._pbx = pbx
        self._pending = pbx.home / "restart.json"

    def apply(self, always: Iterable[str] = ()) -> tuple[str, ...]:
        """Write the files; a running Asterisk reads those that changed, and ``always``.

        Returns the files whose changes take effect only when Asterisk starts. Raises
        :class:`PbxError`.
        """
        pbx = self._pbx
        before, phones = self._sockets(), self._phones()
        changed = pbx.write()
        if pbx.status().pid is None:
            self._pending.unlink(missing_ok=True)
            return ()
        bound = {name for name, lines in self._sockets().items() if before.get(name) != lines}
        later = {name for name in changed if name not in _COMMANDS or name in bound}
        for name in sorted({*changed, *always} - later):
            for command in _COMMANDS[name]:
                pbx.cli(command)
        for user in sorted(user for user, kind in self._phones() - phones if user in dict(phones)):
            pbx.cli(_FORGET.format(user=user))
        later |= set(self._read_pending())
        if later:
            self._pending.write_bytes(json.encode(sorted(later)))
        return tuple(sorted(later))

    def is_idle(self) -> bool:
        """Whether no call is in Asterisk, so that a restart ends none."""
        return bool(
            re.search(
                r"^0 active channels", self._pbx.cli("core show channels count"), re.MULTILINE
            )
        )

    def start_again(self) -> None:
        """Stop Asterisk, so that the next start reads everything."""
        self._pbx.stop()
        self._pending.unlink(missing_ok=True)

    def _read_pending(self) -> tuple[str, ...]:
        """What waited for a start that has not been since."""
        begun = self._pbx.home / "process.json"
        try:
            if begun.exists() and begun.stat().st_mtime > self._pending.stat().st_mtime:
                return ()
            return json.decode(self._pending.read_bytes(), type=tuple[str, ...])
        except FileNotFoundError:
            return ()

    def _phones(self) -> frozenset[tuple[str, str]]:
        """The agents' phones with their kinds, as the file has them."""
        file = self._pbx.site.paths.etc / "pjsip.conf"
        return frozenset(_KINDS.findall(file.read_text("utf-8") if file.exists() else ""))

    def _sockets(self) -> dict[str, list[str]]:
        etc = self._pbx.site.paths.etc
        try:
            files = sorted(etc.glob("*.conf"))
            return {file.name: _SOCKETS.findall(file.read_text("utf-8")) for file in files}
        except OSError as error:
            raise PbxError(f"cannot read {error.filename} ({error.strerror})") from error
