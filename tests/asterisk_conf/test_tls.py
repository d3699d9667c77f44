"""Trunks by TLS."""

import msgspec
import pytest

from asterisk_conf.render import render
from asterisk_conf.site import Secret, SiteError, Trunk
from tests.pbx_fixture import DEMO


def test_a_trunk_by_tls_has_a_transport_that_verifies_it() -> None:
    assert "[transport-tls]" not in render(DEMO)["pjsip.conf"]
    trunk = Trunk(
        name="carrier", address="sip.example", transport="tls", user="me", password=Secret("pass"),
        register=True,
    )  # fmt: skip
    site = msgspec.structs.replace(DEMO, trunks=(trunk,), trunk_ca="/etc/ca.pem")
    text = render(site)["pjsip.conf"]
    assert "verify_server = yes\nca_list_file = /etc/ca.pem\n" in text
    for line in ("contact =", "server_uri ="):
        assert f"{line} sip:sip.example\\;transport=tls\n" in text
    with pytest.raises(SiteError, match="trunk_ca"):
        msgspec.structs.replace(site, trunk_ca="/etc/ca;x")
