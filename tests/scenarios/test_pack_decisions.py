"""What each pack decides about plain uses of the tools that the agreement around it registers."""

import json
from pathlib import Path

import pytest

from brightline.domain.call import Call, Dialect, Operation, ToolOffer
from brightline.domain.decision import Decision
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect
from brightline.packs import agreement_around, packs
from brightline.policy import Agreement, load_agreement
from brightline.policy.draft import own_schema
from brightline.use import describe, describe_action

FORCES, SERVICE = ("forces", "staff"), ("intelligence-service", "desk")
FEBRUARY, MARCH, LINES, BILL = (
    "defence-clause-2026-02-28",
    "defence-clause-2026-03-02",
    "red-lines-2026-02-26",
    "s-4113",
)
WEAPONS, AT_HOME, EU = "weapons-signoff", "domestic-surveillance", "eu-prohibited"
PERMIT, FORBID, HOLD = "permit", "forbid", "hold"
AROUND = agreement_around(WEAPONS)
TOOLS = sorted(json.loads(AROUND["effectors.json"])["tools"])
MISSIONS = sorted(mission["name"] for mission in json.loads(AROUND["manifest.json"])["missions"])


def load(directory: Path, name: str) -> Agreement:
    for path, content in {**agreement_around(name), "schema.json": own_schema().encode()}.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return load_agreement(directory, "example")


def decide(
    agreement: Agreement,
    *tools: str,
    mission: str = "analysis",
    who: tuple[str, str] = FORCES,
    deployment: str = "cloud-model",
    sign_offs: dict[str, int] | None = None,
    act: ToolEffect | None = None,
) -> Decision:
    call = Call(
        Dialect.OPENAI_CHAT, Operation.GENERATE, "example", False, b"{}", tuple(ToolOffer(tool) for tool in tools)
    )
    use = describe(
        call,
        use_id=bytes(16),
        principal=Principal("k", "p", *who, frozenset(), "app", frozenset({mission}), None),
        mission=mission,
        deployment=next(one for one in agreement.deployments if one.id == deployment),
        effect_of=agreement.effect_of,
    )
    return agreement.decide(describe_action(use, act) if act else use, sign_offs or {})


def said(decision: Decision) -> set[str]:
    return {reason.policy_id for reason in decision.reasons}


@pytest.mark.parametrize("name", [pack.name for pack in packs()])
def test_a_tool_that_nobody_registered_is_refused_and_plain_work_is_not(name: str, tmp_path: Path) -> None:
    agreement = load(tmp_path, name)
    refused = decide(agreement, "unheard_of")
    assert refused.effect.value == FORBID
    assert any(policy.endswith("-unstated") for policy in said(refused))
    assert decide(agreement, "search_manuals").effect.value == PERMIT
    assert decide(agreement).effect.value == PERMIT


