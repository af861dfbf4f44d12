"""Replaces the top-level model name in a body and leaves every other byte as it is.

What must hold: the body was read strictly before, is an object, and has a top-level key that spells `model`.
"""

import re

import orjson

_KEY = b'"model"'
# `m`, `o`, `d`, `e` and `l` have no short escapes; all of their long ones begin so (RFC 8259 section 7).
_ESCAPED_LETTER = b"\\u006"
_TOKEN = re.compile(rb'[ \t\n\r]*+("(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^ \t\n\r{}\[\],:"]++)', re.DOTALL)
_VALUE = re.compile(rb'[ \t\n\r]*+:[ \t\n\r]*+("(?:[^"\\]|\\.)*+")', re.DOTALL)


def rewrite_model(body: bytes, model: str) -> bytes:
    """`body` with `model` as its top-level model name; raises `ValueError` when there is none to replace."""
    if body.count(_KEY) == 1 and _ESCAPED_LETTER not in body:
        # The key is there, cannot be spelled otherwise, and its spelling occurs once: this is it.
        after_key = body.index(_KEY) + len(_KEY)
    else:
        after_key = _end_of_key(body)
    value = _VALUE.match(body, after_key)
    if value is None:
        raise ValueError("the model name is not text")
    start, end = value.span(1)
    return b"".join((body[:start], orjson.dumps(model), body[end:]))


def _end_of_key(body: bytes) -> int:
    """Where the top-level key `model` ends, found token by token."""
    depth = position = 0
    expects_key = False
    while token := _TOKEN.match(body, position):
        text, position = token.group(1), token.end()
        if text in (b"{", b"["):
            depth += 1
            expects_key = depth == 1
        elif text in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and expects_key:
            if orjson.loads(text) == "model":
                return position
            expects_key = False
        elif depth == 1 and text == b",":
            expects_key = True
    raise ValueError("there is no model name")
