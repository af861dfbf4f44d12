"""A hold is computed: refused now, permitted with the sign-offs that it names, and never softer than a refusal."""

from hypothesis import given
from hypothesis import strategies as st

from brightline.domain.decision import BreakGlass, Decision, Effect, Hold, Layer, Reason
from brightline.policy.cedar_text import split
from brightline.policy.engine import Evaluation
from brightline.policy.layers import Rule
from brightline.policy.verdict import Verdicts

ROLES = ("officer", "lawyer")
CHIEFS = ("chief", "officer")
TEXT = split("law/a.cedar", "x")[0]


@st.composite
def evaluations(draw: st.DrawFn) -> tuple[list[Rule], Evaluation]:
    """Up to eight rules of any kind, each satisfied, errored or neither."""
    rules: list[Rule] = []
    found: dict[str, list[int]] = {"satisfied": [], "errored": [], "neither": []}
    for index in range(draw(st.integers(0, 8))):
        forbids = draw(st.booleans())
        layer = draw(st.sampled_from(list(Layer) if forbids else [Layer.VENDOR, Layer.OPERATOR]))
        held = forbids and draw(st.booleans())
        name = f"p{index}"
        glass = st.builds(BreakGlass, st.sampled_from(CHIEFS), st.integers(1, 3))
        asked = st.builds(Hold, st.just(name), st.sampled_from(ROLES), st.integers(1, 3), break_glass=st.none() | glass)
        hold = draw(asked) if held else None
        rules.append(Rule(TEXT, layer, forbids, {}, Reason(name, layer), hold))
        found[draw(st.sampled_from(list(found)))].append(index)
    return rules, Evaluation(tuple(found["satisfied"]), tuple(found["errored"]))


SIGN_OFFS = st.dictionaries(st.sampled_from(ROLES), st.integers(0, 4))
BROKEN = st.dictionaries(st.sampled_from(CHIEFS), st.integers(0, 4))


def decided(
    case: tuple[list[Rule], Evaluation], sign_offs: dict[str, int], broken: dict[str, int] | None = None
) -> Decision:
    rules, evaluation = case
    return Verdicts(rules).decision(evaluation, sign_offs, broken or {})


@given(evaluations(), SIGN_OFFS, BROKEN)
def test_breaking_the_glass_lifts_the_holds_that_name_it_and_nothing_else(
    case: tuple[list[Rule], Evaluation], sign_offs: dict[str, int], broken: dict[str, int]
) -> None:
    without, with_them = decided(case, sign_offs), decided(case, sign_offs, broken)
    if without.effect is not Effect.HOLD:
        assert with_them.effect is without.effect
        assert with_them.code == without.code
        return
    waiting = [
        hold
        for hold in without.holds
        if hold.break_glass is None or broken.get(hold.break_glass.role, 0) < hold.break_glass.quorum
    ]
    assert list(with_them.holds) == waiting
    assert with_them.effect is (Effect.HOLD if waiting else Effect.PERMIT)


@given(evaluations(), SIGN_OFFS, BROKEN)
def test_no_number_of_persons_lifts_a_prohibition_without_a_hold(
    case: tuple[list[Rule], Evaluation], sign_offs: dict[str, int], broken: dict[str, int]
) -> None:
    rules, evaluation = case
    if any(rules[index].forbids and rules[index].hold is None for index in evaluation.satisfied):
        assert decided(case, sign_offs, broken).effect is Effect.FORBID


@given(evaluations(), SIGN_OFFS)
def test_sign_offs_lift_holds_and_nothing_else(case: tuple[list[Rule], Evaluation], sign_offs: dict[str, int]) -> None:
    without, with_them = decided(case, {}), decided(case, sign_offs)
    if without.effect is not Effect.HOLD:
        assert with_them.effect is without.effect
        assert with_them.code == without.code
    else:
        waiting = [hold for hold in without.holds if sign_offs.get(hold.role, 0) < hold.quorum]
        assert list(with_them.holds) == waiting
        assert with_them.effect is (Effect.HOLD if waiting else Effect.PERMIT)


@given(evaluations())
def test_a_hold_is_permitted_by_exactly_the_sign_offs_that_it_names(case: tuple[list[Rule], Evaluation]) -> None:
    held = decided(case, {})
    if held.effect is Effect.HOLD:
        named = {role: max((hold.quorum for hold in held.holds if hold.role == role), default=0) for role in ROLES}
        assert decided(case, named).permitted
        for role, quorum in named.items():
            if quorum:
                assert decided(case, {**named, role: quorum - 1}).effect is Effect.HOLD


@given(evaluations())
def test_without_holds_the_same_rules_never_decide_softer(case: tuple[list[Rule], Evaluation]) -> None:
    rules, evaluation = case
    bare = [Rule(rule.text, rule.layer, rule.forbids, {}, rule.reason) for rule in rules]
    strict = Verdicts(bare).decision(evaluation)
    assert strict.effect is not Effect.HOLD
    if decided(case, {}).effect is not Effect.PERMIT:
        assert strict.effect is Effect.FORBID
