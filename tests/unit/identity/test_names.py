import pytest

from brightline.identity.errors import KeyRefusedError
from brightline.identity.names import MAX_NAMES, checked_name, checked_names, checked_person, is_name


@pytest.mark.parametrize(
    "text",
    ["", " ", "a b", "-a", ".a", "a\n", "a" * 65, "é", "a\u200b", "a;b", 'a"b', "а"],  # noqa: RUF001 (Cyrillic)
)
def test_refuses_what_could_break_a_line_or_pass_for_another_name(text: str) -> None:
    assert not is_name(text)
    with pytest.raises(KeyRefusedError) as caught:
        checked_name("unit", text)
    assert caught.value.code == "identity/bad-name"
    assert "`unit`" in caught.value.message


def test_refuses_a_list_that_is_too_long() -> None:
    with pytest.raises(KeyRefusedError) as caught:
        checked_names("roles", [f"r{number}" for number in range(MAX_NAMES + 1)])
    assert caught.value.code == "identity/too-many-names"


@pytest.mark.parametrize("text", ["a", "flood-relief", "ana@agency.example", "desk/3", "A1:b_c", "a" * 64])
def test_takes_names(text: str) -> None:
    assert checked_name("name", text) == text
    assert checked_names("names", [text, text]) == {text}


def test_persons_are_named_as_in_a_directory() -> None:
    assert checked_person("owner", "a" * 128) == "a" * 128
    with pytest.raises(KeyRefusedError) as caught:
        checked_person("owner", "")
    assert caught.value.code == "identity/bad-person"
