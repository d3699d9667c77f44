"""New menus for a share of the calls: compared, rolled back, made whole, kept over a restart.

The calls are conducted over a scripted line and stored as the application stores them; the clock is
ours.
"""

from datetime import timedelta

import pytest
from msgspec import json
from msgspec.structs import replace

from ari_app.config.canary_settings import CanarySettings
from ari_app.config.settings import MenuSettings
from ari_app.main.canary import OWN_ALONE, RUNS, WATCHED
from ari_app.main.rollback import restore_set
from ari_app.store import canaries, menu_sets, webhooks
from tests.main.canary_site import BROKEN, Site
from tests.session.scripted import FLOW


async def test_a_share_goes_by_the_new_menus_and_stays_there(site: Site) -> None:
    done = await site.canaries.begin(20, 7200, "vera")
    assert (done.problems, [one.flow for one in done.flows]) == ((), ["611"])
    numbers = [f"37533{number:07}" for number in range(2000)]
    new = [number for number in numbers if site.is_new(number)]
    assert 300 < len(new) < 500
    assert [number for number in numbers if site.is_new(number)] == new
    withheld = [bool(site.menus.release_for("", str(call)).canary) for call in range(1000)]
    assert 120 < sum(withheld) < 280
    begun = await site.last()
    assert (begun.by, begun.share, begun.until - begun.began) == ("vera", 20, timedelta(hours=2))
    assert (await site.canaries.begin(10, 0, "vera")).problems == (RUNS,)


async def test_it_is_rolled_back_by_itself(site: Site) -> None:
    await site.store.write(webhooks.subscribe, {"crm": ["canary.began", "canary.ended"]})
    await site.canaries.begin(50, 7 * 86400, "vera")
    await site.callers(40)
    await site.canaries.look()
    assert site.menus.canary is not None, "there are too few calls to say anything"
    await site.callers(60)
    await site.canaries.look()
    assert site.menus.canary is None
    over = await site.last()
    assert (over.end, over.ended_by) == ("rolled back", "")
    assert over.why.startswith("of the calls by the new menus hung up before 100 %, 0 %")
    assert site.mails == [f"canary 1 of the menus, begun by vera: rolled back: {over.why}"]
    sent = await site.store.read(webhooks.events, 0, 9)
    assert [one.event for one in sent] == ["canary.began", "canary.ended"]
    assert json.decode(sent[1].data) == {
        "canary": 1, "end": "rolled back", "why": over.why, "by": "",
    }  # fmt: skip
    assert site.flow.read_text() == FLOW
    figures = await site.store.read(canaries.figures, over)
    assert figures.old.ended + figures.new.ended == 100
    assert figures.new.part(figures.new.hung_up) == 100
    kept = await site.store.read(menu_sets.listed)
    assert [one.how for one in kept][:2] == ["unreleased", "start"], "the new ones are kept"
    assert not any(site.is_new(f"37533{number:07}") for number in range(100))


async def test_good_menus_become_whole_at_the_end(site: Site) -> None:
    site.flow.write_text(FLOW.replace('"9": legal', '"8": legal'))
    await site.canaries.begin(50, 4 * 3600, "vera")
    await site.callers(100)
    await site.canaries.look()
    assert site.menus.canary is not None
    site.now += timedelta(hours=4)
    await site.canaries.look()
    over = await site.last()
    assert (over.end, over.why) == ("whole", "its time was over, and no limit was broken")
    assert '"8": legal' in site.menus.now.menus.sources["611"]
    assert len(site.mails) == 1
    assert (await site.store.read(menu_sets.listed))[0].how == "canary"


async def test_too_few_calls_say_nothing_and_the_old_menus_come_back(site: Site) -> None:
    await site.canaries.begin(10, 60, "vera")
    await site.callers(3)
    site.now += timedelta(minutes=1)
    await site.canaries.look()
    over = await site.last()
    assert over.end == "rolled back"
    assert "only" in over.why
    assert site.flow.read_text() == FLOW


@pytest.mark.parametrize("edited", [False, True])
async def test_it_goes_on_after_a_restart(site: Site, edited: bool) -> None:
    """Each caller on the same side, also where the files were edited meanwhile; they must pass the
    check, as the application reads them first."""
    await site.canaries.begin(30, 7200, "vera")
    numbers = [f"37533{number:07}" for number in range(300)]
    before = [site.is_new(number) for number in numbers]
    if edited:
        site.flow.write_text(FLOW.replace('"9": legal', '"7": legal'))
    await site.start()
    assert [site.is_new(number) for number in numbers] == before
    assert site.menus.now.menus.sources["611"] == FLOW
    assert site.menus.canary is not None
    assert site.menus.canary.release.menus.sources["611"] == BROKEN


async def test_what_was_over_while_it_was_down_is_rolled_back(site: Site) -> None:
    await site.canaries.begin(30, 60, "vera")
    site.now += timedelta(hours=1)
    await site.start()
    assert site.menus.canary is None
    assert site.menus.now.menus.sources["611"] == FLOW
    assert (await site.last()).end == "rolled back"


async def test_it_is_ended_by_hand(site: Site) -> None:
    """`flows rollback` restores the set in force, `flows reload` has all calls go by the new."""
    await site.canaries.begin(30, 7200, "vera")
    await restore_set(site.store, site.where, None, "oleg")
    await site.menus.reload("rollback", "oleg")
    over = await site.last()
    assert (over.end, over.ended_by, site.flow.read_text()) == ("rolled back", "oleg", FLOW)
    assert (site.menus.canary, site.mails) == (None, [])
    site.flow.write_text(BROKEN)
    await site.canaries.begin(30, 7200, "vera")
    await site.menus.reload("reload", "vera")
    assert ((await site.last()).end, site.menus.canary) == ("whole", None)
    assert site.menus.now.menus.sources["611"] == BROKEN


async def test_when_none_begins(site: Site) -> None:
    own = site.settings
    site.settings = replace(own, menus=MenuSettings())
    assert (await site.canaries.begin(10, 0, "")).problems == (OWN_ALONE,)
    site.settings = replace(own, menus=replace(own.menus, watch=True))
    assert (await site.canaries.begin(10, 0, "")).problems == (WATCHED,)
    site.settings = replace(own, canary=CanarySettings(least=5))
    site.flow.write_text(FLOW)
    same = "the menus on the disk are those in force"
    assert (await site.canaries.begin(10, 0, "")).problems == (same,)
    site.flow.write_text("flow: x\n")
    assert (await site.canaries.begin(10, 0, "")).problems
    assert site.menus.canary is None
