"""The rows of a :mod:`tests.bench.big_store`: each column as SQL, by the number of its row."""

from tests.bench.big_call_rows import call_rows, desk_rows, rows_left_behind
from tests.bench.big_sql import (
    AGENT,
    AREAS,
    AT,
    DAYS,
    ENDINGS,
    FIRST_NUMBER,
    GIVEN,
    HASH,
    NUMBER,
    QUESTIONS,
    RECENT,
    STEMS,
    TOPICS,
    WHEN,
    WHO,
    Rows,
    one_of,
)


def tables(people: int) -> dict[str, Rows]:
    """The rows of each table, for so many subscribers."""
    calls = max(100, people * DAYS // 1000)
    question = f"{one_of(QUESTIONS, 'i')} || ' ' || {one_of(WHEN, 'i / 4')} || ' ' || (i % 997)"
    name = (
        f"{one_of(STEMS, 'i / 10')} || {one_of(ENDINGS, 'i / 100')} || ' ' || {one_of(GIVEN, 'i')}"
    )
    text = {"at": AT, "subscriber": WHO, "agent": AGENT}
    return {
        "subscribers": Rows(
            people,
            {
                "id": "i",
                "msisdn": f"cast({FIRST_NUMBER} + i as text)",
                "name": name,
                "language": one_of(("ru", "be", "en"), "i / 7"),
                "area": one_of(AREAS, "i / 3"),
                "created": ":since",
            },
        ),
        "contacts": Rows(
            3 * people,
            {
                **text,
                "channel": "'call'",
                "topic": one_of(TOPICS, "i"),
                "question": question,
                "solution": "'Перезагрузили телефон, ' || (i % 991)",
                "first_contact_solved": "i % 2",
            },
        ),
        "code_words": Rows(
            people // 2,
            {
                "subscriber": "i * 2",
                "spoken": f"'{HASH}' || i",
                "keyed": f"'{HASH}' || i",
                "at": ":since",
                "author": "'import'",
            },
        ),
        "second_contacts": Rows(
            people // 100, {"subscriber": "i * 100", "number": f"cast({FIRST_NUMBER} + i as text)"}
        ),
        "preferred_agents": Rows(
            people // 100,
            {"subscriber": "i * 100", "agent": AGENT, "until": ":since", "author": AGENT},
        ),
        "tasks": Rows(
            calls // 20,
            {
                "key": "'task' || i",
                "text": question,
                "owner": f"iif(i % 2, {AGENT}, '')",
                "author": AGENT,
                "due": AT,
                "subscriber": WHO,
                "number": NUMBER,
                "created": AT,
                "done": f"iif({RECENT}, null, {AT})",
            },
        ),
        "scores": Rows(
            calls // 2,
            {
                "stay": "i",
                "called": AT,
                "agent": AGENT,
                "card": f"'{HASH}'",
                "scorer": "'boss'",
                "at": AT,
                "share": "(i % 11) / 10.0",
                "failed": "i % 11 = 0",
                "comment": question,
                "calibration": "iif(i % 20, null, i / 20)",
            },
        ),
        "score_answers": Rows(
            calls // 2,
            {
                "score": "i",
                "question": one_of(("greeted", "solved"), "i"),
                "mark": "i % 6",
                "part": "(i % 6) / 5.0",
                "note": "''",
            },
        ),
        **call_rows(calls),
        **desk_rows(calls, question),
        **rows_left_behind(calls),
    }
