"""Reads the fields of a request that facts rest on; a field of the wrong type refuses, naming its path only."""

import re

import orjson

from brightline.wire.errors import RequestError
from brightline.wire.strict_json import Json, JsonObject

# Both vendors allow letters, digits, `_` and `-`; local servers also `.` and `/`. A colon stays free for names we make.
_TOOL_NAME = re.compile(r"[A-Za-z0-9_./-]{1,128}")
# Only these can hold words.
_WORDED = frozenset({str, dict, list})
_MODEL_NAME = re.compile(r"[\x21-\x7e]{1,256}")


def wrong_type(field: str, expected: str) -> RequestError:
    """The error of a field whose type is not `expected`."""
    return RequestError("wire/wrong-type", field=field, expected=expected)


def as_object(value: Json, field: str) -> JsonObject:
    """`value` as an object; raises `RequestError`."""
    if type(value) is not dict:
        raise wrong_type(field, "an object")
    return value


def as_list(value: Json, field: str) -> list[Json]:
    """`value` as an array; raises `RequestError`."""
    if type(value) is not list:
        raise wrong_type(field, "an array")
    return value


def as_text(value: Json, field: str) -> str:
    """`value` as a string; raises `RequestError`."""
    if type(value) is not str:
        raise wrong_type(field, "a string")
    return value


def listed(body: JsonObject, name: str) -> list[Json]:
    """The array `name`, empty when absent or null; raises `RequestError`."""
    value = body.get(name)
    return [] if value is None else as_list(value, name)


def required_text(body: JsonObject, name: str, field: str) -> str:
    """The string `name` of an object at `field`; raises `RequestError`."""
    value = body.get(name)
    if value is None:
        raise RequestError("wire/missing-field", field=field)
    return as_text(value, field)


def model_name(body: JsonObject) -> str:
    """The model asked for; raises `RequestError`."""
    name = required_text(body, "model", "model")
    if not _MODEL_NAME.fullmatch(name):
        raise RequestError("wire/bad-name", field="model")
    return name


def tool_name(tool: JsonObject, field: str) -> str:
    """The name of the tool whose definition is at `field`; raises `RequestError`."""
    name = required_text(tool, "name", f"{field}.name")
    return checked_name(name, f"{field}.name")


def checked_name(name: str, field: str) -> str:
    """`name`, if it can name a tool; raises `RequestError`."""
    if not _TOOL_NAME.fullmatch(name):
        raise RequestError("wire/bad-name", field=field)
    return name


def wants_stream(body: JsonObject) -> bool:
    """Whether the answer shall be streamed; raises `RequestError`."""
    value = body.get("stream")
    if value is None:
        return False
    if type(value) is not bool:
        raise wrong_type("stream", "true or false")
    return value


def token_limit(body: JsonObject, name: str) -> int | None:
    """The limit `name`; none when absent, null or negative (some servers' word for no limit); raises `RequestError`."""
    value = body.get(name)
    if value is None:
        return None
    if type(value) is not int:
        raise wrong_type(name, "an integer")
    return value if value >= 0 else None


def refuse_other_models(body: JsonObject, names: tuple[str, ...]) -> None:
    """Raise `RequestError` when one of `names`, by which a provider would choose another model, is there."""
    for name in names:
        if body.get(name) is not None:
            raise RequestError("wire/names-another-model", field=name)


def is_link(text: str) -> bool:
    """Whether `text`, standing where a link may stand, is anything but data itself (`data:`, RFC 2397)."""
    return text[:5].lower() != "data:"


def holds_link(value: Json) -> bool:
    """Whether any string in `value`, a part nobody knows, looks like a link."""
    if type(value) is str:
        return "://" in value and is_link(value)
    if type(value) is dict:
        return any(holds_link(child) for child in value.values())
    return type(value) is list and any(holds_link(child) for child in value)


def optional_text(part: JsonObject, name: str) -> str:
    """The string `name` of `part`, empty where there is none."""
    value = part.get(name)
    return value if type(value) is str else ""


def written(value: Json) -> str:
    """`value` as JSON text."""
    return orjson.dumps(value).decode()


def words_beside(request: JsonObject, read: frozenset[str]) -> str:
    """Whatever a request says in words outside of the members `read`, as JSON text; empty where it says nothing."""
    rest = {name: value for name, value in request.items() if type(value) in _WORDED and name not in read}
    return written(rest) if rest else ""
