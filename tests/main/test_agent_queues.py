"""Who serves which queue in Asterisk: what the settings say, and what was put at the desk."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ari_app.config.state import FILE
from ari_app.main import pbx_site
from ari_app.main.installation import installation
from ari_app.store.agents import Agent
from asterisk_conf.asterisk_queues import asterisk_queues
from ivr.secret import Secret

SETTINGS = """
    [site]
    queues = ["support", "claims"]
    [queues.claims]
    agents = { anna = 2 }
"""


def agent(name: str, extension: str, queues: Mapping[str, int | None]) -> Agent:
    return Agent(
        *(name, name.title(), extension, ("en",), extension, Secret("x" * 20)), queues=queues
    )


def members(directory: Path, *staff: Agent) -> Mapping[str, Mapping[str, int]]:
    there = installation(directory)
    site = pbx_site.site(there.config({}), there.keys(), [], staff, "sorry")
    return {
        queue.name: {one.login: penalty for one, penalty in queue.members}
        for queue in asterisk_queues(site)
    }


def test_what_was_put_goes_before_the_settings(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SETTINGS)
    anna, boris = agent("anna", "701", {}), agent("boris", "702", {})
    assert members(tmp_path, anna, boris) == {
        "support": {"anna": 0, "boris": 0},
        "claims": {"anna": 2},
    }
    out, into = agent("anna", "701", {"claims": None}), agent("boris", "702", {"claims": 5})
    assert members(tmp_path, out, into)["claims"] == {"boris": 5}
    out = agent("boris", "702", {"support": None, "unknown": 1})
    assert members(tmp_path, anna, out)["support"] == {"anna": 0}
    alone = agent("anna", "701", {"support": None})
    assert members(tmp_path, alone)["support"] == {}


def test_an_agent_who_was_removed_is_reported_and_the_rest_is_rendered(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(SETTINGS)
    boris = agent("boris", "702", {})
    assert members(tmp_path, boris) == {"support": {"boris": 0}, "claims": {}}
    there = installation(tmp_path)
    [warning] = pbx_site.absent(there.config({}), [boris])
    assert warning.startswith("[queues.claims] agents names anna, who is no agent: ")


@pytest.mark.parametrize(
    ("settings", "announced"),
    [
        ("", ""),  # it is a part of the news
        ("[queues.support]\nnews = 0", "/offer"),
        ('[queues.support]\nannouncement = "no"', ""),
        ('[queues.support]\nannouncement = "queue-thankyou"', "queue-thankyou"),
        ('[queues.support]\nleave = "1"', ""),
        ('[menus]\ndirectory = "."', ""),
        ('[menus]\ndirectory = "."\n[queues.support]\nannouncement = "offer"\nnews = 0', "/offer"),
    ],
)
def test_who_waits_is_offered_a_call_back_where_the_menus_know_of_it(
    tmp_path: Path, settings: str, announced: str
) -> None:
    (tmp_path / FILE).write_text(f'[site]\nqueues = ["support"]\n{settings}\n')
    there = installation(tmp_path)
    site = pbx_site.site(there.config({}), there.keys(), [], [], "sorry", "/offer")
    assert [queue.announcement for queue in site.queues] == [announced]
