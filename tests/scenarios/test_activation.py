"""A version of the agreement takes effect while uses run, or does not; and nothing is permitted outside its times."""

import asyncio
import dataclasses
import json
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import uvloop

from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Outcome, Verdict
from brightline.domain.record import Group
from brightline.ledger.settings import Acceptance
from brightline.policy import PolicyError
from brightline.policy.draft import Draft
from brightline.testing.house import (
    ENCLAVE,
    OUTSIDE,
    PATHS,
    Gateway,
    HouseSettings,
    body_of,
    eventually,
    house_agreement,
    make_house,
    running,
    tell,
)
from brightline.testing.parties import Parties, Signed, next_version, parties_in, write_files
from brightline.testing.provider_simulator import ProviderSimulator

OPERATOR, VENDOR = "Example Operations Command", "Example Model Laboratory"
DAY_MS = 86_400_000
NO_SMALL = b"""
@id("operator-nothing-small")
@reason("nothing is asked in reporting any more")
@clause("test, 1")
@source("invented for a test")
forbid (principal, action in Action::"call", resource)
when { context.fact.mission == "reporting" };
"""
OFFER_HELD = b"""
@id("operator-offer-signed")
@reason("a tool offered operates equipment, and no duty officer has signed for the call")
@hint("have the duty officer sign for this call")
@clause("test, 2")
@source("invented for a test")
@hold("duty-officer, 1")
@wait("0")
forbid (principal, action in Action::"call", resource)
when { !context.fact.acting && context.fact.effects.contains(Effect::"control") };
"""


@pytest.fixture(autouse=True)
def unproved(monkeypatch: pytest.MonkeyPatch) -> None:
    """These versions carry a certificate that no solver saw; what the prover refuses has tests of its own."""
    monkeypatch.setattr("brightline.gateway.house.installed_prover", lambda: None)


def parties() -> Parties:
    return parties_in(house_agreement())


def following(before: Draft, changes: Mapping[str, bytes], **manifest: object) -> dict[str, bytes]:
    files = {**house_agreement().files, **changes}
    return next_version(files, before, **manifest)


def strict(before: Draft) -> Signed:
    """A version that forbids what the first permits."""
    files = house_agreement().files
    return parties().sign(following(before, {"operator/missions.cedar": files["operator/missions.cedar"] + NO_SMALL}))


async def activate(gateway: Gateway, signed: Signed, place: Path, *, stated: bool = True) -> Mapping[str, object]:
    write_files(place, signed.files)
    args: dict[str, object] = {"path": str(place)}
    if stated:
        args["statement"] = parties().state(signed.draft, ENCLAVE).decode()
    return await gateway.command("agreement.activate", **args)


async def refused(gateway: Gateway, signed: Signed, place: Path, **how: bool) -> str:
    with pytest.raises(BrightlineError) as caught:
        await activate(gateway, signed, place, **how)
    return caught.value.code


