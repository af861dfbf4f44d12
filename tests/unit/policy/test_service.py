"""Loading, resolving, deciding; the three traps in which Cedar alone would allow."""

import json
from pathlib import Path

import pytest

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.decision import BreakGlass, Effect, Hold, Layer, Reason
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect
from brightline.policy import AgreementFaultsError, AgreementPort, MeterLimit, PolicyError, check, load_agreement
from brightline.policy.draft import own_schema
from brightline.policy.oracle import Difference, Oracle
from brightline.policy.shadow import Divergence, Shadow
from brightline.policy.verdict import NO_SIGN_OFFS
from brightline.sample import AGREEMENT_DIRECTORY, ENCLAVE, agreement_files

LENIENT = (
    '@id("vendor-1") permit (principal, action, resource);\n@id("operator-1") permit (principal, action, resource);'
)
OVERFLOWS = (
    '@id("law-x") forbid (principal, action, resource)\nwhen { context.fact.message_count * 9223372036854775807 > 1 };'
)


def test_all_faults_come_at_once(directory):
    with pytest.raises(AgreementFaultsError) as caught:
        load_agreement(directory({"schema.json": None, "extra.txt": "x"}), "field")
    assert [fault.code for fault in caught.value.faults] == ["policy/unknown-file", "policy/missing-file"]
    assert "extra.txt" in str(caught.value)


def test_an_unknown_enclave_refuses(directory):
    with pytest.raises(PolicyError) as caught:
        load_agreement(directory(), "elsewhere")
    assert caught.value.code == "policy/unknown-enclave"
    assert "bare, field" in caught.value.hint


@pytest.mark.parametrize(("decided", "code"), [(True, "policy/engine-disagrees"), (False, "policy/no-decision")])
def test_a_difference_from_the_reference_engine_refuses(directory, monkeypatch, decided, code):
    monkeypatch.setattr(Oracle, "differences", lambda *_: iter([Difference(7, decided, ())]))
    with pytest.raises(PolicyError) as caught:
        load_agreement(directory(), "field")
    assert caught.value.code == code


def test_what_others_ask_of_an_agreement_with_meters(directory, manifest):
    meter = {"id": "people", "measure": "effects", "per": [], "seconds": 60, "parts": 6, "effects": ["read"]}
    limit = '@id("law-2") @reason("r") @hint("h") @clause("c") @source("s")\n'
    limit += "forbid (principal, action, resource) when { context.meter.people > 5 };\n"
    changes = {
        "manifest.json": json.dumps({**manifest, "meters": [meter]}),
        "schema.json": own_schema(["people"]),
        "law/more.cedar": limit,
    }
    agreement = load_agreement(directory(changes), "field")
    assert [rule.id for rule in agreement.meters] == ["people"]
    assert agreement.meter_limits == (MeterLimit("people", 5, "law-2", holds=False),)
    assert agreement.units == tuple(
        sorted((each["name"], unit) for each in manifest["organisations"] for unit in each["units"])
    )
    assert (agreement.authority_kinds, agreement.null_audiences) == ((), ())


def test_a_live_difference_refuses_the_use_and_raises_an_alarm(directory, a_use, monkeypatch):
    told = []
    shadow = Shadow(random=bytes, alarm=told.append)
    agreement = load_agreement(directory(), "field", shadow=shadow)
    assert agreement.decide(a_use()).permitted
    assert (agreement.shadowed, told) == ((1, 0), [])
    monkeypatch.setattr(Oracle, "differences", lambda *_: iter([Difference(0, True, (1,))]))
    use = a_use(input_bytes=11)
    for _ in range(2 * shadow.share):
        decision = agreement.decide(use)
        if not decision.permitted:
            break
    assert (decision.code, [reason.policy_id for reason in decision.reasons]) == (
        "policy/engine-disagrees-live",
        ["operator-1"],
    )
    assert told == [Divergence(agreement.ref, use.use_id, "policy/engine-disagrees-live", ("operator-1",))]
    # The engines agree again, and yet nothing is decided by one of them alone.
    monkeypatch.setattr(Oracle, "differences", lambda *_: iter(()))
    compared = agreement.shadowed.compared
    assert all(agreement.decide(use).permitted for _ in range(5))
    assert agreement.shadowed == (compared + 5, 1)


def test_without_a_shadow_nothing_is_decided_twice(directory, a_use):
    agreement = load_agreement(directory(), "field")
    assert agreement.decide(a_use()).permitted
    assert agreement.shadowed == (0, 0)


