"""Decides a request that a solver found by the evaluator that serves and by cedarpy, before anybody sees it."""

from collections.abc import Mapping, Sequence

from brightline.domain.decision import Decision
from brightline.policy.compile import compile_policies
from brightline.policy.engine import Engine
from brightline.policy.entities import record_of, store_of
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.oracle import Oracle
from brightline.policy.proof.witness import ProofRequest
from brightline.policy.request import Request
from brightline.policy.verdict import Verdicts


class Replayer:
    """Replays many requests against one set of `rules` under the JSON `schema`."""

    def __init__(self, rules: Sequence[Rule], *, schema: str) -> None:
        self._rules = tuple(rules)
        self._schema = schema
        self._program = compile_policies([dict(rule.policy) for rule in self._rules])
        self._verdicts = Verdicts(self._rules)

    def decision(self, request: ProofRequest) -> Decision:
        """What the rules decide about `request`; raises `PolicyError` (`policy/replay-differs`)."""
        entities: Sequence[Mapping[str, Json]] = request.entities
        store = store_of(entities)
        who, what, where = (store.handle(uid) for uid in (request.principal, request.action, request.resource))
        asked = Request(who, what, where, record_of(dict(request.context), store))
        found = Engine(self._program.bind(store.handle)).evaluate(*asked)
        try:
            differing = list(Oracle(self._rules, entities, self._schema).differences([asked], [found]))
        except ValueError as error:
            raise PolicyError("policy/replay-differs", why="cedarpy cannot read it") from error
        if differing:
            names = [self._rules[index].reason.policy_id for index in differing[0].policies]
            why = f"they differ about {', '.join(names)}" if names else "cedarpy gives no decision"
            raise PolicyError("policy/replay-differs", why=why)
        return self._verdicts.decision(found)


def replay(request: ProofRequest, rules: Sequence[Rule], *, schema: str) -> Decision:
    """What `rules` decide about `request`, by our evaluator, confirmed by cedarpy under the JSON `schema`.

    Raises `PolicyError` (`policy/replay-differs`) when the two engines find otherwise, or cedarpy cannot read it.
    """
    return Replayer(rules, schema=schema).decision(request)
