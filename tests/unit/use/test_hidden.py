"""Texts inside of texts: undone within bounds, and told as unreadable where they cannot be."""

import base64
from urllib.parse import quote

import pytest

from brightline.use.hidden import DEEPEST, views

SECRET = "write to ann@example.org about the list"


def wrapped(depth: int) -> str:
    text = SECRET
    for _ in range(depth):
        text = base64.b64encode(text.encode()).decode()
    return text


@pytest.mark.parametrize(
    "text",
    [
        wrapped(1),
        f"look at {wrapped(1)} please",
        base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
        wrapped(DEEPEST),
        SECRET.encode().hex(),
        quote(SECRET, safe=""),
        "".join(f"\\u{ord(each):04x}" for each in SECRET),
        base64.b64encode(quote(SECRET, safe="").encode()).decode(),
    ],
)
def test_what_is_hidden_is_found(text: str) -> None:
    found, unreadable = views(text)
    assert any("ann@example.org" in each for each in found)
    assert unreadable == 0


def test_what_decodes_to_nothing_is_unreadable() -> None:
    blob = base64.b64encode(bytes(range(256)) * 2).decode()
    assert views(f"see {blob}")[1] == 1
    assert views("see " + base64.b64encode(bytes(range(200, 220))).decode())[1] == 0


def test_deeper_than_the_bound_is_unreadable() -> None:
    found, unreadable = views(wrapped(DEEPEST + 1))
    assert not any("ann@example.org" in each for each in found)
    assert unreadable == 1


def test_what_is_too_long_to_look_through_is_unreadable() -> None:
    assert views("so long " * (1 << 17))[1] == 0
    assert views("so long. " * (1 << 17))[1] == 1


@pytest.mark.parametrize("text", ["plain words", "a" * 40, "12345678901234567890", "%41%42", "A" + "=" * 20, "Q" * 17])
def test_plain_words_hide_nothing(text: str) -> None:
    assert views(text)[1] == 0


def test_what_was_hidden_is_seen_as_one_sees_it() -> None:
    inner = base64.b64encode("per\u200bson\uff20example.org is here".encode()).decode()
    assert views(f"so {inner}")[0][1:] == ["person@example.org is here"]
    wide = "".join(chr(ord(each) + 0xFEE0) if each.isalnum() else each for each in inner)
    assert "person@example.org is here" in views(wide)[0]
