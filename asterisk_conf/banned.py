"""Addresses that our Asterisk answers nothing but 403: an access list that pjsip.conf includes."""

from collections.abc import Sequence
from ipaddress import ip_address

FILE = "pjsip_banned.conf"
RELOAD = "module reload res_pjsip.so"
"""The console command after which Asterisk knows the file again; calls go on."""


def access_list(addresses: Sequence[str]) -> str:
    """The text of the file; "" without an address. ``ValueError`` for what is no address."""
    if not addresses:
        return ""
    denied = "".join(f"deny = {ip_address(each)}/32\n" for each in addresses)
    return f"[firstline-banned]\ntype = acl\npermit = 0.0.0.0/0\n{denied}"
