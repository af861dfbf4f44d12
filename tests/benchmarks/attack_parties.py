"""Attacks on who decides and when: parties, the sequence of versions, tightenings, and statements."""

import json
from collections.abc import Callable
from dataclasses import replace

from brightline.policy.signing import (
    GenesisTrust,
    InForce,
    Kept,
    SignedDraft,
    TrustedParty,
    check_current,
    check_history,
    make_current,
    sign,
)
from brightline.policy.signing.acceptance import ALL_PARTIES
from tests.benchmarks.attack_scene import (
    ADDED,
    LAYERS,
    LIMIT,
    NOW_MS,
    OPERATOR,
    OVERSIGHT,
    WIDER,
    Attack,
    Scene,
    party,
    policy,
    put,
    read,
    refuted,
)

DAY_MS = 86_400_000
ENCLAVE = "demo"


# Parties ---------------------------------------------------------------------------------------------------------


def _alone(scene: Scene) -> object:
    return scene.offer(scene.signed(scene.draft(files=WIDER), scene.operator))


def _twice(scene: Scene) -> object:
    """The trap that was measured: for a threshold of two over all keys, two of one party would do."""
    return scene.offer(two_keys_of_one(scene))


def two_keys_of_one(scene: Scene) -> SignedDraft:
    """A wider version, signed by the operator with both of its keys and by nobody else."""
    return scene.signed(scene.draft(files=WIDER), scene.operator, scene.operator_second)


def _shared(scene: Scene) -> object:
    return scene.draft(bend=party(1, keys=[scene.operator.public.entry()]))


def _moved(scene: Scene) -> object:
    """The vendor's key becomes the operator's: its one signature would count for the vendor of old and for the new."""

    def bend(whole: dict) -> None:
        whole["parties"][0]["keys"] = [scene.vendor.public.entry()]
        whole["parties"][1]["keys"] = [scene.vendor_second.public.entry()]

    return scene.both(scene.draft(bend=bend))


def _old_keys_only(scene: Scene) -> object:
    """The operator's keys are replaced, and the new ones have not signed."""
    return scene.both(scene.draft(bend=party(0, keys=[scene.stranger.public.entry()])))


def _new_keys_only(scene: Scene) -> object:
    draft = scene.draft(bend=party(0, keys=[scene.stranger.public.entry()]))
    return scene.offer(scene.signed(draft, scene.stranger, scene.vendor))


def _oversight_added(scene: Scene) -> object:
    """A third party is added, and has not signed."""
    entry = {
        "name": OVERSIGHT,
        "role": "oversight",
        "k": 1,
        "may_tighten": False,
        "keys": [scene.stranger.public.entry()],
    }
    return scene.both(scene.draft(bend=lambda whole: whole["parties"].append(entry)))


def _below_k(scene: Scene) -> object:
    """The version in force asks for two keys of the vendor, and one has signed."""
    first = scene.draft(1, bend=party(1, k=2))
    signed = scene.signed(scene.draft(previous=first.digest, bend=party(1, k=2)), scene.operator, scene.vendor)
    return scene.offer(signed, before=InForce(first), highest=(1, first.digest))


def _k_lowered(scene: Scene) -> object:
    """The new version asks for one key where the one in force asks for two."""
    first = scene.draft(1, bend=party(1, k=2))
    signed = scene.signed(scene.draft(previous=first.digest), scene.operator, scene.vendor)
    return scene.offer(signed, before=InForce(first), highest=(1, first.digest))


def _foreign_id(scene: Scene) -> object:
    return scene.draft(bend=party(1, keys=[scene.vendor.public.entry() | {"id": scene.stranger.public.id}]))


def _genesis(scene: Scene) -> object:
    """Version 1 with the stranger's key in the vendor's place, signed by all whom it lists."""
    draft = scene.draft(1, bend=party(1, keys=[scene.stranger.public.entry()]))
    signed = scene.signed(draft, scene.operator, scene.stranger)
    return scene.offer(signed, before=scene.trust, highest=None)


