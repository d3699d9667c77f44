"""Signing in by an OpenID provider: to it, and back from it."""

import hmac
import logging
from math import ceil
from time import monotonic
from typing import get_args

from aiohttp import web
from msgspec import Struct

from ari_app.desk.web.accounts import Accounts, Role
from ari_app.desk.web.http_security import HttpSecurity
from ari_app.desk.web.id_tokens import BadTokenError
from ari_app.desk.web.provider import Attempt, Proof, Provider, ProviderError
from ari_app.desk.web.sessions import SignedIn
from ari_app.desk.web.sign_in import SignIn
from ari_app.pages.security import ADDRESS
from ari_app.rate_limit import Rate, RateLimit

log = logging.getLogger(__name__)

TO, BACK = "/sign-in/provider", "/sign-in/provider/back"
LASTING = 600.0
"""Seconds in which somebody may sign in at the provider."""
MOST = 1000
"""Sign-ins that are kept; the oldest is forgotten."""
REQUESTS = Rate(burst=300, each=3.0)
"""Sign-ins from one address that do not succeed; an office may share it."""
LONGEST_CODE = 4096


class _Kept(Struct, frozen=True):
    attempt: Attempt
    until: float
    before: SignedIn | None
    """Whose session the browser had when it was sent."""


class ProviderSignIn:
    """Handlers of the two requests."""

    def __init__(
        self, provider: Provider, accounts: Accounts, security: HttpSecurity, sign_in: SignIn
    ) -> None:
        self._provider = provider
        self._accounts = accounts
        self._security = security
        self._sign_in = sign_in
        self._limit = RateLimit(REQUESTS)
        self._kept: dict[str, _Kept] = {}
        """Sign-ins that were begun, by their state."""

    def routes(self) -> list[web.RouteDef]:
        """The routes of the two."""
        return [web.get(TO, self.to), web.get(BACK, self.back)]

    async def to(self, request: web.Request) -> web.StreamResponse:
        """Send the browser to the provider."""
        wait = ceil(self._limit.wait(request[ADDRESS], monotonic()))
        if wait:
            return self._sign_in.refused(request, 429, "sign-in-often", wait)
        redirect = f"{self._security.origin(request)}{BACK}"
        try:
            attempt, to = await self._provider.begin(redirect)
        except ProviderError as error:
            log.error("sign-in by the provider is not possible: %s", error)
            return self._sign_in.refused(request, 503, "sign-in-provider-down")
        self._keep(attempt, await self._sign_in.session_of(request))
        answer = web.Response(status=303, headers={"Location": to})
        self._security.set_attempt(answer, attempt.state, int(LASTING))
        return answer

    async def back(self, request: web.Request) -> web.StreamResponse:
        """The browser comes back: sign in who the provider proves it to be.

        Only the browser that was sent there has the cookie with this state, so no one is signed in
        as someone else by a link.
        """
        state, code = request.query.get("state", ""), request.query.get("code", "")
        kept = self._kept.pop(state, None)
        same = hmac.compare_digest(self._security.attempt_of(request).encode(), state.encode())
        if kept is None or not same or kept.until < monotonic():
            return self._refused(request, "it was not begun in this browser, or long ago")
        if "error" in request.query or not 0 < len(code) <= LONGEST_CODE:
            return self._refused(request, f"the provider refused: {request.query.get('error')!r}")
        if (
            request.query.get("iss", self._provider.settings.issuer)
            != kept.attempt.published.issuer
        ):
            return self._refused(request, "another issuer sent the browser back (RFC 9207)")
        try:
            proof = await self._provider.finish(kept.attempt, code)
        except ProviderError as error:
            log.error("sign-in by the provider is not possible: %s", error)
            return self._sign_in.refused(request, 503, "sign-in-provider-down")
        except BadTokenError as error:
            return self._refused(request, f"the proof of the provider is refused: {error}")
        return await self._known(request, proof, kept.before)

    async def _known(
        self, request: web.Request, proof: Proof, before: SignedIn | None
    ) -> web.StreamResponse:
        user = await self._accounts.find(proof.login)
        if user is None:
            return self._refused(request, f"there is no agent {proof.login!r}", "sign-in-unknown")
        mapped = self._provider.settings.roles
        if mapped:
            role = highest([mapped[group] for group in proof.groups if group in mapped])
            if role is None:
                why = f"{user.name} is in no group that has a role"
                return self._refused(request, why, "sign-in-unknown")
            user = await self._accounts.give_role(user, role)
        self._limit.forgive(request[ADDRESS])
        return await self._sign_in.signed_in(request, user, before)

    def _refused(
        self, request: web.Request, why: str, word: str = "sign-in-refused"
    ) -> web.Response:
        log.warning("sign-in by the provider failed from %s: %s", request[ADDRESS], why)
        return self._sign_in.refused(request, 403, word)

    def _keep(self, attempt: Attempt, before: SignedIn | None) -> None:
        now = monotonic()
        alive = {state: one for state, one in self._kept.items() if one.until > now}
        self._kept = dict(list(alive.items())[-(MOST - 1) :])
        self._kept[attempt.state] = _Kept(attempt, now + LASTING, before)


def highest(roles: list[Role]) -> Role | None:
    """The role that may do most."""
    order = get_args(Role)
    return max(roles, key=order.index, default=None)
