"""The states of trunks, from what Asterisk's console prints."""

from asterisk_conf.trunk_states import parsed
from asterisk_conf.trunks import TrunkSettings

REGISTRATIONS = """
 <Registration/ServerURI..............................>  <Auth....................>  <Status.......>
==========================================================================================

 carrier/sip:10.0.0.1:5060                               carrier                     Rejected
  backup/sip:10.0.0.2;transport=tcp                 backup                      Registered (52s)

Objects found: 2
"""
CONTACTS = """
  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>
==========================================================================================

  Contact:  carrier/sip:10.0.0.1:5060                       dbb3e72d41 Unavail         nan
  Contact:  switch/sip:10.0.0.3                             1a2b3c4d5e Avail         1.204
  Contact:  375990000001/sip:1001@127.0.0.1:40000           1a2b3c4d5f NonQual         nan

Objects found: 3
"""


def test_a_trunk_is_registered_and_answers() -> None:
    trunks = {
        "carrier": TrunkSettings(address="10.0.0.1", register=True),
        "backup": TrunkSettings(address="10.0.0.2", register=True),
        "switch": TrunkSettings(address="10.0.0.3"),
        "new": TrunkSettings(address="10.0.0.4", register=True),
    }
    assert parsed(trunks, REGISTRATIONS, CONTACTS) == {
        "carrier": ("rejected", "unreachable"),
        "backup": ("registered", "unknown"),
        "switch": ("reachable",),
        "new": ("unknown", "unknown"),
    }
