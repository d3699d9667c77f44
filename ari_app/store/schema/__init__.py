"""The schema of the database, as the migrations that lead to it: one file each, in order.

A migration that was ever released never changes, nor does the name of its function: databases
record it. Times are microseconds (:mod:`ari_app.store.times`), money is minor units of the
currency, names per language are a JSON object.
"""

from ari_app.store.schema.m001_people import people
from ari_app.store.schema.m002_accounts import accounts
from ari_app.store.schema.m003_calls import calls
from ari_app.store.schema.m004_ways import ways
from ari_app.store.schema.m005_outbox import outbox
from ari_app.store.schema.m006_left_to_people import left_to_people
from ari_app.store.schema.m007_bills import bills
from ari_app.store.schema.m008_declarations import declarations
from ari_app.store.schema.m009_versions import versions
from ari_app.store.schema.m010_code_words import code_words
from ari_app.store.schema.m011_forgettable import forgettable
from ari_app.store.schema.m012_ordering import ordering
from ari_app.store.schema.m013_orders import orders
from ari_app.store.schema.m014_desk import desk
from ari_app.store.schema.m015_act_states import act_states
from ari_app.store.schema.m016_other_phones import other_phones
from ari_app.store.schema.m017_one_time_codes import one_time_codes
from ari_app.store.schema.m018_vouchers import vouchers
from ari_app.store.schema.m019_failed_texts import failed_texts
from ari_app.store.schema.m020_growth import growth
from ari_app.store.schema.m021_menu_sets import menu_sets
from ari_app.store.schema.m022_changes import changes
from ari_app.store.schema.m023_card_events import card_events
from ari_app.store.schema.m024_announcement_reach import announcement_reach
from ari_app.store.schema.m025_agent_queues import agent_queues
from ari_app.store.schema.m026_agent_access import agent_access
from ari_app.store.schema.m027_checkpoints import checkpoints
from ari_app.store.schema.m028_linked_cards import linked_cards
from ari_app.store.schema.m029_ways_of_tries import ways_of_tries
from ari_app.store.schema.m030_agent_phones import agent_phones
from ari_app.store.schema.m031_name_words import name_words
from ari_app.store.schema.m032_conversations import conversations
from ari_app.store.schema.m033_statistics import statistics
from ari_app.store.schema.m034_filled import filled
from ari_app.store.schema.m035_other_systems import other_systems
from ari_app.store.schema.m036_callback_places import callback_places
from ari_app.store.schema.m037_tasks import tasks
from ari_app.store.schema.m038_surveys import surveys
from ari_app.store.schema.m039_campaigns import campaigns
from ari_app.store.schema.m040_reports import reports
from ari_app.store.schema.m041_gave_up import gave_up
from ari_app.store.schema.m042_quality import quality
from ari_app.store.schema.m043_campaign_calls import campaign_calls
from ari_app.store.schema.m044_survey_texts import survey_texts
from ari_app.store.schema.m045_callback_events import callback_events
from ari_app.store.schema.m046_preferred_agents import preferred_agents
from ari_app.store.schema.m047_tapes import tapes
from ari_app.store.schema.m048_complaints_of_subscribers import complaints_of_subscribers
from ari_app.store.schema.m049_canaries import canaries
from ari_app.store.schema.m050_canary_figures import canary_figures
from ari_app.store.schema.m051_workers import workers
from ari_app.store.schema.m052_cabinet_visits import cabinet_visits
from ari_app.store.schema.m053_drained_nodes import drained_nodes
from ari_app.store.sqlite import Migrations

_IN_ORDER = (
    people,
    accounts,
    calls,
    ways,
    outbox,
    left_to_people,
    bills,
    declarations,
    versions,
    code_words,
    forgettable,
    ordering,
    orders,
    desk,
    act_states,
    other_phones,
    one_time_codes,
    vouchers,
    failed_texts,
    growth,
    menu_sets,
    changes,
    card_events,
    announcement_reach,
    agent_queues,
    agent_access,
    checkpoints,
    linked_cards,
    ways_of_tries,
    agent_phones,
    name_words,
    conversations,
    statistics,
    filled,
    other_systems,
    callback_places,
    tasks,
    surveys,
    campaigns,
    reports,
    gave_up,
    quality,
    campaign_calls,
    survey_texts,
    callback_events,
    preferred_agents,
    tapes,
    complaints_of_subscribers,
    canaries,
    canary_figures,
    workers,
    cabinet_visits,
    drained_nodes,
)

NAMES = tuple(migration.__name__ for migration in _IN_ORDER)
"""The migrations of this version, in order."""

KNOWN = frozenset(NAMES)
"""The migrations of this version; a database that has others was written by a newer one."""

MIGRATIONS = Migrations("firstline", _IN_ORDER)
