"""Takes the checks of either verifier out, one at a time and with those behind it, and looks what is then let through.

Each attack is followed: the check that refuses it is taken out, then the one that refuses it after that, until it is
let through, or the verifier breaks off, since it cannot go on with what it has in its hands. So a check is seen

- alone: with it out, an attack is let through;
- together: with it and those behind it out, an attack is let through, and with only those out it is refused: by it;
- as a stop: with it out (and those behind it), the verifier breaks off: an attack is refused, but not by a verdict, and
  none can pass, for nothing was read that could be judged.

A check that is seen in no way proves nothing, and fails the run.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar, cast

from brightline.domain.sign_off.canonical import JsonObject
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.trust import TrustBundle
from brightline.oversight.effector import Action, ReleaseCheck
from brightline.oversight.errors import EffectorError
from tests.benchmarks.harness import Control
from tests.benchmarks.signoff_checks import (
    JavaScriptCheck,
    PythonCheck,
    gated_copy,
    javascript_checks,
    python_checks,
    python_fired,
    taken_out,
)
from tests.releases.forger import Forged
from tests.releases.second_verifier import Judged, SecondVerifier

C = TypeVar("C", PythonCheck, JavaScriptCheck)
# What a verifier has done whose own code broke: it refused, but did not say why.
DEFECT = "defect"
# No attack has more checks behind each other.
MOST_BEHIND = 8
# A check that only passes on what another one refused is tried with so many attacks.
TRIED = 40


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """An attack as it comes before a verifier; `value` is what is about to run, where that is no bytes."""

    release: bytes
    judged: Judged
    value: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Verdict(Generic[C]):
    """A code, none if it was taken, and the checks that fired, the first one first."""

    code: str | None
    fired: tuple[C, ...]


# Judges an attack without some of the checks.
Judge = Callable[[frozenset[C], Attempt], Verdict[C]]


@dataclass
class Seen(Generic[C]):
    """How each check was seen: alone, together with others, or as a stop."""

    checks: Sequence[C]
    alone: set[C] = field(default_factory=set)
    together: dict[C, tuple[C, ...]] = field(default_factory=dict)
    stops: dict[C, tuple[C, ...]] = field(default_factory=dict)

    def unseen(self) -> list[C]:
        return [each for each in self.checks if each not in {*self.alone, *self.together, *self.stops}]

    def pairs(self) -> list[str]:
        """Each check that lets an attack through only together with others, and with which."""
        found = [each for each in self.checks if each in self.together and each not in self.alone]
        return [_told(each, self.together[each]) for each in found]

    def stopping(self) -> list[str]:
        """Each check without which, or without it and others, the verifier breaks off, and no attack passes."""
        passed = {*self.together, *self.alone}
        return [_told(each, self.stops[each]) for each in self.checks if each in self.stops and each not in passed]

    def control(self, name: str) -> Control:
        unseen = self.unseen()
        seen = (
            f"of {len(self.checks)}, {len(self.alone)} let an attack through, {len(self.pairs())} do so together with "
            f"those behind them (and these alone do not), without {len(self.stopping())} the verifier breaks off"
            + "".join(f"; NOT SEEN: {each.name}" for each in unseen)
        )
        return Control(f"each check of {name} taken out", not unseen and len(self.alone) > len(self.checks) // 2, seen)


def _told(check: C, others: Sequence[C]) -> str:
    return " | ".join((check.name, *(f"behind it: {each.name}" for each in others)))


def look(checks: Sequence[C], attempts: Sequence[Attempt], judge: Judge[C]) -> Seen[C]:
    """How each of `checks` is seen by `attempts`, all of which the whole verifier must refuse."""
    seen = Seen(checks)
    fired = {attempt: judge(frozenset(), attempt).fired for attempt in attempts}
    for attempt, theirs in fired.items():
        if not seen.alone.issuperset(theirs[:1]):
            _follow(seen, attempt, judge, ())
    passing_on = {check: [each for each in attempts if check in fired[each][1:]] for check in checks}
    for check, theirs in passing_on.items():
        for attempt in theirs[:TRIED]:
            if check not in seen.alone:
                _follow(seen, attempt, judge, (check,))
    for attempt in attempts:  # what stands behind a check that is seen alone
        if seen.unseen():
            _follow(seen, attempt, judge, ())
    for check in seen.unseen():  # what another check asks, and tells in its own words
        if any(judge(frozenset((check,)), attempt).code is None for attempt in attempts):
            seen.alone.add(check)
    return seen


def _follow(seen: Seen[C], attempt: Attempt, judge: Judge[C], out: tuple[C, ...]) -> None:
    """Take out what refuses `attempt`, one after the other, and note how each was seen."""
    while len(out) <= MOST_BEHIND:
        verdict = judge(frozenset(out), attempt)
        if verdict.code is None:
            assert out, "the whole verifier took an attack"
            _note(seen.together, attempt, judge, out)
            seen.alone.update(out if len(out) == 1 else ())
            return
        if verdict.code == DEFECT or not verdict.fired:
            _note(seen.stops, attempt, judge, out)
            return
        out = (*out, verdict.fired[0])


def _note(found: dict[C, tuple[C, ...]], attempt: Attempt, judge: Judge[C], out: tuple[C, ...]) -> None:
    """Note for each check in `out` those that were out with it, if with these alone out it still refuses."""
    for check in out:
        others = tuple(each for each in out if each is not check)
        fewer = check not in found or len(others) < len(found[check])
        if fewer and judge(frozenset(others), attempt).code not in (None, DEFECT):
            found[check] = others


def look_at_python(attempts: Sequence[Attempt]) -> Seen[PythonCheck]:
    """How the checks of the effector are seen."""
    checks = python_checks()
    return look(checks, (*attempts, *_values()), judge_python(checks))


def judge_python(checks: Sequence[PythonCheck]) -> Judge[PythonCheck]:
    """Judges by the effector."""

    def judge(out: frozenset[PythonCheck], attempt: Attempt) -> Verdict[PythonCheck]:
        with taken_out(out):
            return _python_verdict(attempt, checks)

    return judge


def _values() -> Iterator[Attempt]:
    """What a machine could hand over as Python's own values, and what looks like the arguments when it is written."""
    for signed, given in (({"1": "x"}, {1: "x"}), ({"at": [1, 2]}, {"at": (1, 2)})):
        release, judged = Forged(fields={"arguments": signed}).make()
        yield Attempt(release, judged, cast("JsonObject", given))


