"""How a release travels: what arrives is what was sent, or nothing."""

import pytest
from hypothesis import given
from hypothesis.strategies import binary

from brightline.domain.sign_off.release import MAX_RELEASE_BYTES
from brightline.oversight.carriage import META, from_meta, from_text, to_meta, to_text
from brightline.oversight.errors import EffectorError


@pytest.mark.parametrize("text", ["é", "a b", "YQ==\n", "Y", "YWJjZ", "a+b/", "YQ===", "YQ=Q"])
def test_what_is_no_base64url_is_refused(text: str) -> None:
    with pytest.raises(EffectorError) as caught:
        from_text(text)
    assert caught.value.code == "effector/malformed"


def test_what_is_too_long_is_refused_unread() -> None:
    with pytest.raises(EffectorError):
        from_text("A" * ((MAX_RELEASE_BYTES + 3) // 3 * 4 + 4))


@pytest.mark.parametrize("meta", [{META: 7}, {META: {"format": "x"}}, {META: None}, {META: b"YQ"}])
def test_what_is_no_text_in_meta_is_refused(meta: dict[str, object]) -> None:
    with pytest.raises(EffectorError) as caught:
        from_meta(meta)
    assert caught.value.code == "effector/malformed"


@pytest.mark.parametrize("meta", [None, {}, {"other/release": "YQ"}])
def test_where_there_is_none_there_is_nothing(meta: dict[str, object] | None) -> None:
    assert from_meta(meta) == b""


@given(binary(max_size=64))
def test_what_arrives_is_what_was_sent(release: bytes) -> None:
    assert from_text(to_text(release)) == release
    assert from_text(to_text(release).rstrip("=")) == release
    assert from_meta(to_meta(release)) == release
