"""The search for differences, with a stand-in for the solvers that tries a pool of requests."""

import json
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from brightline.domain.decision import Decision, Effect
from brightline.policy.attributes import at
from brightline.policy.draft import Draft, read_draft
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import UnsupportedError
from brightline.policy.proof import diff as under_test
from brightline.policy.proof import minimal
from brightline.policy.proof.diff import diff, names_of
from brightline.policy.proof.differences import Change, Diff, Group, Verdict
from brightline.policy.proof.encode import Problem
from brightline.policy.proof.evaluation import Assignment, evaluate
from brightline.policy.proof.pair import pair_of
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.sentences import as_json, lines_of, request_json, sentences
from brightline.policy.proof.solver import Limits, Sat, Unknown, Unsat
from brightline.policy.proof.terms import Term
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.reduce import Reduced
from brightline.policy.written import WrittenRequest

WORDS = '@clause("c") @source("s") @reason("because")'
OPERATOR = f'@id("operator-1") {WORDS}\npermit (principal in Organisation::"org", action, resource);\n'
VENDOR = f'@id("vendor-1") {WORDS}\npermit (principal, action, resource);\n'
LAW = f'@id("law-1") {WORDS}\nforbid (principal, action, resource) when {{ context.fact.stream }};\n'
PLAIN = {"operator/operator.cedar": OPERATOR, "vendor/vendor.cedar": VENDOR, "law/law.cedar": LAW}


def forbid(name: str, when: str, hold: str = "") -> str:
    held = f' @hold("{hold}")' if hold else ""
    return f'@id("{name}") {WORDS}{held}\nforbid (principal, action, resource) when {{ {when} }};\n'


class StandIn:
    """Answers from a pool of requests; counts the questions."""

    def __init__(self, old: Draft, new: Draft) -> None:
        pair = pair_of(old, new)
        self.entities = pair.entities
        self.schema = read_schema(new.schema)
        self.answers: list[Unknown] = []
        self.pool: dict[str, list[WrittenRequest]] = {}
        for name, typical in pair.typical.items():
            near = [typical.plain, *typical.others(typical.plain)]
            odd = near[0]._replace(context={**near[0].context, "fact": {**near[0].context["fact"], "vendor": "x"}})
            further = [two for one in reversed(near) for two in islice(typical.others(one), 0, None, 29)]
            self.pool[name] = [*reversed(further[:200]), *reversed(near), odd]

    def solve(self, problem: Problem, assertion: Term, **_: object) -> Unsat | Sat | Unknown:
        if self.answers:
            return self.answers.pop()
        for asked in self.pool[problem.environment.action[1]]:
            given = {name: getattr(asked, name) for name in ("principal", "action", "resource")}
            context: Any = dict(asked.context)
            assignment = Assignment(self.schema, **given, context=context, entities=problem.chart)
            if evaluate(assertion, assignment):
                return Sat(ProofRequest(*asked, entities=self.entities))
        return Unsat(("one", "other"))


class NoPool:
    def __enter__(self) -> "NoPool":
        return self

    def __exit__(self, *_: object) -> None:
        return None


Compare = Callable[..., Diff]


@pytest.fixture
def drafts(directory: Callable[..., Path]) -> Callable[..., tuple[Draft, Draft]]:
    def make(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Draft, Draft]:
        found = []
        for files in (old, new):
            draft, faults = read_draft(directory({**PLAIN, **files}))
            assert draft is not None, faults
            found.append(draft)
        return found[0], found[1]

    return make


@pytest.fixture
def compare(drafts: Callable[..., tuple[Draft, Draft]], monkeypatch: pytest.MonkeyPatch) -> Compare:
    def run(
        old: Mapping[str, str], new: Mapping[str, str], *, answers: list[Unknown] | None = None, **options: Any
    ) -> Diff:
        before, after = drafts(old, new)
        stand_in = StandIn(before, after)
        stand_in.answers = answers or []
        pair = pair_of(before, after)

        class Replayer:
            def __init__(self, rules: object, *, schema: str) -> None:
                self.trial = pair.old if rules is before.rules else pair.new

            def decision(self, request: ProofRequest) -> Decision:
                return self.trial.decide(under_test.written(request))

        monkeypatch.setattr(under_test, "solve", stand_in.solve)
        monkeypatch.setattr(under_test, "SolverPool", NoPool)
        monkeypatch.setattr(under_test, "Replayer", Replayer)
        return diff(before, after, limits=Limits(), **options)

    return run


def only(found: Diff) -> Group:
    (group,) = found.groups
    return group


