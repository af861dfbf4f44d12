"""Turns a use into what Cedar decides on: principal, action, resource, and the context of facts and claims.

The shape is that of `schema.json`, which every agreement carries; a test holds the two together.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.description import TextReading
from brightline.domain.use import ToolEffect, Use
from brightline.policy.closed_sets import CLOSED_SETS, UNKNOWN
from brightline.policy.entities import Store
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import Json
from brightline.policy.manifest import Manifest
from brightline.policy.values import LONG_MAX, Entity, Key, Record, Uid

# Callers repeat the tools that their program has. A call may offer many, so only so many offers are remembered.
_REMEMBERED_TOOLS = 256
_REMEMBERED_MODALITIES = 32  # all that five modalities can be together
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
    listed += [_entity((kind, name)) for kind, names in CLOSED_SETS.items() for name in names]
    return listed + [_entity(("Dialect", dialect.value)) for dialect in Dialect]


class Request(NamedTuple):
    """What every policy is evaluated for."""

    principal: Entity
    action: Entity
    resource: Entity
    context: Record


class _Tools(NamedTuple):
    """What the tools of a call are and do, together."""

    names: frozenset[Key]
    effects: frozenset[Key]
    data_origins: frozenset[Key]
    subjects: frozenset[Key]
    activities: frozenset[Key]


class Requests:
    """Makes requests, over handles that were built once."""

    def __init__(self, store: Store, manifest: Manifest, enclave: str) -> None:
        by_type: dict[str, dict[str, Entity]] = {}
        for (kind, name), entity in store.handles.items():
            by_type.setdefault(kind, {})[name] = entity
        self._units = by_type.get("Unit", {})
        self._deployments = by_type.get("Deployment", {})
        self._of_type = by_type
        self._modalities_of = lru_cache(maxsize=_REMEMBERED_MODALITIES)(
            lambda names: _known(by_type["Modality"], names, "modalities")
        )
        self._actions = {operation: store.handles[uid] for operation, uid in _ACTIONS.items()}
        self._dialects = {dialect: by_type["Dialect"][dialect.value] for dialect in Dialect}
        self._missions = {
            name: _mission(by_type["Purpose"][mission.purpose], mission.individual_basis, mission.constrained)
            for name, mission in manifest.missions.items()
        }
        self._unlisted_mission = _mission(by_type["Purpose"][UNKNOWN], individual_basis=False, constrained=False)
        agencies = by_type["Agency"]
        self._agencies = {name: agencies[agency] for name, agency in manifest.agencies.items()}
        self._places: dict[str, Record] = {
            deployment.id: {
                "vendor": deployment.vendor,
                "model": deployment.model,
                "deployment": deployment.id,
                "location": by_type["Location"][deployment.location],
                "enclave": enclave,
            }
            for deployment in manifest.deployments.values()
        }
        self._tools = lru_cache(maxsize=_REMEMBERED_TOOLS)(self._together)
        self._meters = frozenset([meter.id for meter in manifest.meters])
        self._describes = bool(manifest.describer)

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
        if self._meters:
            context["meter"] = self._readings(use.readings)
        if self._describes:
            context["text"] = _words(use.text)
        return Request(unit, self._actions[use.operation], resource, context)

    def _facts(self, use: Use, deployment: Deployment) -> Record:
        principal, tools = use.principal, self._tools(use.tools)
        facts: Record = {
            **self._places[deployment.id],
            **self._missions.get(use.mission, self._unlisted_mission),
            "mission": use.mission,
            "organisation": principal.organisation,
            "agency": self._agencies[principal.organisation],
            "unit": principal.unit,
            "roles": principal.roles,
            "app": principal.app,
            "key_id": principal.key_id,
            "dialect": self._dialects[use.dialect],
            "stream": use.stream,
            "acting": use.acting,
            "tools": tools.names,
            "effects": tools.effects,
            "data_origins": tools.data_origins,
            "subjects": tools.subjects,
            "activities": tools.activities,
            "modalities": self._modalities_of(use.modalities),
            "remote_urls": use.remote_urls,
            "input_bytes": use.input_bytes,
            "message_count": use.message_count,
        }
        if use.max_output_tokens is not None:
            if not -LONG_MAX <= use.max_output_tokens <= LONG_MAX:
                raise PolicyError("policy/unusable-fact", name="max_output_tokens")
            facts["max_output_tokens"] = use.max_output_tokens
        return facts

    def _readings(self, readings: Mapping[str, int]) -> Record:
        """What each meter tells; raises `PolicyError` unless it is told of each meter, as a number."""
        if readings.keys() != self._meters:
            raise PolicyError("policy/unusable-fact", name=f"meter.{min(readings.keys() ^ self._meters)}")
        found: Record = {}
        for name, reading in readings.items():
            if not -LONG_MAX <= reading <= LONG_MAX:
                raise PolicyError("policy/unusable-fact", name=f"meter.{name}")
            found[name] = reading
        return found

    def _together(self, tools: tuple[ToolEffect, ...]) -> _Tools:
        """The union of what `tools` are and do; raises `PolicyError` for a word that no closed set holds."""
        return _Tools(
            frozenset([tool.name for tool in tools]),
            _known(self._of_type["Effect"], [tool.effect for tool in tools], "effects"),
            _known(self._of_type["DataOrigin"], [name for tool in tools for name in tool.origins], "data_origins"),
            _known(self._of_type["Subject"], [name for tool in tools for name in tool.subjects], "subjects"),
            _known(self._of_type["Activity"], [name for tool in tools for name in tool.activities], "activities"),
        )


def _mission(purpose: Entity, individual_basis: bool, constrained: bool) -> Record:
    return {"purpose": purpose, "individual_basis": individual_basis, "constrained": constrained}


def _known(handles: Mapping[str, Entity], names: Iterable[str], fact: str) -> frozenset[Key]:
    try:
        return frozenset([handles[name] for name in names])
    except KeyError:
        raise PolicyError("policy/unusable-fact", name=fact) from None


def _words(text: TextReading) -> Record:
    return {
        "unknown": text.unknown,
        "uncalibrated": text.uncalibrated,
        "held": text.held,
        "advised": text.advised,
    }


def _claims(claimed: Claimed) -> Record:
    claims: Record = {}
    if claimed.mission is not None:
        claims["mission"] = claimed.mission
    if claimed.purpose is not None:
        claims["purpose"] = claimed.purpose
    if claimed.authority is not None:
        claims["authority"] = claimed.authority
    return claims
