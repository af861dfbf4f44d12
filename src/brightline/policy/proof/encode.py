"""Formulas about one kind of request: who (by type) does what (one action) to what (by type), under one schema.

Every expression of a policy becomes two terms, that it does not error and what it gives; a policy is satisfied when it
does not error and gives true. Source: Cedar language reference; our own rule about errors is in `judgement`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from brightline.policy.expressions import Json, UnsupportedError, text_of, uid_of
from brightline.policy.proof.encode_entities import Chart, Entities, variable
from brightline.policy.proof.encode_expression import Expressions, Scope
from brightline.policy.proof.encode_values import One
from brightline.policy.proof.schema_model import EntityOf, SchemaModel
from brightline.policy.proof.terms import (
    FALSE,
    TRUE,
    Symbol,
    Term,
    apply,
    conj,
    disj,
    entity,
    entity_sort,
    eq,
    implies,
    neg,
)
from brightline.policy.values import Uid

__all__ = ["Chart", "Encodings", "Environment", "Problem", "environments"]


class Environment(NamedTuple):
    """The kind of request that a formula is about."""

    principal_type: str
    action: Uid
    resource_type: str


def environments(schema: SchemaModel) -> tuple[Environment, ...]:
    """Every kind of request that `schema` has a place for, in a fixed order."""
    found = [
        Environment(principal, action.uid, resource)
        for action in schema.actions.values()
        for principal in action.principals
        for resource in action.resources
    ]
    return tuple(sorted(found))


class _Encoded(NamedTuple):
    fine: Term
    holds: Term


class Encodings:
    """Remembers what policies became, so that a second problem after a change encodes that change alone.

    Bounded: when it is full it forgets everything.
    """

    MOST = 200_000

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], _Encoded] = {}

    def get(self, about: bytes, policy: bytes) -> _Encoded | None:
        """What the policy with the digest `policy` became in the problem with the digest `about`."""
        return self._known.get((about, policy))

    def put(self, about: bytes, policy: bytes, encoded: _Encoded) -> None:
        """Remember `encoded`."""
        if len(self._known) >= self.MOST:
            self._known.clear()
        self._known[about, policy] = encoded


class Problem:
    """Formulas about the requests of one environment; policies of several versions may go into one problem.

    What must hold besides (64-bit bounds, listed ids, organisation charts without cycles) is not part of these terms:
    `smtlib` and `solve` add it for all that an assertion mentions.
    """

    def __init__(
        self, schema: SchemaModel, environment: Environment, *, chart: Chart, encodings: Encodings | None = None
    ) -> None:
        if environment.action not in schema.actions:
            raise UnsupportedError("an action that the schema does not have")
        self.schema, self.environment, self.chart = schema, environment, chart
        self.entities = Entities(schema, chart)
        principal, resource = (
            One(EntityOf(kind), apply(Symbol(root), entity_sort(kind)))
            for root, kind in (("principal", environment.principal_type), ("resource", environment.resource_type))
        )
        action = One(EntityOf(environment.action[0]), entity(environment.action))
        context = variable("context", schema.actions[environment.action].context)
        self._scope = Scope(principal, action, resource, context)
        self._expressions = Expressions(self._scope, self.entities)
        self._encodings = encodings or Encodings()
        # The mapping stands beside its encoding, so that its id cannot become that of another.
        self._seen: dict[int, tuple[Mapping[str, Json], _Encoded]] = {}
        listed = sorted((chart.listed or {}).items())
        about = f"{schema}{environment}{chart.listed is None}{chart.complete}{[(uid, str(one)) for uid, one in listed]}"
        self._about = hashlib.sha256(about.encode("utf-8", "surrogatepass")).digest()

    def satisfied(self, policy: Mapping[str, Json]) -> Term:
        """The policy (Cedar's JSON form) does not error and its conditions hold; raises `UnsupportedError`."""
        encoded = self._encoded(policy)
        return conj((encoded.fine, encoded.holds))

    def errored(self, policy: Mapping[str, Json]) -> Term:
        """The policy cannot be evaluated; raises `UnsupportedError`."""
        return neg(self._encoded(policy).fine)

    def _encoded(self, policy: Mapping[str, Json]) -> _Encoded:
        seen = self._seen.get(id(policy))
        if seen is not None:
            return seen[1]
        meaning = {name: part for name, part in policy.items() if name not in ("annotations", "effect")}
        digest = hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).digest()
        encoded = self._encodings.get(self._about, digest)
        if encoded is None:
            encoded = self._policy(policy)
            self._encodings.put(self._about, digest, encoded)
        self._seen[id(policy)] = policy, encoded
        return encoded

    def _policy(self, policy: Mapping[str, Json]) -> _Encoded:
        """The scope, then the conditions in order; what comes after one that is false is not evaluated."""
        reached = [
            test
            for variable_name in ("principal", "action", "resource")
            for test in self._scope_tests(variable_name, policy.get(variable_name))
        ]
        if FALSE in reached:
            return _Encoded(TRUE, FALSE)
        fines: list[Term] = []
        for kind, body in _conditions(policy.get("conditions")):
            found = self._expressions.truth(body)
            fines.append(implies(conj(reached), found.fine))
            reached.append(found.term if kind == "when" else neg(found.term))
            if reached[-1] == FALSE or found.fine == FALSE:
                break
        return _Encoded(conj(fines), conj(reached))

    def _scope_tests(self, name: str, node: Json) -> Iterator[Term]:
        """The tests of one scope constraint; raises `UnsupportedError`, also for the slot of a template."""
        one: One = getattr(self._scope, name)
        match node:
            case {"op": "All"}:
                return
            case {"op": "==", "entity": uid}:
                same = uid_of(uid)
                yield eq(one.term, entity(same)) if one.type.name == same[0] else FALSE
            case {"op": "in", "entity": uid}:
                yield self._within(one, uid)
            case {"op": "in", "entities": list(uids)}:
                yield disj([self._within(one, uid) for uid in uids])
            case {"op": "is", "entity_type": kind, "in": {"entity": uid}}:
                yield TRUE if one.type.name == text_of(kind) else FALSE
                yield self._within(one, uid)
            case {"op": "is", "entity_type": kind, **rest} if "in" not in rest:
                yield TRUE if one.type.name == text_of(kind) else FALSE
            case _:
                raise UnsupportedError("a template, or a scope of an unknown form")

    def _within(self, one: One, uid: Json) -> Term:
        named = uid_of(uid)
        return self.entities.within(one, One(EntityOf(named[0]), entity(named)))


def _conditions(node: Json) -> Iterator[tuple[str, Json]]:
    for condition in node if isinstance(node, list) else []:
        match condition:
            case {"kind": "when" | "unless" as kind, "body": body}:
                yield str(kind), body
            case _:
                raise UnsupportedError("a condition of an unknown form")
