"""`brightline agreement explain`: why a request is decided as it is, and what would change the answer."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from brightline.cli.agreement_drafts import draft_in
from brightline.cli.output import json_option, report
from brightline.domain.decision import Decision
from brightline.policy.explain import Determining, Explainer, Explanation, Way
from brightline.policy.holds import in_words
from brightline.policy.proof.sentences import decision_json
from brightline.policy.proof.solver import Limits
from brightline.policy.proof.wording import described, value_in_words
from brightline.policy.typical import Deviation
from brightline.policy.written import read_request_file


@click.command("explain")
@click.argument("directory", type=click.Path(), metavar="DIR")
@click.argument("request_file", type=click.Path(), metavar="REQUEST.json")
@click.option("--seconds", type=click.IntRange(0, 3600), default=10, show_default=True, help="For the solver; 0: none.")
@json_option
def command(directory: str, request_file: str, seconds: int, *, as_json: bool) -> None:
    """Say why a request is decided as it is, and what would change the answer.

    DIR is the agreement's directory, REQUEST.json a request in Cedar's JSON form, such as `agreement diff --requests`
    writes. Everything said was tried on the engine that decides live uses. With the extra `prove`, a solver looks for
    the smallest change that would be permitted.

    \b
    Example:
      brightline agreement explain gate/agreements/1 request.json
    """
    explainer = Explainer(draft_in(directory))
    asked = read_request_file(Path(request_file))
    explanation = explainer.explain(asked)
    if seconds and all(find_spec(name) for name in ("z3", "cvc5")):
        # Loaded only where it can do something: a gateway and its tools start without the solvers.
        nearest = import_module("brightline.policy.proof.nearest")
        explanation = nearest.with_nearest(explainer, asked, explanation, limits=Limits(seconds=float(seconds)))
    report(_result(explanation), _lines(explanation), as_json=as_json)


def _lines(explanation: Explanation) -> list[str]:
    decision = explanation.decision
    lines = [f"{decision.effect.value}{f' ({decision.code})' if decision.code else ''}"]
    lines += [f"  waits for {in_words(hold)} ({hold.policy_id})" for hold in decision.holds]
    lines += ["determined by"] + [line for one in explanation.determining for line in _policy(one)]
    if decision.errored:
        lines.append(f"could not be evaluated: {', '.join(decision.errored)}")
    if explanation.decided_by:
        lines.append("decided by (each alone gives another answer, or other reasons)")
        lines += [f"  {_changes(way)} -> {_answer(way.after)}" for way in explanation.decided_by]
    if explanation.ways:
        shown = "the smallest changes that would be permitted (shown by a solver to be the smallest)"
        lines.append(shown if explanation.fewest else "the smallest changes found that would be permitted")
        lines += [f"  {_changes(way)} -> {_answer(way.after)}" for way in explanation.ways]
    elif not decision.permitted:
        lines.append("no change of a few attributes was found that would be permitted")
    return lines


def _policy(one: Determining) -> list[str]:
    name = one.policy_id or f"the {one.layer.value} layer"
    lines = [f"  {name}{f' ({one.place})' if one.place else ''}"]
    lines += [f"    {label}: {text}" for label, text in _words(one).items() if text]
    return lines


def _words(one: Determining) -> dict[str, str]:
    return {"reason": one.reason, "hint": one.hint, "clause": one.clause, "source": one.source}


def _changes(way: Way) -> str:
    return "; ".join(f"{_named(one)} (now {value_in_words(one.plain)})" for one in way.changes)


def _named(one: Deviation) -> str:
    if one.name in ("principal", "action", "resource"):
        return f"{one.name} is {value_in_words(one.value)}"
    return described(one.name, one.value)


def _answer(decision: Decision) -> str:
    """The answer, with the policies that determine it where it is no permit."""
    if decision.permitted:
        return decision.effect.value
    names = ", ".join(reason.policy_id or f"the {reason.layer.value} layer" for reason in decision.reasons)
    return f"{decision.effect.value} by {names}"


def _result(explanation: Explanation) -> dict[str, object]:
    return {
        "decision": decision_json(explanation.decision),
        "determining": [
            {"policy": one.policy_id, "layer": one.layer.value, "place": one.place, **_words(one)}
            for one in explanation.determining
        ],
        "decided_by": [_way(way) for way in explanation.decided_by],
        "fewest": explanation.fewest,
        "ways": [_way(way) for way in explanation.ways],
    }


def _way(way: Way) -> dict[str, object]:
    return {
        "changes": [{"name": one.name, "now": one.plain, "then": one.value} for one in way.changes],
        "after": decision_json(way.after),
        "request": way.request.as_json(),
    }
