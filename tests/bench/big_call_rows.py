"""The rows that calls leave, for a :mod:`tests.bench.big_store`."""

from tests.bench.big_sql import (
    AGENT,
    AT,
    DAYS,
    DEPARTMENTS,
    HASH,
    NUMBER,
    RECENT,
    TOPICS,
    WHO,
    Rows,
    of_call,
    one_of,
)


def call_rows(calls: int) -> dict[str, Rows]:
    return {
        "calls": Rows(
            calls,
            {
                "id": of_call(1),
                "line": "'ari'",
                "dialled": "'611'",
                "caller": NUMBER,
                "subscriber": f"iif(i % 10, {WHO}, null)",
                "language": "'ru'",
                "flow": "'611'",
                "version": "'v' || (i * 12 / :count)",
                "began": AT,
                "ended": f"iif({RECENT}, null, {AT} + 60000000)",
                "ending": f"iif({RECENT}, null, {one_of(('hung-up', 'queue', 'bye'), 'i')})",
                "cause": f"iif({RECENT}, null, 16)",
            },
        ),
        "steps": Rows(
            8 * calls,
            {
                "call": "printf('%016x', (i + 7) / 8)",
                "seq": "i % 8",
                "at": f"{AT} + 5000000",
                "node": "'node' || (i % 40)",
                "kind": one_of(("menu", "say", "call"), "i"),
                "prompt": "'main-menu'",
                "key": "iif(i % 2, '', i % 10)",
                "outcome": "''",
                "flow": one_of(("611", "balance", "tariff", "support"), "i"),
                "way": "'key ' || (i % 10)",
            },
        ),
        "versions": Rows(
            13,
            {
                "flow": "'611'",
                "version": "'v' || (i - 1)",
                "first": ":since + :year / 13 * (i - 1)",
                "how": "'reload'",
                "text": "'flow: 611'",
            },
        ),
    }


