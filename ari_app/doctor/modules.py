"""Modules that are missing: what the application needs, and what phones need."""

from collections.abc import Iterator, Mapping

from ari_app.doctor.conf import yes
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding, Severity

_ARI = "the application cannot steer calls"
NEEDED: Mapping[str, str] = {
    "app_stasis": _ARI,
    "res_stasis": _ARI,
    "res_stasis_answer": _ARI,
    "res_stasis_playback": _ARI,
    "res_http_websocket": _ARI,
    "res_ari": _ARI,
    "res_ari_applications": _ARI,
    "res_ari_asterisk": _ARI,
    "res_ari_channels": _ARI,
    "res_ari_events": _ARI,
    "res_ari_playbacks": _ARI,
    "res_ari_recordings": "menus cannot record callers",
    "res_stasis_recording": "menus cannot record callers",
    "res_ari_endpoints": "texts to phones (SIP MESSAGE) are not sent",
    "app_queue": "there are no queues",
    "func_timeout": "the dead-man switch, TIMEOUT(absolute), cannot be set",
    "func_channel": "the dialplan cannot look at the caller's language and codecs",
    "func_callerid": "the dialplan cannot read who calls",
    "chan_pjsip": "no SIP phone can call",
    "res_rtp_asterisk": "no phone has sound",
    "format_wav": "no prompt can be played",
}
"""Module -> what is missing without it."""

PHONES: Mapping[str, str] = {
    "res_pjsip_dtmf_info": "keys that a phone sends as SIP INFO are not even answered",
    "res_pjsip_t38": "where a fax (T.38) is offered beside audio, no sound flows",
    "res_pjsip_caller_id": "the numbers that trunks vouch for are not read",
    "codec_g722": "phones and sounds of G.722 cannot be used",
    "codec_gsm": "phones and sounds of GSM cannot be used",
    "format_gsm": "sounds of GSM, as Asterisk ships them, cannot be played",
}
"""The same, of what only some phones or sounds need."""


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    running = facts.live.modules if facts.live else _named(facts)
    if running is None:
        return
    lists: tuple[tuple[Severity, Mapping[str, str]], ...] = (
        ("critical", NEEDED),
        ("warning", PHONES),
    )
    for severity, modules in lists:
        for name in sorted(modules.keys() - running):
            yield Finding(
                "module-missing",
                severity,
                facts.path("modules.conf"),
                f"{name}.so is not loaded: {modules[name]}",
                f"load = {name}.so",
            )


def _named(facts: Facts) -> frozenset[str] | None:
    """The modules that modules.conf loads; None if there is no such file."""
    conf = facts.conf("modules.conf")
    if not conf.path:
        return None
    section = conf.section("modules")
    off = {_name(one.value) for one in section.every("noload")}
    if yes(section.get("autoload", "yes")):
        return frozenset((NEEDED.keys() | PHONES.keys()) - off)
    on = section.every("load", "preload", "require", "preload-require")
    return frozenset({_name(one.value) for one in on} - off)


def _name(value: str) -> str:
    return value.strip().removesuffix(".so")