@pytest.mark.parametrize(
    ("name", "tool", "mission", "effect", "policy"),
    [
        # The four origins under the three texts: the first names private data, the second bought data as well, the
        # bill none.
        (FEBRUARY, "follow_by_mail", "analysis", FORBID, "defence-clause-us-persons"),
        (FEBRUARY, "follow_by_mail", "bounded-study", PERMIT, ""),
        (FEBRUARY, "follow_by_bought_places", "analysis", PERMIT, ""),
        (FEBRUARY, "follow_by_post", "analysis", PERMIT, ""),
        (MARCH, "follow_by_mail", "bounded-study", FORBID, "defence-clause-us-persons"),
        (MARCH, "follow_by_bought_places", "analysis", FORBID, "defence-clause-commercial-data"),
        (MARCH, "follow_by_bought_places", "named-case", FORBID, "defence-clause-commercial-data"),
        (MARCH, "follow_by_post", "analysis", PERMIT, ""),
        (MARCH, "follow_by_records", "analysis", PERMIT, ""),
        (BILL, "follow_by_post", "analysis", FORBID, "s-4113-individual-basis"),
        (BILL, "follow_by_records", "analysis", FORBID, "s-4113-individual-basis"),
        (BILL, "follow_by_bought_places", "named-inquiry", PERMIT, ""),
        (LINES, "follow_by_post", "analysis", FORBID, "red-lines-domestic-surveillance"),
        (LINES, "follow_by_post", "bounded-study", PERMIT, ""),
        (LINES, "follow_by_post", "named-inquiry", PERMIT, ""),
        (AT_HOME, "follow_by_records", "analysis", FORBID, "domestic-surveillance-individual-basis"),
        (AT_HOME, "follow_by_records", "named-inquiry", PERMIT, ""),
        # People abroad are in none of them.
        *[(name, "follow_abroad", "analysis", PERMIT, "") for name in (FEBRUARY, MARCH, LINES, BILL, AT_HOME)],
        # The bill lets nobody sign for a nuclear weapon, so it may not be offered.
        (BILL, "launch", "field-operation", FORBID, "s-4113-nuclear"),
        # What waits for a person may be offered; the act is held (below).
        (FEBRUARY, "follow_by_post", "support-of-police", PERMIT, ""),
        (AT_HOME, "follow_by_records", "named-case", PERMIT, ""),
        *[(name, "fire", "field-operation", PERMIT, "") for name in (FEBRUARY, MARCH, LINES, BILL)],
        *[(name, "launch", "field-operation", PERMIT, "") for name in (FEBRUARY, MARCH, LINES)],
        *[(WEAPONS, tool, "field-operation", PERMIT, "") for tool in ("fire", "launch", "propose_targets")],
        (EU, "fire", "field-operation", PERMIT, ""),
        (EU, "rate_citizens", "analysis", FORBID, "eu-prohibited-social-score"),
        (EU, "rate_citizens", "field-operation", PERMIT, ""),
        (EU, "match_faces_live", "analysis", PERMIT, ""),
        (EU, "match_faces_live", "support-of-police", PERMIT, ""),
    ],
)
def test_a_use(name: str, tool: str, mission: str, effect: str, policy: str, tmp_path: Path) -> None:
    decision = decide(load(tmp_path, name), tool, mission=mission)
    assert decision.effect.value == effect, decision
    if policy:
        assert policy in said(decision) | {hold.policy_id for hold in decision.holds}


def test_an_intelligence_agency_may_work_on_private_data_for_foreign_intelligence_until_march(tmp_path: Path) -> None:
    february, march = load(tmp_path / "a", FEBRUARY), load(tmp_path / "b", MARCH)
    assert decide(february, "follow_abroad", who=SERVICE).effect.value == FORBID
    assert decide(february, "follow_abroad", who=SERVICE, mission="foreign-reports").effect.value == PERMIT
    refused = decide(march, "search_manuals", who=SERVICE, mission="foreign-reports")
    assert said(refused) == {"defence-clause-intelligence-agencies"}


@pytest.mark.parametrize("name", [FEBRUARY, MARCH])
def test_cloud_only(name: str, tmp_path: Path) -> None:
    assert said(decide(load(tmp_path, name), deployment="edge-model")) == {"defence-clause-cloud-only"}


