"""Decoys: nothing of them is ever done, and only what is wrong with them tells them from real ones."""

import hashlib
import json
import random
import re
from dataclasses import replace

import pytest

from brightline.domain.sign_off.binding import MODEL_CALL, NO_DEFINITION, NULL_AUDIENCE, Change, Evidence
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.errors import SignOffError
from brightline.oversight.decoys import Identity, Material, Opening, is_due, make_decoy
from brightline.testing.sign_off import make_binding

IDENTITY = Identity("ab" * 16, "cd" * 16, 1_800_000_000_000, 1_800_000_900_000)
# An action that no effector checks.
PLAIN = make_binding(audience=NULL_AUDIENCE)
RESERVED = ("uav-2.example", "uav-3.example", "valve-9.example")


def decoy(original=PLAIN, others=(), seed=1, **more):
    return make_decoy(Material(original=original, others=others, **more), IDENTITY, random.Random(seed))


def lines(binding):
    return binding.rendered.splitlines()


def shape(line):
    """A line with every digit and letter of its value alike."""
    name, _, value = line.partition(": ")
    return f"{name}: {re.sub('[a-z]', 'a', re.sub('[0-9]', '9', value))}"


def refused(data):
    with pytest.raises(SignOffError) as caught:
        Opening.parse(data)
    return caught.value.code


def test_no_decoy_of_a_model_call_or_of_what_cannot_be_made_wrong():
    call = make_binding(kind=MODEL_CALL, tool="", definition=NO_DEFINITION)
    assert decoy(call) is None
    assert decoy(make_binding(arguments={"text": "hello", "nothing": None, "zero": 0, "tiny": 1e-9})) is None
    assert decoy(make_binding(arguments={})) is None


def test_an_opening_that_is_none():
    opening = decoy().opening
    assert refused(canonical({**opening.to_json(), "more": 1})) == "signoff/bad-field"
    assert refused(canonical({**opening.to_json(), "wrong": "x" * 501})) == "signoff/bad-field"
    binding = {**opening.binding.to_json(), "mission": "another"}
    assert refused(canonical({**opening.to_json(), "binding": binding})) == "signoff/rendering-differs"
    assert refused(b"{}") == "signoff/bad-field"


def test_an_opening_of_another_hold():
    made, other = decoy(), decoy(seed=2)
    good = {"hold": bytes.fromhex(IDENTITY.hold), "commitment": made.binding.digest, "null_audiences": ()}
    made.opening.check(**good)
    for wrong in ({"hold": bytes(16)}, {"commitment": other.binding.digest}, {"commitment": bytes(32)}):
        with pytest.raises(SignOffError) as caught:
            made.opening.check(**{**good, **wrong})
        assert caught.value.code == "signoff/other-hold"


def test_an_opening_of_what_a_machine_might_have_done():
    made = decoy(make_binding(), null_audiences=RESERVED[:1])
    good = {"hold": bytes.fromhex(IDENTITY.hold), "commitment": made.binding.digest}
    made.opening.check(**good, null_audiences=RESERVED)
    for reserved in ((), RESERVED[1:]):
        with pytest.raises(SignOffError) as caught:
            made.opening.check(**good, null_audiences=reserved)
        assert caught.value.code == "signoff/bad-field"


def test_an_opening_reads_back():
    opening = decoy().opening
    assert Opening.parse(opening.canonical) == opening


@pytest.mark.parametrize("seed", range(30))
def test_nobody_can_do_what_a_decoy_says(seed):
    original = make_binding()
    made = decoy(original, seed=seed)
    assert (made.binding.audience, made.told_by) == (NULL_AUDIENCE, ("audience",))
    plain = decoy(seed=seed, null_audiences=RESERVED)
    assert (plain.binding.audience, plain.told_by) == (NULL_AUDIENCE, ())
    hidden = decoy(original, seed=seed, null_audiences=(original.audience, *RESERVED))
    assert hidden.binding.audience in RESERVED[:2]
    assert hidden.told_by == ()
    hidden.binding.check_rendering()


def test_nobody_foresees_to_whom_a_decoy_is_made_out():
    seen = {decoy(make_binding(), seed=seed, null_audiences=RESERVED).binding.audience for seed in range(40)}
    assert seen == set(RESERVED[:2])


def test_the_machine_has_one_name_in_all_of_a_decoy():
    original = make_binding(
        arguments={"aircraft": "uav-1", "stops": [{"uav-1": "wait for uav-1, not uav-12"}], "height": 120, "on": None},
        preconditions={"uav-1/bay": "closed"},
        diff=(Change("uav-1/bay", "closed", "open"),),
        purpose="supplies by uav-1",
    )
    other = make_binding(arguments={"aircraft": "uav-1", "height": 120})
    made = decoy(original, (other,), null_audiences=RESERVED[:1])
    assert made.binding.arguments == {
        "aircraft": "uav-2",
        "stops": [{"uav-2": "wait for uav-2, not uav-12"}],
        "height": made.binding.arguments["height"],
        "on": None,
    }
    assert made.binding.arguments["height"] != 120, "its own name alone is not what is wrong"
    assert made.binding.preconditions == {"uav-2/bay": "closed"}
    assert made.binding.diff == (Change("uav-2/bay", "closed", "open"),)
    assert made.binding.purpose == "supplies by uav-2"


