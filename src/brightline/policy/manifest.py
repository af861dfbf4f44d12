"""The manifest: who the parties are and how they sign, which deployments there are and where, and the registers.

Form: docs/agreement.md. Every field but `meters`, `authorities`, `describer` and `price` is required and no other is
allowed. A draft may list parties without keys yet; nobody can sign such a one, and nothing accepts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from brightline.domain.agreement import Deployment, Mission, Price
from brightline.domain.authority import AuthorityKind
from brightline.domain.call import Dialect
from brightline.domain.description import Bands
from brightline.domain.metering import Measure, MeterRule
from brightline.policy.authority_kinds import read_authority_kinds
from brightline.policy.closed_sets import AGENCIES, LOCATIONS, PURPOSES
from brightline.policy.faults import fault
from brightline.policy.fields import ALIAS, HEX_DIGEST, ID, TITLE, UNIT, Fields, near
from brightline.policy.meters import read_meters
from brightline.policy.parties import Party, read_current_by, read_parties
from brightline.policy.strict_json import Node

FORMAT = 2
MAX_VERSION = 2**31 - 1
MAX_CURRENT_DAYS = 366
MAX_PRICE = 10**9
# Thousandths of a logit: beyond it lies no score.
MOST_BAND = 1_000_000
NO_BANDS: Mapping[str, Bands] = MappingProxyType({})
_TOP = (
    *("format", "id", "version", "previous", "not_before", "expires", "operator", "vendor", "parties", "current_by"),
    *("deployments", "enclaves", "aliases", "organisations", "missions"),
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest without faults; `previous` is the digest of the version before, and empty in version 1.

    `current_days` holds, by enclave, how long a statement that the agreement is still current may last there;
    `describer` is the digest of what describes texts, in hexadecimal, and empty where nothing does; `bands` are the
    thresholds of its scores by app.
    """

    id: str
    version: int
    previous: bytes
    not_before_ms: int
    expires_ms: int
    operator: str
    vendor: str
    parties: tuple[Party, ...]
    current_by: tuple[str, ...]
    deployments: Mapping[str, Deployment]
    enclaves: Mapping[str, tuple[str, ...]]
    current_days: Mapping[str, int]
    aliases: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]
    agencies: Mapping[str, str]
    missions: Mapping[str, Mission]
    meters: tuple[MeterRule, ...] = ()
    authorities: tuple[AuthorityKind, ...] = ()
    describer: str = ""
    bands: Mapping[str, Bands] = field(default_factory=lambda: NO_BANDS)


def _deployment(fields: Fields, node: Node, vendor: str) -> Deployment:
    members = fields.members(node, "deployment", ("id", "vendor", "model", "dialects", "location"), optional=("price",))
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
    model = fields.text(members.get("model"), "model", ALIAS)
    location = fields.one_of(members.get("location"), "location", LOCATIONS)
    return Deployment(name, maker, model, frozenset(dialects), location, _price(fields, members.get("price")))


def _price(fields: Fields, node: Node | None) -> Price | None:
    if node is None:
        return None
    members = fields.members(node, "price", ("input", "output"))
    amounts = [fields.number(members.get(name), name, 0, MAX_PRICE) for name in ("input", "output")]
    return Price(amounts[0], amounts[1])


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


_Enclaves = tuple[dict[str, tuple[str, ...]], dict[str, int]]


def _enclaves(fields: Fields, node: Node | None, known: Mapping[str, Deployment]) -> _Enclaves:
    """The deployments that each enclave authorises, and the days that a statement may last there."""
    enclaves: dict[str, tuple[str, ...]] = {}
    days: dict[str, int] = {}
    names: list[tuple[str, Node]] = []
    for item in fields.items(node, "enclaves"):
        members = fields.members(item, "enclave", ("name", "deployments", "current_days"))
        name = fields.text(members.get("name"), "name", ID)
        names.append((name, item))
        enclaves[name] = _named(fields, members.get("deployments"), f"enclave `{name}`", known)
        days[name] = fields.number(members.get("current_days"), "current_days", 1, MAX_CURRENT_DAYS)
    fields.unique(names, "enclaves")
    return enclaves, days


def _aliases(fields: Fields, node: Node | None, known: Mapping[str, Deployment]) -> dict[str, tuple[str, ...]]:
    aliases: dict[str, tuple[str, ...]] = {}
    table = fields.table(node, "aliases")
    for name, item in table.items():
        if not ALIAS.fullmatch(name):
            fields.bad(item.at, "aliases", f"must name each alias in the form `{ALIAS.pattern}`")
        aliases[name] = _named(fields, item, f"alias `{name}`", known)
    return aliases


_Organisations = tuple[dict[str, tuple[str, ...]], dict[str, str]]


def _organisations(fields: Fields, node: Node | None) -> _Organisations:
    """The units of each organisation, and the kind of agency that it is."""
    units: dict[str, tuple[str, ...]] = {}
    agencies: dict[str, str] = {}
    names: list[tuple[str, Node]] = []
    for item in fields.items(node, "organisations"):
        members = fields.members(item, "organisation", ("name", "agency", "units"))
        name = fields.text(members.get("name"), "name", UNIT)
        names.append((name, item))
        agencies[name] = fields.one_of(members.get("agency"), "agency", AGENCIES)
        listed = [(fields.text(unit, "units", UNIT), unit) for unit in fields.items(members.get("units"), "units")]
        fields.unique(listed, "units")
        units[name] = tuple(unit for unit, _ in listed)
    fields.unique(names, "organisations")
    return units, agencies