def test_a_version_that_may_not_take_effect_changes_nothing(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        first = house_agreement().draft
        both = strict(first)
        files = following(first, {})
        size = gateway.house.ledger.size
        swapped = dataclasses.replace(both, files={**both.files, "effectors.json": both.files["effectors.json"] + b" "})
        attempts = {
            "policy/already-accepted": house_agreement(),
            "policy/skipped-version": parties().sign({**next_version(files, both.draft)}),
            "policy/swapped-file": swapped,
            "policy/expired": parties().sign(
                following(first, {}, not_before="2020-01-01T00:00:00Z", expires="2020-01-02T00:00:00Z")
            ),
            "policy/not-yet-valid": parties().sign(following(first, {}, not_before="2035-01-01T00:00:00Z")),
        }
        for number, (code, signed) in enumerate(attempts.items()):
            assert await refused(gateway, signed, tmp_path / f"v{number}") == code
        alone = parties().sign(following(first, {}, expires="2035-01-01T00:00:00Z"), by=[VENDOR])
        assert await refused(gateway, alone, tmp_path / "alone") == "policy/tightening-changes"
        assert await refused(gateway, both, tmp_path / "unstated", stated=False) == "gateway/no-statement"
        assert gateway.house.ledger.size == size
        assert (await gateway.post("openai", "small")).status == 200
        assert [path.name for path in (gateway.house.data_dir / "agreements").iterdir()] == ["1"]

    tell(tmp_path, story)


def test_a_relative_path_and_a_directory_that_is_none_are_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for path, code in (("next", "gateway/admin-bad-request"), (str(tmp_path / "none"), "policy/agreement-faults")):
            with pytest.raises(BrightlineError) as caught:
                await gateway.command("agreement.activate", path=path)
            assert caught.value.code == code

    tell(tmp_path, story)


def test_uses_in_flight_end_under_their_own_version_and_the_next_is_decided_under_the_new_one(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        first, second = house_agreement().draft, strict(house_agreement().draft)
        line = await gateway.line()
        line.ask("POST", PATHS["openai"], body_of("sim-slow", stream=True), gateway.credential())
        await line.until(b"data: ")
        done = await activate(gateway, second, tmp_path / "next")
        assert (done["version"], done["how"]) == (2, "all-parties")
        after = await gateway.post("openai", "small")
        assert (after.status, after.code) == (403, "policy/forbidden")
        assert after.headers["brightline-agreement"] == "sample 2"
        reply = await line.reply()
        assert reply.body.rstrip().endswith(b"[DONE]")
        assert reply.headers["brightline-agreement"] == "sample 1"
        (outcome,) = gateway.leaves(Kind.OUTCOME)
        assert (outcome.agreement_digest, outcome.outcome) == (first.digest, Outcome.COMPLETE)
        (refusal,) = gateway.leaves(Kind.REFUSAL)
        assert (refusal.agreement_digest, refusal.verdict) == (second.draft.digest, Verdict.FORBID)
        record = json.loads(gateway.house.ledger.blob(int(str(done["entry"]))) or b"")
        assert (record["version"], record["how"], len(record["signers"])) == (2, "all-parties", 2)
        assert record["by"].startswith("uid ")

    tell(tmp_path, story)


async def bring_into_force(gateway: Gateway, signed: Signed) -> None:
    """As far as an activation gets that is cut off between the ledger's entry and the swap."""
    house = gateway.house
    write_files(house.data_dir / "agreements" / str(signed.draft.manifest.version), signed.files)
    data = parties().state(signed.draft, ENCLAVE)
    statements = house.activation._means.statements
    stated = statements.check(data, [signed.draft], house.ledger.now_ms())
    ref = dataclasses.replace(house.agreement.ref, version=2, digest=signed.draft.digest)
    await house.ledger.accept_agreement(ref, Acceptance(), lambda: statements.keep(stated, data))


def test_a_use_whose_entry_comes_after_the_change_is_decided_again_without_its_caller_noticing(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        wider = parties().sign(following(house_agreement().draft, {}, expires="2035-01-01T00:00:00Z"))
        await bring_into_force(gateway, wider)
        key = ("idempotency-key", "once")
        answers = await asyncio.gather(
            gateway.post("openai", "small", key), gateway.post("anthropic", "small"), gateway.post("openai", OUTSIDE)
        )
        assert [(reply.status, reply.code) for reply in answers] == [
            (200, ""),
            (200, ""),
            (403, "policy/deployment-not-authorised"),
        ]
        assert {reply.headers["brightline-agreement"] for reply in answers} == {"sample 2"}
        assert {leaf.agreement_digest for leaf in gateway.leaves(Kind.INTENT, Kind.REFUSAL)} == {wider.draft.digest}
        assert gateway.log.rows("agreement-caught-up")
        again = await gateway.post("openai", "small", key)
        assert again.headers["brightline-replayed"] == "true"

    tell(tmp_path, story)


def test_a_use_that_the_new_version_forbids_is_forbidden_when_it_is_decided_again(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        second = strict(house_agreement().draft)
        await bring_into_force(gateway, second)
        reply = await gateway.post("openai", "small")
        assert (reply.status, reply.code) == (403, "policy/forbidden")
        assert gateway.simulator.requests == []
        assert [leaf.agreement_digest for leaf in gateway.leaves(Kind.REFUSAL)] == [second.draft.digest]

    tell(tmp_path, story)


class Prover:
    """Shows every tightening, or finds a request that gets more; confirms every proof, or none."""

    def __init__(self, *, widens: bool = False, unproved: bool = False) -> None:
        self.widens, self.unproved = widens, unproved

    def confirm(self, draft: Draft) -> None:
        if self.unproved:
            raise PolicyError("policy/certificate-claims", what="none")

    def shows_tightening(self, before: Draft, after: Draft) -> None:
        if self.widens:
            raise PolicyError("policy/tightening-widens", before="forbidden", after="permitted")


def use_prover(gateway: Gateway, prover: Prover | None) -> None:
    activation = gateway.house.activation
    activation._means = dataclasses.replace(activation._means, prover=lambda: prover)


def test_one_party_alone_tightens_only_what_the_prover_has_shown_and_needs_no_statement(tmp_path: Path) -> None:
    first = house_agreement().draft
    files = house_agreement().files
    stricter = {"operator/missions.cedar": files["operator/missions.cedar"] + NO_SMALL}
    alone = parties().sign(following(first, stricter), by=[OPERATOR])

    async def story(gateway: Gateway) -> None:
        use_prover(gateway, None)
        assert await refused(gateway, alone, tmp_path / "a", stated=False) == "policy/tightening-without-solver"
        use_prover(gateway, Prover(widens=True))
        assert await refused(gateway, alone, tmp_path / "b", stated=False) == "policy/tightening-widens"
        use_prover(gateway, Prover(unproved=True))
        assert await refused(gateway, alone, tmp_path / "c", stated=False) == "policy/certificate-claims"
        assert (await gateway.post("openai", "small")).status == 200
        use_prover(gateway, Prover())
        done = await activate(gateway, alone, tmp_path / "d", stated=False)
        assert done["how"] == "tightening"
        assert (await gateway.post("openai", "small")).code == "policy/forbidden"
        assert await gateway.ready() == "ready"

    tell(tmp_path, story)

    async def again() -> None:
        async with ProviderSimulator() as simulator, running(tmp_path / "house", simulator) as gateway:
            assert gateway.house.agreement.ref.digest == alone.draft.digest
            assert await gateway.ready() == "ready"
            renewed = parties().state(alone.draft, ENCLAVE)
            shown = await gateway.command("agreement.current", statement=renewed.decode())
            assert shown["version"] == 2

    uvloop.run(again())


def test_a_held_use_is_refused_and_says_who_has_to_sign(tmp_path: Path) -> None:
    tool = {"type": "function", "function": {"name": "open_gate", "parameters": {"type": "object"}}}
    first, files = house_agreement().draft, house_agreement().files
    held = {"operator/missions.cedar": files["operator/missions.cedar"] + OFFER_HELD}

    async def story(gateway: Gateway) -> None:
        # An offer of the tool is permitted in the sample, where the act is held; here the call is.
        assert (await gateway.post("openai", "small", tools=[tool])).status == 200
        await activate(gateway, parties().sign(following(first, held)), tmp_path / "held")
        reply = await gateway.post("openai", "small", tools=[tool])
        assert (reply.status, reply.code) == (403, "hold/pending")
        own = reply.json()["error"]["brightline"]  # type: ignore[index]
        assert own["holds"] == [{"policy": "operator-offer-signed", "role": "duty-officer", "quorum": 1}]
        assert b"the sign-off of one person in role `duty-officer`" in reply.body
        (refusal,) = gateway.leaves(Kind.REFUSAL)
        assert refusal.verdict is Verdict.HOLD
        sealed = json.loads(gateway.sealed(gateway.house.ledger.size - 1)[Group.DECISION])
        assert sealed["holds"] == own["holds"]
        assert b'decision="hold",' in (await gateway.ask("GET", "/metrics", key="")).body

    tell(tmp_path, story)


def test_without_a_fresh_statement_nothing_is_permitted_until_there_is_one(tmp_path: Path) -> None:
    first = house_agreement().draft

    async def whole() -> None:
        async with ProviderSimulator() as simulator:
            house = make_house(tmp_path / "house", HouseSettings(base_url=simulator.base_url))
            issued_ms = time.time_ns() // 1_000_000 - DAY_MS + 3000
            (house / "current.json").write_bytes(parties().state(first, ENCLAVE, issued_ms=issued_ms, days=1))
            async with running(house, simulator) as gateway:
                gateway.key = await gateway.add_key()
                assert (await gateway.post("openai", "small")).status == 200
                assert gateway.log.rows("statement-ends")
                await gateway.until_ready("policy/not-current")
                reply = await gateway.post("openai", "small")
                assert (reply.status, reply.code) == (403, "policy/not-current")
                older = parties().state(first, ENCLAVE, issued_ms=issued_ms - 1, days=30)
                with pytest.raises(BrightlineError) as caught:
                    await gateway.command("agreement.current", statement=older.decode())
                assert caught.value.code == "policy/current-goes-back"
                renewed = parties().state(first, ENCLAVE)
                await gateway.command("agreement.current", statement=renewed.decode())
                assert await gateway.ready() == "ready"
                assert (await gateway.post("openai", "small")).status == 200

    uvloop.run(whole())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_ms": 1}, "policy/expired"),
        ({"opens_ms": 2**52, "expires_ms": 2**53}, "policy/not-yet-valid"),
        ({"current_until_ms": 0}, "policy/not-current"),
    ],
)
def test_outside_its_times_nothing_is_permitted_and_the_cause_is_named(
    tmp_path: Path, change: dict[str, int], code: str
) -> None:
    async def story(gateway: Gateway) -> None:
        standing = gateway.house.standing
        standing.replace(dataclasses.replace(standing.term, **change))
        for dialect in PATHS:
            reply = await gateway.post(dialect, "small")
            assert (reply.status, reply.code) == (403, code)
        assert await gateway.ready() == code
        assert [leaf.verdict for leaf in gateway.leaves(Kind.REFUSAL)] == [Verdict.UNDECIDED] * 2
        assert gateway.simulator.requests == []
        await eventually(lambda: gateway.log.rows("nothing-permitted"))

    tell(tmp_path, story)


def test_an_agreement_near_its_end_warns(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        standing, now_ms = gateway.house.standing, gateway.house.ledger.now_ms()
        assert not gateway.log.rows("agreement-expires")
        standing.replace(dataclasses.replace(standing.term, expires_ms=now_ms + 29 * DAY_MS + 5000))
        await eventually(lambda: gateway.log.rows("agreement-expires"))
        assert gateway.log.rows("agreement-expires")[0]["days"] == 29
        assert b"brightline_agreement_seconds_left" in (await gateway.ask("GET", "/metrics", key="")).body

    tell(tmp_path, story)
