"""Canonical form, rendering and signatures over generated values, beside the libraries that others would use."""

import dataclasses
import json
from typing import Any

import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from brightline.crypto.errors import SignatureError
from brightline.crypto.party_keys import ALGORITHMS, P256
from brightline.crypto.signatures import normalise_raw, sign, verify
from brightline.domain.sign_off.binding import ActionBinding, BoundRule, Change, Demand, Evidence, Requester
from brightline.domain.sign_off.canonical import MAX_DEPTH, MAX_NUMBER, Json, canonical, parse, parse_canonical
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.rendering import LETTERS, render, shown
from brightline.testing.sign_off import NOW_MS, key_of, make_binding

LIMIT = 1 << 22
whole = st.text()
odd = st.text(alphabet=st.sampled_from('aA"\\ {}\n\u202e\u200b\u0301é\ufb33\U0001f600u041:[],'))
texts = st.one_of(odd, whole, st.text(alphabet=st.characters(max_codepoint=127)))
numbers = st.one_of(
    st.integers(-MAX_NUMBER, MAX_NUMBER),
    st.floats(-float(MAX_NUMBER), float(MAX_NUMBER)),
    st.floats(1e-8, 1e-3),
    st.floats(min_value=-2e-5, max_value=2e-7),
    st.decimals(-1000, 1000, places=6).map(float),
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5), max_leaves=25
)


@given(values)
def test_canonical_is_that_of_rfc_8785(value: Json) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.one_of(st.floats(), st.integers(-(2**70), 2**70)))
def test_a_number_is_written_as_the_library_does_or_refused(number: float) -> None:
    if abs(number) <= MAX_NUMBER:
        written = canonical(number)
        assert written == rfc8785.dumps(number)
        assert parse_canonical(written, limit=LIMIT) == number
    else:
        with pytest.raises(SignOffError) as refused:
            canonical(number)
        assert refused.value.code == "signoff/number-range"


@given(values)
def test_what_is_written_is_read_back(value: Json) -> None:
    written = canonical(value)
    for read in (parse, parse_canonical):
        again = read(written, limit=LIMIT)
        assert again == value
        assert canonical(again) == written


@given(values, st.integers(0, 3), st.booleans())
def test_however_it_is_written_it_is_read_alike(value: Json, indent: int, ascii_only: bool) -> None:
    other = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    assert canonical(parse(other, limit=LIMIT)) == canonical(value)
    if other != canonical(value):
        with pytest.raises(SignOffError) as refused:
            parse_canonical(other, limit=LIMIT)
        assert refused.value.code == "signoff/not-canonical"


def cut(data: bytes) -> st.SearchStrategy[bytes]:
    """`data` with a piece of it cut out and up to three bytes put there."""
    places = st.integers(0, len(data))
    return st.builds(lambda start, end, new: data[:start] + new + data[end:], places, places, st.binary(max_size=3))


hostile = st.one_of(
    st.binary(max_size=40),
    st.text(alphabet=st.sampled_from('{}[]":,0123456789.eE+-\\u dD8nultrfasb \n'), max_size=40).map(str.encode),
    values.map(canonical).flatmap(cut),
)


def read_slowly(data: bytes) -> tuple[str, Json]:
    """The code with which `data` is refused, or its value, without any of the quick ways."""
    try:
        value = parse(data, limit=LIMIT)
    except SignOffError as error:
        return error.code, None
    return ("", value) if rfc8785.dumps(value) == data else ("signoff/not-canonical", None)


def read_quickly(data: bytes) -> tuple[str, Json]:
    try:
        return "", parse_canonical(data, limit=LIMIT)
    except SignOffError as error:
        return error.code, None


@given(hostile)
def test_the_quick_reader_takes_what_the_strict_one_takes_and_writes(data: bytes) -> None:
    assert read_quickly(data) == read_slowly(data)


@given(hostile)
def test_another_reader_reads_alike_whatever_is_read(data: bytes) -> None:
    try:
        value = parse(data, limit=LIMIT)
    except SignOffError:
        return
    assert canonical(value) == rfc8785.dumps(orjson.loads(data))


@given(st.integers(1, MAX_DEPTH + 5), texts)
def test_depth_is_refused_alike_in_reading_and_writing(levels: int, name: str) -> None:
    value: Json = 1
    for _ in range(levels):
        value = {name: value}
    data = rfc8785.dumps(value)
    if levels <= MAX_DEPTH:
        assert parse_canonical(data, limit=LIMIT) == value
        assert canonical(value) == data
        return
    for refuse in (
        lambda: parse_canonical(data, limit=LIMIT),
        lambda: parse(data, limit=LIMIT),
        lambda: canonical(value),
    ):
        with pytest.raises(SignOffError) as refused:
            refuse()
        assert refused.value.code == "signoff/too-deep"


