"""`firstline demo-billing`: a process of its own, that serves, makes trouble and ends."""

import asyncio
import re
import signal
import socket
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ari_app.config.state import State
from ari_app.main.installation import installation
from ari_app.selfcare.billing import Balance, BillingUnavailable
from ari_app.selfcare.orders import ChangeTariff, Completed, Refused
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.transport import Settings
from ivr.secret import Secret


async def _serving(state: State, *options: str) -> tuple[asyncio.subprocess.Process, str]:
    """The process, and the URL that it prints."""
    command = (sys.executable, "-m", "ari_app.cli", "demo-billing", "--port", "0")
    process = await asyncio.create_subprocess_exec(
        *command, *options, "--state", str(state.directory), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    printed = (await process.stdout.readline()).decode()
    found = re.search(r"serves (http://127\.0\.0\.1:\d+/tmf-api)$", printed.strip())
    assert found, printed
    return process, found[1]


async def test_it_serves_the_demo_operator_until_it_is_printed_to_end(tmp_path: Path) -> None:
    state = installation(tmp_path)
    state.make()
    state.keys()
    with (tmp_path / "secrets.toml").open("a") as file:
        file.write('billing = "a-token"\n')
    process, url = await _serving(state)
    try:
        settings = Settings(url=url, token=Secret("a-token"))
        async with TmfBilling(settings, lambda: datetime.now(UTC)) as client:
            assert str((await client.balance(1)).amount) == "12.50"
            assert len(await client.tariffs()) == 5
        async with TmfBilling(Settings(url=url), lambda: datetime.now(UTC)) as client:
            with pytest.raises(BillingUnavailable):
                await client.balance(1)
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_all_can_go_wrong(tmp_path: Path) -> None:
    process, url = await _serving(installation(tmp_path), "--fail", "1", "--for", "60")
    try:
        async with TmfBilling(Settings(url=url), lambda: datetime.now(UTC)) as client:
            with pytest.raises(BillingUnavailable, match="500"):
                await client.balance(1)
    finally:
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0


@pytest.mark.slow
async def test_what_is_kept_outlives_it(tmp_path: Path) -> None:
    answers: list[Completed | Refused] = []
    balances: list[Balance] = []
    for _ in range(2):
        process, url = await _serving(installation(tmp_path), "--keep")
        try:
            async with TmfBilling(Settings(url=url), lambda: datetime.now(UTC)) as client:
                answers.append(await client.place(1, ChangeTariff("1"), Decimal(5), "call:1"))
                balances.append(await client.balance(1))
        finally:
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    assert isinstance(answers[0], Completed)
    assert answers[0] == answers[1]
    assert balances[0] == balances[1]


def test_it_ends_by_itself(tmp_path: Path) -> None:
    command = ["--state", str(tmp_path), "demo-billing", "--port", "0", "--for", "0.01"]
    ran = CliRunner().invoke(main, command)
    assert ran.exit_code == 0
    assert 'kind = "tmforum"' in ran.output


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        (["--slow", "half:3s"], "half:3s is not like 0.5:3s"),
        (["--slow", "0.5"], "0.5 is not like 0.5:3s"),
        (["--slow", "0.7:3s", "--lose", "0.4"], "add up to more than 1"),
        (["--fail", "2"], "2"),
    ],
)
def test_what_is_wrong_is_printed(tmp_path: Path, options: list[str], printed: str) -> None:
    ran = CliRunner().invoke(main, ["--state", str(tmp_path), "demo-billing", *options])
    assert ran.exit_code != 0
    assert printed in ran.output


def test_a_port_that_is_taken_is_printed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = ["demo-billing", "--port", str(taken.getsockname()[1]), "--for", "5"]
        ran = CliRunner().invoke(main, ["--state", str(tmp_path), *command])
    assert ran.exit_code == 1
    assert "choose another with --port" in ran.output