def test_the_evidence_is_of_the_same_answer_and_no_earlier_one():
    answer = {"id": "chatcmpl-9Zq", "created": 1_799_999_000, "tool": {"id": "call_7aB", "uav-1": "x", "site": "pad-4"}}
    content = json.dumps({**answer, "place": {"id": "pad-4"}}).encode()
    items = [
        Evidence("the answer", "application/json", hashlib.sha256(content).hexdigest()),
        Evidence("another", "text/plain", "ab" * 32),
    ]
    original = make_binding(call_id="call_7aB", arguments={"n": 12, "site": "pad-4"}, evidence=tuple(items))
    made = decoy(original, content=content, null_audiences=RESERVED[:1])
    first, second = made.binding.evidence
    assert (first.sha256, first.label, second) == (hashlib.sha256(made.content).hexdigest(), "the answer", items[1])
    told = json.loads(made.content)
    assert told["tool"]["id"] == made.binding.call_id != "call_7aB"
    assert re.fullmatch(r"chatcmpl-[0-9][A-Z][a-z]", told["id"])
    assert told["id"] != answer["id"]
    assert told["created"] - answer["created"] == (IDENTITY.not_before_ms - original.not_before_ms) // 1000
    assert (told["tool"]["uav-2"], told["place"]) == ("x", {"id": "pad-4"}), "an id of an argument stays"
    assert len(made.content) == len(content)


@pytest.mark.parametrize("seed", range(30))
def test_one_value_is_wrong_and_everything_else_is_alike(seed):
    made = decoy(seed=seed)
    new = {"hold", "nonce", "call_id", "not_before_ms", "not_after_ms"}
    pairs = list(zip(lines(PLAIN), lines(made.binding), strict=True))
    differing = [was for was, now in pairs if was != now and was.partition(":")[0] not in new]
    assert len(differing) == 1
    assert differing[0].split()[0] in ('"latitude":', '"longitude":')
    assert all(shape(was) == shape(now) for was, now in pairs if was.partition(":")[0] not in {"hold", "nonce"})
    assert (made.binding.hold, made.binding.nonce) == (IDENTITY.hold, IDENTITY.nonce)
    assert (made.binding.not_before_ms, made.binding.not_after_ms) == (
        IDENTITY.not_before_ms,
        IDENTITY.not_after_ms,
    )
    assert re.fullmatch("(latitude|longitude) is .*, where the real action had .*", made.wrong)


def wrongs(arguments, others=()):
    """Every arguments that some decoy of an action with `arguments` has."""
    original = make_binding(audience=NULL_AUDIENCE, arguments=arguments)
    return [decoy(original, others, seed).binding.arguments for seed in range(60)]


def test_numbers_stay_as_long_and_differ_where_it_matters():
    assert {len(repr(found["n"])) for found in wrongs({"n": 1204})} == {4}
    assert {str(found["n"])[2:] for found in wrongs({"n": 1204})} == {"04"}
    assert 1204 not in {found["n"] for found in wrongs({"n": 1204})}
    assert {len(repr(found["n"])) for found in wrongs({"n": -0.052})} == {6}
    assert {found["n"] for found in wrongs({"n": 7})} == set(range(1, 10)) - {7}
    assert all(type(found["n"]) is float for found in wrongs({"n": 52.25}))


def test_what_is_inside_of_lists_and_objects():
    found = wrongs({"points": [{"on": True}, {"note": None}], "name": "a"})
    assert found == [{"points": [{"on": False}, {"note": None}], "name": "a"}] * 60


def test_texts_come_from_other_actions_of_the_same_tool():
    other = make_binding(arguments={"payload": "parcel 8"}, hold="11" * 16)
    elsewhere = make_binding(arguments={"payload": "parcel 9"}, tool="another_tool")
    call = make_binding(kind=MODEL_CALL, tool="", definition=NO_DEFINITION, arguments={"payload": "parcel 0"})
    found = wrongs({"payload": "parcel 7"}, (other, elsewhere, call))
    assert {one["payload"] for one in found} == {"parcel 8"}


def test_an_action_in_a_mission_of_others():
    original = make_binding(audience=NULL_AUDIENCE, arguments={})
    other = make_binding(tool="another_tool", mission="survey-2", purpose="look", authority="order 40")
    same_tool = make_binding(mission="survey-3")
    same_mission = make_binding(tool="third_tool")
    made = decoy(original, (other, same_tool, same_mission))
    assert (made.binding.mission, made.binding.purpose, made.binding.authority) == ("survey-2", "look", "order 40")
    assert made.wrong == "the mission is `survey-2`, where the action is of `supply-7`"


def test_ids_of_calls_look_alike():
    original = replace(PLAIN, call_id="toolu_01AbC-9z:x").checked()
    seen = {decoy(original, seed=seed).binding.call_id for seed in range(20)}
    assert all(re.fullmatch(r"toolu_[0-9]{2}[A-Z][a-z][A-Z]-[0-9][a-z]:[a-z]", found) for found in seen)
    assert len(seen) > 10


def test_how_many_holds_bring_a_decoy():
    chance = random.Random(3)
    assert not any(is_due(chance, 0) for _ in range(100))
    assert all(is_due(chance, 1) for _ in range(100))
    assert 50 < sum(is_due(chance, 0.1) for _ in range(1000)) < 150


def test_words_stay_within_their_bound():
    other = make_binding(arguments={"payload": "y" * 1900})
    made = decoy(make_binding(arguments={"payload": "x" * 1900}), (other,))
    assert len(made.wrong) == 500
    assert Opening.parse(made.opening.canonical) == made.opening