def _missions(fields: Fields, node: Node | None) -> dict[str, Mission]:
    missions: dict[str, Mission] = {}
    names: list[tuple[str, Node]] = []
    for item in fields.items(node, "missions"):
        members = fields.members(item, "mission", ("name", "purpose", "individual_basis", "constrained"))
        name = fields.text(members.get("name"), "name", UNIT)
        names.append((name, item))
        missions[name] = Mission(
            fields.one_of(members.get("purpose"), "purpose", PURPOSES),
            fields.flag(members.get("individual_basis"), "individual_basis"),
            fields.flag(members.get("constrained"), "constrained"),
        )
    fields.unique(names, "missions")
    return missions


def _previous(fields: Fields, members: Mapping[str, Node], version: int) -> bytes:
    """The digest of the version before: none for version 1, and 32 bytes for every later one."""
    node = members.get("previous")
    if node is None or members.get("version") is None or members["version"].value != version:
        return b""
    if version == 1:
        if node.value != "":
            fields.bad(node.at, "previous", "must be empty in version 1")
        return b""
    return bytes.fromhex(fields.text(node, "previous", HEX_DIGEST))


def _lifetime(fields: Fields, members: Mapping[str, Node]) -> tuple[int, int]:
    """From when and until when the agreement may be served, in UTC milliseconds."""
    not_before = fields.moment(members.get("not_before"), "not_before")
    expires = fields.moment(members.get("expires"), "expires")
    if not_before and expires and expires <= not_before:
        fields.bad(members["expires"].at, "expires", "must be later than `not_before`")
    return not_before, expires


def read_manifest(fields: Fields, node: Node) -> Manifest | None:
    """The manifest that `node` holds; what is wrong goes to the faults of `fields`, and then it means nothing."""
    found = node.value.get("format") if isinstance(node.value, dict) else None
    if found is not None and type(found.value) is int and 0 < found.value < FORMAT:
        # Every further fault would only say that an older form is not this one.
        fields.faults.append(fault("policy/old-format", fields.file, found.at, found=found.value, wanted=FORMAT))
        return None
    members = fields.members(node, "manifest", _TOP, optional=("meters", "authorities", "describer"))
    fields.number(members.get("format"), "format", FORMAT, FORMAT)
    version = fields.number(members.get("version"), "version", 1, MAX_VERSION)
    operator = fields.text(members.get("operator"), "operator", TITLE)
    vendor = fields.text(members.get("vendor"), "vendor", TITLE)
    parties = read_parties(fields, members.get("parties"), operator=operator, vendor=vendor)
    items = fields.items(members.get("deployments"), "deployments")
    listed = [(_deployment(fields, item, vendor), item) for item in items]
    fields.unique([(deployment.id, item) for deployment, item in listed], "deployments")
    deployments = {deployment.id: deployment for deployment, _ in listed}
    enclaves, current_days = _enclaves(fields, members.get("enclaves"), deployments)
    units, agencies = _organisations(fields, members.get("organisations"))
    not_before, expires = _lifetime(fields, members)
    describer, bands = _describer(fields, members.get("describer"))
    return Manifest(
        id=fields.text(members.get("id"), "id", ID),
        version=version,
        previous=_previous(fields, members, version),
        not_before_ms=not_before,
        expires_ms=expires,
        operator=operator,
        vendor=vendor,
        parties=parties,
        current_by=read_current_by(fields, members.get("current_by"), parties),
        deployments=deployments,
        enclaves=enclaves,
        current_days=current_days,
        aliases=_aliases(fields, members.get("aliases"), deployments),
        units=units,
        agencies=agencies,
        missions=_missions(fields, members.get("missions")),
        meters=_meters(fields, members, listed),
        authorities=read_authority_kinds(fields, members.get("authorities")),
        describer=describer,
        bands=bands,
    )


def _describer(fields: Fields, node: Node | None) -> tuple[str, Mapping[str, Bands]]:
    """The digest of what describes texts, empty where nothing does, and its thresholds by app."""
    if node is None:
        return "", NO_BANDS
    members = fields.members(node, "describer", ("digest",), optional=("apps",))
    apps: dict[str, Bands] = {}
    for name, item in fields.table(members["apps"], "apps").items() if "apps" in members else ():
        if not UNIT.fullmatch(name):
            fields.bad(item.at, "apps", f"must name each app in the form `{UNIT.pattern}`")
        written = fields.members(item, "app", ("hold", "advise", "texts"))
        # What they were found with: whoever signs can ask for the texts, and nothing here needs them.
        fields.text(written.get("texts"), "texts", HEX_DIGEST)
        hold, advise = (fields.number(written.get(each), each, -MOST_BAND, MOST_BAND) for each in ("hold", "advise"))
        if advise > hold:
            fields.bad(item.at, "advise", "must not be above `hold`")
        apps[name] = Bands(hold, advise)
    return fields.text(members.get("digest"), "digest", HEX_DIGEST), apps


def _meters(
    fields: Fields, members: Mapping[str, Node], deployments: list[tuple[Deployment, Node]]
) -> tuple[MeterRule, ...]:
    """The meters; one that counts money needs to know what each deployment costs."""
    meters = read_meters(fields, members.get("meters"))
    if any(meter.measure is Measure.MONEY for meter in meters):
        for deployment, node in deployments:
            if deployment.price is None:
                fields.bad(node.at, "price", "must be there, since a meter counts money")
    return meters
