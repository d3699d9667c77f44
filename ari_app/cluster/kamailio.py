"""The files of a proxy: Kamailio, which takes the calls of trunks and chooses a pod for each."""

from collections.abc import Iterator, Mapping
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from ari_app.cluster.description import Cluster, ClusterError, Proxy
from asterisk_conf.trunks import TrunkSettings

if TYPE_CHECKING:  # commands that render nothing do without
    from jinja2 import Environment

CONFIGURATION, PODS = "kamailio.cfg", "dispatcher.list"

DRAINED = 4
"""The flag of dispatcher for a destination that is neither used nor probed.
https://www.kamailio.org/docs/modules/5.6.x/modules/dispatcher.html"""


class Places(Struct, frozen=True):
    """Where Kamailio's files are; the defaults are those of Debian's package.

    ``modules`` "" is where the package has them. ``errors``: it logs on standard error, instead of
    to syslog.
    """

    etc: Path = Path("/etc/kamailio")
    run: Path = Path("/run/kamailio")
    modules: str = ""
    errors: bool = False


def files(
    cluster: Cluster,
    proxy: Proxy,
    sip: Mapping[str, int],
    trunks: Mapping[str, TrunkSettings],
    places: Places,
) -> Mapping[str, str]:
    """The files of a proxy by name. ``sip`` is each pod's port. Raises :class:`ClusterError`."""
    given = {
        "proxy": proxy,
        "places": places,
        "list": PODS,
        "pods": tuple((pod.address, sip[name]) for name, pod in cluster.pods.items()),
        "sources": tuple(sources(trunks)),
        "vouches": vouches(trunks),
    }
    return {
        CONFIGURATION: _templates().get_template(CONFIGURATION).render(given),
        PODS: "".join(
            f"1 sip:{pod.address}:{sip[name]} {DRAINED if pod.drained else 0} 0 duid={name}\n"
            for name, pod in cluster.pods.items()
        ),
    }


def sources(trunks: Mapping[str, TrunkSettings]) -> Iterator[str]:
    """The addresses and networks that calls come from. Raises :class:`ClusterError`."""
    if not trunks:
        raise ClusterError(
            "the settings have no trunk, so a proxy would take calls from no one: name one under "
            "[trunk.NAME], with the addresses it calls from as `sources`"
        )
    for name, trunk in trunks.items():
        for source in trunk.sources or (trunk.address.partition(":")[0],):
            try:
                yield str(ip_network(source))
            except ValueError as error:
                raise ClusterError(
                    f"[trunk.{name}]: a proxy knows who calls by address, and {source!r} is none: "
                    "write the addresses or networks it calls from as `sources`"
                ) from error


def vouches(trunks: Mapping[str, TrunkSettings]) -> bool:
    """Whether all trunks vouch for their callers' numbers. Raises :class:`ClusterError` if some
    do: behind a proxy a pod does not know whose a call is."""
    given = {trunk.vouches for trunk in trunks.values()}
    if len(given) > 1:
        names = ", ".join(name for name, trunk in trunks.items() if trunk.vouches)
        raise ClusterError(
            f"the trunks {names} vouch for their callers' numbers and others do not, and behind a "
            "proxy a pod does not know which a call is from: set `vouches = false` for all, or "
            "give the others an installation of their own"
        )
    return True in given


@cache
def _templates() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("ari_app.cluster"),
        undefined=StrictUndefined,
        variable_start_string="@{",
        variable_end_string="}",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # not HTML: what is put in are addresses that were checked
    )