def _genesis_alone(scene: Scene) -> object:
    signed = scene.signed(scene.draft(1), scene.vendor, scene.vendor_second)
    return scene.offer(signed, before=scene.trust, highest=None)


def _keyless(scene: Scene) -> object:
    """A party without keys cannot sign, so nothing may pass for its signature."""
    draft = scene.draft(1, bend=party(0, keys=[]))
    trust = GenesisTrust((TrustedParty(OPERATOR, "operator", frozenset()), scene.trust.parties[1]))
    return scene.offer(scene.signed(draft, scene.vendor), before=trust, highest=None)


# Sequence --------------------------------------------------------------------------------------------------------


def _rollback(scene: Scene) -> object:
    later = scene.both(scene.draft()).draft
    return scene.both(scene.first, before=InForce(later), highest=(2, later.digest))


def _equal(scene: Scene) -> object:
    later = scene.both(scene.draft()).draft
    return scene.both(scene.draft(files=ADDED), before=InForce(later), highest=(2, later.digest))


def _behind_store(scene: Scene) -> object:
    """The store was put back to version 1; the ledger still knows of version 3."""
    return scene.both(scene.draft(), highest=(3, bytes(32)))


def _skipped(scene: Scene) -> object:
    return scene.both(scene.draft(3))


def _first_skipped(scene: Scene) -> object:
    return scene.both(scene.draft(2), before=scene.trust, highest=None)


def _forked(scene: Scene) -> object:
    return scene.both(scene.draft(previous=bytes(32)))


def _other_agreement(scene: Scene) -> object:
    return scene.both(scene.draft(bend=lambda whole: whole.update(id="another")))


def _expired(scene: Scene) -> object:
    return scene.both(scene.draft(bend=lambda whole: whole.update(expires="2026-06-01T00:00:00Z")))


def _too_early(scene: Scene) -> object:
    return scene.both(scene.draft(bend=lambda whole: whole.update(not_before="2030-01-01T00:00:00Z")))


def _replaced_at_rest(scene: Scene) -> object:
    """While the gateway was down, its agreement was replaced by another that both once signed."""
    place = scene.write(1, bend=lambda whole: whole.update(expires="2030-01-01T00:00:00Z"))
    envelope = sign(read(place), [scene.operator, scene.vendor])
    put(place, "signatures.json", envelope.to_bytes().decode())
    return check_history([Kept(1, scene.first.digest, ALL_PARTIES, place)], scene.trust)


# Tightening ------------------------------------------------------------------------------------------------------


def _tighten(**changes: object) -> Callable[[Scene], object]:
    """The vendor alone signs a version that adds a prohibition, with something more."""
    return lambda scene: scene.offer(scene.signed(scene.draft(**{"files": ADDED, **changes}), scene.vendor))


def _relabelled(scene: Scene) -> object:
    register = json.loads((scene.write() / "effectors.json").read_text())
    for entry in register["tools"].values():
        entry["effect"] = "read"
    return _tighten(files={**ADDED, "effectors.json": json.dumps(register)})(scene)


def _drops_red_line(scene: Scene) -> object:
    text = (scene.write() / "redlines" / "red-lines.cedar").read_text()
    cut = text[: text.rindex("@id(")]
    return _tighten(files={**ADDED, "redlines/red-lines.cedar": cut})(scene)


def _drops_forbid(scene: Scene) -> object:
    law = LAYERS["law/law.cedar"]
    return _tighten(files={"law/law.cedar": law[: law.rindex("@id(")]})(scene)


def _fewer_keys(whole: dict) -> None:
    del whole["parties"][1]["keys"][1]


def _vendor_text(old: str, new: str) -> dict[str, str | None]:
    text = LAYERS["vendor/vendor.cedar"]
    assert old in text
    return {"vendor/vendor.cedar": text.replace(old, new)}


def _no_right(scene: Scene) -> object:
    return scene.offer(scene.signed(scene.draft(files=ADDED), scene.operator))


