"""What a person is shown of an action: plain lines, made from the binding alone, that hide nothing and repeat exactly.

Every field has its line. Text stands in quotes, and a character that could deceive (controls, directions of writing,
zero width, marks, letters of other scripts, a space that could not be seen) is shown as `\\u{XXXX}`.

INVARIANT: two bindings that differ are rendered differently: text is quoted, escapes undo, and every list is counted.
INVARIANT: the result is ASCII and `LETTERS`; a line holds one value; the same on every machine and in every language.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, digest

TEMPLATE = "brightline/rendering/1"
# Letters outside ASCII that stand as they are: of Latin script, in one code point, like no other letter here.
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïñòóôõöøùúûüýþÿĄąĆćČčĘęĚěĞğŁłŃńŇňŐőŒœŘřŚśŠšŮůŰűŹźŻżŽž"
# A quote, a backslash, anything not printable; a space after a space or at either end.
_ESCAPED = re.compile(rf'[^\x20-\x7e{LETTERS}]|["\\]|^ | $|(?<= ) ', re.DOTALL)
# Nearly every text: looked at first, since the pattern above is slow.
_PLAIN = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+)*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INDENT = "  "


def rendering_digest(binding: Mapping[str, Json]) -> bytes:
    """The digest of what `render` shows of `binding`."""
    return digest("rendering", render(binding).encode())


def render(binding: Mapping[str, Json]) -> str:
    """The lines that show `binding`, an action binding of the right form as JSON, its field `rendering` left out."""
    return "\n".join([f"{TEMPLATE}", *_lines(binding)]) + "\n"


def shown(text: str) -> str:
    """`text` in quotes, every character that could deceive written as `\\u{XXXX}`."""
    return f'"{text}"' if _PLAIN.fullmatch(text) else f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    letter = found.group()
    return "\\" + letter if letter in ('"', "\\") else f"\\u{{{ord(letter):X}}}"


def _lines(binding: Mapping[str, Json]) -> Iterator[str]:
    yield from _what(binding)
    yield from _who(binding)
    yield from _why(binding)
    yield from _when(binding)


def _what(binding: Mapping[str, Json]) -> Iterator[str]:
    yield from _plain(binding, "kind", "tool", "audience", "risk")
    yield from _json("arguments", binding["arguments"], "")
    yield from _json("preconditions", binding["preconditions"], "")
    yield from _list("diff", binding["diff"], _named)


def _who(binding: Mapping[str, Json]) -> Iterator[str]:
    yield from _group("requester", binding["requester"], "person", "key", "organisation", "unit", "app")
    yield from _plain(binding, "agent_owner", "mission", "purpose", "authority")
    yield from _group("model", binding["model"], "deployment", "model")


def _why(binding: Mapping[str, Json]) -> Iterator[str]:
    yield from _list("rules", binding["rules"], _rule)
    yield from _group("agreement", binding["agreement"], "id", "version", "digest", "enclave")
    yield from _list("evidence", binding["evidence"], _evidence)


def _when(binding: Mapping[str, Json]) -> Iterator[str]:
    for name in ("not_before_ms", "not_after_ms"):
        yield f"{name}: {_time(cast('int', binding[name]))}"
    yield from _plain(binding, "max_uses", "own_machine", "hold", "call_id", "definition", "nonce", "format")


def _plain(fields: Mapping[str, Json], *names: str, indent: str = "") -> Iterator[str]:
    for name in names:
        yield f"{indent}{name}: {_scalar(fields[name])}"


def _group(label: str, value: Json, *names: str) -> Iterator[str]:
    yield f"{label}:"
    yield from _plain(cast("JsonObject", value), *names, indent=_INDENT)


def _list(label: str, value: Json, lines: Callable[[JsonObject], Iterator[str]]) -> Iterator[str]:
    items = cast("list[JsonObject]", value)
    yield f"{label}: {len(items)}"
    for at, item in enumerate(items, 1):
        yield f"{_INDENT}{at} of {len(items)}:"
        yield from lines(item)


def _named(item: JsonObject) -> Iterator[str]:
    yield from _plain(item, "name", "before", "after", indent=_INDENT * 2)


def _evidence(item: JsonObject) -> Iterator[str]:
    yield from _plain(item, "label", "type", "sha256", indent=_INDENT * 2)


def _rule(item: JsonObject) -> Iterator[str]:
    yield from _plain(item, "id", "clause", "source", "reason", "role", "quorum", indent=_INDENT * 2)
    yield from _json("break_glass", item["break_glass"], _INDENT * 2)


def _time(milliseconds: int) -> str:
    moment = (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")
    return f"{moment.removesuffix('+00:00')}Z ({milliseconds})"


def _scalar(value: Json) -> str:
    """One value that is no container, as canonical JSON but for the way in which text is shown."""
    if isinstance(value, str):
        return shown(value)
    return str(value) if type(value) is int else canonical(value).decode()


def _json(label: str, value: Json, indent: str) -> Iterator[str]:
    """The lines of any value: a container's parts one a line below it, names in the canonical order."""
    if isinstance(value, dict) and value:
        yield f"{indent}{label}: {{"
        for name in sorted(value, key=_utf_16):
            yield from _json(shown(name), value[name], indent + _INDENT)
        yield f"{indent}}}"
    elif isinstance(value, list) and value:
        yield f"{indent}{label}: ["
        for at, part in enumerate(value):
            yield from _json(str(at), part, indent + _INDENT)
        yield f"{indent}]"
    else:
        yield f"{indent}{label}: {_scalar(value)}"


def _utf_16(name: str) -> bytes:
    return name.encode("utf-16-be")  # RFC 8785 section 3.2.3
