import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.wire.model_span import rewrite_model


@pytest.mark.parametrize("body", [b"{}", b'{"model":1}', b'{"a":1,"model":null}', b'["model"]'])
def test_a_body_without_a_model_name_raises(body):
    with pytest.raises(ValueError, match="model"):
        rewrite_model(body, "new")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"model":"old"}', b'{"model":"new"}'),
        (b'{ "a":1 ,\n"model"\t:\r\n "old" , "z":[1] }', b'{ "a":1 ,\n"model"\t:\r\n "new" , "z":[1] }'),
        (b'{"mod\\u0065l":"old"}', b'{"mod\\u0065l":"new"}'),
        (b'{"tools":[{"model":"old"}],"model":"old"}', b'{"tools":[{"model":"old"}],"model":"new"}'),
        (b'{"tools":[{"model":"old"}],"\\u006dodel":"old"}', b'{"tools":[{"model":"old"}],"\\u006dodel":"new"}'),
        (b'{"model":"old","x":{"model":"old"}}', b'{"model":"new","x":{"model":"old"}}'),
        (b'{"x":"model","model":"old"}', b'{"x":"model","model":"new"}'),
        (b'{"x":["model","model"],"model":"model"}', b'{"x":["model","model"],"model":"new"}'),
        (b'{"x":"\\",\\"model\\":\\"y","model":"old"}', b'{"x":"\\",\\"model\\":\\"y","model":"new"}'),
        (b'{"x\\"model":"a","model":"old"}', b'{"x\\"model":"a","model":"new"}'),
        (b'{"model":"o\\"l\\\\"}', b'{"model":"new"}'),
        (b'{"models":"m","model":"old"}', b'{"models":"m","model":"new"}'),
        (b'{"role":"model","model":"old","n":1.5e3,"t":true}', b'{"role":"model","model":"new","n":1.5e3,"t":true}'),
    ],
)
def test_only_the_top_level_name_changes(body, expected):
    assert rewrite_model(body, "new") == expected


def test_a_name_with_quotes_is_written_as_json():
    assert rewrite_model(b'{"model":"a"}', 'x"\\') == b'{"model":"x\\"\\\\"}'


KEYS = st.sampled_from(["model", "models", "mod", 'x"model', "", "é", "\\model"]) | st.text(max_size=3)
JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from(["model", '"model":"old"', "old", "\\", '"']) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


def spell(text: str, escape: int) -> str:
    """`text` as a JSON string with the characters whose bit is set in `escape` written as escapes."""
    return '"' + "".join(f"\\u{ord(c):04x}" if escape >> i & 1 else c for i, c in enumerate(text)) + '"'


@given(
    before=st.dictionaries(KEYS.filter(lambda key: key != "model"), JSON, max_size=3),
    after=st.dictionaries(KEYS.filter(lambda key: key != "model"), JSON, max_size=3),
    escape=st.integers(0, 31),
    space=st.sampled_from(["", " ", "\n\t", "\r\n "]),
    names=st.tuples(st.sampled_from(["old", "model", "a/b:c"]), st.text(max_size=6).filter(lambda t: t.isprintable())),
)
def test_the_rest_stays_byte_for_byte(before, after, escape, space, names):
    old, new = names
    members = [json.dumps({key: value})[1:-1] for key, value in before.items()]
    rest = [json.dumps({key: value}, ensure_ascii=False)[1:-1] for key, value in after.items() if key not in before]
    try:
        head = ("{" + "".join(m + "," + space for m in members) + spell("model", escape) + space + ":" + space).encode()
        tail = (space + "".join("," + m for m in rest) + "}").encode()
        new.encode()
    except UnicodeEncodeError:
        return
    changed = rewrite_model(head + json.dumps(old).encode() + tail, new)
    assert changed.startswith(head)
    assert changed.endswith(tail)
    assert json.loads(changed[len(head) : len(changed) - len(tail)]) == new
