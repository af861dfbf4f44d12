"""The report of a diff that a test makes up; whole ones are in `test_diff`."""

from dataclasses import replace

from brightline.domain.decision import BreakGlass, Decision, Effect, Hold, Layer, Reason
from brightline.policy.proof.differences import Cause, Change, Diff, Group, Verdict
from brightline.policy.proof.sentences import (
    conclusion,
    decision_json,
    hold_json,
    lines_of,
    reasons_in_words,
    sentences,
)
from brightline.policy.written import WrittenRequest

ASKED = WrittenRequest(("Unit", "o/u"), ("Action", "generate"), ("Deployment", "d"), {"fact": {"mission": "m"}})
HELD = Decision(
    Effect.HOLD, "policy/held", (Reason("h", Layer.LAW, "people decide"),), holds=(Hold("h", "officer", 2),)
)
GLASS = Hold("h", "officer", 2, break_glass=BreakGlass("chief", 1))
PERMIT = Decision(Effect.PERMIT, "", (Reason("v", Layer.VENDOR), Reason("o", Layer.OPERATOR)))
CAUSE = Cause("h", "changed", Layer.LAW, True, "people decide", "law/law.cedar:3")


def whole(verdict: Verdict, **changes: str) -> Diff:
    return Diff("version 1", "version 2", (), False, (), verdict, changes.get("why", ""), ("z3",), ())


def test_a_hold_in_words() -> None:
    group = Group(Change.HELD, PERMIT, HELD, (CAUSE, CAUSE, CAUSE), ASKED, (), fewest=True, also=("count_tokens",))
    first, difference, also = sentences(whole(Verdict.DIFFERENT), group)
    assert first == (
        "version 2 would hold until signed off by 2 of the role `officer` by `h` (people decide): a caller of unit "
        "`o/u` asks the model to generate, in mission `m`; version 1 permitted it."
    )
    cause = "prohibition `h` of the law layer is changed (law/law.cedar:3)"
    assert difference == f"The difference: {cause}, {cause} and {cause}."
    assert also == "The same under `count_tokens`."


def test_a_group_about_which_less_is_known() -> None:
    group = Group(Change.HELD, PERMIT, HELD, (CAUSE,), ASKED, (), fewest=False)
    assert sentences(whole(Verdict.DIFFERENT), group)[2] == "A request with fewer choices in it may show the same."
    assert lines_of(replace(whole(Verdict.DIFFERENT), groups=(group,)))[0] == "newly held (1)"


def test_reasons() -> None:
    missing = Decision(Effect.FORBID, "policy/not-permitted", (Reason("", Layer.VENDOR, "no rule permits"),))
    assert reasons_in_words(missing) == "(no rule permits)"
    assert reasons_in_words(PERMIT) == "`v` and `o`"
    assert reasons_in_words(Decision(Effect.FORBID, "x", ())) == ""


def test_conclusions() -> None:
    assert conclusion(whole(Verdict.EQUIVALENT)) == ["equivalent: no request is decided differently (shown by z3)"]
    assert conclusion(whole(Verdict.DIFFERENT)) == ["no other request is decided differently (shown by z3)"]
    assert conclusion(whole(Verdict.CUT))[0].startswith("cut after 0 groups")
    assert "not proved: because" in conclusion(whole(Verdict.NOT_PROVED, why="because"))[0]


def test_a_decision_for_machines() -> None:
    (plain,) = decision_json(HELD)["holds"]
    assert plain == {
        "policy": "h",
        "role": "officer",
        "quorum": 2,
        "risk": "high",
        "wait_seconds": 30,
        "term_seconds": 900,
        "own_machine": False,
        "break_glass": None,
    }
    assert hold_json(GLASS)["break_glass"] == {"role": "chief", "quorum": 1}


def test_a_way_to_break_the_glass_is_told_with_the_hold() -> None:
    group = Group(Change.LOOSENED, HELD, replace(HELD, holds=(GLASS,)), (CAUSE,), ASKED, (), fewest=True)
    first = sentences(whole(Verdict.DIFFERENT), group)[0]
    assert "would hold until signed off by 2 of the role `officer`, or by 1 of the role `chief` who break" in first
