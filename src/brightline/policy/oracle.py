"""The reference engine, cedarpy: it validates policies against the schema, and confirms our engine at activation."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import cedarpy

from brightline.policy.engine import Evaluation
from brightline.policy.expressions import Json
from brightline.policy.faults import Fault, fault
from brightline.policy.layers import Rule
from brightline.policy.request import Request
from brightline.policy.values import Entity, RecordKey, Truth, Value

_POSITION = re.compile(r"policy([0-9]+)")
_NOISE = re.compile(r"for policy `policy[0-9]+`,? ?|^: | in context for Action::\"[^\"]*\"")


def _text(rules: Iterable[Rule]) -> str:
    return "\n".join(rule.text.text for rule in rules)


def validate(rules: Sequence[Rule], schema: str) -> Iterator[Fault]:
    """Every fault that cedarpy's strict validation finds in `rules`, at its place."""
    told: set[tuple[int, str]] = set()
    for error in cedarpy.validate_policies(_text(rules), schema).errors:
        found = _POSITION.fullmatch(error.policy_id)
        index = int(found.group(1)) if found else 0
        # The same mistake comes once for every action that the policy may apply to.
        why = _NOISE.sub("", error.error).lstrip(": ")
        if (index, why) in told:
            continue
        told.add((index, why))
        piece = rules[index].text
        places = [piece.find(part) or piece.find(part.rpartition(".")[2]) for part in why.split("`")[1::2]]
        at = next((at for at in places if at), piece.at)
        yield fault("policy/invalid", piece.file, at, why=why)


def to_json(value: Value | RecordKey | Truth) -> Json:
    """`value` in Cedar's JSON form; for the kinds of values that a request of the gateway holds."""
    if isinstance(value, Entity):
        return {"__entity": {"type": value.uid[0], "id": value.uid[1]}}
    if isinstance(value, frozenset):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {name: to_json(item) for name, item in value.items()}
    if isinstance(value, str | int):
        return value
    raise TypeError("a request of the gateway holds no such value")


class Difference(NamedTuple):
    """One request about which the engines differ: its position, and the positions of the policies about which they do.

    `decided` is false when cedarpy gave no decision at all: it could not read the request, or the request does not
    fit the schema.
    """

    request: int
    decided: bool
    policies: tuple[int, ...]


class Oracle:
    """cedarpy over one agreement's rules and entities."""

    def __init__(self, rules: Sequence[Rule], entities: Sequence[Mapping[str, Json]], schema: str) -> None:
        self._forbids = [rule.forbids for rule in rules]
        self._policies = cedarpy.PolicySet.from_str(_text(rules))
        self._schema = cedarpy.Schema.from_json_str(schema)
        self._entities = cedarpy.Entities.from_json_str(json.dumps(list(entities)))

    def differences(self, requests: Sequence[Request], evaluations: Sequence[Evaluation]) -> Iterator[Difference]:
        """The requests for which cedarpy finds otherwise than `evaluations`."""
        asked = [
            {
                "principal": {"type": request.principal.type, "id": request.principal.uid[1]},
                "action": {"type": request.action.type, "id": request.action.uid[1]},
                "resource": {"type": request.resource.type, "id": request.resource.uid[1]},
                "context": to_json(request.context),
            }
            for request in requests
        ]
        answers = cedarpy.is_authorized_batch(asked, self._policies, self._entities, self._schema)
        for index, (answer, ours) in enumerate(zip(answers, evaluations, strict=True)):
            if answer.decision is cedarpy.Decision.NoDecision:
                yield Difference(index, False, ())
                continue
            diagnostics = answer.diagnostics
            errored = {int(found.group(1)) for found in map(_POSITION.search, diagnostics.errors) if found}
            reasons = {int(name.removeprefix("policy")) for name in diagnostics.reasons}
            unlike = (reasons ^ self._reasons(ours)) | (errored ^ set(ours.errored))
            if unlike or (answer.decision is cedarpy.Decision.Allow) != self._allows(ours):
                yield Difference(index, True, tuple(sorted(unlike)))

    def _allows(self, evaluation: Evaluation) -> bool:
        """Cedar's own rule, without layers: what a skipped error does is ours to mend, not to compare."""
        return bool(evaluation.satisfied) and not any(self._forbids[index] for index in evaluation.satisfied)

    def _reasons(self, evaluation: Evaluation) -> set[int]:
        """The determining policies as Cedar names them: the forbids when there are any, else the permits."""
        return {index for index in evaluation.satisfied if self._forbids[index]} or set(evaluation.satisfied)
