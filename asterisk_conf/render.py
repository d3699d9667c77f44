"""Renders the configuration of Asterisk from a :class:`Site`: a pure function."""

from functools import cache
from typing import TYPE_CHECKING

from asterisk_conf.asterisk_queues import AsteriskQueue, asterisk_queues
from asterisk_conf.check import refused
from asterisk_conf.queue_nodes import ENDPOINT, ENDS, PODS, RANKS
from asterisk_conf.site import Site, SiteError
from asterisk_conf.trunks import CODECS, UNSERVED

if TYPE_CHECKING:  # commands that only look at an Asterisk do without
    from jinja2 import Environment

_FREEPBX = "freepbx/"
FRONT = 9999
"""The priority of who is the first of all in a queue."""
_WITHOUT = frozenset({"asterisk.conf"})
"""Files that include none of the administrator's: Asterisk reads them before all others."""


def render(site: Site) -> dict[str, str]:
    """All files of the configuration: name in Asterisk's directory -> text.

    Raises :class:`SiteError` when a value would break out of its place in a file.
    """
    templates = _templates()
    given = _given(site, asterisk_queues(site))
    return {
        name: templates.get_template(name).render(given) + _custom(site, name)
        for name in sorted(templates.list_templates())
        if "/" not in name
    }


def render_freepbx(site: Site) -> dict[str, str]:
    """The files beside FreePBX, which never writes into them: name in ``/etc/asterisk`` -> text,
    and ``README.txt`` with the commands and clicks.

    Of ``site`` count its numbers, queues, secrets, sounds and ``dialplan``: accounts,
    members and trunks are FreePBX's. Raises :class:`SiteError` as :func:`render` does, and if a
    setting can have no effect there.
    """
    templates = _templates()
    given = _given(site, ())
    return {
        name.removeprefix(_FREEPBX): templates.get_template(name).render(given)
        for name in sorted(templates.list_templates())
        if name.startswith(_FREEPBX)
    }


def _given(site: Site, queues: tuple[AsteriskQueue, ...]) -> dict[str, object]:
    """What the templates may use."""
    return {
        "site": site,
        "queues": queues,
        "codecs": ",".join(CODECS),
        "unserved": ",".join(UNSERVED),
        "ends": ENDS,
        "node_prefix": ENDPOINT,
        "pods": PODS,
        "ranks": RANKS,
        "front": FRONT * (RANKS if site.pods else 1),
    }


def _custom(site: Site, name: str) -> str:
    """The end of a file: it includes the administrator's own, if there is one."""
    if name in _WITHOUT:
        return ""
    own = site.paths.custom / name.replace(".conf", "_custom.conf")
    return f'\n; yours, which nothing overwrites\n#tryinclude "{_finalized(own)}"\n'


@cache
def _templates() -> "Environment":
    """Templates with the marks ``@{x}`` and ``<% for %>``, which mean nothing to Asterisk."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("asterisk_conf"),
        undefined=StrictUndefined,
        finalize=_finalized,
        variable_start_string="@{",
        variable_end_string="}",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # not HTML; _finalized refuses instead of escaping
    )


def _finalized(value: object) -> str:
    """Check each value that is put into a file, after the check of :class:`Site`."""
    if value is None:
        raise SiteError(("a value is missing where a file needs one; correct the template",))
    text = str(value)
    char = refused(text)
    if char:
        raise SiteError((f"a value has the character {char}, which is refused; leave it out",))
    return text
