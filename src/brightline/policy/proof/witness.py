"""Rebuilds a request from what a solver found."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from brightline.policy.expressions import Json
from brightline.policy.values import Uid


class ProofRequest(NamedTuple):
    """A request with the entities that it was found among; context and entities in Cedar's JSON form."""

    principal: Uid
    action: Uid
    resource: Uid
    context: Mapping[str, Json]
    entities: Sequence[Mapping[str, Json]]

    def as_json(self) -> dict[str, Json]:
        """The JSON object that stands in a file: principal, action, resource, context, entities."""
        named = {"principal": self.principal, "action": self.action, "resource": self.resource}
        parts: dict[str, Json] = {part: {"type": uid[0], "id": uid[1]} for part, uid in named.items()}
        return {**parts, "context": dict(self.context), "entities": [dict(one) for one in self.entities]}