def _refuted(scene: Scene) -> object:
    return scene.offer(scene.signed(scene.draft(files=ADDED), scene.vendor), tightening=refuted)


def _no_solver(scene: Scene) -> object:
    return scene.offer(scene.signed(scene.draft(files=ADDED), scene.vendor), tightening=None)


def _self_granted(scene: Scene) -> object:
    """The operator grants itself the right in the very version that it signs alone."""
    draft = scene.draft(files=ADDED, bend=party(0, may_tighten=True))
    return scene.offer(scene.signed(draft, scene.operator))


def _genesis_tightening(scene: Scene) -> object:
    """Version 1 has none before it that it could be tighter than."""
    return scene.offer(scene.signed(scene.draft(1), scene.vendor), before=scene.trust, highest=None)


# Statements ------------------------------------------------------------------------------------------------------


def _statement(scene: Scene, **changes: object) -> bytes:
    asked = {"issued_ms": NOW_MS, "days": 7, "keys": [scene.operator], **changes}
    return make_current(scene.first, ENCLAVE, **asked)  # type: ignore[arg-type]


def _frozen(scene: Scene) -> object:
    return check_current(_statement(scene), scene.first, ENCLAVE, NOW_MS + 7 * DAY_MS)


def _frozen_on_old(scene: Scene) -> object:
    """The statement is about version 1, and version 2 is in force."""
    return check_current(_statement(scene), scene.both(scene.draft()).draft, ENCLAVE, NOW_MS)


def _other_enclave(scene: Scene) -> object:
    return check_current(_statement(scene), scene.first, "outside", NOW_MS)


def _older(scene: Scene) -> object:
    return check_current(_statement(scene), scene.first, ENCLAVE, NOW_MS, kept_issued_ms=NOW_MS + 1)


def _by_vendor(scene: Scene) -> object:
    """Signed by a party that the manifest does not name for it."""
    return check_current(_statement(scene, keys=[scene.vendor]), scene.first, ENCLAVE, NOW_MS)


def _too_long(scene: Scene) -> object:
    """Made under a version that gives the enclave a year, and presented for one that gives it a month."""
    generous = scene.draft(1, bend=lambda whole: whole["enclaves"][0].update(current_days=366))
    lasting = replace(generous, payload=scene.first.payload)
    data = make_current(lasting, ENCLAVE, issued_ms=NOW_MS, days=366, keys=[scene.operator])
    return check_current(data, scene.first, ENCLAVE, NOW_MS)


def _tomorrow(scene: Scene) -> object:
    return check_current(_statement(scene, issued_ms=NOW_MS + DAY_MS), scene.first, ENCLAVE, NOW_MS)


def _agreement_as_statement(scene: Scene) -> object:
    """The agreement's own envelope passed off as a statement."""
    return check_current(sign(scene.first, [scene.operator]).to_bytes(), scene.first, ENCLAVE, NOW_MS)


