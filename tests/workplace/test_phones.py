"""Whose phone an interface of a queue is."""

import pytest

from ari_app.store.agents import Agent
from ari_app.workplace.phones import Phones
from ivr.acd.queues import Board, Member, Queue
from ivr.secret import Secret


@pytest.fixture
def phones() -> Phones:
    known = Phones()
    secret = Secret("x")
    known.learn(
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
def test_whose_phone_it_is(phones: Phones, interface: str, agent: str | None) -> None:
    assert phones.agent(interface) == agent


def test_an_agent_is_moved_under_the_name_that_his_queues_have_for_him(phones: Phones) -> None:
    assert phones.of("anna") == "PJSIP/anna-phone"
    member = Member(interface="Local/701@from-queue/n", name="Anna")
    phones.see(Board({"support": Queue({member.interface: member})}))
    assert phones.of("anna") == "Local/701@from-queue/n"
    assert phones.of("boris") == "PJSIP/702"
    assert phones.of("nobody") is None
