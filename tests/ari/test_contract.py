"""Our operations and events against the descriptions of ARI that the real Asterisk ships."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from msgspec import Struct, json
from msgspec.structs import FieldInfo, fields

from ari_app.ari import answers, events, rest, verbs
from ari_app.ari.verbs import VERBS, Verb
from tests.pbx_fixture import asterisk

pytestmark = pytest.mark.live  # it needs the Asterisk, though none that runs

RESOURCES = (
    *("applications", "asterisk", "channels", "endpoints", "events", "playbacks", "recordings"),
)
"""The descriptions of what we use."""

Json = dict[str, Any]


@pytest.fixture(scope="module")
def descriptions() -> dict[str, Json]:
    """The description files by resource."""
    directory: Path = asterisk().rest_api
    return {file.stem: json.decode(file.read_bytes()) for file in directory.glob("*.json")}


@pytest.fixture(scope="module")
def models(descriptions: dict[str, Json]) -> dict[str, Json]:
    """All models by name, with the fields of those they extend."""
    found: dict[str, Json] = {}
    for description in descriptions.values():
        found |= description.get("models", {})
    for model in list(found.values()):
        for name in model.get("subTypes", ()):
            found[name]["properties"] = model["properties"] | found[name]["properties"]
    return found


def operations(descriptions: dict[str, Json]) -> dict[str, tuple[str, Json]]:
    """``resource.nickname`` -> path and operation."""
    return {
        f"{resource}.{operation['nickname']}": (api["path"].removeprefix("/"), operation)
        for resource in RESOURCES
        for api in descriptions[resource]["apis"]
        for operation in api["operations"]
    }


def named(operation: Json, kind: str, required: bool = False) -> set[str]:
    """The names of an operation's parameters of a kind."""
    return {
        parameter["name"]
        for parameter in operation.get("parameters", ())
        if parameter["paramType"] == kind and (parameter.get("required") or not required)
    }


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.nickname)
def test_an_operation_is_as_asterisk_describes_it(
    verb: Verb, descriptions: dict[str, Json]
) -> None:
    path, operation = operations(descriptions)[verb.nickname]
    assert verb.path == path
    assert verb.method == operation["httpMethod"]
    assert set(re.findall(r"{(\w+)}", path)) == named(operation, "path")
    assert set(verb.query) <= named(operation, "query")
    assert named(operation, "query", required=True) <= set(verb.query)
    assert {verb.body} - {""} == (named(operation, "body") if verb.body else set())
    assert not named(operation, "body", required=True) or verb.body


def test_every_operation_is_among_those_that_are_compared() -> None:
    named_here = [value for value in vars(rest).values() if isinstance(value, Verb)]
    assert set(named_here) == set(VERBS)
    assert len(VERBS) == len(set(VERBS))


async def test_every_operation_sends_what_its_verb_says() -> None:
    sent: list[verbs.Request] = []

    async def send(request: verbs.Request) -> bytes:
        sent.append(request)
        if request.verb in (verbs.LIST_CHANNELS, verbs.LIST_STORED):
            return b"[]"
        return b'{"system":{"version":"22"},"name":"firstline","value":""}'

    ari = rest.Ari(send, "firstline")
    await ari.asterisk.get_info()
    await ari.asterisk.ping()
    await ari.asterisk.get_global_var("WHO")
    await ari.asterisk.set_global_var("WHO", "me")
    await ari.events.user_event("who", "firstline-live", {"answer": "WHO"})
    await ari.applications.get()
    await ari.applications.filter(["StasisStart"])
    await ari.applications.subscribe("channel:1.2")
    await ari.channels.hangup("1.2")
    await ari.channels.originate("PJSIP/703", "context", "s", {"NAME": "value"}, "<702>")
    await ari.channels.continue_in_dialplan("1.2", "context", "s")
    await ari.channels.play_with_id("1.2", "1.2-1", ["sound:a", "sound:b"])
    await ari.channels.set_channel_var("1.2", "CHANNEL(language)", "ru")
    await ari.channels.extend_absolute_timeout("1.2", 5)
    await ari.channels.list()
    await ari.channels.move("1.2", "firstline-1", "adopted")
    await ari.events.claim_channel("1.2", "firstline-1")
    await ari.channels.start_moh("1.2")
    await ari.channels.stop_moh("1.2")
    await ari.channels.snoop_channel_with_id("1.2", "whisper-1.2", "firstline-whisper")
    await ari.channels.snoop_speech("1.2", "ear-1.2", "firstline-ears")
    await ari.channels.record("1.2", "call-3", 30, 4, "#")
    await ari.playbacks.stop("1.2-1")
    await ari.endpoints.get("PJSIP", "alice")
    await ari.endpoints.send_message("pjsip:alice", "sip:611@127.0.0.1", "привет")
    await ari.recordings.get_live("call-3")
    await ari.recordings.list_stored()
    await ari.recordings.get_stored("call-3")
    await ari.recordings.get_stored_file("call-3")
    await ari.recordings.stop("call-3")
    await ari.recordings.delete_stored("call-3")
    assert {request.verb for request in sent} == set(VERBS)
    for request in sent:
        assert {pair.name for pair in request.query} == set(request.verb.query)
        assert bool(request.body) == bool(request.verb.body)
        assert "{" not in request.path
        pattern = re.sub(r"{\w+}", "[^/]+", request.verb.path)
        assert re.fullmatch(pattern, request.path)