def unshown(line: str) -> str:
    """The text that `shown` shows so, read back by the rule of the page of formats."""
    text, at = "", 1
    while at < len(line) - 1:
        if line[at] != "\\":
            text, at = text + line[at], at + 1
        elif line[at + 1] == "u":
            end = line.index("}", at)
            text, at = text + chr(int(line[at + 3 : end], 16)), end + 1
        else:
            text, at = text + line[at + 1], at + 2
    return text


@given(st.one_of(texts, st.text(alphabet=st.characters())))
def test_what_is_shown_can_be_read_back(text: str) -> None:
    line = shown(text)
    assert unshown(line) == text
    assert all(" " <= letter <= "~" or letter in LETTERS for letter in line)
    assert "  " not in line
    assert not line.startswith('" ')
    assert not line.endswith(' "')


ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._@:/-]{0,9}", fullmatch=True)
hexes = st.binary(min_size=32, max_size=32).map(bytes.hex)
short = st.one_of(odd, whole).map(lambda text: text[:50])
demands = st.builds(Demand, ids, st.integers(1, 16))
rules = st.lists(
    st.builds(BoundRule, ids, short, short, short, ids, st.integers(1, 16), st.none() | demands),
    min_size=1,
    max_size=3,
    unique_by=lambda rule: rule.id,
).map(lambda found: tuple(sorted(found, key=lambda rule: rule.id)))
# Of every field of a binding: what it may be.
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "hold": st.binary(min_size=16, max_size=16).map(bytes.hex),
    "audience": ids,
    "tool": st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._:/-]{0,9}", fullmatch=True),
    "definition": hexes,
    "call_id": short,
    "arguments": st.dictionaries(texts, values, max_size=4),
    "preconditions": st.dictionaries(short.filter(bool), short, max_size=3),
    "diff": st.lists(st.builds(Change, short, short, short), max_size=3).map(tuple),
    "requester": st.builds(Requester, ids | st.just(""), short, short, short, short),
    "agent_owner": ids | st.just(""),
    "mission": short,
    "purpose": short,
    "authority": short,
    "rules": rules,
    "risk": st.sampled_from(["low", "high", "top"]),
    "own_machine": st.booleans(),
    "evidence": st.lists(st.builds(Evidence, short, short, hexes), max_size=3).map(tuple),
    "nonce": st.binary(min_size=16, max_size=16).map(bytes.hex),
    "not_before_ms": st.integers(0, NOW_MS),
    "not_after_ms": st.integers(NOW_MS + 1, 253_402_300_799_999),
}
START = make_binding()


@given(st.data())
def test_two_bindings_that_differ_are_rendered_differently(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3, unique=True))
    first = START.checked() if data.draw(st.booleans()) else changed(data, names)
    second = changed(data, names)
    # By their bytes: `True == 1` in Python, and not in JSON.
    assert (first.rendered == second.rendered) == (first.canonical == second.canonical)
    assert (first.digest == second.digest) == (first.canonical == second.canonical)
    assert ActionBinding.parse(second.canonical) == second
    second.check_rendering()


def changed(data: st.DataObject, names: list[str]) -> ActionBinding:
    return make_binding(**{name: data.draw(FIELDS[name]) for name in names})


@given(values, values)
def test_arguments_that_differ_are_rendered_differently(first: Json, second: Json) -> None:
    start = START.to_json()
    lines = [render({**start, "arguments": {"a": value}}) for value in (first, second)]
    assert (lines[0] == lines[1]) == (canonical(first) == canonical(second))


@given(short, short)
def test_text_cannot_become_another_line(first: str, second: str) -> None:
    made = dataclasses.replace(START, purpose=first, authority=second)
    assert made.rendered.count("\n") == START.rendered.count("\n")


@given(st.sampled_from(ALGORITHMS), st.binary(max_size=200), st.data())
def test_no_other_bytes_are_a_signature(algorithm: str, message: bytes, data: st.DataObject) -> None:
    key = key_of("properties", algorithm)
    signature = bytearray(sign(key, message))
    verify(key.public, bytes(signature), message)
    signature[data.draw(st.integers(0, len(signature) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SignatureError):
        verify(key.public, bytes(signature), message)


@given(st.binary(max_size=80))
def test_any_bytes_are_refused_or_become_one_encoding(data: bytes) -> None:
    public = key_of("properties", P256).public
    try:
        made = normalise_raw(public, data)
    except SignatureError:
        return
    assert normalise_raw(public, made) == made
