"""The action binding: one exact action, who asks for it, which rules ask for people, and for how long it may be done.

INVARIANT: what `parse` takes, `canonical` writes back byte for byte; every field is required, and no other is taken.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from brightline.domain.sign_off.canonical import Json, JsonObject, digest
from brightline.domain.sign_off.encoded import Digested
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import MAX_NAME, Fields, read_text
from brightline.domain.sign_off.rendering import TEMPLATE, render

FORMAT = "brightline/action-binding/1"
MAX_BINDING_BYTES = 1 << 20
TOOL_CALL = "tool-call"
MODEL_CALL = "model-call"
ACTION_KINDS = (TOOL_CALL, MODEL_CALL)
RISKS = ("low", "high", "top")
# Decoys are bound to this effector, and none may take its name.
NULL_AUDIENCE = "null"
# The definition of a model call, which offers no tool to be defined.
NO_DEFINITION = digest("tool-definition", b"{}").hex()
MAX_QUORUM = 16
MAX_LIST = 64
_NAME = re.compile(rf"(?s).{{1,{MAX_NAME}}}")
_FIELDS = frozenset(
    (
        *("format", "hold", "audience", "kind", "tool", "definition", "call_id", "arguments", "preconditions", "diff"),
        *("requester", "agent_owner", "mission", "purpose", "authority", "model", "agreement", "rules", "risk"),
        *("own_machine", "evidence", "rendering", "nonce", "not_before_ms", "not_after_ms", "max_uses"),
    )
)


@dataclass(frozen=True, slots=True)
class Change:
    """What the action would change: the state named `name`, before and after."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("name", "before", "after"))

    name: str
    before: str
    after: str

    @classmethod
    def read(cls, value: Json, path: str) -> "Change":
        """The change that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.text("name", MAX_NAME), fields.text("before"), fields.text("after"))

    def to_json(self) -> JsonObject:
        """The change as JSON."""
        return {"name": self.name, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: the person behind the key (empty where nobody is named), the key's id, and where they belong."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("person", "key", "organisation", "unit", "app"))

    person: str
    key: str
    organisation: str
    unit: str
    app: str

    @classmethod
    def read(cls, value: Json, path: str) -> "Requester":
        """The requester that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            person=fields.id("person", empty=True),
            key=fields.text("key", MAX_NAME),
            organisation=fields.text("organisation", MAX_NAME),
            unit=fields.text("unit", MAX_NAME),
            app=fields.text("app", MAX_NAME),
        )

    def to_json(self) -> JsonObject:
        """The requester as JSON."""
        return {
            "person": self.person,
            "key": self.key,
            "organisation": self.organisation,
            "unit": self.unit,
            "app": self.app,
        }


@dataclass(frozen=True, slots=True)
class Proposer:
    """The model that proposed the action: the deployment, and the provider's name of its model."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("deployment", "model"))

    deployment: str
    model: str

    @classmethod
    def read(cls, value: Json, path: str) -> "Proposer":
        """The model that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.text("deployment", MAX_NAME), fields.text("model", MAX_NAME))

    def to_json(self) -> JsonObject:
        """The model as JSON."""
        return {"deployment": self.deployment, "model": self.model}


@dataclass(frozen=True, slots=True)
class BoundAgreement:
    """The agreement under which it was decided; `digest` is in hexadecimal."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("id", "version", "digest", "enclave"))

    id: str
    version: int
    digest: str
    enclave: str

    @classmethod
    def read(cls, value: Json, path: str) -> "BoundAgreement":
        """The agreement that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        version = fields.integer("version", 1)
        return cls(fields.text("id", MAX_NAME), version, fields.hex_64("digest"), fields.text("enclave", MAX_NAME))

    def to_json(self) -> JsonObject:
        """The agreement as JSON."""
        return {"id": self.id, "version": self.version, "digest": self.digest, "enclave": self.enclave}


