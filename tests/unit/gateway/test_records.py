"""The entries of a use: what everybody may see, and what is sealed."""

import hashlib
import json

from brightline.crypto.seal import unseal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.call import Call, Claimed, Dialect, Operation, ToolOffer
from brightline.domain.leaf import NO_REFERENCE, ZERO_8, Flag, Kind, Leaf, Outcome, Verdict, decode, short_id
from brightline.domain.record import Appended, Entry, Group, IdempotencyClaim
from brightline.gateway.records import Recorder
from brightline.gateway.run import Run
from brightline.policy.facts_record import facts_of
from brightline.testing.rooms import DEPLOYMENT, FORBID, PERMIT, WHO, WRAPPING_KEY

TAGS = TagKeys(b"t" * 32)


def recorder() -> Recorder:
    return Recorder(wrapping_key=WRAPPING_KEY, tag_keys=TAGS)


def run_of(*, stream: bool = True, authority: str | None = "warrant") -> Run:
    run = Run(b"u" * 16, 0.0, AgreementRef("sample", 3, b"d" * 32, "demo"))
    run.principal, run.mission, run.deployment, run.decision = WHO, "m1", DEPLOYMENT, PERMIT
    run.call = Call(
        Dialect.OPENAI_CHAT,
        Operation.GENERATE,
        "small",
        stream=stream,
        body=b"client body",
        tools=(ToolOffer("look_up"),),
        claimed=Claimed(None, "why", authority),
    )
    run.sent = b"sent body"
    run.claim = IdempotencyClaim(bytes(32), bytes(32))
    return run


def opened(entry: Entry) -> dict[Group, object]:
    groups = unseal(entry.blob or b"", WRAPPING_KEY)
    return {group: data if group is Group.CONTENT else json.loads(data) for group, data in groups.items()}


def leaf_of(entry: Entry) -> Leaf:
    return decode(entry.leaf)


def test_a_refusal_of_a_call_hardly_known_has_nothing_to_show() -> None:
    run = Run(b"u" * 16, 0.0, AgreementRef("sample", 3, b"d" * 32, "demo"))
    entry = recorder().refusal(run, code="gateway/internal")
    leaf = leaf_of(entry)
    assert (leaf.kind, leaf.verdict, leaf.reference) == (Kind.REFUSAL, Verdict.UNDECIDED, NO_REFERENCE)
    assert leaf.deployment_id == ZERO_8
    groups = opened(entry)
    assert groups[Group.CONTENT] == b""
    assert groups[Group.WHO] == {"app": "", "key": "", "organisation": "", "principal": "", "unit": ""}
    assert groups[Group.MODEL] == {"body_sha256": "", "deployment": "", "dialect": "", "model": "", "tools": []}


def test_a_refusal_seals_the_clients_body_and_claims_no_key() -> None:
    run = run_of()
    run.decision = FORBID
    entry = recorder().refusal(run, code="policy/forbidden")
    assert leaf_of(entry).verdict is Verdict.FORBID
    assert entry.idempotency is None
    groups = opened(entry)
    assert groups[Group.CONTENT] == b"client body"
    assert groups[Group.DECISION] == {
        "agreement": "sample",
        "code": "policy/forbidden",
        "enclave": "demo",
        "facts": facts_of(run.call, WHO),
        "reasons": ["law.1"],
        "version": 3,
    }


def test_an_intent_commits_to_what_leaves_and_names_the_clients_body() -> None:
    run = run_of()
    entry = recorder().intent(run)
    leaf = leaf_of(entry)
    assert (leaf.kind, leaf.verdict, leaf.outcome) == (Kind.INTENT, Verdict.PERMIT, Outcome.NONE)
    assert leaf.flags == Flag.STREAMED | Flag.CLAIMED_AUTHORITY
    assert (leaf.deployment_id, leaf.enclave_id) == (short_id("dep"), short_id("demo"))
    assert entry.idempotency is run.claim
    groups = opened(entry)
    assert groups[Group.CONTENT] == b"sent body"
    model = groups[Group.MODEL]
    assert isinstance(model, dict)
    assert model["body_sha256"] == hashlib.sha256(b"client body").hexdigest()
    assert model["tools"] == ["look_up"]
    assert b"ana" not in entry.leaf
    assert leaf.tags[:16] == TAGS.tag(leaf.tag_nonce, "mission", "m1")


def test_a_plain_use_has_no_flags() -> None:
    assert leaf_of(recorder().intent(run_of(stream=False, authority=None))).flags == 0


def test_an_outcome_carries_its_intents_tags_and_only_what_is_new() -> None:
    run, records = run_of(), recorder()
    intent = leaf_of(records.intent(run))
    run.intent, run.outcome, run.returned = Appended(41, bytes(32), 1), Outcome.COMPLETE, [b"one ", b"two"]
    entry = records.outcome(run, code="")
    leaf = leaf_of(entry)
    assert (leaf.kind, leaf.reference, leaf.outcome) == (Kind.OUTCOME, 41, Outcome.COMPLETE)
    assert (leaf.tag_nonce, leaf.tags, leaf.use_id) == (intent.tag_nonce, intent.tags, intent.use_id)
    assert opened(entry) == {Group.CONTENT: b"one two", Group.DECISION: {"code": ""}}


def test_an_outcome_without_an_intent_refers_to_nothing() -> None:
    run = run_of()
    run.outcome, run.returned = Outcome.INCOMPLETE, [b"one"]
    entry = recorder().outcome(run, code="gateway/internal")
    assert leaf_of(entry).reference == NO_REFERENCE
    assert opened(entry)[Group.CONTENT] == b"one"
