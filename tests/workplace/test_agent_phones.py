"""Which agent a queue member belongs to."""

import pytest

from ari_app.store.agents import Agent
from ari_app.workplace.agent_phones import AgentPhones
from ivr.acd.queues import Board, Member, Queue
from ivr.secret import Secret


@pytest.fixture
def phones() -> AgentPhones:
    known = AgentPhones()
    secret = Secret("x")
    known.set_agents(
        [
            Agent("anna", "Анна", "701", ("ru",), "anna-phone", secret),
            Agent("boris", "Борис", "702", ("ru",), "702", secret),
        ]
    )
    return known


@pytest.mark.parametrize(
    ("interface", "agent"),
    [
        ("PJSIP/anna-phone", "anna"),
        ("SIP/702", "boris"),
        ("Local/701@from-queue/n", "anna"),
        ("Local/702@from-queue/n", "boris"),
        ("PJSIP/701", None),
        ("Local/703@from-queue/n", None),
        ("", None),
    ],
)
def test_the_agent_of_an_interface(phones: AgentPhones, interface: str, agent: str | None) -> None:
    assert phones.agent(interface) == agent


def test_an_agents_interface_is_the_one_that_queues_use(phones: AgentPhones) -> None:
    assert phones.of("anna") == "PJSIP/anna-phone"
    member = Member(interface="Local/701@from-queue/n", name="Anna")
    phones.update(Board({"support": Queue({member.interface: member})}))
    assert phones.of("anna") == "Local/701@from-queue/n"
    assert phones.of("boris") == "PJSIP/702"
    assert phones.of("nobody") is None
