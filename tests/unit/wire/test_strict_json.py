import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.wire.errors import AnswerError, RequestError
from brightline.wire.strict_json import MAX_DEPTH, MAX_PARTS, read_answer_object, read_object

LIMIT = 1_000_000


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "wire/not-json"),
        (b"nope", "wire/not-json"),
        (b'{"a":1}x', "wire/not-json"),
        (b'{"a":1}{"a":1}', "wire/not-json"),
        (b'{"a":1}\x00', "wire/not-json"),
        (b'{"a":NaN}', "wire/not-json"),
        (b'{"a":Infinity}', "wire/not-json"),
        (b'{"a":-Infinity}', "wire/not-json"),
        (b'{"a":1e999}', "wire/not-json"),
        (b'{"a":01}', "wire/not-json"),
        (b'{"a":1,}', "wire/not-json"),
        (b"{'a':1}", "wire/not-json"),
        (b'{"a":"\x01"}', "wire/not-json"),
        (b'{"a":"\\ud800" nope', "wire/not-json"),
        (b'{"a":"\\ud800"}', "wire/invalid-utf8"),
        (b'{"a":"\\udfff\\ud800"}', "wire/invalid-utf8"),
        (b'{"\\ud83d":1}', "wire/invalid-utf8"),
        (b'{"a":"\xff"}', "wire/invalid-utf8"),
        (b'{"a":"\xed\xa0\x80"}', "wire/invalid-utf8"),
        (b'\xef\xbb\xbf{"a":1}', "wire/invalid-utf8"),
        ('{"a":1}'.encode("utf-16"), "wire/invalid-utf8"),
        (b"[]", "wire/not-an-object"),
        (b'"a"', "wire/not-an-object"),
        (b"null", "wire/not-an-object"),
        (b'{"a":1,"a":1}', "wire/duplicate-key"),
        (b'{"a":1,"\\u0061":2}', "wire/duplicate-key"),
        (b'{"a":{"b":1,"b":1}}', "wire/duplicate-key"),
        (b'{"a":[{"b":1 , "b":1}]}', "wire/duplicate-key"),
        (b'{"a":1,"a":100000000000000000000.0}', "wire/duplicate-key"),
        (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "wire/too-deep"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "wire/too-deep"),
        (b"[" * 100_000, "wire/too-deep"),
        (b'{"a":[' + b"{}," * MAX_PARTS + b"1]}", "wire/too-many-parts"),
        (b"[" * (MAX_PARTS + 1), "wire/too-many-parts"),
        (b'{"a":' * 5000, "wire/too-deep"),
    ],
)
def test_what_can_be_read_in_two_ways_refuses(body, code):
    with pytest.raises(RequestError) as refused:
        read_object(body, limit=LIMIT)
    assert refused.value.code == code


def test_a_body_over_the_limit_refuses_unread():
    with pytest.raises(RequestError) as refused:
        read_object(b"x" * 11, limit=10)
    assert (refused.value.code, refused.value.status) == ("wire/too-large", 413)
    assert read_object(b'{"a": 123}', limit=10) == {"a": 123}


def test_a_message_names_no_content():
    with pytest.raises(RequestError) as refused:
        read_object(b'{"secret":1,"secret":2}', limit=LIMIT)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}",
        b'{"a":[' + b",".join([b"[]"] * 200) + b"]}",
        b'{"a":"' + b"[{" * 500 + b'"}',
        b'{"a":"' + b"[" * (MAX_PARTS + 1) + b'"}',
        b'{"a":"\\ud83d\\ude00 \\u00e9 \\/"}',
        b'{"a":1e5,"b":-0.0,"c":123456789012345678901234567890}',
        b'{"a":' + b"9" * 5000 + b"0.5e-5000}",
        b' \t\r\n{ "a" : [ 1 , 2 ] } \n',
        b'{"":0," ":1,"\\u0000":2}',
    ],
)
def test_odd_but_unambiguous_bodies_are_read(body):
    assert list(read_object(body, limit=LIMIT)) == list(json.loads(body, parse_int=float))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text(max_size=4), JSON, max_size=4),
    st.booleans(),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t: ")]),
)
def test_every_json_object_is_read_as_the_standard_reads_it(value, ascii_only, separators):
    body = json.dumps(value, ensure_ascii=ascii_only, separators=separators).encode("utf-8", "surrogatepass")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        with pytest.raises(RequestError):
            read_object(body, limit=LIMIT)
        return
    assert read_object(body, limit=LIMIT) == value


@given(
    st.dictionaries(st.text(alphabet='ab "\\é', max_size=3), JSON, min_size=1, max_size=4),
    st.data(),
    st.sampled_from([(",", ":"), (", ", ": ")]),
)
def test_a_member_written_twice_always_refuses(value, data, separators):
    members = [json.dumps({key: item}, separators=separators)[1:-1] for key, item in value.items()]
    members.insert(data.draw(st.integers(0, len(members))), data.draw(st.sampled_from(members)))
    body = ("{" + separators[0].join(members) + "}").encode("utf-8", "surrogatepass")
    for nested in (body, b'{"x":[' + body + b"]}"):
        with pytest.raises(RequestError):
            read_object(nested, limit=LIMIT)


def test_an_answer_is_read_as_strictly_and_blames_the_provider():
    with pytest.raises(AnswerError) as refused:
        read_answer_object(b'{"a":1,"a":2}')
    assert (refused.value.code, refused.value.status) == ("wire/answer-garbage", 502)
    assert read_answer_object(b'{"a":1}') == {"a": 1}
