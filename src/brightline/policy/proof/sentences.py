"""The report of a diff in plain sentences, and as one JSON object."""

from collections.abc import Iterator, Sequence

from brightline.domain.decision import Decision, Effect, Hold
from brightline.policy.expressions import Json
from brightline.policy.holds import in_words
from brightline.policy.proof.differences import Cause, Change, Diff, Group, Verdict
from brightline.policy.proof.wording import told

_VERBS = {Effect.PERMIT: "would permit", Effect.HOLD: "would hold", Effect.FORBID: "would refuse"}
_PAST = {Effect.PERMIT: "permitted", Effect.HOLD: "held", Effect.FORBID: "refused"}
TITLES = {
    Change.PERMITTED: "newly permitted",
    Change.HELD: "newly held",
    Change.FORBIDDEN: "newly forbidden",
    Change.LOOSENED: "held, and released by less than before",
    Change.TIGHTENED: "held, and released only by more than before",
}


def lines_of(diff: Diff) -> list[str]:
    """The whole report, line by line: registers first, then each kind of change, then what was shown about the rest."""
    lines = [f"{sentence}." for sentence in diff.registers]
    number = 0
    for change in Change:
        groups = diff.of(change)
        lines += [f"{TITLES[change]} ({len(groups)})"] if groups else []
        for group in groups:
            number += 1
            lines += [
                f"  {number}. {text}" if first else f"     {text}" for first, text in _numbered(sentences(diff, group))
            ]
    return [*lines, *conclusion(diff)]


def sentences(diff: Diff, group: Group) -> list[str]:
    """One group in plain sentences: what would happen, what happened before and why, and what makes the difference."""
    before = f"{diff.old} {_PAST[group.before.effect]} it{_asked_of(group.before)}{_why(group.before)}"
    after = f"{_asked_of(group.after)}{_why(group.after)}"
    said = [f"{diff.new} {_VERBS[group.after.effect]}{after}: {told(group.request, group.chosen)}; {before}."]
    said.append(f"The difference: {_joined([_cause(cause) for cause in group.causes])}.")
    if group.also:
        said.append(f"The same under {_joined([f'`{name}`' for name in group.also])}.")
    if group.contradictions:
        facts = _joined([f"`{name}`" for name in group.contradictions])
        said.append(f"No gateway makes such a request: {facts} would not fit the unit or deployment that it names.")
    if not group.fewest:
        said.append("A request with fewer choices in it may show the same.")
    return said


def conclusion(diff: Diff) -> list[str]:
    """What is shown about every request that no example stands for."""
    by = _joined([*diff.solvers]) or "comparing them"
    if diff.verdict is Verdict.EQUIVALENT:
        return [f"equivalent: no request is decided differently (shown by {by})"]
    if diff.verdict is Verdict.DIFFERENT:
        return [f"no other request is decided differently (shown by {by})"]
    if diff.verdict is Verdict.CUT:
        return [f"cut after {len(diff.groups)} groups: there are more requests that are decided differently"]
    return [f"not proved: {diff.why}; there may be more requests that are decided differently"]


def as_json(diff: Diff) -> dict[str, Json]:
    """The whole report as one JSON object."""
    return {
        "old": diff.old,
        "new": diff.new,
        "verdict": diff.verdict.value,
        "why": diff.why,
        "solvers": list(diff.solvers),
        "widens": diff.widens,
        "registers": list(diff.registers),
        "registers_may_widen": diff.registers_may_widen,
        "groups": [_group(diff, group) for group in diff.groups],
    }


def request_json(diff: Diff, group: Group) -> dict[str, Json]:
    """The group's request as a file that `explain` and `simulate` read, with the chart it was found in."""
    return {**group.request.as_json(), "entities": [dict(entity) for entity in diff.entities]}


def _group(diff: Diff, group: Group) -> dict[str, Json]:
    return {
        "change": group.change.value,
        "widens": group.widens,
        "before": decision_json(group.before),
        "after": decision_json(group.after),
        "causes": [
            {
                "policy": cause.policy_id,
                "how": cause.how,
                "layer": cause.layer.value,
                "effect": "forbid" if cause.forbids else "permit",
                "reason": cause.reason,
                "place": cause.place,
            }
            for cause in group.causes
        ],
        "request": group.request.as_json(),
        "chosen": [{"name": one.name, "value": one.value, "plain": one.plain} for one in group.chosen],
        "fewest": group.fewest,
        "contradictions": list(group.contradictions),
        "also": list(group.also),
        "sentences": list(sentences(diff, group)),
    }


def decision_json(decision: Decision) -> dict[str, Json]:
    """A decision as JSON."""
    return {
        "effect": decision.effect.value,
        "code": decision.code,
        "reasons": [
            {"policy": reason.policy_id, "layer": reason.layer.value, "reason": reason.text, "hint": reason.hint}
            for reason in decision.reasons
        ],
        "holds": [hold_json(hold) for hold in decision.holds],
        "errored": list(decision.errored),
    }


def hold_json(hold: Hold) -> dict[str, Json]:
    """What a hold asks for, as JSON."""
    glass = hold.break_glass
    return {
        "policy": hold.policy_id,
        "role": hold.role,
        "quorum": hold.quorum,
        "risk": hold.risk,
        "wait_seconds": hold.wait_seconds,
        "term_seconds": hold.term_seconds,
        "own_machine": hold.own_machine,
        "break_glass": {"role": glass.role, "quorum": glass.quorum} if glass else None,
    }


def reasons_in_words(decision: Decision) -> str:
    """The determining policies with their authors' words."""
    return _joined(
        [
            (f"`{reason.policy_id}`" if reason.policy_id else "") + (f" ({reason.text})" if reason.text else "")
            for reason in decision.reasons
        ]
    ).strip()


def _why(decision: Decision) -> str:
    return f" by {reasons_in_words(decision)}" if decision.effect is not Effect.PERMIT and decision.reasons else ""


def _asked_of(decision: Decision) -> str:
    demands = [in_words(hold, tick="`") for hold in decision.holds]
    return f" until signed off by {_joined(demands)}" if demands else ""


def _cause(cause: Cause) -> str:
    kind = "prohibition" if cause.forbids else "permit"
    return f"{kind} `{cause.policy_id}` of the {cause.layer.value} layer is {cause.how} ({cause.place})"


def _numbered(texts: Sequence[str]) -> Iterator[tuple[bool, str]]:
    for index, text in enumerate(texts):
        yield index == 0, text


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
