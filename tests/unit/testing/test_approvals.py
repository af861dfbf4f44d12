"""The approval journeys in memory refuse what a gateway refuses, where a page could show it."""

import asyncio
import os
from dataclasses import replace

import pytest

from brightline.console.ports import HoldStage, PasskeyAnswer
from brightline.crypto.errors import CryptoError
from brightline.crypto.party_keys import ED25519, P256
from brightline.crypto.signatures import sign
from brightline.domain.errors import BrightlineError
from brightline.domain.sign_off.statement import Signature, SignedStatement, Statement
from brightline.testing import approval_samples
from brightline.testing.approval_samples import RELEASE_OFFICER
from brightline.testing.approvals import SimulatedApprovals
from brightline.testing.sign_off import key_of


class Clock:
    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def __call__(self) -> int:
        return self.ms


def make() -> tuple[SimulatedApprovals, Clock, str]:
    clock = Clock()
    journeys = SimulatedApprovals(rp_id="localhost", origin="http://localhost", random=os.urandom, clock_ms=clock)
    for name in ("alice", "bob"):
        journeys.add_person(name, RELEASE_OFFICER)
    return journeys, clock, journeys.hold(approval_samples.release_payload(os.urandom, clock.ms))


def signed(journeys: SimulatedApprovals, hold: str, person: str, decision: str = "allow") -> bytes:
    key = key_of(person, ED25519)
    assertion = journeys.assert_key(person, key.public, "file")
    approval = asyncio.run(journeys.show(hold, person))
    statement = Statement(
        binding=approval.binding.digest.hex(),
        decision=decision,
        person=person,
        key=key.public.id,
        role=RELEASE_OFFICER,
        rendering=approval.binding.rendered_digest,
        log=approval.log,
        assurance="file",
        own_machine=True,
        blind=True,
        evidence=(),
        dwell_ms=0,
        reason="r",
        signed_at_ms=approval.now_ms,
    )
    return SignedStatement(statement, Signature(ED25519, sign(key, statement.tagged)), assertion).canonical


def test_two_approve_and_one_denies() -> None:
    journeys, _, hold = make()
    assert asyncio.run(journeys.signed(hold, "alice", signed(journeys, hold, "alice"))) is HoldStage.OPEN
    assert asyncio.run(journeys.signed(hold, "bob", signed(journeys, hold, "bob"))) is HoldStage.APPROVED
    journeys, _, hold = make()
    assert asyncio.run(journeys.signed(hold, "bob", signed(journeys, hold, "bob", "deny"))) is HoldStage.DENIED


def test_time_ends_a_hold() -> None:
    journeys, clock, hold = make()
    clock.ms += approval_samples.TERM_MS
    assert asyncio.run(journeys.show(hold, "alice")).stage is HoldStage.EXPIRED
    with pytest.raises(AssertionError):
        journeys.release(hold)


def test_a_statement_of_another_person_or_a_broken_signature_is_refused() -> None:
    journeys, _, hold = make()
    mine = signed(journeys, hold, "alice")
    with pytest.raises(BrightlineError):
        asyncio.run(journeys.signed(hold, "bob", mine))
    found = SignedStatement.parse(mine)
    broken = replace(found, signature=replace(found.signature, value=bytes(64)))
    with pytest.raises(CryptoError):
        asyncio.run(journeys.signed(hold, "alice", broken.canonical))
    assert journeys.votes(hold) == 0


def test_a_passkey_that_nobody_enrolled_signs_nothing() -> None:
    journeys, _, hold = make()
    answer = PasskeyAnswer(challenge=b"c", credential=b"x", authenticator_data=b"a", client_data=b"{}", signature=b"s")
    statement = SignedStatement.parse(signed(journeys, hold, "alice")).statement.canonical
    for journey in (
        journeys.sign_in_with_passkey(answer),
        journeys.signed_with_passkey(hold, "alice", statement, answer),
        journeys.enrolment_file("alice", "0" * 64),
        journeys.open_evidence(hold, "alice", "0" * 64),
        journeys.show("0" * 32, "alice"),
        journeys.person("nobody"),
    ):
        with pytest.raises(BrightlineError):
            asyncio.run(journey)


def test_a_passkey_that_is_taken_back_is_listed_no_more() -> None:
    journeys, _, _ = make()
    journeys.give_passkey("alice", key_of("alice", P256).public, b"credential")
    assert len(asyncio.run(journeys.passkeys("alice"))) == 1
    assert asyncio.run(journeys.passkeys("bob")) == ()
