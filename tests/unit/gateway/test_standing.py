"""The term in force: its times, and who waits for another."""

import asyncio
from dataclasses import replace

import pytest

from brightline.domain.agreement import AgreementRef
from brightline.domain.errors import BrightlineError
from brightline.gateway.standing import Standing, Term
from brightline.ledger.errors import AgreementChangedError
from brightline.policy import PolicyError
from brightline.testing.rooms import Agreement

TERM = Term(agreement=Agreement(), opens_ms=100, expires_ms=300, current_from_ms=100, current_until_ms=200)


def other() -> Term:
    agreement = Agreement()
    agreement.ref = AgreementRef("sample", 2, b"e" * 32, "demo")
    return replace(TERM, agreement=agreement)


@pytest.mark.parametrize(
    ("now_ms", "code"), [(99, "policy/not-yet-valid"), (200, "policy/not-current"), (300, "policy/expired")]
)
def test_outside_its_times_nothing_is_permitted(now_ms: int, code: str) -> None:
    with pytest.raises(BrightlineError) as caught:
        Standing(TERM).agreement_at(now_ms)
    assert caught.value.code == code


def test_without_a_statement_the_refusal_says_why_there_is_none() -> None:
    doubt = PolicyError("policy/bad-current", why="it is torn")
    refusal = replace(TERM, current_until_ms=0, doubt=doubt).refusal(150)
    assert refusal is doubt


@pytest.mark.parametrize("now_ms", [100, 199])
def test_within_its_times_it_is_given(now_ms: int) -> None:
    assert Standing(TERM).agreement_at(now_ms) is TERM.agreement
    assert TERM.refusal(now_ms) is None


def test_who_waits_for_another_version_in_vain_is_told() -> None:
    async def story() -> None:
        standing = Standing(TERM)
        with pytest.raises(AgreementChangedError):
            await standing.after(TERM.agreement.ref.digest, 0.01)
        # That one gave up takes nothing from the others.
        waiting = asyncio.ensure_future(standing.after(TERM.agreement.ref.digest, 5))
        await asyncio.sleep(0)
        standing.replace(other())
        await waiting

    asyncio.run(story())


def test_all_who_wait_go_on_when_another_is_in_force() -> None:
    async def story() -> None:
        standing = Standing(TERM)
        digest = TERM.agreement.ref.digest
        waiting = [asyncio.ensure_future(standing.after(digest, 5)) for _ in range(3)]
        await asyncio.sleep(0)
        standing.replace(other())
        await asyncio.gather(*waiting)
        await standing.after(digest, 0)
        assert standing.agreement_at(150).ref.version == 2

    asyncio.run(story())
