"""One Asterisk for the tests of its configuration."""

from collections.abc import Iterator

import pytest

from asterisk_conf.pbx import Pbx
from asterisk_conf.site import Secret, Trunk
from tests.pbx_fixture import make_pbx

SWITCH, CARRIER = "127.0.0.2", "127.0.0.3"
"""Where calls of the trunks come from: one vouches for its callers' numbers, the other does not."""

FAR_PORT = 5079
"""The port of both on their side."""

TRUNKS = (
    Trunk(name="switch", address=f"{SWITCH}:{FAR_PORT}", vouches=True),
    Trunk(
        name="carrier",
        address=f"{CARRIER}:{FAR_PORT}",
        user="firstline",
        password=Secret("hush"),
        register=True,
        dials=("8XXX",),
        strip=1,
        prefix="+7",
        caller="+77172555000",
        codecs=("ulaw",),
    ),
)
OWN = {
    "extensions": "[firstline-subscribers](+)\nexten => 900,1,Goto(firstline,611,1)\n"
    "exten => 901,1,Dial(PJSIP/agent1,5)\n",
    "pjsip": "[1002](+type=endpoint)\ncallerid = Own <375291000009>\n",
}
"""What the administrator adds to our files."""


@pytest.fixture(scope="package")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    made = make_pbx(tmp_path_factory.mktemp("pbx"), apology="/nowhere/apology", trunks=TRUNKS)
    made.write()
    for name, text in OWN.items():
        (made.site.paths.custom / f"{name}_custom.conf").write_text(text)
    made.start()
    try:
        yield made
    finally:
        made.stop()
