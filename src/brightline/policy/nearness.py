"""How far a request is from a permit: which prohibitions stand in the way, and how much of a permit is not met.

A permit asks for several things at once; a search that only sees whether it is satisfied cannot tell a request that
lacks one of them from one that lacks all.
"""

from collections.abc import Iterator, Mapping, Sequence

from brightline.domain.decision import Effect, Layer
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import Store, record_of
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.proof.neighbours import parts
from brightline.policy.trial import Trial
from brightline.policy.written import WrittenRequest

_ANYTHING: dict[str, Json] = {"op": "All"}
_SCOPES = ("principal", "action", "resource")
_JOINTS = {"when": "&&", "unless": "||"}
_MUST_PERMIT = (Layer.VENDOR, Layer.OPERATOR)


class Nearness:
    """Measures requests against the rules of one trial."""

    def __init__(self, trial: Trial, store: Store) -> None:
        self._trial = trial
        self._store = store
        pieces: list[Json] = []
        # Of each permit: its layer, and where its parts stand in `pieces`.
        self._permits: list[tuple[Layer, range]] = []
        for rule in trial.rules:
            if not rule.forbids:
                found = list(_parts(rule))
                self._permits.append((rule.layer, range(len(pieces), len(pieces) + len(found))))
                pieces += found
        self._engine = Engine(compile_policies(pieces).bind(store.handle))

    def obstacles(self, asked: WrittenRequest) -> int:
        """How many things stand between `asked` and a permit; none where it is permitted."""
        said = self._trial.contributions(asked).values()
        against = sum(one.effect is not Effect.PERMIT for one in said)
        layers = {one.layer for one in said if one.effect is Effect.PERMIT}
        missing = [layer for layer in _MUST_PERMIT if layer not in layers]
        return against + (sum(self._lacking(asked, missing)) if missing else 0)

    def _lacking(self, asked: WrittenRequest, layers: Sequence[Layer]) -> Iterator[int]:
        """For each of `layers`, how many parts the permit that is nearest lacks."""
        handle = self._store.handle
        context = record_of(dict(asked.context), self._store)
        met = self._engine.evaluate(handle(asked.principal), handle(asked.action), handle(asked.resource), context)
        satisfied = set(met.satisfied)
        for layer in layers:
            lacking = [len(where) - len(satisfied.intersection(where)) for of, where in self._permits if of is layer]
            # A layer that permits nothing is further away than any permit.
            yield max(1, min(lacking, default=_FAR))


_FAR = 1_000


def _parts(rule: Rule) -> Iterator[Json]:
    """Each thing that a permit asks for, as a permit that asks for nothing else."""
    bare: Mapping[str, Json] = {"effect": "permit", **dict.fromkeys(_SCOPES, _ANYTHING), "conditions": []}
    for variable in _SCOPES:
        if rule.policy[variable] != _ANYTHING:
            yield {**bare, variable: rule.policy[variable]}
    conditions = rule.policy.get("conditions")
    for clause in conditions if isinstance(conditions, list) else []:
        node = clause if isinstance(clause, dict) else {}
        for body in parts(node["body"], _JOINTS[str(node["kind"])]):
            yield {**bare, "conditions": [{**node, "body": body}]}
