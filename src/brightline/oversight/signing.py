"""What an approver signs on his own machine: the approval file, the statement made from it, and the signature.

The approval file is what the console and `brightline hold show --out` give out, in canonical JSON:

    {"format": "brightline/approval-request/1", "binding": {…}, "log": {"origin", "size", "root"},
     "demands": [{"path": "quorum" | "break-glass", "role", "quorum"}, …]}

`log` is the checkpoint under which the hold is shown, and every statement repeats it. `demands` are the binding's own,
one for each path and role, sorted, with the largest quorum of any rule: a file that asks for anything else is refused.
INVARIANT: what is shown is rendered here, from the bytes of the binding, and never taken from the file.
INVARIANT: no statement leaves that its own person's asserted key does not verify.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from brightline.crypto.errors import CryptoError
from brightline.crypto.party_keys import read_public
from brightline.crypto.signatures import verify
from brightline.domain.sign_off.assertion import SignedAssertion
from brightline.domain.sign_off.binding import MAX_BINDING_BYTES, MAX_LIST, MAX_QUORUM, ActionBinding
from brightline.domain.sign_off.canonical import Json, JsonObject, canonical, parse_object
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import Fields
from brightline.domain.sign_off.statement import BREAK_GLASS, ShownLog, Signature, SignedStatement, Statement
from brightline.oversight.people import check_duties, check_opened, check_role, roles_asked

FORMAT = "brightline/approval-request/1"
QUORUM_PATH, BREAK_GLASS_PATH = "quorum", "break-glass"
MAX_REQUEST_BYTES = MAX_BINDING_BYTES + 64 * 1024
_FIELDS = frozenset(("format", "binding", "log", "demands"))
_ASKED_FIELDS = frozenset(("path", "role", "quorum"))


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """How many persons in which role an action asks for, on one of its two paths (`quorum`, `break-glass`)."""

    path: str
    role: str
    quorum: int

    @classmethod
    def read(cls, value: Json, path: str) -> "Asked":
        """What `value` asks for; raises `SignOffError`."""
        fields = Fields(value, path, _ASKED_FIELDS)
        way = fields.choice("path", (QUORUM_PATH, BREAK_GLASS_PATH))
        return cls(way, fields.id("role"), fields.integer("quorum", 1, MAX_QUORUM))

    def to_json(self) -> JsonObject:
        """It as JSON."""
        return {"path": self.path, "role": self.role, "quorum": self.quorum}


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """One action put before a person; `log` is the checkpoint that he is shown."""

    binding: ActionBinding
    log: ShownLog

    @classmethod
    def parse(cls, data: bytes) -> "ApprovalRequest":
        """The request of which `data` is the canonical form, its rendering recomputed; raises `SignOffError`."""
        fields = Fields(parse_object(data, limit=MAX_REQUEST_BYTES), "request", _FIELDS)
        fields.constant("format", FORMAT)
        binding = ActionBinding.read(fields.raw("binding"), fields.path("binding"))
        binding.check_rendering()
        request = cls(binding, ShownLog.read(fields.raw("log"), fields.path("log")))
        # A binding holds up to so many rules, each with two demands.
        if fields.items("demands", Asked.read, most=2 * MAX_LIST) != request.demands:
            raise SignOffError("signoff/other-demands")
        return request

    @property
    def demands(self) -> tuple[Asked, ...]:
        """What the binding asks for."""
        return demands_of(self.binding)

    @property
    def canonical(self) -> bytes:
        """The file's bytes."""
        return canonical(
            {
                "format": FORMAT,
                "binding": self.binding.to_json(),
                "log": self.log.to_json(),
                "demands": [asked.to_json() for asked in self.demands],
            }
        )


def demands_of(binding: ActionBinding) -> tuple[Asked, ...]:
    """What `binding` asks for on each path: for each role the largest quorum that any of its rules names."""
    largest: dict[tuple[str, str], int] = {}
    for path, role, quorum in _demands(binding):
        largest[path, role] = max(quorum, largest.get((path, role), 0))
    return tuple(sorted(Asked(path, role, quorum) for (path, role), quorum in largest.items()))


def _demands(binding: ActionBinding) -> Iterable[tuple[str, str, int]]:
    for rule in binding.rules:
        yield QUORUM_PATH, rule.role, rule.quorum
        if rule.break_glass is not None:
            yield BREAK_GLASS_PATH, rule.break_glass.role, rule.break_glass.quorum


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What a person decided, in which role, and how; `evidence` are the digests (hexadecimal) of what he opened."""

    decision: str
    role: str
    reason: str = ""
    evidence: tuple[str, ...] = ()
    dwell_ms: int = 0
    blind: bool = True
    own_machine: bool = False


def role_for(binding: ActionBinding, signed: SignedAssertion, *, decision: str, chosen: str = "") -> str:
    """The role to sign in: `chosen`, or the only one that is asked for and asserted; raises `SignOffError`."""
    assertion = signed.assertion
    asked = roles_asked(binding, decision)
    able = sorted(asked & frozenset(assertion.roles))
    if not chosen and len(able) > 1:
        raise SignOffError("signoff/several-roles", roles=", ".join(able))
    role = chosen or ", ".join(able or sorted(asked))
    check_role(decision, role, assertion, binding)
    return role


def make_statement(request: ApprovalRequest, vote: Vote, signed: SignedAssertion, *, now_ms: int) -> Statement:
    """The statement to sign at `now_ms` (UTC milliseconds); raises `SignOffError` where it could never count.

    That is: outside of the window, under an assertion that does not hold, in a role that is not asked for, by whoever
    asked, about evidence that the action does not name, an allowance with evidence unopened, or a broken glass without
    a reason.
    """
    binding, assertion = request.binding, signed.assertion
    if now_ms >= binding.not_after_ms:
        raise SignOffError("signoff/window-over")
    if not assertion.not_before_ms <= now_ms < assertion.not_after_ms:
        code = "signoff/assertion-not-yet" if now_ms < assertion.not_before_ms else "signoff/assertion-expired"
        raise SignOffError(code, person=assertion.person)
    check_role(vote.decision, vote.role, assertion, binding)
    check_duties(assertion.person, binding)
    check_opened(vote.decision, vote.evidence, binding)
    if vote.decision == BREAK_GLASS and not vote.reason.strip():
        raise SignOffError("signoff/no-reason")
    statement = Statement(
        binding=binding.digest.hex(),
        decision=vote.decision,
        person=assertion.person,
        key=assertion.key.id,
        role=vote.role,
        rendering=binding.rendering.sha256,
        log=request.log,
        assurance=assertion.key.assurance,
        own_machine=vote.own_machine,
        blind=vote.blind,
        evidence=tuple(sorted(set(vote.evidence))),
        dwell_ms=vote.dwell_ms,
        reason=vote.reason,
        signed_at_ms=now_ms,
    )
    return Statement.parse(statement.canonical)


def sign_statement(statement: Statement, signed: SignedAssertion, sign: Callable[[bytes], bytes]) -> SignedStatement:
    """`statement` with the signature that `sign` gives over its tagged bytes, by the key that is asserted.

    Raises `SignOffError` when the signature is another key's.
    """
    entry = signed.assertion.key.entry
    value = sign(statement.tagged)
    try:
        verify(read_public(entry.algorithm, entry.encoded), value, statement.tagged)
    except CryptoError as error:
        raise SignOffError("signoff/other-key", key=entry.id) from error
    made = SignedStatement(statement, Signature(entry.algorithm, value), signed)
    return SignedStatement.parse(made.canonical)
