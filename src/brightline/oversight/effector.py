"""What a machine checks before it acts, without a network: that a release is for it, for exactly this action, signed by
enough of the right people, proved to stand in the log, and not used before. Any doubt refuses. The order is fixed:

strict parse -> audience -> the action about to run -> window -> algorithms, signatures -> quorum of distinct persons,
duties apart -> revocation list, roles -> agreement -> proof of the hold's leaf -> rendering -> preconditions -> the
nonce consumed, durably, last before acting (so nobody burns what he could not use) -> act -> receipt.

INVARIANT: nothing runs before its nonce is durable in the store, and no nonce is taken twice.
LIMIT: one person under two names in the directory counts as two; that names are persons is the directory's duty.
LIMIT: preconditions are compared, not locked: the machine keeps its own state still while it acts.
"""

from collections import Counter
from collections.abc import Callable

from brightline.crypto.checkpoint import open_checkpoint
from brightline.crypto.errors import CryptoError
from brightline.crypto.merkle import leaf_hash, verify_inclusion
from brightline.crypto.party_keys import PrivateKey
from brightline.crypto.signatures import sign
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.leaf import Kind, LeafError, decode
from brightline.domain.sign_off.assertion import POLICY_AUTHOR, WEBAUTHN
from brightline.domain.sign_off.binding import NULL_AUDIENCE, TOOL_CALL, ActionBinding, Demand
from brightline.domain.sign_off.canonical import canonical
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.receipt import DONE, FAILED, MAX_DETAIL, UNKNOWN, ExecutionReceipt, SignedReceipt
from brightline.domain.sign_off.release import BREAK_GLASS, Release
from brightline.domain.sign_off.revocation import RevocationList
from brightline.domain.sign_off.statement import ALLOW, DENY, REVOKE, WEBAUTHN_ES256
from brightline.domain.sign_off.trust import ToolDemand, TrustBundle
from brightline.oversight.effector_ports import Action, Begun, Cleared, ReplayStore
from brightline.oversight.errors import EffectorError, NotDoneError
from brightline.oversight.trusted_keys import TrustedKeys

__all__ = ["Action", "Begun", "Cleared", "Effector", "EffectorError", "NotDoneError", "ReleaseCheck", "ReplayStore"]


