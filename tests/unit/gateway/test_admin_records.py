import pytest

from brightline.crypto.seal import WrappingKey, unseal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.credential import KeyRecord
from brightline.domain.leaf import Flag, Kind, decode
from brightline.domain.principal import Principal
from brightline.domain.record import Group
from brightline.gateway.admin_records import AdminRecorder

WRAPPING = WrappingKey(bytes(32))
TAGS = TagKeys(bytes(32))
WHO = Principal("1a2b3c4d", "ana", "agency", "desk", frozenset({"analyst"}), "app", frozenset({"m"}), "m")


def recorder() -> AdminRecorder:
    agreement = AgreementRef("sample", 1, b"\x07" * 32, "demo")
    return AdminRecorder(wrapping_key=WRAPPING, tag_keys=TAGS, agreement=lambda: agreement)


def record(*, weak: bool) -> KeyRecord:
    return KeyRecord(WHO, b"\x55" * 32, weak=weak, imported=True, created_by="uid 0 (root)", created_at_ms=1)


@pytest.mark.parametrize("weak", [False, True])
def test_a_key_entry_tells_in_the_open_only_that_it_is_weak(*, weak: bool) -> None:
    entry = recorder().key("import", record(weak=weak), by="uid 0 (root)")
    leaf = decode(entry.leaf)
    assert leaf.kind is Kind.KEY
    assert bool(leaf.flags & Flag.WEAK_SECRET) is weak
    assert leaf.tags[:16] == TAGS.tag(leaf.tag_nonce, "mission", "m")
    assert b"ana" not in entry.leaf


def test_what_is_sealed_says_who_did_it_and_holds_no_hash() -> None:
    entry = recorder().key("add", record(weak=False), by="uid 0 (root)")
    assert entry.blob is not None
    groups = unseal(entry.blob, WRAPPING)
    assert b'"act":"add"' in groups[Group.CONTENT]
    assert b"uid 0 (root)" in groups[Group.WHO]
    assert b"\x55" * 32 not in b"".join(groups.values())
    assert b"55" * 32 not in b"".join(groups.values())


def test_a_mission_entry() -> None:
    entry = recorder().mission("flood-relief", by="uid 0 (root)")
    leaf = decode(entry.leaf)
    assert leaf.kind is Kind.MISSION
    assert leaf.tags[:16] == TAGS.tag(leaf.tag_nonce, "mission", "flood-relief")
    assert entry.blob is not None
    assert b"flood-relief" in unseal(entry.blob, WRAPPING)[Group.CONTENT]


def test_an_entry_of_people_tells_in_the_open_only_its_kind() -> None:
    entry = recorder().people([{"act": "assert", "person": "anna"}], by="uid 0 (root)")
    leaf = decode(entry.leaf)
    assert (leaf.kind, leaf.flags) == (Kind.KEY, 0)
    assert leaf.tags[16:32] == TAGS.tag(leaf.tag_nonce, "principal", "")
    assert entry.blob is not None
    groups = unseal(entry.blob, WRAPPING)
    assert groups[Group.CONTENT] == b'{"act":"import-people","imported":[{"act":"assert","person":"anna"}]}'
    assert b"uid 0 (root)" in groups[Group.WHO]
