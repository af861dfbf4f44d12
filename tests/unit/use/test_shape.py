"""One look at the bytes of a text tells what it may hold, and never less than it does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brightline.use.shape import Shape, may_be_encoded

TEXTS = st.text(alphabet="ab01@.! \n-_é", max_size=60)


@pytest.mark.parametrize(
    ("text", "alone", "inside", "mixed", "together"),
    [
        ("send the list of parts to the clerk, please.", False, False, False, False),
        ("k i l l s the light", True, False, False, False),
        ("k-i-l-l s", True, True, False, False),
        ("se.nd li.st co.py no.te", False, True, False, False),
        ("s3nd th1s l1st n0te", False, False, True, False),
        ("sendthelistofparts", False, False, False, True),
    ],
)
def test_each_kind_is_told_apart(*, text: str, alone: bool, inside: bool, mixed: bool, together: bool) -> None:
    shape = Shape(text)
    assert (shape.alone(5), shape.inside(3), shape.mixed(3), shape.together(14)) == (alone, inside, mixed, together)


@given(TEXTS)
def test_nothing_that_stands_in_a_text_is_missed(text: str) -> None:
    shape = Shape(text)
    plain = text.encode("ascii", "replace").decode()
    assert shape.alone(len(re.findall(r"(?<!\w)\w(?!\w)", plain, re.ASCII)))
    assert shape.inside(len(re.findall(r"(?<=[a-z])[^\w\s](?=[a-z])", text, re.ASCII)))
    assert shape.mixed(len(re.findall(r"(?<=[0-9@$!|+])[a-z]", text)))
    assert shape.together(max(map(len, re.findall(r"[a-z]+", text)), default=0))
    assert not shape.together(max(map(len, re.findall(r"[a-z]+", text)), default=0) + 1)


def test_what_may_be_in_an_encoding_is_long_enough() -> None:
    assert may_be_encoded("it says c2VuZCB0aGUgbGlzdA== today", 16)
    assert not may_be_encoded("it says c2VuZ today, ann@example.org", 16)
    assert not may_be_encoded("", 16)
