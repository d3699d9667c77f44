"""The description of the API (OpenAPI 3.1), made of its endpoints and the types of their values."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ari_app import __version__
from ari_app.api.endpoints import SCOPES, Endpoint

ROOT = "/api/v1"

_PROBLEM = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["title", "status", "detail"],
}


def document(endpoints: Sequence[Endpoint]) -> Mapping[str, Any]:
    """The description of these endpoints."""
    types = [kind for one in endpoints for kind in (one.query, one.body, one.answer) if kind]
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    found = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        query = _resolved(next(found), components) if one.query else {}
        body = next(found) if one.body else None
        place = paths.setdefault(ROOT + one.path, {})
        place[one.method.lower()] = _operation(one, query, body, next(found))
    for one in endpoints:
        if one.query:
            components.pop(one.query.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Firstline", "version": __version__, "description": _about()},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**components, "Problem": _PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _about() -> str:
    scopes = "\n".join(f"- `{scope}`: {text}" for scope, text in SCOPES.items())
    return f"Tokens are made by `firstline tokens add`. Their scopes:\n\n{scopes}"


def _operation(one: Endpoint, query: Mapping[str, Any], body: Any, answer: Any) -> dict[str, Any]:
    named = re.findall(r"{(\w+)}", one.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in named
    ]
    parameters += [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in query.get("properties", {}).items()
    ]
    if one.keyed:
        about = "The same key is the same request: sent again, it does nothing again."
        schema = {"type": "string", "maxLength": 200}
        parameters.append(
            {"name": "Idempotency-Key", "in": "header", "description": about, "schema": schema}
        )
    scope = f" Scope: `{one.scope}`." if one.scope else ""
    found: dict[str, Any] = {
        "operationId": _identifier(one),
        "summary": one.summary,
        "description": f"{one.summary}{scope}",
        "responses": {
            str(one.status): {"description": "Done.", "content": _json(answer)},
            "default": {
                "description": "Refused.",
                "content": {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            },
        },
    }
    if parameters:
        found["parameters"] = parameters
    if body is not None:
        found["requestBody"] = {"required": True, "content": _json(body)}
    return found


def _identifier(one: Endpoint) -> str:
    words = re.sub(r"[{}]", "", one.path).strip("/").split("/")
    return "-".join((one.method.lower(), *words))


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _resolved(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = components.get(name, schema)
    return found