def test_a_sound_agreement(directory):
    path = directory()
    assert check(path) == ()
    agreement: AgreementPort = load_agreement(path, "field")
    ref = agreement.ref
    assert (ref.id, ref.version, ref.enclave, len(ref.digest)) == ("pact", 3, "field", 32)
    assert [deployment.id for deployment in agreement.deployments] == ["one", "two"]
    assert agreement.effect_of("watch").effect == "surveil"
    assert agreement.effect_of("nobody-knows") == ToolEffect("nobody-knows", "unknown")


def test_the_digest_covers_every_file(directory):
    path = directory()
    before = load_agreement(path, "field").ref.digest
    assert load_agreement(path, "bare").ref.digest == before
    for name in ("effectors.json", "law/law.cedar", "manifest.json"):
        file = path / name
        original = file.read_bytes()
        file.write_bytes(original.replace(b"search", b"seek").replace(b"no watching", b"none").replace(b"3,", b"4,"))
        assert load_agreement(path, "field").ref.digest != before
        file.write_bytes(original)
    assert load_agreement(path, "field").ref.digest == before


@pytest.mark.parametrize(
    ("asked", "dialect", "code"),
    [
        ("nothing", Dialect.OPENAI_CHAT, "policy/unknown-model"),
        ("one", Dialect.OPENAI_CHAT, "policy/unknown-model"),
        ("gone", Dialect.OPENAI_CHAT, "policy/alias-without-deployment"),
        ("far", Dialect.ANTHROPIC_MESSAGES, "policy/no-translation"),
    ],
)
def test_a_name_that_cannot_be_resolved(directory, asked, dialect, code):
    with pytest.raises(PolicyError) as caught:
        load_agreement(directory(), "field").resolve(asked, dialect)
    assert caught.value.code == code
    assert 400 <= caught.value.status < 500


def test_a_name_resolves_in_order_of_preference(directory):
    agreement = load_agreement(directory(), "field")
    assert [one.id for one in agreement.resolve("any", Dialect.OPENAI_CHAT).deployments] == ["one", "two"]
    assert [one.id for one in agreement.resolve("any", Dialect.ANTHROPIC_MESSAGES).deployments] == ["two"]


def test_only_what_is_authorised_and_spoken_is_listed(directory):
    agreement = load_agreement(directory(), "field")
    assert agreement.aliases(Dialect.OPENAI_CHAT) == ("any", "second")
    assert agreement.aliases(Dialect.ANTHROPIC_MESSAGES) == ("any", "second")
    assert load_agreement(directory(), "bare").aliases(Dialect.OPENAI_CHAT) == ()


def test_a_deployment_that_the_enclave_does_not_authorise_is_refused_first(directory, a_use):
    agreement = load_agreement(directory(), "field")
    far = agreement.resolve("far", Dialect.OPENAI_CHAT).deployments[0]
    decision = agreement.decide(a_use(deployment=far, tools=(ToolEffect("watch", "surveil"),)))
    assert (decision.effect, decision.code) == (Effect.FORBID, "policy/deployment-not-authorised")


def test_a_deployment_that_only_shares_the_id_is_refused(directory, a_use):
    other = Deployment("one", "Somebody", "model-one", frozenset({Dialect.OPENAI_CHAT}))
    decision = load_agreement(directory(), "field").decide(a_use(deployment=other))
    assert decision.code == "policy/deployment-not-authorised"


def test_a_permit_names_both_layers(directory, a_use):
    decision = load_agreement(directory(), "field").decide(a_use())
    assert decision.permitted
    assert decision.code == ""
    assert decision.reasons == (
        Reason("operator-1", Layer.OPERATOR, clause="3", source="test"),
        Reason("vendor-1", Layer.VENDOR, "granted", clause="2", source="test"),
    )


def test_every_determining_forbid_is_a_reason(directory, a_use):
    path = directory({"operator/more.cedar": '@id("a-first") forbid (principal, action, resource);'})
    decision = load_agreement(path, "field").decide(a_use(tools=(ToolEffect("watch", "surveil"),)))
    assert decision.code == "policy/forbidden"
    assert [reason.policy_id for reason in decision.reasons] == ["a-first", "law-1"]
    assert decision.reasons[1] == Reason("law-1", Layer.LAW, "no watching", "do not", "1", "test")


