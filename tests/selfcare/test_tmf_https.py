"""Billing over https, with a certificate that only we trust."""

import ssl
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web

from ari_app.selfcare.billing import BillingUnavailable
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.transport import Settings
from tests.selfcare.tmf_server import ME, NOON, saying

RICH = '[{"usageType": "monetary", "remainingValue": {"amount": 0.10, "units": "BYN"}}]'


@pytest.fixture
def certified(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate that no one else trusts, and a server's context with it."""
    certificate, key = tmp_path / "billing.pem", tmp_path / "billing.key"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    subject = ["-subj", "/CN=billing", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*make.split(), *subject, *files], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return certificate, context


async def test_https_with_a_certificate_that_we_trust(
    certified: tuple[Path, ssl.SSLContext],
) -> None:
    certificate, context = certified
    async with saying(web.Response(text=RICH), context) as url:
        async with TmfBilling(Settings(url=url, ca=str(certificate)), lambda: NOON) as client:
            assert (await client.balance(ME)).amount == Decimal("0.10")
        async with TmfBilling(Settings(url=url), lambda: NOON) as client:
            with pytest.raises(BillingUnavailable, match="certificate"):
                await client.balance(ME)