class ReleaseCheck:
    """Judges releases by one trust bundle and the newest revocation list; consumes nothing and changes nothing."""

    def __init__(self, bundle: TrustBundle, *, revocations: Callable[[], bytes]) -> None:
        """`revocations` gives a signed revocation list; raises `EffectorError` for a bundle with an unusable key."""
        self._bundle = bundle
        self._revocations = revocations
        self._trusted = TrustedKeys(bundle)

    def check(self, release: bytes, action: Action, *, now_ms: int) -> Cleared:
        """The release, if `action` may run under it at `now_ms` (UTC milliseconds); raises `EffectorError`."""
        found = _read_release(release, self._trusted)
        binding = found.binding
        self._check_audience(binding)
        demand = self._check_action(binding, action)
        self._check_window(binding, now_ms)
        self._check_algorithms(found)
        self._check_signatures(found)
        self._check_persons(found)
        self._check_quorum(found, demand)
        self._check_duties(found)
        self._check_roles(found, now_ms)
        self._check_agreement(binding)
        self._check_hold(found)
        self._check_rendering(found)
        self._check_preconditions(binding, action)
        return Cleared(binding, tuple(signed.statement.person for signed in found.statements))

    def _check_audience(self, binding: ActionBinding) -> None:
        if binding.audience == NULL_AUDIENCE:
            raise EffectorError("effector/null-audience")
        if binding.audience != self._bundle.audience:
            raise EffectorError("effector/wrong-audience", audience=self._bundle.audience)

    def _check_action(self, binding: ActionBinding, action: Action) -> ToolDemand:
        """The bytes about to run are those that were signed, and mean here what they meant to those who signed."""
        demand = self._bundle.tools.get(action.tool)
        if demand is None:
            raise EffectorError("effector/unknown-tool")
        try:
            wanted = canonical(binding.arguments)
            same = action.arguments == wanted or action.canonical_arguments() == wanted
        except SignOffError as error:
            raise EffectorError("effector/other-action") from error
        if not same or (binding.kind, binding.tool) != (TOOL_CALL, action.tool):
            raise EffectorError("effector/other-action")
        if binding.definition != demand.definition:
            raise EffectorError("effector/other-definition")
        return demand

    def _check_window(self, binding: ActionBinding, now_ms: int) -> None:
        if now_ms < binding.not_before_ms - self._bundle.clock_skew_ms:
            raise EffectorError("effector/not-yet")
        if now_ms >= binding.not_after_ms:
            raise EffectorError("effector/expired")
        if binding.not_after_ms - binding.not_before_ms > self._bundle.longest_window_ms:
            raise EffectorError("effector/window-too-long", limit=self._bundle.longest_window_ms)

    def _check_algorithms(self, release: Release) -> None:
        for signed in release.statements:
            key, algorithm = signed.assertion.assertion.key, signed.signature.algorithm
            kept = signed.statement.assurance == key.assurance
            if algorithm not in self._bundle.algorithms or signed.signature.key_algorithm != key.entry.algorithm:
                raise EffectorError("effector/algorithm", algorithm=algorithm)
            if not kept or (algorithm == WEBAUTHN_ES256) != (key.assurance == WEBAUTHN):
                raise EffectorError("effector/algorithm", algorithm=algorithm)

    def _check_signatures(self, release: Release) -> None:
        self._trusted.check_gateway(release)
        digest = release.binding.digest.hex()
        for signed in release.statements:
            statement, assertion = signed.statement, signed.assertion.assertion
            if statement.binding != digest:
                raise EffectorError("effector/other-statement", person=statement.person)
            if (statement.person, statement.key) != (assertion.person, assertion.key.id):
                raise EffectorError("effector/other-person", person=statement.person)
            self._trusted.check_person(signed)

    def _check_persons(self, release: Release) -> None:
        """Everybody who signed is another person with another key, and nobody said no."""
        statements = [signed.statement for signed in release.statements]
        keys, names = {each.key for each in statements}, {each.person for each in statements}
        if not len(keys) == len(names) == len(statements):
            raise EffectorError("effector/same-person")
        if any(each.decision in (DENY, REVOKE) for each in statements):
            raise EffectorError("effector/vetoed")

    def _check_quorum(self, release: Release, demand: ToolDemand) -> None:
        """Every rule of the binding is lifted, and so is the bundle's own demand, which is a floor under them."""
        glass = release.path == BREAK_GLASS
        counted = [each.statement for each in release.statements if glass or each.statement.decision == ALLOW]
        votes = Counter((each.decision, each.role) for each in counted)
        ways = [((Demand(rule.role, rule.quorum),), rule.break_glass) for rule in release.binding.rules]
        for demands, broken in (*ways, (demand.quorum, demand.break_glass)):
            if all(votes[ALLOW, each.role] >= each.quorum for each in demands):
                continue
            if glass and broken is None:
                raise EffectorError("effector/absolute")
            if broken is None or votes[BREAK_GLASS, broken.role] < broken.quorum:
                raise EffectorError("effector/no-quorum")
        if glass and not any(each.decision == BREAK_GLASS for each in counted):
            raise EffectorError("effector/no-quorum")
        if (demand.own_machine or release.binding.own_machine) and not any(each.own_machine for each in counted):
            raise EffectorError("effector/own-machine")

    def _check_duties(self, release: Release) -> None:
        """Nobody approves what he or his agent asks for, and whoever writes policy approves nothing."""
        own = (release.binding.requester.person, release.binding.agent_owner)
        for held in (signed.assertion.assertion for signed in release.statements):
            if held.person in own or POLICY_AUTHOR in held.roles:
                raise EffectorError("effector/own-approval", person=held.person)

    def _check_roles(self, release: Release, now_ms: int) -> None:
        revoked, earliest_ms = self._fresh(now_ms), release.binding.not_before_ms - self._bundle.clock_skew_ms
        if release.binding.digest.hex() in revoked.bindings:
            raise EffectorError("effector/revoked")
        for signed in release.statements:
            held = signed.assertion.assertion
            if held.key.id in revoked.keys or held.person in revoked.persons or held.serial in revoked.serials:
                raise EffectorError("effector/revoked")
            if not held.not_before_ms <= now_ms < held.not_after_ms or signed.statement.role not in held.roles:
                raise EffectorError("effector/role", person=held.person)
            if not earliest_ms <= signed.statement.signed_at_ms < release.binding.not_after_ms:
                raise EffectorError("effector/signed-at", person=held.person)

    def _fresh(self, now_ms: int) -> RevocationList:
        try:
            found = self._trusted.read_list(self._revocations())
        except (OSError, SignOffError, EffectorError) as error:
            raise EffectorError("effector/revocations-stale", why="it is missing or not the directory's") from error
        if now_ms - found.issued_ms > self._bundle.revocations_max_age_ms:
            raise EffectorError("effector/revocations-stale", why="it is too old")
        if found.issued_ms - now_ms > self._bundle.clock_skew_ms:
            raise EffectorError("effector/revocations-stale", why="it is of a time to come")
        return found

    def _check_agreement(self, binding: ActionBinding) -> None:
        if binding.agreement.digest not in self._bundle.agreements:
            raise EffectorError("effector/other-agreement")

    def _check_hold(self, release: Release) -> None:
        """The hold's own leaf stands in the log, where the proof says, under the one signature of that log."""
        binding, entry = release.binding, release.hold_entry
        try:
            leaf = decode(entry.leaf)
        except LeafError as error:
            raise EffectorError("effector/other-leaf") from error
        if (leaf.kind, leaf.use_id.hex(), leaf.commitment) != (Kind.HOLD, binding.hold, binding.digest):
            raise EffectorError("effector/other-leaf")
        try:
            proof = TlogProof.parse(entry.proof)
            head, note = open_checkpoint(proof.checkpoint, self._trusted.logs)
        except CryptoError as error:
            raise EffectorError("effector/no-proof") from error
        if proof.extra is not None or note.unknown or len(note.signed_by) != 1:
            raise EffectorError("effector/no-proof")
        if head.origin != self._bundle.log.origin:
            raise EffectorError("effector/no-proof")
        at, path, hash_ = proof.index, proof.path, leaf_hash(entry.leaf)
        try:
            verify_inclusion(index=at, size=head.size, hash_=hash_, path=path, root=head.root)
        except CryptoError as error:
            raise EffectorError("effector/other-leaf") from error
        for shown in (signed.statement.log for signed in release.statements):
            same = shown.origin == head.origin and (shown.size != head.size or shown.root == head.root)
            if shown.size <= at or not same:
                raise EffectorError("effector/other-log")

    def _check_rendering(self, release: Release) -> None:
        """What each person was shown is what these fields give."""
        shown = {signed.statement.rendering for signed in release.statements}
        if {*shown, release.binding.rendering.sha256} != {release.binding.rendered_digest}:
            raise EffectorError("effector/rendering-differs")

    def _check_preconditions(self, binding: ActionBinding, action: Action) -> None:
        for name, expected in binding.preconditions.items():
            if action.preconditions.get(name) != expected:
                raise EffectorError("effector/precondition")


