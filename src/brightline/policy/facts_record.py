"""A recorded use: the facts of one call without its contents, so that another version can decide it again later.

What stands in a record are the facts that no register gives. What an agreement's registers give (what a tool does, what
a mission is for) is looked up again, in the version that decides again.

    {"recorded": 1, "entry": …, "time_ms": …, "effect": …, "enclave": …,
     "who": {…}, "mission": {…}, "model": {…}, "facts": {…}, "meter": {…}, "text": {…}}

What meters told is told again to a version that has them; a meter that did not count then tells nought. So is what
the words were read as, under the thresholds of then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call, Claimed, Dialect, Operation
from brightline.domain.decision import Effect
from brightline.domain.description import NO_READING, TextReading, TextState
from brightline.domain.metering import MeterRule
from brightline.domain.principal import Principal
from brightline.domain.use import NO_READINGS, ToolEffect, Use
from brightline.policy.errors import PolicyError
from brightline.policy.expressions import Json

FORMAT = 1
MAX_TOOLS = 10_000


def facts_of(call: Call, principal: Principal | None, *, acting: bool = False) -> dict[str, Json]:
    """The facts of `call` that stand in no other group of its sealed record; they hold no contents.

    The `decision` group keeps them. The caller's roles are among them and his name is not. `acting` says that what was
    decided is one tool about to run, which is then the only one in the group `model`.
    """
    return {
        "acting": acting,
        "input_bytes": len(call.body),
        "max_output_tokens": call.max_output_tokens,
        "message_count": call.message_count,
        "modalities": [*sorted(call.modalities)],
        "operation": call.operation.value,
        "remote_urls": call.remote_urls,
        "roles": [*sorted(principal.roles)] if principal is not None else [],
        "stream": call.stream,
    }


@dataclass(frozen=True, slots=True)
class RecordedUse:
    """A use as the ledger's record has it; `effect` is how it was decided, in which `enclave`, at `time_ms`."""

    entry: int
    time_ms: int
    effect: Effect
    enclave: str
    principal: Principal
    mission: str
    deployment: str
    dialect: Dialect
    operation: Operation
    stream: bool
    tools: tuple[str, ...]
    modalities: frozenset[str]
    remote_urls: bool
    input_bytes: int
    message_count: int
    max_output_tokens: int | None
    claimed: Claimed
    acting: bool = False
    readings: Mapping[str, int] = field(default_factory=lambda: NO_READINGS)
    text: TextReading = NO_READING

    def use(self, deployment: Deployment, effect_of: Callable[[str], ToolEffect], meters: Iterable[MeterRule]) -> Use:
        """The use as a version describes it that knows `deployment`, what tools do by `effect_of`, and `meters`."""
        return Use(
            use_id=bytes(16),
            principal=self.principal,
            mission=self.mission,
            deployment=deployment,
            dialect=self.dialect,
            operation=self.operation,
            stream=self.stream,
            tools=tuple([effect_of(tool) for tool in self.tools]),
            modalities=self.modalities,
            remote_urls=self.remote_urls,
            input_bytes=self.input_bytes,
            message_count=self.message_count,
            max_output_tokens=self.max_output_tokens,
            claimed=self.claimed,
            acting=self.acting,
            readings={meter.id: self.readings.get(meter.id, 0) for meter in meters},
            text=self.text,
        )


def recorded_json(
    *, entry: int, time_ms: int, effect: str, groups: Mapping[str, Mapping[str, Json]]
) -> dict[str, Json] | None:
    """One line of an export, from the opened groups `who`, `mission`, `decision` and `model` of an entry.

    None where the record holds no facts: it was written before facts were recorded, or the call was not read.
    """
    decision, who = groups.get("decision", {}), groups.get("who", {})
    facts = decision.get("facts")
    if not isinstance(facts, dict) or not who.get("unit"):
        return None
    return {
        "recorded": FORMAT,
        "entry": entry,
        "time_ms": time_ms,
        "effect": effect,
        "enclave": decision.get("enclave", ""),
        "who": {name: who.get(name, "") for name in ("app", "key", "organisation", "unit")},
        "mission": dict(groups.get("mission", {})),
        "model": {name: groups.get("model", {}).get(name) for name in ("deployment", "dialect", "tools")},
        "facts": dict(facts),
        "meter": decision.get("meter", {}),
        "text": decision.get("described", {}),
    }


