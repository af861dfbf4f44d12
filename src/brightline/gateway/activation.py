"""Takes a version of the agreement into force while uses run, and statements that it is still current.

The steps of `activate`, each of which leaves the old version in force when it fails, but the last two:
1. the files are copied, and from here on only the copy is looked at;
2. the copy is judged: accepted, its proof solved again where the solvers are, compiled, and stated to be current;
3. the copy gets the directory of its version, and its meters are counted beside those in use;
4. one transaction makes the ledger's entry, the store's accepted version and the statement; from here on the ledger
   refuses intents under the old version, and whatever happens the new one is in force;
5. uses are decided under the new version; those that wait for it are decided again.
Between 4 and 5 only `catch_up` is needed, which a restart does as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.domain.record import Appended, Entry
from brightline.gateway.errors import AdminError
from brightline.gateway.in_force import Lineage, acceptance_of
from brightline.gateway.proving import Prover
from brightline.gateway.standing import Standing, Term
from brightline.gateway.statements import Statements
from brightline.gateway.versions import Versions
from brightline.ledger.public_record import Fields, agreement_fields, own_entry, plain_record
from brightline.ledger.settings import Acceptance
from brightline.ledger.state import LedgerState
from brightline.policy import AgreementPort
from brightline.policy.draft import Draft
from brightline.policy.signing import InForce, Statement, accept, read_signed


class AgreementLedger(Protocol):
    """The ledger, as far as it knows of agreements."""

    @property
    def agreement(self) -> bytes:
        """The digest of the agreement in force."""
        ...

    def now_ms(self) -> int:
        """The ledger's time, UTC milliseconds."""
        ...

    def state(self) -> LedgerState:
        """Whether new uses are taken."""
        ...

    async def accept_agreement(
        self, agreement: AgreementRef, acceptance: Acceptance, also: Callable[[], None] | None = None
    ) -> Appended:
        """Bring `agreement` into force, and with it whatever `also` writes to the store: all of it or nothing."""
        ...

    async def append_all(self, entries: Sequence[Entry], also: Callable[[], None] | None = None) -> Sequence[Appended]:
        """Make entries durable, and with them whatever `also` writes: all of it or nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What activation works with: `find` reads the version in force from the store, `load` compiles one.

    `admit` raises `BrightlineError` for a version that this gateway's settings cannot stand under; `prepare` makes
    ready what would keep uses waiting once a version is in force.
    """

    enclave: str
    versions: Versions
    ledger: AgreementLedger
    statements: Statements
    find: Callable[[], Lineage]
    load: Callable[[Draft], AgreementPort]
    prover: Callable[[], Prover | None]
    admit: Callable[[AgreementPort], None]
    prepare: Callable[[AgreementPort], Awaitable[None]]


class Activated(NamedTuple):
    """A version that took effect: its entry, how it was accepted, and the term that is in force now."""

    appended: Appended
    acceptance: Acceptance
    term: Term


class _Judged(NamedTuple):
    lineage: Lineage
    acceptance: Acceptance
    agreement: AgreementPort
    statement: Statement


