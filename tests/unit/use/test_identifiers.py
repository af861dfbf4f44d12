"""Strong identifiers: found where they are, in one form each, and in linear time."""

import time

import pytest

from brightline.domain.data_subjects import Identifier
from brightline.use.identifiers import identify, normal, visible


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to Ann.B+x@Example.ORG.", {("email", "ann.b+x@example.org")}),
        ("ring +49 (0)30 901820 today", {("phone", "+4930901820")}),
        ("ring 0049 30 901820 today", {("phone", "+4930901820")}),
        ("tel: 030 901820", {("phone", "030901820")}),
        ("phone 030-901820", {("phone", "030901820")}),
        ("ring +999 123 456 789 or +1 234 567", set()),
        ("it was 0012345 or +1 2", set()),
        ("imei 490154203237518", {("imei", "490154203237518")}),
        ("the number 490154203237519 is none", set()),
        ("111111111111111", set()),
        ("from 8.8.8.8 and 10.0.0.1 and 999.1.1.1", {("ip", "8.8.8.8")}),
        ("over 2001:4860:4860::8888 too", {("ip", "2001:4860:4860::8888")}),
        ("mac 00:1B:44:11:3A:B7", {("mac", "001b44113ab7")}),
        ("DE89 3704 0044 0532 0130 00 is his", {("iban", "de89370400440532013000")}),
        ("DE88 3704 1144 0532 0130 00 is nobody's", set()),
        ("ssn 078-05-1120", {("ssn", "078051120")}),
        ("P<UTOERIKSSON<<ANNA\nL898902C36UTO7408122F1204159ZE184226B<<<<<10", {("passport", "l898902c3")}),
        ("passport no. C01X00T47", {("passport", "c01x00t47")}),
        ("licence plate: B-MW 1234", {("plate", "bmw1234")}),
        ("person id: 48213, subject #77-123", {("person", "48213"), ("subject", "77123")}),
        ("nobody at all, in 2026, at 12:30", set()),
    ],
)
def test_what_a_text_holds(text: str, found: set[tuple[str, str]]) -> None:
    assert identify(text) == {Identifier(kind, value) for kind, value in found}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "mailto:A@B.example", "a@b.example"),
        ("phone", "+49 30 901820", "0049-30-901820"),
        ("ip", "2001:DB8::1", "2001:db8:0:0:0:0:0:1"),
        ("ip", "no address", "NOADDRESS"),
        ("person-id", "AB 12-34", "ab1234"),
        ("imsi", "262 01 1234567890", "262011234567890"),
    ],
)
def test_one_person_has_one_form(kind: str, one: str, other: str) -> None:
    assert normal(kind, one) == normal(kind, other)


def test_what_nobody_sees_changes_nothing() -> None:
    assert visible("a\u200bnn\u00ad@e\uff58ample.org\n") == "ann@example.org\n"


@pytest.mark.parametrize("piece", ["1", "@", "a.", "+1", "1 ", "a@", ":", "ff:", "person ", "A1 ", "0.0."])
def test_hostile_texts_take_linear_time(piece: str) -> None:
    began = time.process_time()
    identify(piece * (65_536 // len(piece)))
    assert time.process_time() - began < 2