PARTIES = (
    Attack("one party alone", "the operator widens alone", "policy/one-party-alone", _alone),
    Attack("one party with two keys", "the operator signs twice", "policy/one-party-twice", _twice),
    Attack("one party with two keys", "the vendor signs version 1 twice", "policy/one-party-twice", _genesis_alone),
    Attack("same key under two parties", "in one manifest", "policy/shared-key", _shared),
    Attack("same key under two parties", "moved from one to the other by a new version", "policy/shared-key", _moved),
    Attack("change of parties", "the new keys have not signed", "policy/party-change", _old_keys_only),
    Attack("change of parties", "the old keys have not signed", "policy/party-change", _new_keys_only),
    Attack("change of parties", "a party is added and has not signed", "policy/party-change", _oversight_added),
    Attack("change of parties", "k is lowered by as few as it will be", "policy/party-change", _k_lowered),
    Attack("change of parties", "fewer than k keys", "policy/missing-signatures", _below_k),
    Attack("change of parties", "a party without keys", "policy/party-without-keys", _keyless),
    Attack("forged key", "another key's id beside a key", "policy/bad-key", _foreign_id),
    Attack("forged genesis", "other keys than were read out of band", "policy/genesis-differs", _genesis),
)
SEQUENCE = (
    Attack("rollback", "version 1 after version 2", "policy/rollback", _rollback),
    Attack("rollback", "the store is put back, the ledger is not", "policy/rollback", _behind_store),
    Attack("equal version, other bytes", "a second version 2", "policy/equal-version", _equal),
    Attack(
        "equal version, other bytes",
        "put in place at rest",
        "policy/equal-version",
        _replaced_at_rest,
    ),
    Attack("skipped predecessor", "version 3 after version 1", "policy/skipped-version", _skipped),
    Attack("skipped predecessor", "version 2 first", "policy/skipped-version", _first_skipped),
    Attack("skipped predecessor", "a version 2 of another version 1", "policy/unchained", _forked),
    Attack("skipped predecessor", "another agreement", "policy/another-agreement", _other_agreement),
    Attack("expired", "by half a year", "policy/expired", _expired),
    Attack("not yet valid", "by three years", "policy/not-yet-valid", _too_early),
)
TIGHTENING = (
    Attack("tightening", "relabels an effector", "policy/tightening-changes", _relabelled),
    Attack(
        "tightening",
        "moves expiry",
        "policy/tightening-changes",
        _tighten(bend=lambda whole: whole.update(expires="2040-01-01T00:00:00Z")),
    ),
    Attack("tightening", "by a party without the right", "policy/tightening-without-right", _no_right),
    Attack("tightening", "by a party that gives itself the right", "policy/one-party-alone", _self_granted),
    Attack("tightening", "without a solver", "policy/tightening-without-solver", _no_solver),
    Attack("tightening", "that the prover refutes", "policy/tightening-widens", _refuted),
    Attack(
        "tightening",
        "adds a deployment to an enclave",
        "policy/tightening-changes",
        _tighten(bend=lambda whole: whole["enclaves"][0]["deployments"].append("outside-model")),
    ),
    Attack(
        "tightening",
        "names an organisation",
        "policy/tightening-changes",
        _tighten(bend=lambda whole: whole["organisations"].append({"name": "x", "agency": "civil", "units": []})),
    ),
    Attack(
        "tightening",
        "changes its own keys",
        "policy/tightening-changes",
        _tighten(bend=_fewer_keys),
    ),
    Attack("tightening", "drops a red line", "policy/tightening-changes", _drops_red_line),
    Attack(
        "tightening",
        "adds a permit",
        "policy/tightening-changes",
        _tighten(files={"vendor/more.cedar": policy("permit", "vendor-more", "context.fact.stream")}),
    ),
    Attack("tightening", "drops a prohibition", "policy/tightening-changes", _drops_forbid),
    Attack(
        "tightening",
        "raises a limit",
        "policy/tightening-changes",
        _tighten(files=_vendor_text("> 1000000", "> 3000000")),
    ),
    Attack(
        "tightening",
        "narrows a prohibition",
        "policy/tightening-changes",
        _tighten(files=_vendor_text(LIMIT, f"{LIMIT} && context.fact.stream")),
    ),
    Attack("tightening", "in version 1", "policy/one-party-alone", _genesis_tightening),
)
STATEMENTS = (
    Attack("frozen", "the statement has run out", "policy/not-current", _frozen),
    Attack("frozen", "the statement is about an older version", "policy/current-of-another", _frozen_on_old),
    Attack("frozen", "the statement is about another enclave", "policy/current-of-another", _other_enclave),
    Attack("frozen", "an older statement in place of a newer", "policy/current-goes-back", _older),
    Attack("frozen", "signed by a party that is not named for it", "policy/unknown-signer", _by_vendor),
    Attack("frozen", "longer than the enclave allows", "policy/current-too-long", _too_long),
    Attack("frozen", "issued tomorrow", "policy/current-ahead", _tomorrow),
    Attack("frozen", "the agreement itself as a statement", "crypto/bad-envelope", _agreement_as_statement),
)
