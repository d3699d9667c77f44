"""What an OpenID provider signed about who signed in; the only module that knows joserfc.

OpenID Connect Core 1.0, section 3.1.3.7: the signature by a key of the provider, issuer, audience,
time and nonce. Signatures by the client's own secret and unsigned tokens ("none") are no proof.
"""

from collections.abc import Mapping
from typing import Any

ALGORITHMS = ("RS256", "PS256", "ES256", "RS384", "PS384", "ES384", "RS512", "PS512", "ES512")
"""Signatures by a key pair."""
LEEWAY = 60
"""Seconds by which the clocks of the provider and of this machine may differ."""


class BadTokenError(Exception):
    """It proves nothing; the text says why, without anything of the token."""


def verified(
    token: str, keys: Mapping[str, Any], issuer: str, client: str, nonce: str
) -> Mapping[str, Any]:
    """The claims of an ID token, signed by one of ``keys`` (a JWK Set) for ``client``.

    Raises :class:`BadTokenError`.
    """
    from joserfc import jwt  # it loads half a second of cryptography, which few desks need
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    required = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        usable: Any = {"keys": [one for one in keys["keys"] if one.get("kty") in ("RSA", "EC")]}
        claims = jwt.decode(token, KeySet.import_key_set(usable), algorithms=ALGORITHMS).claims
        required.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadTokenError(f"{type(error).__name__}: {getattr(error, 'error', '')}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client:
        raise BadTokenError("azp: it was issued to another client")
    return claims
