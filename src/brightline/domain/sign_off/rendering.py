"""What a person is shown of an action: plain lines, made from the binding alone, that hide nothing and repeat exactly.

Every field has its line. Text stands in quotes, and a character that could deceive (controls, directions of writing,
zero width, marks, letters of other scripts, a space that could not be seen) is shown as `\\u{XXXX}`.

INVARIANT: two bindings that differ are rendered differently: text is quoted, escapes undo, and every list is counted.
INVARIANT: the result is ASCII and `LETTERS`; a line holds one value; the same on every machine and in every language.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, digest

TEMPLATE = "brightline/rendering/1"
# Letters outside ASCII that stand as they are: of Latin script, in one code point, like no other letter here.
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïñòóôõöøùúûüýþÿĄąĆćČčĘęĚěĞğŁłŃńŇňŐőŒœŘřŚśŠšŮůŰűŹźŻżŽž"
# A quote, a backslash, anything not printable; a space after a space or at either end.
_ESCAPED = re.compile(rf'[^\x20-\x7e{LETTERS}]|["\\]|^ | \Z|(?<= ) ', re.DOTALL)
_WORDS = {None: "null", True: "true", False: "false"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INDENT = "  "
_DEEP = _INDENT * 2


def rendering_digest(binding: Mapping[str, Json]) -> bytes:
    """The digest of what `render` shows of `binding`."""
    return digest("rendering", render(binding).encode())


def render(binding: Mapping[str, Json]) -> str:
    """The lines that show `binding`, an action binding of the right form as JSON, its field `rendering` left out."""
    lines = [TEMPLATE, *_what(binding), *_who(binding), *_why(binding), *_when(binding)]
    return "\n".join(lines) + "\n"


def shown(text: str) -> str:
    """`text` in quotes, every character that could deceive written as `\\u{XXXX}`."""
    # Nearly every text has nothing to escape, which is seen faster than by the pattern.
    suspect = '"' in text or "\\" in text or "  " in text or text.strip(" ") != text
    if not suspect and text.isascii() and text.isprintable():
        return f'"{text}"'
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    letter = found.group()
    return "\\" + letter if letter in ('"', "\\") else f"\\u{{{ord(letter):X}}}"


def _what(binding: Mapping[str, Json]) -> list[str]:
    return [
        *_plain(binding, ("kind", "tool", "audience", "risk")),
        *_json("arguments", binding["arguments"], ""),
        *_json("preconditions", binding["preconditions"], ""),
        *_list("diff", binding["diff"], lambda change: _plain(change, ("name", "before", "after"), _DEEP)),
    ]


def _who(binding: Mapping[str, Json]) -> list[str]:
    return [
        *_group("requester", binding["requester"], ("person", "key", "organisation", "unit", "app")),
        *_plain(binding, ("agent_owner", "mission", "purpose", "authority")),
        *_group("model", binding["model"], ("deployment", "model")),
    ]


def _why(binding: Mapping[str, Json]) -> list[str]:
    return [
        *_list("rules", binding["rules"], _rule),
        *_group("agreement", binding["agreement"], ("id", "version", "digest", "enclave")),
        *_list("evidence", binding["evidence"], lambda item: _plain(item, ("label", "type", "sha256"), _DEEP)),
    ]


def _when(binding: Mapping[str, Json]) -> list[str]:
    return [
        *[f"{name}: {_time(cast('int', binding[name]))}" for name in ("not_before_ms", "not_after_ms")],
        *_plain(binding, ("max_uses", "own_machine", "hold", "call_id", "definition", "nonce", "format")),
    ]


def _rule(rule: JsonObject) -> list[str]:
    words = _plain(rule, ("id", "clause", "source", "reason", "role", "quorum"), _DEEP)
    return [*words, *_json("break_glass", rule["break_glass"], _DEEP)]


def _plain(fields: Mapping[str, Json], names: Iterable[str], indent: str = "") -> list[str]:
    lines = []
    for name in names:
        value = fields[name]
        # Most are ids and digests, which need no second look.
        if type(value) is str and value.isalnum() and value.isascii():
            lines.append(f'{indent}{name}: "{value}"')
        else:
            lines.append(f"{indent}{name}: {_scalar(value)}")
    return lines


def _group(label: str, value: Json, names: Iterable[str]) -> list[str]:
    return [f"{label}:", *_plain(cast("JsonObject", value), names, _INDENT)]


def _list(label: str, value: Json, show: Callable[[JsonObject], list[str]]) -> list[str]:
    items = cast("list[JsonObject]", value)
    lines = [f"{label}: {len(items)}"]
    for at, item in enumerate(items, 1):
        lines += [f"{_INDENT}{at} of {len(items)}:", *show(item)]
    return lines


def _time(milliseconds: int) -> str:
    moment = (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds")
    return f"{moment.removesuffix('+00:00')}Z ({milliseconds})"


def _scalar(value: Json) -> str:
    """One value that is no container, as canonical JSON but for the way in which text is shown."""
    if isinstance(value, str):
        return shown(value)
    if type(value) is int:
        return str(value)
    return _WORDS[value] if value is None or type(value) is bool else canonical(value).decode()


def _json(label: str, value: Json, indent: str) -> list[str]:
    """The lines of any value: a container's parts one a line below it, names in the canonical order."""
    if isinstance(value, dict) and value:
        lines, end = [f"{indent}{label}: {{"], "}"
        for name in sorted(value, key=_utf_16):
            lines += _json(shown(name), value[name], indent + _INDENT)
    elif isinstance(value, list) and value:
        lines, end = [f"{indent}{label}: ["], "]"
        for at, part in enumerate(value):
            lines += _json(str(at), part, indent + _INDENT)
    else:
        return [f"{indent}{label}: {_scalar(value)}"]
    return [*lines, indent + end]


def _utf_16(name: str) -> bytes:
    return name.encode("utf-16-be")  # RFC 8785 section 3.2.3
