"""Callbacks, and texts of subscribers, over the API."""

from pathlib import Path

from ari_app.store import callbacks
from tests.api.test_api import NOON, NUMBER, serving


async def test_a_callback_is_requested_once_and_closed(tmp_path: Path) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("callbacks:read", "callbacks:write")
        new = {"number": NUMBER, "topic": "tv", "due": "2026-11-25T09:00:00+03:00"}
        status, made = await one.ask("POST", "/callbacks", token, new)
        assert (status, made["state"], made["due"]) == (201, "open", "2026-11-25T06:00:00Z")
        _, again = await one.ask("POST", "/callbacks", token, new)
        assert again["id"] == made["id"]
        wait = callbacks.Wait("support", "en", 0, NOON)
        await one.store.write(callbacks.keep_place, NUMBER, wait)
        await one.store.write(callbacks.ended, made["id"], 1, "busy", "", NOON)
        _, page = await one.ask("GET", "/callbacks", token)
        [shown] = page["items"]
        noon = f"{NOON:%Y-%m-%dT%H:%M:%SZ}"
        tried = {"attempts": 1, "tried": noon, "calling": "", "outcome": "busy", "agent": ""}
        wanted = {**made, **tried, "queue": "support"}
        assert {**shown, "joined": ""} == {**wanted, "joined": ""}
        status, done = await one.ask("POST", f"/callbacks/{made['id']}/done", token)
        assert (status, done["state"], done["outcome"]) == (200, "done", "made")
        _, page = await one.ask("GET", "/callbacks?state=open", token)
        assert page == {"items": [], "next": None}


async def test_texts_of_subscribers_are_stop_words_replies_to_surveys_or_neither(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path / "a.db") as one:
        token = await one.token("texts:write")

        async def sent(text: str) -> tuple[str, str]:
            body = {"number": f"+{NUMBER}", "text": text}
            status, found = await one.ask("POST", "/texts/received", token, body)
            assert status == 200
            return found["taken"], found["answer"]

        assert await sent("hello") == ("other", "")
        taken, answer = await sent("5")
        assert (taken, "survey-text-thanks" in answer) == ("survey", True)
        taken, answer = await sent("STOP")
        assert (taken, "campaigns-stopped" in answer) == ("stop", True)