def test_a_name_in_a_path_is_escaped() -> None:
    request = verbs.request(verbs.HANGUP, "../../asterisk/info?x=1")
    assert request.path == "channels/..%2F..%2Fasterisk%2Finfo%3Fx%3D1"


def test_names_follow_the_documentation() -> None:
    ari = rest.Ari(None, "firstline")  # type: ignore[arg-type]  # nothing is sent
    for verb in VERBS:
        resource, nickname = verb.nickname.split(".")
        ours = re.sub(r"([A-Z])", lambda upper: "_" + upper[1].lower(), nickname)
        assert hasattr(getattr(ari, resource), ours), ours


# Models.

KINDS = {
    str: {"string", "Date"},
    int: {"int", "long"},
    bool: {"boolean"},
    bytes: {"string"},
}


def structs(of: type[Struct]) -> Iterator[type[Struct]]:
    """A struct and those inside it."""
    yield of
    for kind in get_type_hints(of).values():
        for part in (kind, *get_args(kind)):
            if isinstance(part, type) and issubclass(part, Struct):
                yield from structs(part)


def model_of(struct: type[Struct]) -> str:
    """The model that a struct of ours reads a part of."""
    ours = {
        "CallerId": "CallerID",
        "RestResponse": "RESTResponse",
        "Info": "AsteriskInfo",
        "ListedChannel": "Channel",
    }
    sent = {"System": "SystemInfo", "_Message": "RESTRequest", "Pair": "RESTQueryStringParameter"}
    return (ours | sent).get(struct.__name__, struct.__name__)


READ = {struct for event in events.EVENTS for struct in structs(event)} | {
    *structs(events.RestResponse),
    *structs(answers.Info),
    *structs(answers.Application),
    *structs(answers.Endpoint),
    *structs(answers.ListedChannel),
} - {answers.EventType}  # no model: a filter has objects, says the description
SENT = set(structs(verbs._Message))


def matches(kind: Any, described: str) -> bool:
    """Whether a type of ours can take what is described so."""
    if get_origin(kind) is tuple:
        inner = re.fullmatch(r"List\[(\w+)\]", described)
        return inner is not None and matches(get_args(kind)[0], inner[1])
    if isinstance(kind, type) and issubclass(kind, Struct):
        return described == ("object" if kind is answers.EventType else model_of(kind))
    return described in KINDS[kind]


@pytest.mark.parametrize("struct", sorted(READ | SENT, key=str), ids=lambda one: one.__name__)
def test_a_struct_reads_what_the_model_has(struct: type[Struct], models: dict[str, Json]) -> None:
    properties = models[model_of(struct)]["properties"]
    hints = get_type_hints(struct)
    for field in fields(struct):
        assert field.encode_name in properties, f"{field.encode_name} is not in the model"
        described = properties[field.encode_name]
        assert matches(hints[field.name], described["type"])
        if struct in READ and field.required and struct is not answers.Info:  # `only` asks for it
            assert described["required"], f"{field.name} may be missing"


@pytest.mark.parametrize("struct", sorted(SENT, key=str), ids=lambda one: one.__name__)
def test_what_we_send_has_all_that_is_required(
    struct: type[Struct], models: dict[str, Json]
) -> None:
    properties = models[model_of(struct)]["properties"]
    ours: dict[str, FieldInfo] = {field.encode_name: field for field in fields(struct)}
    required = {name for name, described in properties.items() if described["required"]}
    always = {name for name, field in ours.items() if field.required}
    tag = struct.__struct_config__.tag_field
    assert required <= always | {tag}


def test_the_type_of_every_event_is_the_name_of_its_model(models: dict[str, Json]) -> None:
    kinds = set(models["Event"]["subTypes"]) | {"RESTResponse"}
    assert set(events.WANTED) <= kinds
    for event in events.EVENTS:
        assert event.__struct_config__.tag == event.__name__
    assert events.RestResponse.__struct_config__.tag == "RESTResponse"
