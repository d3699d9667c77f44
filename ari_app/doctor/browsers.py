"""What phones in browsers need of an Asterisk: modules, a transport, ICE, and their accounts."""

from collections.abc import Iterator

from ari_app.doctor.conf import yes
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding

MODULES = ("res_http_websocket", "res_crypto", "res_srtp", "res_pjsip_transport_websocket")


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module; nothing where no agent's phone is in the browser."""
    if not facts.browser_phones:
        return
    users = ", ".join(facts.browser_phones)
    for where, text, change in _missing(facts):
        lacks = f"the phones of {users} cannot ring: {text}"
        yield Finding("browser-phones", "critical", where, lacks, change)


def _missing(facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Where something is missing, what, and the line that brings it."""
    if facts.live:
        for name in sorted(set(MODULES) - facts.live.modules):
            yield facts.path("modules.conf"), f"{name}.so is not loaded", f"load = {name}.so"
    pjsip = facts.conf("pjsip.conf")
    transports = [one for one in pjsip.real() if one.get("type") == "transport"]
    if not any(one.get("protocol") in ("ws", "wss") for one in transports):
        yield (
            pjsip.path or facts.path("pjsip.conf"),
            "there is no transport for SIP over WebSocket",
            "[transport-ws] type = transport, protocol = ws, bind = 127.0.0.1",
        )
    rtp = facts.conf("rtp.conf").general
    if not yes(rtp.get("icesupport", "yes")):
        yield rtp.at("icesupport"), "there is no ICE", "icesupport = yes"
    for user in facts.browser_phones:
        endpoints = [one for one in pjsip.named(user) if one.get("type") == "endpoint"]
        if not any(yes(one.get("webrtc")) for one in endpoints):
            where = endpoints[0].where if endpoints else facts.path("pjsip.conf")
            yield where, f"the endpoint {user} takes no browser", "webrtc = yes"
