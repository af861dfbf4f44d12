"""How long proofs and diffs take at 500 and 5,000 policies, solvers started and every example replayed.

`policy-speed` prints these beside its own figures; times are of the clock, since the solvers work in other processes,
and scaled to the reference machine.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from brightline.policy.draft import Draft
from brightline.policy.layers import Rule, read_layers
from brightline.policy.proof.diff import diff
from brightline.policy.proof.differences import Diff, Verdict
from brightline.policy.proof.encode import Encodings
from brightline.policy.proof.properties import claims_of
from brightline.policy.proof.questions import Proved, Questions, Refuted
from brightline.policy.proof.solver import Limits, SolverPool
from brightline.policy.proof.subject import Subject, subject_of
from tests.benchmarks.harness import Bar, Calibration, Control, Options
from tests.benchmarks.speed_agreement import drafted, policy_texts, write_agreement

POLICIES, MANY = 500, 5_000
COLD_S, AGAIN_S, MANY_S, DIFF_S = 2.0, 0.3, 30.0, 3.0
LIMITS = Limits(seconds=120, megabytes=2_048)
NOTES = '@clause("bench") @source("bench") @reason("nothing that destroys")'
TRIGGER = 'context.fact.effects.contains(Effect::"kinetic")'
GUARD = f'@id("guard") {NOTES}\nforbid (principal, action, resource) when {{ {TRIGGER} }};\n'
HOLE = GUARD.replace(TRIGGER, f"{TRIGGER} && !context.fact.stream")
LINE = f'@id("line") {NOTES}\nforbid (principal, action, resource) when {{ {TRIGGER} }};\n'
# What the new version of the diff changes: one prohibition is narrowed and one is new.
CHANGES = {
    "law/guard.cedar": HOLE,
    "law/new.cedar": GUARD.replace('"guard"', '"new-guard"').replace(TRIGGER, 'context.fact.app == "banned"'),
}


class Timed(NamedTuple):
    """What was found, and seconds on the reference machine."""

    seconds: float
    found: object


class Figures(NamedTuple):
    """What this part adds to a benchmark's result."""

    bars: list[Bar]
    controls: list[Control]
    notes: list[str]


def figures(options: Options, calibration: Calibration) -> Figures:
    """Measure; `--quick` leaves out the 5,000 policies."""
    with tempfile.TemporaryDirectory() as folder:
        draft = _draft(Path(folder) / "old", {"law/guard.cedar": GUARD})
        new = _draft(Path(folder) / "new", CHANGES)
        same = _draft(Path(folder) / "same", {"law/guard.cedar": GUARD.replace(TRIGGER, f"true && {TRIGGER}")})
    made = _proofs(draft, calibration)
    compared, reworded = _diff(draft, new, calibration), _diff(draft, same, calibration)
    bars = [*made.bars, Bar(f"diff with replayed examples, {POLICIES} policies", compared.seconds, DIFF_S, "s")]
    if not options.quick:
        bars.append(_many(draft, calibration))
    return Figures(bars, [*made.controls, _alike(reworded)], [*made.notes, _told(compared)])


def _draft(directory: Path, more: Mapping[str, str]) -> Draft:
    write_agreement(directory, POLICIES - len(more))
    for name, text in {**more, "redlines/lines.cedar": LINE}.items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return drafted(directory)


def _timed(work: Callable[[], object], calibration: Calibration) -> Timed:
    started = time.perf_counter()
    found = work()
    return Timed((time.perf_counter() - started) * calibration.scale, found)


def _proofs(draft: Draft, calibration: Calibration) -> Figures:
    """The red line proved cold, again after one policy was changed, and refuted when that policy leaves a hole."""
    encodings, subject = Encodings(), subject_of(draft)
    started = time.perf_counter()
    with SolverPool() as pool:
        cold = _settled(subject, pool, encodings)
        cold_seconds = (time.perf_counter() - started) * calibration.scale
        changed = _replaced(subject, GUARD.replace(TRIGGER, f"{TRIGGER} || context.fact.remote_urls"))
        again = _timed(lambda: _settled(changed, pool, encodings), calibration)
        hole = _settled(_replaced(subject, HOLE), pool, encodings)
    held = f"{cold.count('proved')} of {len(cold)} claims"
    holes = [one for one in hole if one == "refuted"]
    if set(cold) != {"proved"} or set(again.found) != {"proved"}:  # type: ignore[call-overload]
        return Figures([], [Control("the red line is proved", caught=False, seen=held)], [])
    return Figures(
        bars=[
            Bar(f"proof of a red line, {len(draft.rules)} policies, cold", cold_seconds, COLD_S, "s"),
            Bar("the same after a change of one policy", again.seconds, AGAIN_S, "s"),
        ],
        controls=[
            Control("the prohibition narrowed", caught=bool(holes), seen=f"{len(holes)} claims refuted by example")
        ],
        notes=[f"a proof: {held}, each by two solvers"],
    )


def _settled(subject: Subject, pool: SolverPool, encodings: Encodings) -> list[str]:
    """What becomes of every claim of the red line."""
    questions = Questions(subject, LIMITS, pool, encodings=encodings)
    found = []
    for claim in claims_of(subject, questions.model):
        if claim.red_line is not None:
            answer = questions.settle(claim)
            found.append("proved" if isinstance(answer, Proved) else "refuted" if isinstance(answer, Refuted) else "?")
    return found


def _replaced(subject: Subject, text: str) -> Subject:
    """The subject with another `guard`."""
    rules = [rule for rule in subject.rules if rule.reason.policy_id != "guard"]
    return subject._replace(rules=_sorted([*rules, *_rules({"law/guard.cedar": text})]))


def _many(draft: Draft, calibration: Calibration) -> Bar:
    """The red line over more policies than an agreement may hold, cold."""
    rules = _sorted([*_rules({**policy_texts(MANY - 1), "law/guard.cedar": GUARD})])
    subject = subject_of(draft)._replace(rules=rules)

    def prove() -> list[str]:
        with SolverPool() as pool:
            return _settled(subject, pool, Encodings())

    proved = _timed(prove, calibration)
    seconds = proved.seconds if set(proved.found) == {"proved"} else float("inf")  # type: ignore[call-overload]
    return Bar(f"proof of a red line, {len(rules)} policies, cold", seconds, MANY_S, "s")


def _rules(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """The rules of `texts`; that they are more than an agreement may hold is no fault here."""
    return read_layers(texts)[0]


def _sorted(rules: list[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.reason.policy_id))


def _diff(old: Draft, new: Draft, calibration: Calibration) -> Timed:
    return _timed(lambda: diff(old, new, limits=LIMITS), calibration)


def _alike(reworded: Timed) -> Control:
    found = reworded.found
    alike = isinstance(found, Diff) and found.verdict is Verdict.EQUIVALENT
    return Control("other words for the same are no difference", caught=alike, seen=f"{reworded.seconds:.2f} s")


def _told(compared: Timed) -> str:
    found = compared.found
    if not isinstance(found, Diff):
        return "no diff"
    fewest = sum(group.fewest for group in found.groups)
    return f"the diff: {found.verdict.value}, {len(found.groups)} groups, {fewest} shown to have the fewest choices"