@pytest.mark.parametrize("layer", ["vendor", "operator"])
def test_one_side_alone_cannot_permit(directory, a_use, layer):
    other = "operator" if layer == "vendor" else "vendor"
    files = {f"{layer}/{layer}.cedar": LENIENT, f"{other}/{other}.cedar": "// nothing\n"}
    decision = load_agreement(directory(files), "field").decide(a_use())
    assert decision.code == "policy/not-permitted"
    assert decision.reasons == (Reason("", Layer(other), f"no rule of the {other} permits this use"),)


# The traps: each is an Allow of Cedar's own rule (research: skip-on-error).


def test_trap_a_missing_attribute_refuses(directory):
    text = '@id("law-x") forbid (principal, action, resource) when { context.fact.effect == "kinetic" };'
    assert "policy/invalid" in [fault.code for fault in check(directory({"law/law.cedar": text}))]


def test_trap_an_absent_principal_refuses(directory, a_use):
    stranger = Principal("k1", "person", "org", "nobody", frozenset(), "app", frozenset({"m"}), "m")
    decision = load_agreement(directory(), "field").decide(a_use(principal=stranger))
    assert (decision.effect, decision.code) == (Effect.FORBID, "policy/absent-entity")


def test_trap_an_overflow_in_a_forbid_refuses(directory, a_use):
    agreement = load_agreement(directory({"law/more.cedar": OVERFLOWS}), "field")
    decision = agreement.decide(a_use(message_count=2))
    assert (decision.effect, decision.code) == (Effect.FORBID, "policy/errored-forbid")
    assert [reason.policy_id for reason in decision.reasons] == ["law-x"]
    assert decision.errored == ("law-x",)
    assert agreement.decide(a_use(message_count=0)).permitted


def test_a_slash_in_a_key_cannot_reach_another_unit(directory, a_use):
    sly = Principal("k1", "person", "org/unit", "", frozenset(), "app", frozenset({"m"}), "m")
    assert load_agreement(directory(), "field").decide(a_use(principal=sly)).code == "policy/absent-entity"


def test_an_errored_permit_does_not_permit_and_is_named(directory, a_use):
    permit = OVERFLOWS.replace("forbid", "permit").replace("law-x", "vendor-x")
    agreement = load_agreement(directory({"vendor/vendor.cedar": permit}), "field")
    decision = agreement.decide(a_use(message_count=2))
    assert decision.code == "policy/not-permitted"
    assert decision.errored == ("vendor-x",)


def test_an_unknown_effect_cannot_be_decided(directory, a_use):
    with pytest.raises(PolicyError) as caught:
        load_agreement(directory(), "field").decide(a_use(tools=(ToolEffect("search", "harmless"),)))
    assert caught.value.code == "policy/unusable-fact"


def test_what_is_claimed_reaches_policies_as_claimed(directory, a_use):
    text = (
        '@id("operator-1") permit (principal, action, resource)\n'
        'when { context.claimed has authority && context.claimed.authority == "order-7" };'
    )
    agreement = load_agreement(directory({"operator/operator.cedar": text}), "field")
    assert agreement.decide(a_use()).code == "policy/not-permitted"
    assert agreement.decide(a_use(claimed=Claimed(authority="order-7"))).permitted


def sample_use(a_use, sign_offs=NO_SIGN_OFFS, break_glass=NO_SIGN_OFFS, **changes):
    agreement = load_agreement(AGREEMENT_DIRECTORY, ENCLAVE)
    who = Principal("k1", "p", "example-command", "analysis", frozenset({"analyst"}), "app", frozenset(), None)
    name = changes.pop("asked", "analyst")
    deployment = agreement.resolve(name, Dialect.OPENAI_CHAT).deployments[0]
    tools = tuple(agreement.effect_of(tool) for tool in changes.pop("tools", ()))
    values = {
        "mission": "reporting",
        "readings": {"people": 0},
        **changes,
        "deployment": deployment,
        "principal": who,
        "tools": tools,
    }
    return agreement.decide(a_use(**values), sign_offs, break_glass)


def test_the_sample_tells_the_story_of_the_demo(a_use):
    assert check(AGREEMENT_DIRECTORY) == ()
    assert sample_use(a_use).permitted
    assert sample_use(a_use, operation=Operation.COUNT_TOKENS).permitted
    refused = sample_use(a_use, tools=("track_person",))
    assert (refused.code, [reason.policy_id for reason in refused.reasons]) == (
        "policy/forbidden",
        ["law-no-surveillance-tools"],
    )
    assert all(reason.text and reason.hint for reason in refused.reasons)
    assert sample_use(a_use, asked="frontier-large").code == "policy/deployment-not-authorised"


