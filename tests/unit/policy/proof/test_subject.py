"""What a proof is about, by its digest."""

import json

from brightline.policy.proof.subject import subject_digest, subject_of


def test_the_digest_is_of_policies_red_lines_schema_and_entities_and_of_nothing_else(draft, manifest):
    first = subject_digest(draft())
    manifest["expires"] = "2026-12-01T00:00:00Z"
    same = {"manifest.json": json.dumps(manifest), "certificate.json": "{}"}
    assert subject_digest(draft(same)) == first
    manifest["deployments"][0]["model"] = "another-model"
    others = [
        {"manifest.json": json.dumps(manifest)},
        {"law/law.cedar": "// moved\n" + draft().texts["law/law.cedar"]},
        {"redlines/lines.cedar": "// moved\n" + draft().texts["redlines/lines.cedar"]},
    ]
    assert len({first, *(subject_digest(draft(change)) for change in others)}) == 4


def test_the_subject_holds_the_entities_that_policies_name(draft):
    subject = subject_of(draft())
    uids = {(entity["uid"]["type"], entity["uid"]["id"]) for entity in subject.entities}
    assert {("Unit", "org/unit"), ("Action", "call"), ("Deployment", "far"), ("Enclave", "field")} <= uids
    assert [rule.reason.policy_id for rule in subject.red_lines] == ["line-1"]