@dataclass(frozen=True, slots=True)
class Demand:
    """How many distinct persons in which role."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("role", "quorum"))

    role: str
    quorum: int

    @classmethod
    def read(cls, value: Json, path: str) -> "Demand":
        """The demand that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.id("role"), fields.integer("quorum", 1, MAX_QUORUM))

    @classmethod
    def read_optional(cls, value: Json, path: str) -> "Demand | None":
        """The demand that `value` is, or none for null; raises `SignOffError`."""
        return None if value is None else cls.read(value, path)

    def to_json(self) -> JsonObject:
        """The demand as JSON."""
        return {"role": self.role, "quorum": self.quorum}


@dataclass(frozen=True, slots=True)
class BoundRule:
    """A policy that holds the action, where it comes from, and what lifts it."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("id", "clause", "source", "reason", "role", "quorum", "break_glass"))

    id: str
    clause: str
    source: str
    reason: str
    role: str
    quorum: int
    break_glass: Demand | None

    @classmethod
    def read(cls, value: Json, path: str) -> "BoundRule":
        """The rule that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(
            id=fields.id("id"),
            clause=fields.text("clause"),
            source=fields.text("source"),
            reason=fields.text("reason"),
            role=fields.id("role"),
            quorum=fields.integer("quorum", 1, MAX_QUORUM),
            break_glass=Demand.read_optional(fields.raw("break_glass"), fields.path("break_glass")),
        )

    def to_json(self) -> JsonObject:
        """The rule as JSON."""
        return {
            "id": self.id,
            "clause": self.clause,
            "source": self.source,
            "reason": self.reason,
            "role": self.role,
            "quorum": self.quorum,
            "break_glass": self.break_glass.to_json() if self.break_glass else None,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something to be looked at before signing: its label, its media type and the SHA-256 of its bytes."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("label", "type", "sha256"))

    label: str
    type: str
    sha256: str

    @classmethod
    def read(cls, value: Json, path: str) -> "Evidence":
        """The item that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        return cls(fields.text("label", MAX_NAME), fields.text("type", MAX_NAME), fields.hex_64("sha256"))

    def to_json(self) -> JsonObject:
        """The item as JSON."""
        return {"label": self.label, "type": self.type, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Rendering:
    """What was shown: by which template, and the digest of the lines; `sha256` is empty until it is known."""

    NAMES: ClassVar[frozenset[str]] = frozenset(("template", "sha256"))

    template: str = TEMPLATE
    sha256: str = ""

    @classmethod
    def read(cls, value: Json, path: str) -> "Rendering":
        """The rendering that `value` names; raises `SignOffError`."""
        fields = Fields(value, path, cls.NAMES)
        fields.constant("template", TEMPLATE)
        return cls(TEMPLATE, fields.hex_64("sha256"))

    def to_json(self) -> JsonObject:
        """The rendering as JSON."""
        return {"template": self.template, "sha256": self.sha256}


@dataclass(frozen=True)
class ActionBinding(Digested):
    """One exact action, which may be done once; ids and digests are in hexadecimal, times in UTC milliseconds.

    A binding made here and not read is unchecked: `checked` gives it its rendering and holds it against the form.
    """

    KIND: ClassVar[str] = "action-binding"
    FREE: ClassVar[bool] = True
    LIMIT: ClassVar[int] = MAX_BINDING_BYTES
    LABEL: ClassVar[str] = "binding"

    hold: str
    audience: str
    kind: str
    tool: str
    definition: str
    call_id: str
    arguments: JsonObject
    preconditions: Mapping[str, str]
    diff: tuple[Change, ...]
    requester: Requester
    agent_owner: str
    mission: str
    purpose: str
    authority: str
    model: Proposer
    agreement: BoundAgreement
    rules: tuple[BoundRule, ...]
    risk: str
    own_machine: bool
    evidence: tuple[Evidence, ...]
    nonce: str
    not_before_ms: int
    not_after_ms: int
    rendering: Rendering = Rendering()

    @classmethod
    def read(cls, value: Json, path: str) -> "ActionBinding":
        """The binding that `value` is; raises `SignOffError`."""
        fields = Fields(value, path, _FIELDS)
        fields.constant("format", FORMAT)
        fields.integer("max_uses", 1, 1)
        not_before_ms, not_after_ms = fields.time_ms("not_before_ms"), fields.time_ms("not_after_ms")
        if not_before_ms >= not_after_ms:
            fields.bad("not_after_ms", "is not after `not_before_ms`")
        kind = fields.choice("kind", ACTION_KINDS)
        tool = fields.tool("tool", empty=kind == MODEL_CALL)
        if kind == MODEL_CALL and (tool or fields.raw("definition") != NO_DEFINITION):
            fields.bad("tool", "is named by a model call, which has no tool")
        return cls(
            hold=fields.hex_32("hold"),
            audience=fields.id("audience"),
            kind=kind,
            tool=tool,
            definition=fields.hex_64("definition"),
            call_id=fields.text("call_id", MAX_NAME),
            arguments=fields.object("arguments"),
            preconditions=fields.members("preconditions", read_text, most=MAX_LIST, named=_NAME),
            diff=fields.items("diff", Change.read, most=MAX_LIST),
            requester=Requester.read(fields.raw("requester"), fields.path("requester")),
            agent_owner=fields.id("agent_owner", empty=True),
            mission=fields.text("mission", MAX_NAME),
            purpose=fields.text("purpose"),
            authority=fields.text("authority"),
            model=Proposer.read(fields.raw("model"), fields.path("model")),
            agreement=BoundAgreement.read(fields.raw("agreement"), fields.path("agreement")),
            rules=_rules(fields),
            risk=fields.choice("risk", RISKS),
            own_machine=fields.flag("own_machine"),
            evidence=fields.items("evidence", Evidence.read, most=MAX_LIST),
            nonce=fields.hex_32("nonce"),
            not_before_ms=not_before_ms,
            not_after_ms=not_after_ms,
            rendering=Rendering.read(fields.raw("rendering"), fields.path("rendering")),
        )

    def to_json(self) -> JsonObject:
        """The binding as JSON."""
        return {
            "format": FORMAT,
            "hold": self.hold,
            "audience": self.audience,
            "kind": self.kind,
            "tool": self.tool,
            "definition": self.definition,
            "call_id": self.call_id,
            "arguments": self.arguments,
            "preconditions": dict(self.preconditions),
            "diff": [change.to_json() for change in self.diff],
            "requester": self.requester.to_json(),
            "agent_owner": self.agent_owner,
            "mission": self.mission,
            "purpose": self.purpose,
            "authority": self.authority,
            "model": self.model.to_json(),
            "agreement": self.agreement.to_json(),
            "rules": [rule.to_json() for rule in self.rules],
            "risk": self.risk,
            "own_machine": self.own_machine,
            "evidence": [item.to_json() for item in self.evidence],
            "rendering": self.rendering.to_json(),
            "nonce": self.nonce,
            "not_before_ms": self.not_before_ms,
            "not_after_ms": self.not_after_ms,
            "max_uses": 1,
        }

    @cached_property
    def rendered(self) -> str:
        """What a person is shown of it, made from its fields and from nothing else."""
        return render(self.to_json())

    @cached_property
    def rendered_digest(self) -> str:
        """The digest of `rendered`, in hexadecimal."""
        return digest("rendering", self.rendered.encode()).hex()

    def check_rendering(self) -> None:
        """Raise `SignOffError` unless the binding names the rendering that its own fields give."""
        if self.rendering.sha256 != self.rendered_digest:
            raise SignOffError("signoff/rendering-differs")

    def checked(self) -> "ActionBinding":
        """This binding with its rules in order and its rendering, read back strictly; raises `SignOffError`."""
        rules = tuple(sorted(self.rules, key=lambda rule: rule.id))
        unshown = dataclasses.replace(self, rules=rules, rendering=Rendering(TEMPLATE, "0" * 64))
        read = ActionBinding.parse(unshown.canonical)
        return dataclasses.replace(read, rendering=Rendering(TEMPLATE, read.rendered_digest))


def _rules(fields: Fields) -> tuple[BoundRule, ...]:
    rules = fields.items("rules", BoundRule.read, least=1, most=MAX_LIST)
    ids = [rule.id for rule in rules]
    if ids != sorted(set(ids)):
        fields.bad("rules", "is not sorted by id, each rule once")
    return rules