class Activation:
    """Changes what is in force, one change at a time."""

    def __init__(self, means: Means, standing: Standing, lineage: Lineage) -> None:
        self._means = means
        self._standing = standing
        self._lineage = lineage
        self._changing = asyncio.Lock()

    async def activate(self, source: Path, statement: bytes | None, *, by: str) -> Activated:
        """Take the version in `source` into force; `statement` says that it is current.

        Raises `BrightlineError`, and then the version before is in force still, or, when the ledger failed at the very
        moment, whichever it finds once it is healed.
        """
        versions = self._means.versions
        async with self._changing:
            try:
                staged = await asyncio.to_thread(versions.stage, source)
                judged = await asyncio.to_thread(self._judge, staged, statement, self._means.ledger.now_ms())
                version = judged.lineage.draft.manifest.version
                await asyncio.to_thread(versions.settle, staged, version)
                await self._means.prepare(judged.agreement)
            finally:
                await asyncio.to_thread(versions.drop)
            return await self._take_effect(judged, statement, by)

    def _judge(self, staged: Path, statement: bytes | None, now_ms: int) -> _Judged:
        """Everything that can refuse a version; raises `BrightlineError`."""
        before, prover = self._lineage, self._means.prover()
        accepted = accept(
            read_signed(staged),
            before=InForce(before.draft),
            highest=(before.draft.manifest.version, before.draft.digest),
            now_ms=now_ms,
            tightening=prover.shows_tightening if prover is not None else None,
        )
        lineage = before.followed_by(accepted)
        if prover is not None:
            prover.confirm(accepted.draft)
        agreement = self._means.load(accepted.draft)
        self._means.admit(agreement)
        stated = self._stated(lineage, statement, now_ms)
        return _Judged(lineage, acceptance_of(accepted), agreement, stated)

    def _stated(self, lineage: Lineage, data: bytes | None, now_ms: int) -> Statement:
        """What states that `lineage` is current: `data`, or, for a tightening, what states it of the version before."""
        statements = self._means.statements
        kept = statements.kept() if lineage.tightened else None
        if data is not None:
            after_ms = None if kept is None else kept.issued_ms
            return statements.check(data, lineage.drafts, now_ms, after_ms=after_ms)
        if kept is None:
            version = lineage.draft.manifest.version
            raise AdminError("gateway/no-statement", version=version, enclave=self._means.enclave)
        return statements.check(kept.data, lineage.drafts, now_ms)

    async def _take_effect(self, judged: _Judged, data: bytes | None, by: str) -> Activated:
        means, lineage = self._means, judged.lineage
        acceptance = replace(judged.acceptance, by=by)

        def keep() -> None:
            if data is not None:
                means.statements.keep(judged.statement, data)

        appended = await means.ledger.accept_agreement(lineage.ref(means.enclave), acceptance, keep)
        self._lineage = lineage
        term = term_of(judged.agreement, lineage, judged.statement)
        self._standing.replace(term)
        return Activated(appended, acceptance, term)

    async def state_current(self, data: bytes, *, by: str) -> tuple[Appended, Term]:
        """Take a statement that the version in force is current; raises `BrightlineError`."""
        means = self._means
        async with self._changing:
            kept = means.statements.kept()
            after_ms = None if kept is None else kept.issued_ms
            drafts = self._lineage.drafts
            statement = means.statements.check(data, drafts, means.ledger.now_ms(), after_ms=after_ms)
            entry = statement_entry(self._lineage.ref(means.enclave), statement, by)
            (appended,) = await means.ledger.append_all([entry], lambda: means.statements.keep(statement, data))
            term = term_of(self._standing.term.agreement, self._lineage, statement)
            self._standing.replace(term)
            return appended, term

    async def catch_up(self) -> bool:
        """Take into force what the ledger says is, where an activation was cut off between the two; whether it did.

        Raises `BrightlineError` when that version cannot be loaded; nothing is permitted then, for the ledger refuses.
        """
        ledger, served = self._means.ledger, self._standing.term.agreement.ref.digest
        if self._changing.locked() or not ledger.state().ready or ledger.agreement == served:
            return False
        async with self._changing:
            lineage = await asyncio.to_thread(self._means.find)
            agreement = await asyncio.to_thread(self._means.load, lineage.draft)
            self._lineage = lineage
            self._standing.replace(kept_term(agreement, lineage, self._means.statements, ledger.now_ms()))
        return True


def statement_entry(ref: AgreementRef, statement: Statement, by: str) -> Entry:
    """The entry that says until when the agreement was stated to be current, and by whom."""
    fields: Fields = {
        "agreement": agreement_fields(ref),
        "issued_ms": statement.issued_ms,
        "until_ms": statement.until_ms,
        "signers": [f"{signer.party} {signer.key_id}" for signer in statement.signers],
        "by": by,
    }
    return own_entry(Kind.AGREEMENT, ref, plain_record("statement", fields))


def term_of(agreement: AgreementPort, lineage: Lineage, statement: Statement) -> Term:
    """The term of a version that `statement` says is current."""
    manifest = lineage.draft.manifest
    return Term(
        agreement=agreement,
        opens_ms=manifest.not_before_ms,
        expires_ms=manifest.expires_ms,
        current_from_ms=statement.issued_ms,
        current_until_ms=statement.until_ms,
    )


def kept_term(agreement: AgreementPort, lineage: Lineage, statements: Statements, now_ms: int) -> Term:
    """The term of a version by the statement that is kept of it; without one that holds it permits nothing."""
    manifest, kept = lineage.draft.manifest, statements.kept()
    none = Term(agreement=agreement, opens_ms=manifest.not_before_ms, expires_ms=manifest.expires_ms)
    if kept is None:
        return none
    try:
        return term_of(agreement, lineage, statements.check(kept.data, lineage.drafts, now_ms))
    except BrightlineError as error:
        return replace(none, doubt=error)
