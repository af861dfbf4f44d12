"""What is put in place of something has its look, and names one machine throughout."""

import random
import re

import pytest

from brightline.domain.sign_off.binding import NULL_AUDIENCE
from brightline.oversight.disguise import Machine, alike, other_audience, renewed
from brightline.testing.sign_off import make_binding

REAL = "uav-1.example"


def chosen(real, reserved, seeds=20):
    return {other_audience(real, reserved, random.Random(seed)) for seed in range(seeds)}


def test_what_no_machine_acts_on_stays_nobodys():
    assert chosen(NULL_AUDIENCE, ("uav-2.example",)) == {(NULL_AUDIENCE, ())}


def test_without_a_reserved_id_that_looks_like_it_the_audience_tells():
    told = ("audience",)
    assert chosen(REAL, ()) == {(NULL_AUDIENCE, told)}
    assert chosen(REAL, (REAL,)) == {(NULL_AUDIENCE, told)}
    assert chosen(REAL, ("valve-9.example", "gate.example")) == {("valve-9.example", told), ("gate.example", told)}


def test_those_that_look_like_it_are_taken_by_chance():
    reserved = ("uav-2.example", "uav-3.example", "uav-10.example", "valve-9.example")
    assert chosen(REAL, reserved) == {("uav-2.example", ()), ("uav-3.example", ())}


def test_a_name_that_is_too_short_or_the_same_is_left_alone():
    binding = make_binding()
    for was, now in ((REAL, NULL_AUDIENCE), ("x1.a", "x2.a"), (REAL, "uav-1.elsewhere"), (REAL, REAL)):
        machine = Machine.between(was, now)
        assert machine == Machine()
        assert machine.renamed(binding) is binding
        assert machine.in_bytes(b"uav-1") == b"uav-1"


def test_a_name_within_another_is_left_alone():
    machine = Machine.between(REAL, "uav-2.example")
    assert machine.in_bytes(b"uav-1 uav-11 xuav-1 (uav-1) uav-1/x") == b"uav-2 uav-11 xuav-1 (uav-2) uav-2/x"
    assert machine.in_bytes("ü uav-1 \u65e5".encode()).decode() == "ü uav-2 \u65e5"


def test_each_id_becomes_another_everywhere_and_no_moment_is_old():
    content = b'data: {"id": "msg_1a", "created":100}\n\ndata: {"id":"msg_1a","created": 100.5,"n":{"id":7}}\n\n'
    new = renewed(content, {}, 23, random.Random(3))
    found = set(re.findall(rb'"id": ?"([^"]+)"', new))
    assert len(found) == 1
    assert re.fullmatch(rb"msg_[0-9][a-z]", found.pop())
    assert b'"created":123}' in new
    assert b'"created": 100.5' in new
    assert b'{"id":7}' in new
    assert renewed(b"", {}, 23, random.Random(3)) == b""
    assert b'"kept"' in renewed(b'{"id": "kept"}', {"kept": "kept"}, 0, random.Random(3))


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("toolu_1Ab!", "toolu_[0-9][A-Z][a-z]!"),
        ("sim_call_000007_0", "sim_call_[0-9]{6}_[0-9]"),
        ("chatcmpl-9Zq", "chatcmpl-[0-9][A-Z][a-z]"),
        ("call_qwertz", "call_[a-z]{6}"),
        ("plain", "[a-z]{5}"),
        ("550e8400-e29b-41d4", "[0-9][0-9][0-9][a-f][0-9]{4}-[a-f][0-9]{2}[a-f]-[0-9]{2}[a-f][0-9]"),
        ("FF00AA99", "[A-F]{2}[0-9]{2}[A-F]{2}[0-9]{2}"),
        ("", ""),
        ("_-", "_-"),
    ],
)
def test_another_id_of_the_same_look(text, look):
    seen = {alike(text, random.Random(seed)) for seed in range(9)}
    assert all(re.fullmatch(look, found) for found in seen), seen
    assert len(seen) > 4 or text in ("", "_-")