def test_the_sample_refuses_what_it_says(a_use):
    def why(**changes):
        return [reason.policy_id or reason.layer.value for reason in sample_use(a_use, **changes).reasons]

    assert why(tools=("never-heard-of",)) == ["law-no-unregistered-tools"]
    assert why(tools=("release_weapon",)) == ["law-no-weapon-tools"]
    assert why(tools=("order_supplies",)) == ["vendor-no-purchases"]
    assert why(tools=("open_gate",), acting=True) == ["operator-control-signed"]
    assert why(tools=("release_payload",), acting=True) == ["operator-release-signed"]
    assert why(mission="training", tools=("send_message",)) == ["operator-no-messages-in-training"]
    assert why(remote_urls=True) == ["vendor-no-links"]
    assert why(input_bytes=4_000_001) == ["vendor-size-of-call"]
    assert why(max_output_tokens=32_001) == ["operator-answer-length"]
    assert why(mission="supply") == ["operator"]
    assert why(modalities=frozenset({"text", "image"})) == ["vendor"]


def test_the_sample_holds_equipment_for_the_duty_officer(a_use):
    assert sample_use(a_use, tools=("open_gate",)).permitted
    gate = {"tools": ("open_gate",), "acting": True}
    held = sample_use(a_use, **gate)
    assert (held.effect, held.code) == (Effect.HOLD, "policy/held")
    assert held.holds == (
        Hold("operator-control-signed", "duty-officer", 1, break_glass=BreakGlass("watch-commander", 1)),
    )
    assert {(one.kind, one.value) for one in held.obligations} == {
        ("retention", "extended"),
        ("notify", "duty-officer"),
    }
    assert sample_use(a_use, {"duty-officer": 1}, **gate).permitted
    assert sample_use(a_use, {}, {"watch-commander": 1}, **gate).permitted
    assert sample_use(a_use, {"watch-commander": 1}, {"duty-officer": 1}, **gate).effect is Effect.HOLD
    gate["tools"] = ("open_gate", "track_person")
    assert sample_use(a_use, {"duty-officer": 1}, {"watch-commander": 1}, **gate).code == "policy/forbidden"


def test_the_sample_releases_a_payload_for_two_officers_and_for_nobody_else(a_use):
    release = {"tools": ("release_payload",), "acting": True}
    held = sample_use(a_use, **release)
    assert held.holds == (Hold("operator-release-signed", "release-officer", 2, risk="top"),)
    assert [(reason.clause, bool(reason.source)) for reason in held.reasons] == [("sample, operator 8", True)]
    everybody = dict.fromkeys(("watch-commander", "duty-officer", "release-officer"), 16)
    assert sample_use(a_use, {"release-officer": 1}, everybody, **release).effect is Effect.HOLD
    assert sample_use(a_use, {"release-officer": 2}, **release).permitted


def test_the_sample_refuses_more_people_than_its_red_line(a_use):
    assert sample_use(a_use, readings={"people": 25}).permitted
    refused = sample_use(a_use, readings={"people": 26})
    assert [reason.clause for reason in refused.reasons] == ["sample, law 4"]
    assert sample_use(a_use, {"duty-officer": 9}, {"watch-commander": 9}, readings={"people": 26}).code == refused.code


def test_the_sample_says_which_effector_acts():
    agreement = load_agreement(AGREEMENT_DIRECTORY, ENCLAVE)
    reserved = agreement.null_audiences
    assert reserved == tuple(sorted(reserved))
    audiences = {tool: agreement.effect_of(tool).audience for tool in ("release_payload", "set_valve", "open_gate")}
    assert audiences == {"release_payload": "uav-1.example", "set_valve": "valve-7.example", "open_gate": ""}
    # Of each kind of machine several, so that none of them stands for decoys of that kind.
    assert min(sum(name.startswith(kind) for name in reserved) for kind in ("uav-", "valve-")) >= 3


def test_the_sample_is_given_as_files():
    files = agreement_files()
    assert set(files) >= {"manifest.json", "schema.json", "effectors.json", "law/red-lines.cedar"}
    assert files["manifest.json"] == (Path(AGREEMENT_DIRECTORY) / "manifest.json").read_bytes()
