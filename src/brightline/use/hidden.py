"""What a text holds in another encoding: each encoding is undone, also inside of one another, within bounds.

What decodes to nothing that can be read is told as unreadable, and never as empty.
"""

import base64
import re
from collections.abc import Iterator
from urllib.parse import unquote

from brightline.use.identifiers import visible
from brightline.use.shape import may_be_encoded

DEEPEST = 3
# Shorter runs are words, keys and digests; what they could hide is shorter than an identifier.
_SHORTEST = 16
_UNREADABLE_FROM = 128
_MOST_CHARACTERS = 1 << 20
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}+={0,2}")
_HEX = re.compile(r"(?<![A-Za-z0-9])(?:[0-9A-Fa-f]{2}){10,}+(?![A-Za-z0-9])")
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_ESCAPED = re.compile(r"\\u[0-9A-Fa-f]{4}")
_READABLE = 0.9


def views(text: str) -> tuple[list[str], int]:
    """`text` and every text hidden in it, as one sees them, and how many pieces of it nobody can read."""
    seen = visible(text)
    found, unreadable = [seen], 0
    waiting = [(seen, 0)]
    while waiting:
        each, depth = waiting.pop()
        unreadable += len(each) > _MOST_CHARACTERS
        for hidden in hidden_in(each[:_MOST_CHARACTERS]):
            if hidden is None or depth == DEEPEST:
                unreadable += 1
            else:
                seen = visible(hidden)
                found.append(seen)
                waiting.append((seen, depth + 1))
    return found, unreadable


def hidden_in(text: str) -> Iterator[str | None]:
    """Each text that is hidden in `text`, and none for what nobody can read."""
    if may_be_encoded(text, _SHORTEST):
        yield from _in_runs(text)
    if "%" in text and len(_PERCENT.findall(text)) > 2:
        yield unquote(text)
    if "\\u" in text and _ESCAPED.search(text):
        yield _ESCAPED.sub(lambda found: chr(int(found[0][2:], 16)), text)


def without_runs(text: str) -> str:
    """`text` without the runs in which something is hidden."""
    return _BASE64.sub(lambda found: found[0] if _is_word(found[0]) else " ", _HEX.sub(" ", text))


def _in_runs(text: str) -> Iterator[str | None]:
    for run in _HEX.findall(text):
        plain = _plain(bytes.fromhex(run))
        if plain is not None:
            yield plain
    for run in _BASE64.findall(text):
        if len(run) >= _SHORTEST and not _is_word(run) and not _HEX.fullmatch(run):
            plain = _plain(_decoded(run))
            if plain is not None or len(run) >= _UNREADABLE_FROM:
                yield plain


def _is_word(run: str) -> bool:
    """Whether `run` has the letters of a word or a path and not those of an encoding."""
    return run.isdigit() or not (any(map(str.isupper, run)) or any(map(str.isdigit, run)))


def _decoded(run: str) -> bytes:
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    whole = plain[: len(plain) - (len(plain) % 4 == 1)]
    return base64.b64decode(whole + "=" * (-len(whole) % 4))


def _plain(data: bytes) -> str | None:
    """The text that `data` is; none where it is none."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    readable = sum([each.isprintable() or each in "\n\r\t" for each in text])
    return text if text and readable >= _READABLE * len(text) else None
