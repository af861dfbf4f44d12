import pytest

from brightline.wire import fields
from brightline.wire.errors import RequestError


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (lambda: fields.as_object([], "f"), "wire/wrong-type"),
        (lambda: fields.as_list({}, "f"), "wire/wrong-type"),
        (lambda: fields.as_text(1, "f"), "wire/wrong-type"),
        (lambda: fields.listed({"f": "x"}, "f"), "wire/wrong-type"),
        (lambda: fields.required_text({}, "f", "f"), "wire/missing-field"),
        (lambda: fields.required_text({"f": 1}, "f", "f"), "wire/wrong-type"),
        (lambda: fields.model_name({}), "wire/missing-field"),
        (lambda: fields.model_name({"model": ""}), "wire/bad-name"),
        (lambda: fields.model_name({"model": "a b"}), "wire/bad-name"),
        (lambda: fields.model_name({"model": "a" * 257}), "wire/bad-name"),
        (lambda: fields.tool_name({}, "f"), "wire/missing-field"),
        (lambda: fields.tool_name({"name": "mcp:files"}, "f"), "wire/bad-name"),
        (lambda: fields.tool_name({"name": "a\n"}, "f"), "wire/bad-name"),
        (lambda: fields.wants_stream({"stream": "true"}), "wire/wrong-type"),
        (lambda: fields.wants_stream({"stream": 1}), "wire/wrong-type"),
        (lambda: fields.token_limit({"n": True}, "n"), "wire/wrong-type"),
        (lambda: fields.token_limit({"n": 1.0}, "n"), "wire/wrong-type"),
        (lambda: fields.refuse_other_models({"models": []}, ("models",)), "wire/names-another-model"),
    ],
)
def test_a_field_of_the_wrong_kind_refuses(read, code):
    with pytest.raises(RequestError) as refused:
        read()
    assert refused.value.code == code


def test_fields_are_read():
    assert fields.listed({"f": None}, "f") == fields.listed({}, "f") == []
    assert fields.listed({"f": [1]}, "f") == [1]
    assert fields.model_name({"model": "a/b:c"}) == "a/b:c"
    assert fields.tool_name({"name": "a.b/c-d_e"}, "f") == "a.b/c-d_e"
    assert fields.wants_stream({"stream": True})
    assert not fields.wants_stream({})
    assert fields.token_limit({"n": 0}, "n") == 0
    assert fields.token_limit({"n": -1}, "n") is None
    assert fields.token_limit({}, "n") is None
    fields.refuse_other_models({"models": None}, ("models",))


@pytest.mark.parametrize(
    ("value", "link"),
    [
        ({"a": [{"b": "https://x"}]}, True),
        ("file:///etc", True),
        ("data:image/png;base64,x://", False),
        ({"a": [1, None, "plain"]}, False),
    ],
)
def test_links_are_found_anywhere(value, link):
    assert fields.holds_link(value) is link


def test_only_data_is_no_link():
    assert not fields.is_link("DATA:image/png;base64,AA")
    assert fields.is_link(" data:image/png;base64,AA")
    assert fields.is_link("gs://bucket/x")


def test_words_wherever_they_stand():
    assert (fields.optional_text({"a": 1}, "a"), fields.optional_text({"a": "x"}, "a")) == ("", "x")
    assert fields.written({"a": [1]}) == '{"a":[1]}'
    assert fields.words_beside({"n": 1, "model": "m", "s": "x"}, frozenset({"model"})) == '{"s":"x"}'
    assert fields.words_beside({"n": 1}, frozenset()) == ""