def fact(group: Group, name: str) -> object:
    return at(group.request.context, ("fact", name))


def test_the_same_policies_need_no_solver(compare: Compare) -> None:
    found = compare({}, {})
    assert found.verdict is Verdict.EQUIVALENT
    assert found.groups == ()
    assert not found.widens
    assert lines_of(found) == ["equivalent: no request is decided differently (shown by comparing them)"]


def test_other_words_for_the_same_are_equivalent(compare: Compare) -> None:
    found = compare({}, {"law/law.cedar": LAW.replace("context.fact.stream", "context.fact.stream == true")})
    assert found.verdict is Verdict.EQUIVALENT
    assert lines_of(found) == ["equivalent: no request is decided differently (shown by one and other)"]


def test_a_removed_prohibition(compare: Compare) -> None:
    surveil = forbid("law-2", 'context.fact.effects.contains(Effect::"surveil")')
    said: list[str] = []
    found = compare({"law/more.cedar": surveil}, {"law/more.cedar": None}, progress=said.append)
    group = only(found)
    assert (group.change, found.verdict, group.widens, found.widens) == (
        Change.PERMITTED,
        Verdict.DIFFERENT,
        True,
        True,
    )
    assert [(cause.policy_id, cause.how) for cause in group.causes] == [("law-2", "removed")]
    assert [one.name for one in group.chosen] == ["context.fact.effects"]
    assert group.fewest
    assert group.also == ("count_tokens",)
    assert fact(group, "tools") == ["watch"]
    assert (group.before.effect, group.after.effect) == (Effect.FORBID, Effect.PERMIT)
    assert said[-1] == "1 found" or "comparing" in said[0]
    text = sentences(found, group)
    assert text[0] == (
        "the new version would permit: a caller of unit `org/unit` asks the model to generate and offers the tool "
        "`watch` with the effect `surveil`, in mission `m`; the old version refused it by `law-2` (because)."
    )
    assert text[1] == "The difference: prohibition `law-2` of the law layer is removed (law/more.cedar:1)."
    assert text[2] == "The same under `count_tokens`."
    assert lines_of(found)[0] == "newly permitted (1)"
    assert lines_of(found)[-1] == "no other request is decided differently (shown by one and other)"