def _python_verdict(attempt: Attempt, checks: Sequence[PythonCheck]) -> Verdict[PythonCheck]:
    judged = attempt.judged
    try:
        bundle = TrustBundle.parse(judged.bundle)
        check = ReleaseCheck(bundle, revocations=lambda: judged.revocations)
        arguments = judged.arguments if attempt.value is None else attempt.value
        action = Action(judged.tool, arguments, judged.preconditions)
        check.check(attempt.release, action, now_ms=judged.now_ms)
    except EffectorError as error:
        return Verdict(error.code, python_fired(error, checks))
    except SignOffError as error:
        return Verdict("effector/bad-bundle", python_fired(error, checks))
    except Exception as error:  # noqa: BLE001 (a verifier that breaks is what this looks for)
        return Verdict(DEFECT, python_fired(error, checks))
    return Verdict(None, ())


def look_at_javascript(attempts: Sequence[Attempt]) -> Seen[JavaScriptCheck]:
    """How the checks of the verifier in JavaScript are seen."""
    checks = javascript_checks()
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory())
        gated = stack.enter_context(SecondVerifier(gated_copy(Path(directory))))

        def judge(out: frozenset[JavaScriptCheck], attempt: Attempt) -> Verdict[JavaScriptCheck]:
            numbers = sorted(checks.index(each) for each in out)
            answer = gated.ask("verify", release=attempt.release, judged=attempt.judged, out=numbers)
            fired = cast("list[int]", answer["fired"])
            return Verdict(cast("str | None", answer["code"]), tuple(checks[number] for number in fired))

        return look(checks, attempts, judge)
