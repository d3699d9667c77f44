"""The files that make an installation a service of systemd: pure text."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from ari_app.admin import fail2ban

MARK = "# Written by `firstline install`, and again by the next one: change it by a drop-in file.\n"
"""The first line of each of our files; in a script it is the second."""

ETC = Path("/etc/firstline")
UNITS = Path("/etc/systemd/system")
FAIL2BAN = Path("/etc/fail2ban")

_COMMON = """\
User={user}
Group={user}
UMask=0077
WorkingDirectory={state}
StateDirectory={name}
StateDirectoryMode=0700
ConfigurationDirectory={etc}
ConfigurationDirectoryMode=0750
Environment=OPENBLAS_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=1048576
LimitCORE=0
LimitNOFILE=65536
# What a main process that died leaves behind must not delay the next one.
KillMode=mixed

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
"""

_ASTERISK = """\
[Unit]
Description=Asterisk of Firstline
Wants=network-online.target
After=network-online.target
ConditionPathExists={toml}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={program} --state {state} pbx run
# The first start unpacks Asterisk and the voices, if the machine has none.
TimeoutStartSec=30min
TimeoutStopSec=30s
Restart=always
RestartSec=200ms
RestartPreventExitStatus=3
{common}
[Install]
WantedBy=multi-user.target
"""

_APPLICATION = """\
[Unit]
Description=Firstline: IVR, self-service and agents' desk
Wants=network-online.target{asterisk}
After=network-online.target{asterisk}
ConditionPathExists={toml}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={program} --state {state} up --no-asterisk --log json
ExecReload=/bin/kill -HUP $MAINPID
TimeoutStartSec=30min
TimeoutStopSec=30s
# Calls are in Asterisk, which goes on: after a crash it is started again at once. `firstline stop`
# lets calls in menus end, and then it stays stopped.
Restart=on-failure
RestartSec=200ms
RestartPreventExitStatus=3
WatchdogSec=20s
{common}
[Install]
WantedBy=multi-user.target
"""

_AGI = """\
[Unit]
Description=Firstline over FastAGI
Wants=network-online.target
After=network-online.target
ConditionPathExists={toml}
StartLimitIntervalSec=0

[Service]
ExecStart={program} --state {state} agi
ExecReload=/bin/kill -HUP $MAINPID
TimeoutStopSec=30s
Restart=on-failure
RestartSec=1s
{common}
[Install]
WantedBy=multi-user.target
"""

_LOGROTATE = """\
{state}/asterisk/log/messages {state}/asterisk/log/queue_log {state}/asterisk/output.log
{state}/firstline.log {{
    weekly
    rotate 8
    compress
    delaycompress
    missingok
    notifempty
    copytruncate
    su {user} {user}
}}
"""

_SYSUSERS = 'u {user} - "Firstline" {state} /usr/sbin/nologin\n'

_TMPFILES = """\
d {etc} 0750 {user} {user}
d {state} 0700 {user} {user}
L {state}/firstline.toml - - - - {toml}
"""

_COMMAND = """\
#!/bin/sh
{mark}
# Commands for the service: as its user, so that its files stay its own.
[ "$(id -u)" = 0 ] || {{ echo "firstline: run it as root, as by sudo" >&2; exit 1; }}
LOGNAME=${{SUDO_USER:-$(id -un)}} FIRSTLINE_STATE=${{FIRSTLINE_STATE-{state}}}
export LOGNAME FIRSTLINE_STATE
case ${{1-}} in install | uninstall) exec {program} "$@" ;; esac
exec runuser -u {user} -- env LOGNAME="$LOGNAME" {program} "$@" # who it is, for the record
"""


class Service(Struct, frozen=True):
    """What differs between machines; ``program`` is the command line that runs Firstline."""

    program: str
    user: str = "firstline"
    state: Path = Path("/var/lib/firstline")
    asterisk: bool = True
    """Whether it has an Asterisk of its own, as a second service."""
    agi: bool = False
    """Whether a service of its own serves FastAGI."""

    @property
    def units(self) -> tuple[str, ...]:
        """The names of the services, in the order of their start."""
        return (
            *(["firstline-asterisk.service"] * self.asterisk),
            "firstline.service",
            *(["firstline-agi.service"] * self.agi),
        )

    @property
    def toml(self) -> Path:
        """The file of settings, to which the state directory has a link."""
        return ETC / "firstline.toml"

    def files(self) -> Mapping[Path, str]:
        """The files by where they belong; a script starts with ``#!``."""
        values = {
            "user": self.user,
            "state": self.state,
            "program": self.program,
            "toml": self.toml,
            "mark": MARK.strip(),
        }
        common = _COMMON.format(**values, name=self.state.name, etc=ETC.name)
        other = " firstline-asterisk.service" if self.asterisk else ""
        units = {
            "firstline-asterisk.service": _ASTERISK.format(**values, common=common),
            "firstline.service": _APPLICATION.format(**values, common=common, asterisk=other),
            "firstline-agi.service": _AGI.format(**values, common=common),
        }
        return {
            Path("/etc/sysusers.d/firstline.conf"): MARK + _SYSUSERS.format(**values),
            Path("/etc/tmpfiles.d/firstline.conf"): MARK + _TMPFILES.format(**values, etc=ETC),
            **{UNITS / name: MARK + units[name] for name in self.units},
            Path("/etc/logrotate.d/firstline"): MARK + _LOGROTATE.format(**values),
            FAIL2BAN / "filter.d/firstline.conf": MARK + fail2ban.FILTER,
            FAIL2BAN / "jail.d/firstline.conf": MARK + fail2ban.JAIL,
            Path("/usr/local/sbin/firstline"): _COMMAND.format(**values),
        }
