"""Tasks beside the calls, and who asks for their result."""

import asyncio

import pytest

from ari_app.background import Background, task_group


async def _fails() -> None:
    await asyncio.sleep(0)
    raise OSError("the disk is full")


async def test_a_failure_of_what_was_asked_for_ends_no_calls() -> None:
    async with task_group() as tasks:
        call = tasks.create_task(asyncio.sleep(0.01, "served"))
        with pytest.raises(OSError, match="disk is full"):
            await Background(tasks).finish(_fails())
    assert call.result() == "served"


async def test_it_is_done_to_its_end_though_who_asked_goes_away() -> None:
    done = asyncio.Event()

    async def work() -> int:
        await asyncio.sleep(0.01)
        done.set()
        return 7

    async with task_group() as tasks:
        background = Background(tasks)
        assert await background.finish(work()) == 7
        done.clear()
        asking = asyncio.create_task(background.finish(work()))
        await asyncio.sleep(0)
        asking.cancel()
        await done.wait()