def read_recorded(line: Mapping[str, Json], *, place: str) -> RecordedUse:
    """The recorded use that a line of an export holds; raises `PolicyError` (`policy/bad-request-file`)."""
    try:
        return _read(_Object(line))
    except (KeyError, TypeError, ValueError) as error:
        why = f"not a recorded use of this release ({error})"
        raise PolicyError("policy/bad-request-file", place=place, why=why) from error


class _Object:
    """Gives the members of an object under the type they must have; raises `TypeError` for another."""

    def __init__(self, members: Json | Mapping[str, Json]) -> None:
        if not isinstance(members, Mapping):
            raise TypeError("expected an object")
        self._members = members

    def object(self, name: str) -> "_Object":
        return _Object(self._members[name])

    def text(self, name: str) -> str:
        value = self._members[name]
        if not isinstance(value, str):
            raise TypeError(f"`{name}` must be a string")
        return value

    def number(self, name: str) -> int:
        value = self._members[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"`{name}` must be a whole number")
        return value

    def flag(self, name: str) -> bool:
        value = self._members[name]
        if not isinstance(value, bool):
            raise TypeError(f"`{name}` must be true or false")
        return value

    def optional_flag(self, name: str) -> bool:
        # Records of before there were acts do not have it: all of them are calls to a model.
        return name in self._members and self.flag(name)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._members[name]
        if not isinstance(value, list) or len(value) > MAX_TOOLS or not all(isinstance(item, str) for item in value):
            raise TypeError(f"`{name}` must be a list of strings")
        return tuple([item for item in value if isinstance(item, str)])

    def counts(self, name: str) -> Mapping[str, int]:
        # Records of before there were meters do not have them.
        counts = _Object(self._members.get(name, {}))
        return {each: counts.number(each) for each in counts._members}

    def has(self, name: str) -> bool:
        return bool(self._members.get(name))

    def optional(self, name: str) -> str | None:
        return None if self._members.get(name) is None else self.text(name)

    def optional_number(self, name: str) -> int | None:
        return None if self._members.get(name) is None else self.number(name)


def _read(line: _Object) -> RecordedUse:
    if line.number("recorded") != FORMAT:
        raise ValueError(f"format {line.number('recorded')}")
    who, mission, model, facts = (line.object(name) for name in ("who", "mission", "model", "facts"))
    return RecordedUse(
        entry=line.number("entry"),
        time_ms=line.number("time_ms"),
        effect=Effect(line.text("effect")),
        enclave=line.text("enclave"),
        principal=Principal(
            key_id=who.text("key"),
            name="",
            organisation=who.text("organisation"),
            unit=who.text("unit"),
            roles=frozenset(facts.texts("roles")),
            app=who.text("app"),
            missions=frozenset(),
            default_mission=None,
        ),
        mission=mission.text("mission"),
        deployment=model.text("deployment"),
        dialect=Dialect(model.text("dialect")),
        operation=Operation(facts.text("operation")),
        stream=facts.flag("stream"),
        tools=model.texts("tools"),
        modalities=frozenset(facts.texts("modalities")),
        remote_urls=facts.flag("remote_urls"),
        input_bytes=facts.number("input_bytes"),
        message_count=facts.number("message_count"),
        max_output_tokens=facts.optional_number("max_output_tokens"),
        claimed=Claimed(
            mission.optional("claimed_mission"),
            mission.optional("claimed_purpose"),
            mission.optional("claimed_authority"),
        ),
        acting=facts.optional_flag("acting"),
        readings=line.counts("meter"),
        text=_reading(line),
    )


def _reading(line: _Object) -> TextReading:
    # Records of uses that nobody described do not have it.
    if not line.has("text"):
        return NO_READING
    text = line.object("text")
    return TextReading(
        text.text("state") == TextState.UNKNOWN,
        text.flag("uncalibrated"),
        frozenset(text.texts("held")),
        frozenset(text.texts("advised")),
    )