def desk_rows(calls: int, question: str) -> dict[str, Rows]:
    due = f"{AT} + 86400000000"
    return {
        "conversations": Rows(
            calls // 3,
            {
                "file": "i || '_1.wav'",
                "at": AT,
                "channel": "'1700000000.' || i",
                "call": of_call(3),
                "agent": AGENT,
                "queue": "'support'",
                "number": NUMBER,
                "subscriber": WHO,
            },
        ),
        "queue_calls": Rows(
            calls // 2,
            {
                "channel": "'1700000000.' || i",
                "call": of_call(2),
                "queue": one_of(("support", "technical"), "i"),
                "topic": one_of(TOPICS, "i"),
                "language": "'ru'",
                "number": NUMBER,
                "subscriber": WHO,
                "flow": "'611'",
                "joined": AT,
                "answered": f"iif(i % 3, {AT} + 9000000, null)",
                "left": f"iif({RECENT}, null, {AT} + 9000000)",
                "how": f"iif({RECENT}, 'waiting', iif(i % 3, 'answered', 'abandoned'))",
                "agent": f"iif(i % 3, {AGENT}, '')",
                "ended": f"iif({RECENT} or i % 3 = 0, null, {AT} + 90000000)",
            },
        ),
        "agent_states": Rows(
            2 * calls,
            {
                "agent": AGENT,
                "state": one_of(("ready", "ringing", "talking", "wrap-up"), "i"),
                "since": AT,
                "until": f"iif(i > :count - 10, null, {AT} + 60000000)",
            },
        ),
        "cards": Rows(
            calls // 3,
            {
                "id": "'card' || i",
                "agent": AGENT,
                "channel": "'1700000000.' || i",
                "call": of_call(3),
                "number": NUMBER,
                "name": "''",
                "subscriber": WHO,
                "queue": "'support'",
                "topic": "''",
                "language": "'ru'",
                "identity": "'caller'",
                "opened": AT,
                "answered": f"{AT} + 9000000",
                "ended": f"iif({RECENT}, null, {AT} + 90000000)",
                "closed": f"iif({RECENT}, null, {AT} + 99000000)",
                "came_from": "''",
            },
        ),
        "card_texts": Rows(
            2 * (calls // 3),
            {
                "card": "'card' || ((i + 1) / 2)",
                "field": one_of(("question", "solution"), "i"),
                "key": "'typed' || i",
                "text": question,
                "at": AT,
            },
        ),
        "acts": Rows(
            calls // 6,
            {
                "key": "'act' || i",
                "at": AT,
                "agent": AGENT,
                "subscriber": WHO,
                "call": of_call(6),
                "card": "'card' || (i * 2)",
                "operation": "'services-on'",
                "inputs": "json_object('service', '1')",
                "reason": "''",
                "identity": "'caller'",
                "outcome": "'ok'",
            },
        ),
        "views": Rows(calls, {"at": AT, "agent": AGENT, "subscriber": WHO, "what": "'card'"}),
        "tickets": Rows(
            calls // 20,
            {
                "key": "'ticket' || i",
                "subscriber": WHO,
                "number": NUMBER,
                "department": one_of(DEPARTMENTS, "i"),
                "topic": one_of(TOPICS, "i"),
                "text": question,
                "state": f"iif({RECENT}, 'open', 'closed')",
                "owner": f"iif(i % 2, {AGENT}, '')",
                "created": AT,
                "author": AGENT,
                "due": due,
                "closed": f"iif({RECENT}, null, {due})",
                "call": of_call(20),
            },
        ),
        "ticket_history": Rows(
            calls // 20,
            {
                "ticket": "i",
                "key": "'ticket' || i",
                "at": AT,
                "author": AGENT,
                "what": """'{"state":"open"}'""",
                "note": "''",
            },
        ),
        "colleague_notes": Rows(
            calls // 10,
            {
                "key": "'note' || i",
                "subscriber": WHO,
                "at": AT,
                "agent": AGENT,
                "text": question,
            },
        ),
    }


def rows_left_behind(calls: int) -> dict[str, Rows]:
    """What calls leave for others to do, and what proves who called."""
    asked = {"call": of_call(10), "at": AT, "number": NUMBER, "subscriber": WHO}
    return {
        "code_word_tries": Rows(
            calls // 2,
            {
                "key": "'try' || i",
                "at": AT,
                "subscriber": WHO,
                "number": NUMBER,
                "call": of_call(2),
                "agent": "''",
                "outcome": one_of(("ok", "ok", "wrong"), "i"),
                "why": "''",
            },
        ),
        "one_time_codes": Rows(
            calls // 10, {**asked, "key": "'code' || i", "hash": f"'{HASH}'", "used": "1"}
        ),
        "outbox": Rows(
            calls // 2,
            {
                "key": "'text' || i",
                "number": NUMBER,
                "text": "'Ваш баланс 10 рублей'",
                "call": of_call(2),
                "created": AT,
                "state": f"iif({RECENT}, 'waiting', iif(i % 100, 'sent', 'failed'))",
                "attempts": "1",
                "next_at": f"iif({RECENT}, {AT} + :year, null)",
                "sent_at": AT,
                "error": "''",
            },
        ),
        "orders": Rows(
            calls // 10,
            {
                "key": "'order' || i",
                "subscriber": WHO,
                "operation": "'services-on'",
                "wanted": "'{}'",
                "deal": "'null'",
                "agreed": "'1.00'",
                "call": of_call(10),
                "language": "'ru'",
                "created": AT,
                "state": "'done'",
                "answer": "'{}'",
                "attempts": "1",
                "ended": AT,
            },
        ),
        "complaints": Rows(
            calls // 50,
            {
                **asked,
                "key": "'complaint' || i",
                "file": "iif(i > :count - 90, 'complaint' || i || '.wav', '')",
                "seconds": "20.0",
                "state": f"iif({RECENT}, 'open', 'closed')",
                "answer": "''",
            },
        ),
        "callbacks": Rows(
            calls // 50,
            {
                **asked,
                "key": "'callback' || i",
                "topic": "''",
                "state": f"iif({RECENT}, 'open', 'done')",
                "agent": f"iif(i % 2, {AGENT}, '')",
            },
        ),
        "announcements": Rows(
            DAYS,
            {
                "areas": """'["Минск"]'""",
                "tariffs": "'[]'",
                "texts": """'{"ru":"Авария"}'""",
                "recording": "''",
                "since": AT,
                "until": f"{AT} + 7200000000",
                "author": "'boss'",
            },
        ),
        "announcement_hearings": Rows(
            calls // 5,
            {
                "announcement": f"i * {DAYS} / (:count + 1) + 1",
                "call": of_call(5),
                "number": NUMBER,
                "at": AT,
            },
        ),
        "announcement_wishes": Rows(
            calls // 50,
            {
                "announcement": f"i * {DAYS} / (:count + 1) + 1",
                "number": NUMBER,
                "subscriber": WHO,
                "language": "'ru'",
                "call": of_call(50),
                "at": AT,
                "told": AT,
            },
        ),
    }
