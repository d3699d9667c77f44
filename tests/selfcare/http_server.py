"""Operations of the operator's own, over HTTP to servers of this machine."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import ip_network

from msgspec.structs import replace

from ari_app.selfcare.http.addresses import Reach
from ari_app.selfcare.http.operations import HttpOperations
from ari_app.selfcare.http.transport import Transport
from ari_app.selfcare.no_billing import NoBilling
from ari_app.selfcare.operations import Selfcare
from ari_app.selfcare.request_port import Asker
from tests.selfcare.fakes import Willing
from tests.selfcare.test_operations import back

HERE = Reach(networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")))


def asked_of(call: str, subscriber: int | None = 7) -> Asker:
    """A caller whom we know, or one whom we do not."""
    return Asker(call, "375990000007", subscriber, "en", "caller" if subscriber else "none")


@asynccontextmanager
async def http_operations(
    now: datetime | Callable[[], datetime], reach: Reach = HERE
) -> AsyncIterator[Selfcare]:
    """Self-service with the door to servers; a secret is called after its name."""

    def clock() -> datetime:
        return now if isinstance(now, datetime) else now()

    async with Transport(reach, {}) as transport:
        http = HttpOperations(transport, lambda name: f"secret of {name}", clock)
        yield Selfcare(replace(back(NoBilling(), Willing()), http=http))
