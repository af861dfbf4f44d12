"""Turns a use into what Cedar decides on: principal, action, resource, and the context of facts and claims.

The shape is that of `schema.json`, which every agreement carries; a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.use import Use
from brightline.policy.effectors import EFFECT_CLASSES
from brightline.policy.entities import Store
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import Json
from brightline.policy.manifest import Manifest
from brightline.policy.values import LONG_MAX, Entity, Key, Record, Uid

_NONE: frozenset[Key] = frozenset()
MODALITIES = ("text", "image", "audio", "document", "unknown")
_ACTIONS = {Operation.GENERATE: ("Action", "generate"), Operation.COUNT_TOKENS: ("Action", "count_tokens")}


def _entity(uid: Uid, parents: Iterable[Uid] = (), attrs: Mapping[str, str] = MappingProxyType({})) -> dict[str, Json]:
    return {
        "uid": {"type": uid[0], "id": uid[1]},
        "attrs": dict(attrs),
        "parents": [{"type": kind, "id": name} for kind, name in parents],
    }


def entities_of(manifest: Manifest) -> list[dict[str, Json]]:
    """Every entity of an agreement, in Cedar's JSON form."""
    listed = [_entity(("Organisation", name)) for name in manifest.units]
    for organisation, units in manifest.units.items():
        parents = [("Organisation", organisation)]
        listed += [_entity(("Unit", f"{organisation}/{unit}"), parents) for unit in units]
    listed += [_entity(("Enclave", name)) for name in manifest.enclaves]
    for deployment in manifest.deployments.values():
        enclaves = [("Enclave", name) for name, ids in manifest.enclaves.items() if deployment.id in ids]
        attributes = {"vendor": deployment.vendor, "model": deployment.model}
        listed.append(_entity(("Deployment", deployment.id), enclaves, attributes))
    return listed


def closed_entities() -> list[dict[str, Json]]:
    """The entities that the schema fixes: they are the same in every agreement."""
    call = ("Action", "call")
    listed = [_entity(call), *(_entity(uid, [call]) for uid in _ACTIONS.values())]
    listed += [_entity(("Effect", name)) for name in EFFECT_CLASSES]
    listed += [_entity(("Modality", name)) for name in MODALITIES]
    return listed + [_entity(("Dialect", dialect.value)) for dialect in Dialect]


class Request(NamedTuple):
    """What every policy is evaluated for."""

    principal: Entity
    action: Entity
    resource: Entity
    context: Record


class Requests:
    """Makes requests, over handles that were built once."""

    def __init__(self, store: Store, enclave: str) -> None:
        handles = store.handles
        self._enclave = enclave
        self._units = {uid[1]: entity for uid, entity in handles.items() if uid[0] == "Unit"}
        self._deployments = {uid[1]: entity for uid, entity in handles.items() if uid[0] == "Deployment"}
        self._effects = {uid[1]: entity for uid, entity in handles.items() if uid[0] == "Effect"}
        self._modalities = {uid[1]: entity for uid, entity in handles.items() if uid[0] == "Modality"}
        self._actions = {operation: handles[uid] for operation, uid in _ACTIONS.items()}
        self._dialects = {dialect: handles["Dialect", dialect.value] for dialect in Dialect}

    def request(self, use: Use, deployment: Deployment) -> Request | None:
        """The request for `use` of `deployment`; none when its principal is not in the agreement.

        Raises `PolicyError` (`policy/unusable-fact`) for a fact that the schema has no place for.
        """
        principal = use.principal
        # A slash inside either name can never match: the manifest allows none.
        unit = self._units.get(f"{principal.organisation}/{principal.unit}")
        resource = self._deployments.get(deployment.id)
        if unit is None or resource is None:
            return None
        context: Record = {"fact": self._facts(use, deployment), "claimed": _claims(use.claimed)}
        return Request(unit, self._actions[use.operation], resource, context)

    def _facts(self, use: Use, deployment: Deployment) -> Record:
        principal, tools = use.principal, use.tools
        facts: Record = {
            "mission": use.mission,
            "organisation": principal.organisation,
            "unit": principal.unit,
            "roles": principal.roles,
            "app": principal.app,
            "key_id": principal.key_id,
            "vendor": deployment.vendor,
            "model": deployment.model,
            "deployment": deployment.id,
            "enclave": self._enclave,
            "dialect": self._dialects[use.dialect],
            "stream": use.stream,
            "tools": frozenset([tool.name for tool in tools]) if tools else _NONE,
            "effects": _known(self._effects, [tool.effect for tool in tools], "effects") if tools else _NONE,
            "modalities": _known(self._modalities, use.modalities, "modalities"),
            "remote_urls": use.remote_urls,
            "input_bytes": use.input_bytes,
            "message_count": use.message_count,
        }
        if use.max_output_tokens is not None:
            if not -LONG_MAX <= use.max_output_tokens <= LONG_MAX:
                raise PolicyError("policy/unusable-fact", name="max_output_tokens")
            facts["max_output_tokens"] = use.max_output_tokens
        return facts


def _known(handles: Mapping[str, Entity], names: Iterable[str], fact: str) -> frozenset[Key]:
    try:
        return frozenset([handles[name] for name in names])
    except KeyError:
        raise PolicyError("policy/unusable-fact", name=fact) from None


def _claims(claimed: Claimed) -> Record:
    claims: Record = {}
    if claimed.mission is not None:
        claims["mission"] = claimed.mission
    if claimed.purpose is not None:
        claims["purpose"] = claimed.purpose
    if claimed.authority is not None:
        claims["authority"] = claimed.authority
    return claims