def test_the_solver_is_asked_for_fewer(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if trying had found nothing plainer: what is shown then comes from the questions alone.
    monkeypatch.setattr(minimal, "reduce", lambda asked, typical, holds: Reduced(asked, typical.distance(asked)))
    group = only(compare({}, {"law/more.cedar": forbid("law-2", "context.fact.remote_urls")}))
    assert [one.name for one in group.chosen] == ["context.fact.remote_urls"]
    assert group.fewest


def test_each_cause_is_a_group_of_its_own(compare: Compare) -> None:
    two = forbid("law-2", "context.fact.remote_urls") + forbid("law-3", 'context.fact.app == "m"')
    narrowed = forbid("law-2", "context.fact.remote_urls && context.fact.stream")
    found = compare({"law/more.cedar": two}, {"law/more.cedar": narrowed})
    assert [[cause.policy_id for cause in group.causes] for group in found.groups] == [["law-2"], ["law-3"]]
    assert [cause.how for group in found.groups for cause in group.causes] == ["changed", "removed"]


def test_two_permits_that_only_work_together(compare: Compare) -> None:
    narrow = {
        "operator/operator.cedar": OPERATOR.replace("resource);", 'resource) when { context.fact.app == "app" };'),
        "vendor/vendor.cedar": VENDOR.replace("resource);", 'resource) when { context.fact.app == "app" };'),
    }
    group = only(compare(narrow, {}))
    assert [cause.policy_id for cause in group.causes] == ["operator-1", "vendor-1"]
    assert [one.name for one in group.chosen] == ["context.fact.app"]
    assert "permit `operator-1` of the operator layer is changed" in sentences(compare(narrow, {}), group)[1]


def test_holds_that_come_go_and_change(compare: Compare) -> None:
    two, one = (forbid("law-2", "context.fact.remote_urls", f"officer, {quorum}") for quorum in (2, 1))
    held, gone = {"law/more.cedar": two}, {"law/more.cedar": None}
    group = only(compare({}, held))
    assert (group.change, group.widens) == (Change.HELD, False)
    assert "would hold until signed off by 2 of the role `officer` by `law-2`" in sentences(compare({}, held), group)[0]
    assert only(compare(held, gone)).change is Change.PERMITTED
    loosened = only(compare(held, {"law/more.cedar": one}))
    assert (loosened.change, loosened.widens) == (Change.LOOSENED, True)
    tightened = only(compare({"law/more.cedar": one}, held))
    assert (tightened.change, tightened.widens) == (Change.TIGHTENED, False)
    forbidden = only(compare(held, {"law/more.cedar": forbid("law-2", "context.fact.remote_urls")}))
    assert (forbidden.change, forbidden.before.effect) == (Change.FORBIDDEN, Effect.HOLD)
    opened = only(compare({"law/more.cedar": forbid("law-2", "context.fact.remote_urls")}, held))
    assert (opened.change, opened.widens) == (Change.HELD, True)


def test_a_prohibition_that_may_error(compare: Compare) -> None:
    overflow = forbid("law-2", "context.fact.input_bytes * 9223372036854775807 == 0", "officer, 1")
    held, refused = compare({}, {"law/more.cedar": overflow}).groups
    # Nothing times anything is nothing: there it waits for a sign-off, as it says.
    assert (held.change, fact(held, "input_bytes")) == (Change.HELD, 0)
    assert (refused.change, refused.after.code) == (Change.FORBIDDEN, "policy/errored-forbid")


def test_what_no_gateway_makes_is_said_so(compare: Compare) -> None:
    found = compare({}, {"law/more.cedar": forbid("law-2", 'context.fact.vendor != "Vendor"')})
    group = only(found)
    assert group.contradictions == ("vendor",)
    assert any(text.startswith("No gateway makes such a request: `vendor`") for text in sentences(found, group))


def test_more_groups_than_asked_for(compare: Compare) -> None:
    two = forbid("law-2", "context.fact.remote_urls") + forbid("law-3", 'context.fact.app == "m"')
    found = compare({}, {"law/more.cedar": two}, most_groups=1)
    assert (found.verdict, len(found.groups)) == (Verdict.CUT, 1)
    assert lines_of(found)[-1] == "cut after 1 groups: there are more requests that are decided differently"


def test_no_answer_is_not_proved(compare: Compare) -> None:
    found = compare({}, {"law/more.cedar": forbid("law-2", "context.fact.remote_urls")}, answers=[Unknown("timeout")])
    assert found.verdict is Verdict.NOT_PROVED
    assert found.why == "a solver gave no answer (timeout)"
    assert lines_of(found)[-1].startswith("not proved: a solver gave no answer (timeout)")


def test_a_construct_that_no_solver_is_given(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    def formulas(problem: object, pair: object) -> None:
        raise UnsupportedError("an odd thing")

    monkeypatch.setattr(under_test, "Formulas", formulas)
    found = compare({}, {"law/more.cedar": forbid("law-2", "context.fact.remote_urls")})
    assert found.verdict is Verdict.NOT_PROVED
    assert "an odd thing" in found.why


def test_a_solver_that_is_contradicted_shows_nothing(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    def lie(self: StandIn, problem: Problem, assertion: Term, **_: object) -> Sat:
        return Sat(ProofRequest(*self.pool[problem.environment.action[1]][-2], entities=self.entities))

    monkeypatch.setattr(StandIn, "solve", lie)
    with pytest.raises(PolicyError) as caught:
        compare({}, {"law/more.cedar": forbid("law-2", "context.fact.remote_urls")})
    assert caught.value.code == "policy/diff-contradicted"


def test_registers_come_first(compare: Compare, manifest: dict[str, Any]) -> None:
    manifest["version"] = 4
    manifest["organisations"][0]["units"].append("more")
    found = compare({}, {"manifest.json": json.dumps(manifest)})
    assert (found.old, found.new) == ("version 3", "version 4")
    assert found.registers_may_widen
    assert lines_of(found)[0].startswith("version 4 lists the unit `org/more`")


def test_the_report_for_machines(compare: Compare) -> None:
    found = compare({}, {"law/more.cedar": forbid("law-2", "context.fact.remote_urls")}, names=("a", "b"))
    whole = json.loads(json.dumps(as_json(found)))
    assert (whole["old"], whole["new"], whole["verdict"], whole["widens"]) == ("a", "b", "different", False)
    (group,) = whole["groups"]
    assert group["change"] == "newly-forbidden"
    assert group["causes"][0]["policy"] == "law-2"
    assert group["after"]["reasons"][0]["policy"] == "law-2"
    assert group["request"]["principal"] == {"type": "Unit", "id": "org/unit"}
    assert request_json(found, found.groups[0])["entities"]


def test_names(drafts: Callable[..., tuple[Draft, Draft]]) -> None:
    before, after = drafts({}, {})
    assert names_of(before, after) == ("the old version", "the new version")
