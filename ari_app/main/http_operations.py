"""Opens what the operator's own operations are run by."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from ipaddress import ip_network

from ari_app.config.operation_secrets import operation_secret
from ari_app.config.settings import Config
from ari_app.config.state import ConfigError, State
from ari_app.selfcare.http.addresses import Reach
from ari_app.selfcare.http.operations import HttpOperations
from ari_app.selfcare.http.transport import Certificate, Transport


@asynccontextmanager
async def opened_http_operations(
    config: Config, state: State, now: Callable[[], datetime]
) -> AsyncIterator[HttpOperations]:
    """Raises :class:`ConfigError` when a certificate of ``[tls.NAME]`` cannot be read."""
    given = config.operations
    reach = Reach(given.hosts, tuple(map(ip_network, given.addresses)))
    certificates = {
        name: Certificate(one.certificate, one.key, one.ca) for name, one in config.tls.items()
    }
    transport = Transport(reach, certificates)
    try:
        await transport.__aenter__()
    except OSError as error:
        raise ConfigError(f"a certificate cannot be read: {error}") from error
    try:
        yield HttpOperations(transport, partial(operation_secret, state), now)
    finally:
        await transport.__aexit__()
