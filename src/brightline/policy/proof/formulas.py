"""What `pair` finds out about one request, as formulas about all requests of one kind."""

from collections.abc import Iterable, Mapping

from brightline.domain.decision import Effect
from brightline.policy.holds import demands_as_much
from brightline.policy.layers import Rule
from brightline.policy.proof.causes import Altered
from brightline.policy.proof.choices import choices, coherent
from brightline.policy.proof.differences import Change
from brightline.policy.proof.encode import Problem
from brightline.policy.proof.judgement import Judgement, judgement
from brightline.policy.proof.pair import Kind, Pair
from brightline.policy.proof.terms import Term, conj, disj, iff, neg
from brightline.policy.trial import Demand, contribution
from brightline.policy.typical import Typical


class Formulas:
    """The differences between the versions of `pair`, in the terms of `problem`; raises `UnsupportedError`."""

    def __init__(self, problem: Problem, pair: Pair) -> None:
        self._problem = problem
        self._old = judgement(problem, pair.old.rules)
        self._new = judgement(problem, pair.new.rules)
        self._altered = {one.policy_id: one for one in pair.altered}
        before, after = _demands(pair.old.rules), _demands(pair.new.rules)
        demands = sorted({*before.values(), *after.values()}, key=repr)
        self._asked_before = [_demanded(self._old, before, demand) for demand in demands]
        self._asked_after = [_demanded(self._new, after, demand) for demand in demands]

    def any_change(self) -> Term:
        """True when the two versions answer differently."""
        old, new = self._old, self._new
        alike = conj([iff(old.permit, new.permit), iff(old.hold, new.hold), neg(self._other_demands())])
        return neg(alike)

    def of(self, kind: Kind) -> Term:
        """True for the requests of the group `kind`."""
        return conj([self._change(kind), *(self._differs(self._altered[name]) for name in kind.causes)])

    def _change(self, kind: Kind) -> Term:
        old, new = self._old, self._new
        if kind.change is Change.LOOSENED:
            return conj([old.hold, new.hold, self._fewer_demands()])
        if kind.change is Change.TIGHTENED:
            return conj([old.hold, new.hold, neg(self._fewer_demands()), self._other_demands()])
        after = {Change.PERMITTED: Effect.PERMIT, Change.HELD: Effect.HOLD, Change.FORBIDDEN: Effect.FORBID}
        return conj([_answer(old, kind.before), _answer(new, after[kind.change])])

    def _other_demands(self) -> Term:
        pairs = zip(self._asked_before, self._asked_after, strict=True)
        both = conj([self._old.hold, self._new.hold])
        return conj([both, disj([neg(iff(before, after)) for before, after in pairs])])

    def _fewer_demands(self) -> Term:
        pairs = zip(self._asked_before, self._asked_after, strict=True)
        return disj([conj([before, neg(after)]) for before, after in pairs])

    def _differs(self, one: Altered) -> Term:
        """True when the policy contributes otherwise in the new version than in the old one."""
        before, after = self._says(one.old), self._says(one.new)
        if one.old is None or one.new is None or not one.same_kind:
            return disj([*before, *after])
        return disj([neg(iff(was, now)) for was, now in zip(before, after, strict=True)])

    def _says(self, rule: Rule | None) -> tuple[Term, ...]:
        """What a policy can contribute, one formula for each way."""
        if rule is None:
            return ()
        satisfied, errored = self._problem.satisfied(rule.policy), self._problem.errored(rule.policy)
        if not rule.forbids:
            return (satisfied,)
        return (disj([satisfied, errored]),) if contribution(rule).demand is None else (satisfied, errored)


def coherent_term(problem: Problem, typical: Typical) -> Term:
    """True for requests whose facts fit the unit and the deployment."""
    return problem.satisfied(coherent(typical))


def chosen_terms(problem: Problem, typical: Typical) -> list[Term]:
    """For each thing that somebody can choose: true when somebody did."""
    return [neg(problem.satisfied(choice.plain)) for choice in choices(typical)]


def _answer(judged: Judgement, effect: Effect) -> Term:
    return {Effect.PERMIT: judged.permit, Effect.HOLD: judged.hold, Effect.FORBID: judged.forbid}[effect]


def _demands(rules: Iterable[Rule]) -> dict[str, Demand]:
    """What each policy that holds demands, by its id."""
    said = ((rule.reason.policy_id, contribution(rule).demand) for rule in rules)
    return {policy_id: demand for policy_id, demand in said if demand is not None}


def _demanded(judged: Judgement, demands: Mapping[str, Demand], demand: Demand) -> Term:
    """True when a satisfied policy demands at least `demand`."""
    return disj([judged.held_by[name] for name, mine in demands.items() if demands_as_much(mine, demand)])