def _read_release(release: bytes, trusted: TrustedKeys) -> Release:
    if not release:
        raise EffectorError("effector/no-release")
    try:
        return trusted.read_release(release)
    except SignOffError as error:
        raise EffectorError("effector/malformed", why=error.message) from error


class Effector:
    """One machine that acts: checks a release, consumes it, runs the action once, and signs what became of it."""

    def __init__(
        self,
        bundle: TrustBundle,
        store: ReplayStore,
        *,
        revocations: Callable[[], bytes],
        clock_ms: Callable[[], int],
        signer: PrivateKey,
    ) -> None:
        self._bundle = bundle
        self._store = store
        self._check = ReleaseCheck(bundle, revocations=revocations)
        self._clock_ms = clock_ms
        self._signer = signer

    def check(self, release: bytes, action: Action) -> Cleared:
        """The release, if `action` may run under it now as far as the store does not know better; consumes nothing."""
        return self._check.check(release, action, now_ms=self._clock_ms())

    def act(self, release: bytes, action: Action, run: Callable[[], None]) -> SignedReceipt:
        """Run the action once, and say how it ended; raises `EffectorError` when it was not begun.

        `run` raises `NotDoneError` when it knows that nothing was done; any other exception ends as UNKNOWN.
        """
        now_ms = self._clock_ms()
        self._store.observe(now_ms, tolerance_ms=self._bundle.clock_skew_ms)
        binding = self._check.check(release, action, now_ms=now_ms).binding
        made_by_ms = binding.not_before_ms - self._bundle.longest_window_ms
        begun = self._store.begin(binding.nonce, binding.digest.hex(), now_ms=now_ms, made_by_ms=made_by_ms)
        if self._clock_ms() >= binding.not_after_ms:
            return self._end(begun, FAILED, "its time was over before it began")
        return self._end(begun, *_run(run))

    def recover(self) -> tuple[SignedReceipt, ...]:
        """Sign that everything begun and never ended is UNKNOWN; to be called when the machine starts."""
        left = self._store.unfinished()
        return tuple(self._end(begun, UNKNOWN, "the machine stopped while it ran") for begun in left)

    def _end(self, begun: Begun, outcome: str, detail: str) -> SignedReceipt:
        signed = self._receipt(begun, outcome, detail)
        try:
            self._store.finish(begun, signed.canonical)
        except EffectorError:
            # A restart would find it begun and call it UNKNOWN: two receipts must not contradict each other.
            return self._receipt(begun, UNKNOWN, "how it ended could not be stored")
        return signed

    def _receipt(self, begun: Begun, outcome: str, detail: str) -> SignedReceipt:
        receipt = ExecutionReceipt(
            binding=begun.binding,
            audience=self._bundle.audience,
            store_epoch=begun.epoch,
            sequence=begun.sequence,
            outcome=outcome,
            consumed_at_ms=begun.consumed_at_ms,
            finished_at_ms=max(self._clock_ms(), begun.consumed_at_ms),
            detail=detail[:MAX_DETAIL],
        )
        return SignedReceipt(receipt, self._signer.public.id, sign(self._signer, receipt.tagged))


def _run(run: Callable[[], None]) -> tuple[str, str]:
    """Run, and say how it ended: the outer edge, where every exception becomes an outcome."""
    try:
        run()
    except NotDoneError as error:
        return FAILED, error.message
    except Exception as error:  # noqa: BLE001 (whatever it was: nobody knows how far the action went)
        return UNKNOWN, type(error).__name__
    return DONE, ""
