"""What callers said of conversations, as reports tell the stays in queues apart."""

from ari_app.store.queue_report import Query, Rules
from ari_app.store.sqlite import Database
from ari_app.store.surveys import TALK
from ivr.acd.chosen import By, Chosen
from ivr.acd.outcomes import Surveyed

_FROM = f"""from queue_calls q join surveys on surveys.call = q.call and q.call <> ''
    and q.id = {TALK}"""


def surveyed(db: Database, chosen: Chosen, by: By, rules: Rules) -> dict[str, Surveyed]:
    """How many were asked, and what they answered, by the values of the stay that it is about."""
    query = Query(db, chosen, rules)
    has = "exists (select 1 from survey_answers where survey_answers.call = surveys.call)"
    text = "surveys.way = 'text'"
    counts = query.run(
        f"select {query.by(by)}, count(*), sum({has}), sum({text}), sum({text} and {has}) {_FROM}",
        "group by 1",
    )
    marks: dict[str, dict[str, tuple[int, float]]] = {}
    for value, question, count, mean in query.run(
        f"select {query.by(by)}, question, count(*), avg(1.0 * mark / best) {_FROM}"
        " join survey_answers on survey_answers.call = surveys.call",
        "group by 1, 2",
    ):
        marks.setdefault(str(value), {})[question] = (count, mean)
    return {
        str(value): Surveyed(asked, answered, marks.get(str(value), {}), by_text, text_answered)
        for value, asked, answered, by_text, text_answered in counts
    }
