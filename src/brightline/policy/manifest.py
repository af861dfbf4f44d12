"""The manifest: who the parties are, which deployments there are, and which of them each enclave authorises.

Form: docs/agreement.md. Every field is required and no other is allowed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from brightline.domain.agreement import Deployment
from brightline.domain.call import Dialect
from brightline.policy.faults import fault
from brightline.policy.fields import ALIAS, ID, TITLE, UNIT, Fields, near
from brightline.policy.strict_json import Node

FORMAT = 1
MAX_VERSION = 2**31 - 1
_TOP = (
    *("format", "id", "version", "operator", "vendor", "enclaves"),
    *("deployments", "aliases", "organisations"),
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest without faults."""

    id: str
    version: int
    operator: str
    vendor: str
    deployments: Mapping[str, Deployment]
    enclaves: Mapping[str, tuple[str, ...]]
    aliases: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]


def _deployment(fields: Fields, node: Node, vendor: str) -> Deployment:
    members = fields.members(node, "deployment", ("id", "vendor", "model", "dialects"))
    name = fields.text(members.get("id"), "id", ID)
    maker = fields.text(members.get("vendor"), "vendor", TITLE)
    if maker and vendor and maker != vendor:
        at = members["vendor"].at
        words = {"deployment": name, "other": maker, "vendor": vendor}
        fields.faults.append(fault("policy/foreign-vendor", fields.file, at, **words))
    known = {dialect.value: dialect for dialect in Dialect}
    dialects: set[Dialect] = set()
    for item in fields.items(members.get("dialects"), "dialects"):
        if isinstance(item.value, str) and item.value in known:
            dialects.add(known[item.value])
        else:
            hint = near(str(item.value), known)
            fields.bad(item.at, "dialects", f"must hold only {', '.join(sorted(known))}{hint}")
    return Deployment(name, maker, fields.text(members.get("model"), "model", ALIAS), frozenset(dialects))


def _named(fields: Fields, node: Node | None, name: str, known: Mapping[str, Deployment]) -> tuple[str, ...]:
    """The ids of deployments that the list `node` names."""
    items = fields.items(node, name)
    ids = [(fields.text(item, name, ID), item) for item in items]
    fields.unique(ids, name)
    for deployment, item in ids:
        if deployment and deployment not in known:
            words = {"where": name, "deployment": deployment, "near": near(deployment, known)}
            fields.faults.append(fault("policy/unknown-deployment", fields.file, item.at, **words))
    return tuple(deployment for deployment, _ in ids)


def _enclaves(fields: Fields, node: Node | None, known: Mapping[str, Deployment]) -> dict[str, tuple[str, ...]]:
    enclaves: dict[str, tuple[str, ...]] = {}
    names: list[tuple[str, Node]] = []
    for item in fields.items(node, "enclaves"):
        members = fields.members(item, "enclave", ("name", "deployments"))
        name = fields.text(members.get("name"), "name", ID)
        names.append((name, item))
        enclaves[name] = _named(fields, members.get("deployments"), f"enclave `{name}`", known)
    fields.unique(names, "enclaves")
    return enclaves


def _aliases(fields: Fields, node: Node | None, known: Mapping[str, Deployment]) -> dict[str, tuple[str, ...]]:
    aliases: dict[str, tuple[str, ...]] = {}
    table = fields.table(node, "aliases")
    for name, item in table.items():
        if not ALIAS.fullmatch(name):
            fields.bad(item.at, "aliases", f"must name each alias in the form `{ALIAS.pattern}`")
        aliases[name] = _named(fields, item, f"alias `{name}`", known)
    return aliases


def _units(fields: Fields, node: Node | None) -> dict[str, tuple[str, ...]]:
    units: dict[str, tuple[str, ...]] = {}
    names: list[tuple[str, Node]] = []
    for item in fields.items(node, "organisations"):
        members = fields.members(item, "organisation", ("name", "units"))
        name = fields.text(members.get("name"), "name", UNIT)
        names.append((name, item))
        listed = [(fields.text(unit, "units", UNIT), unit) for unit in fields.items(members.get("units"), "units")]
        fields.unique(listed, "units")
        units[name] = tuple(unit for unit, _ in listed)
    fields.unique(names, "organisations")
    return units


def read_manifest(fields: Fields, node: Node) -> Manifest:
    """The manifest that `node` holds; what is wrong goes to the faults of `fields`, and then it means nothing."""
    members = fields.members(node, "manifest", _TOP)
    fields.number(members.get("format"), "format", FORMAT, FORMAT)
    vendor = fields.text(members.get("vendor"), "vendor", TITLE)
    items = fields.items(members.get("deployments"), "deployments")
    listed = [(_deployment(fields, item, vendor), item) for item in items]
    fields.unique([(deployment.id, item) for deployment, item in listed], "deployments")
    deployments = {deployment.id: deployment for deployment, _ in listed}
    return Manifest(
        id=fields.text(members.get("id"), "id", ID),
        version=fields.number(members.get("version"), "version", 1, MAX_VERSION),
        operator=fields.text(members.get("operator"), "operator", TITLE),
        vendor=vendor,
        deployments=deployments,
        enclaves=_enclaves(fields, members.get("enclaves"), deployments),
        aliases=_aliases(fields, members.get("aliases"), deployments),
        units=_units(fields, members.get("organisations")),
    )