ENGAGE = "weapons-signoff-engage"
WAITS = [
    (WEAPONS, "fire", "field-operation", {ENGAGE: "commander"}),
    (WEAPONS, "launch", "field-operation", {ENGAGE: "commander"}),
    (WEAPONS, "propose_targets", "field-operation", {"weapons-signoff-targets": "operator"}),
    # Weapons wait for a commander, whatever the vendor's wording.
    *[
        (name, tool, "field-operation", {"defence-clause-people-decide": "commander"})
        for name in (FEBRUARY, MARCH)
        for tool in ("fire", "launch", "propose_targets")
    ],
    *[
        (LINES, tool, "field-operation", {"red-lines-autonomous-weapons": "commander"})
        for tool in ("fire", "launch", "propose_targets")
    ],
    (BILL, "fire", "field-operation", {"s-4113-lethal-force": "commander"}),
    (BILL, "propose_targets", "field-operation", {"s-4113-lethal-force": "commander"}),
    # Law enforcement at home waits for a legal adviser.
    *[
        (name, "follow_by_post", "support-of-police", {"defence-clause-law-enforcement": "legal-adviser"})
        for name in (FEBRUARY, MARCH)
    ],
    (AT_HOME, "follow_by_records", "named-case", {"domestic-surveillance-law-enforcement": "legal-adviser"}),
    (EU, "match_faces_live", "support-of-police", {"eu-prohibited-identify-live": "judicial-authority"}),
]


@pytest.mark.parametrize(("name", "tool", "mission", "held"), WAITS)
def test_an_act_waits_for_a_person_and_its_offer_for_nobody(
    name: str, tool: str, mission: str, held: dict[str, str], tmp_path: Path
) -> None:
    agreement = load(tmp_path, name)
    assert decide(agreement, tool, mission=mission).effect.value == PERMIT
    act = agreement.effect_of(tool)
    decision = decide(agreement, tool, mission=mission, act=act)
    assert decision.effect.value == HOLD
    assert {hold.policy_id: hold.role for hold in decision.holds} == held
    signed = dict.fromkeys(held.values(), 1)
    assert decide(agreement, tool, mission=mission, act=act, sign_offs=signed).effect.value == PERMIT


@pytest.mark.parametrize("name", [pack.name for pack in packs()])
def test_no_pack_holds_an_offer(name: str, tmp_path: Path) -> None:
    agreement = load(tmp_path, name)
    held = 0
    for mission in MISSIONS:
        for who in (FORCES, SERVICE):
            for tool in TOOLS:
                assert decide(agreement, tool, mission=mission, who=who).effect.value != HOLD, (tool, mission, who)
                act = decide(agreement, tool, mission=mission, who=who, act=agreement.effect_of(tool))
                held += act.effect.value == HOLD
    assert held, "a pack that holds nothing shows nothing here"


@pytest.mark.parametrize("name", [pack.name for pack in packs()])
def test_what_is_refused_when_it_acts_without_a_signature_is_refused_when_it_is_offered(
    name: str, tmp_path: Path
) -> None:
    agreement = load(tmp_path, name)
    for mission in MISSIONS:
        for tool in TOOLS:
            offered = decide(agreement, tool, mission=mission).effect.value
            acting = decide(agreement, tool, mission=mission, act=agreement.effect_of(tool)).effect.value
            assert (offered == FORBID) == (acting == FORBID), (tool, mission)


def test_an_act_of_no_consequence_waits_for_nobody(tmp_path: Path) -> None:
    agreement = load(tmp_path, WEAPONS)
    act = agreement.effect_of("search_manuals")
    assert decide(agreement, mission="field-operation", act=act).effect.value == PERMIT


def test_a_sign_off_lifts_a_hold_of_its_role_only(tmp_path: Path) -> None:
    agreement = load(tmp_path, WEAPONS)
    both = ToolEffect("hunt", "kinetic", frozenset(), frozenset({"foreign"}), frozenset({"select-targets", "engage"}))
    held = decide(agreement, mission="field-operation", act=both)
    assert {(hold.role, hold.quorum) for hold in held.holds} == {
        ("commander", 1),
        ("operator", 1),
        ("senior-review", 1),
    }
    assert all(hold.break_glass is None for hold in held.holds)
    some = {"commander": 1, "operator": 1}
    assert decide(agreement, mission="field-operation", act=both, sign_offs=some).effect.value == HOLD
    every = {**some, "senior-review": 1}
    assert decide(agreement, mission="field-operation", act=both, sign_offs=every).effect.value == PERMIT
