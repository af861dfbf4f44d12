"""Formulas about one kind of request: who (by type) does what (one action) to what (by type), under one schema.

Every expression of a policy becomes two terms, that it does not error and what it gives; a policy is satisfied when it
does not error and gives true. Source: Cedar language reference; our own rule about errors is in `judgement`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from brightline.policy.expressions import Json
from brightline.policy.proof.schema_model import SchemaModel
from brightline.policy.proof.terms import Term
from brightline.policy.values import Uid


class Environment(NamedTuple):
    """The kind of request that a formula is about."""

    principal_type: str
    action: Uid
    resource_type: str


def environments(schema: SchemaModel) -> tuple[Environment, ...]:
    """Every kind of request that `schema` has a place for, in a fixed order."""
    raise NotImplementedError


class Chart:
    """Which entities there are: those of `entities` (Cedar's JSON form) and no others, or any with `Chart.OPEN`."""

    OPEN: "Chart"

    def __init__(self, entities: Iterable[Mapping[str, Json]]) -> None:
        raise NotImplementedError


class Encodings:
    """Remembers what policies became, so that a second problem after a change encodes that change alone."""


class Problem:
    """Formulas about the requests of one environment; policies of several versions may go into one problem.

    What must hold besides (64-bit bounds, listed ids, organisation charts without cycles) is not part of these terms:
    `smtlib` and `solve` add it for all that an assertion mentions.
    """

    def __init__(
        self, schema: SchemaModel, environment: Environment, *, chart: Chart, encodings: Encodings | None = None
    ) -> None:
        raise NotImplementedError

    def satisfied(self, policy: Mapping[str, Json]) -> Term:
        """The policy (Cedar's JSON form) does not error and its conditions hold; raises `UnsupportedError`."""
        raise NotImplementedError

    def errored(self, policy: Mapping[str, Json]) -> Term:
        """The policy cannot be evaluated; raises `UnsupportedError`."""
        raise NotImplementedError
