"""The verifier: everything that may be wrong with a log, then a log that is right."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.crypto.checkpoint import Checkpoint
from brightline.crypto.errors import KeyFormatError
from brightline.crypto.merkle import leaf_hash
from brightline.crypto.note import NoteSigner
from brightline.domain.leaf import NO_REFERENCE, Kind, Leaf, Outcome, Verdict
from brightline.domain.tiles import ENTRIES, tiles_at
from brightline.ledger import verify as module
from brightline.ledger.verify import (
    CheckpointFaultError,
    DirectoryReader,
    EntryFaultError,
    FileFaultError,
    HistoryFaultError,
    ProofFaultError,
    Verified,
    VerifyError,
    verify_directory,
    verify_proof,
)
from brightline.testing.log_simulator import MemoryReader, SimulatedLog, story

LOG = SimulatedLog.of(700)
FILES = LOG.files()
WITNESS = NoteSigner("witness.example/w", bytes(32))


def verify(files: dict[str, bytes], **options: object) -> Verified:
    return verify_directory(MemoryReader(files), LOG.vkey, **options)  # type: ignore[arg-type]


def flipped(name: str, at: int, files: dict[str, bytes] = FILES) -> dict[str, bytes]:
    data = bytearray(files[name])
    data[at] ^= 1
    return {**files, name: bytes(data)}


def resigned(text: bytes, files: dict[str, bytes] = FILES) -> dict[str, bytes]:
    return {**files, "checkpoint": LOG.signer.sign(text)}


# The checkpoint


def test_every_byte_of_the_checkpoint_counts() -> None:
    files = SimulatedLog.of(3).files()
    for at in range(len(files["checkpoint"])):
        with pytest.raises(CheckpointFaultError):
            verify(flipped("checkpoint", at, files))


def test_no_checkpoint_refuses() -> None:
    with pytest.raises(FileFaultError) as caught:
        verify({name: data for name, data in FILES.items() if name != "checkpoint"})
    assert caught.value.path == "checkpoint"


def test_an_endless_checkpoint_refuses() -> None:
    with pytest.raises(CheckpointFaultError, match="longer"):
        verify({**FILES, "checkpoint": FILES["checkpoint"] + b"a" * 10**6})


def test_another_key_refuses() -> None:
    with pytest.raises(CheckpointFaultError, match="no known key"):
        verify_directory(MemoryReader(FILES), replace(LOG, seed=b"8" * 32).vkey)


def test_a_malformed_key_refuses() -> None:
    with pytest.raises(KeyFormatError):
        verify_directory(MemoryReader(FILES), "example.org/simulated")


def test_a_line_by_nobody_named_refuses_until_it_is_named() -> None:
    line = WITNESS.sign(Checkpoint(LOG.origin, 700, LOG.root).text()).split(b"\n\n")[1]
    files = {**FILES, "checkpoint": FILES["checkpoint"] + line}
    with pytest.raises(CheckpointFaultError, match="whose key was not given"):
        verify(files)
    assert verify(files, cosigners=[WITNESS.vkey]).size == 700


def test_a_witness_alone_does_not_speak_for_the_log() -> None:
    note = WITNESS.sign(Checkpoint(WITNESS.name, 700, LOG.root).text())
    with pytest.raises(CheckpointFaultError, match="own key"):
        verify({**FILES, "checkpoint": note}, cosigners=[WITNESS.vkey])


def test_the_logs_key_of_before_alone_does_not_do() -> None:
    before = replace(LOG, seed=b"8" * 32)
    with pytest.raises(CheckpointFaultError, match="own key"):
        verify({**FILES, "checkpoint": before.checkpoint()}, cosigners=[before.vkey])


def test_an_empty_log_refuses() -> None:
    empty = SimulatedLog([])
    with pytest.raises(CheckpointFaultError, match="empty"):
        verify(empty.files())


def test_another_root_refuses() -> None:
    with pytest.raises(CheckpointFaultError, match="another root"):
        verify(resigned(Checkpoint(LOG.origin, 700, leaf_hash(b"")).text()))


# The set of files


@pytest.mark.parametrize("name", sorted(set(FILES) - {"checkpoint"}))
def test_a_missing_file_is_named(name: str) -> None:
    with pytest.raises(FileFaultError) as caught:
        verify({other: data for other, data in FILES.items() if other != name})
    assert caught.value.path == name


@pytest.mark.parametrize(
    "name",
    [
        "README",
        "checkpoint~",
        "checkpoint.old",
        "tile/0/002.p/187",
        "tile/0/002",
        "tile/0/003",
        "tile/00/000",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/002.p/0188",
        "tile/2/000.p/1",
        "tile/64/000",
        "tile/-1/000",
        "tile/entries/003.p/1",
        "tile/entries/002.p/188.gz",
        "tile/0/\u0660\u0660\u0660",
        "Tile/0/000",
        "\udcff\n",
    ],
)
def test_an_unknown_file_is_named(name: str) -> None:
    with pytest.raises(FileFaultError, match="does not belong") as caught:
        verify({**FILES, name: FILES["tile/0/000"]})
    assert caught.value.path == name.encode("unicode_escape").decode()


def test_a_very_long_name_is_cut() -> None:
    with pytest.raises(FileFaultError) as caught:
        verify({**FILES, "a" * 1000: b""})
    assert len(caught.value.path) < 200


@pytest.mark.parametrize("name", sorted(set(FILES) - {"checkpoint"}))
@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"\0", lambda data: b""])
def test_a_file_of_another_length_refuses(name: str, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(FileFaultError) as caught:
        verify({**FILES, name: change(FILES[name])})
    assert caught.value.path == name


# The entries and the hashes over them


def test_a_changed_entry_is_named_with_its_file() -> None:
    for entry in (0, 255, 256, 511, 512, 699):
        bundle, place = divmod(entry, 256)
        name = f"tile/entries/00{bundle}" + (".p/188" if bundle == 2 else "")
        with pytest.raises(EntryFaultError) as caught:
            verify(flipped(name, place * 232 + 2 + 40))
        assert (caught.value.entry, caught.value.path) == (entry, name)
        assert f"entry {entry}" in str(caught.value)


def test_a_changed_hash_is_named() -> None:
    with pytest.raises(EntryFaultError, match="entry 513"):
        verify(flipped("tile/0/002.p/188", 32))
    with pytest.raises(FileFaultError, match="hash 1 ") as caught:
        verify(flipped("tile/1/000.p/2", 32))
    assert caught.value.path == "tile/1/000.p/2"


def test_a_changed_length_of_an_entry_refuses() -> None:
    for at in (0, 1, 232, 232 * 255 + 1):
        with pytest.raises(VerifyError) as caught:
            verify(flipped("tile/entries/001", at))
        assert caught.value.path == "tile/entries/001"


def walk(files: dict[str, bytes], size: int, watched: int | None = None) -> module._Tree:
    """The tree alone, without the story: entries this short are no leaves."""
    tree = module._Tree(module._Files(MemoryReader(files), size), watched)
    for tile in tiles_at(ENTRIES, size):
        tree.add(tile)
    tree.close()
    return tree


def test_a_third_level_is_checked() -> None:
    full = SimulatedLog([b"%d" % number for number in range(65536)])
    files = full.files()
    assert walk(files, 65536, 65536).watched_root() == full.root
    for name in ("tile/1/000", "tile/2/000.p/1"):
        with pytest.raises(FileFaultError) as caught:
            walk(flipped(name, 0, files), 65536)
        assert caught.value.path == name
    more = SimulatedLog([*full.entries, *(b"more %d" % number for number in range(300))])
    tree = walk(more.files(), 65836, 65536)
    assert (tree.root(), tree.watched_root()) == (more.root, full.root)


# What the entries tell


def told(*changes: tuple[int, dict[str, object]], size: int = 7) -> SimulatedLog:
    leaves = story(size)
    for index, fields in changes:
        leaves[index] = replace(leaves[index], **fields)  # type: ignore[arg-type]
    return SimulatedLog([leaf.encode() for leaf in leaves])


OTHER = b"o" * 32


@pytest.mark.parametrize(
    ("entry", "match", "changes"),
    [
        (0, "no genesis", [(0, {"kind": Kind.EPOCH})]),
        (3, "second genesis", [(3, {"kind": Kind.GENESIS, "verdict": Verdict.NONE})]),
        (2, "older", [(1, {"time_ms": 2**50})]),
        (5, "another enclave", [(5, {"enclave_id": OTHER[:8]})]),
        (3, "not before it", [(3, {"reference": 3})]),
        (3, "not before it", [(3, {"reference": 6})]),
        (4, "no open intent", [(4, {"reference": 2})]),
        (4, "no open intent", [(4, {"reference": 1})]),
        (4, "no open intent", [(4, {"reference": 2**64 - 1})]),
        (4, "another use", [(4, {"use_id": OTHER[:16]})]),
        (4, "another use", [(4, {"agreement_digest": OTHER})]),
        (3, "not in force", [(3, {"agreement_digest": OTHER})]),
        (3, "not permitted", [(3, {"verdict": Verdict.FORBID})]),
        (3, "not permitted", [(3, {"verdict": Verdict.NONE})]),
        (3, "refusal", [(3, {"kind": Kind.REFUSAL})]),
        (3, "before its end", [(3, {"outcome": Outcome.COMPLETE})]),
        (4, "without one", [(4, {"outcome": Outcome.NONE})]),
        (4, "without one", [(4, {"outcome": Outcome.ABANDONED})]),
        (4, "another outcome", [(4, {"kind": Kind.ABANDONED})]),
        (3, "was not held", [(3, {"kind": Kind.HOLD})]),
        (4, "of no hold", [(4, {"kind": Kind.EXECUTION, "outcome": Outcome.NONE})]),
        (4, "of no hold", [(4, {"kind": Kind.REVIEW, "outcome": Outcome.NONE, "reference": 2**64 - 1})]),
        (
            4,
            "neither side",
            [
                (3, {"kind": Kind.HOLD, "verdict": Verdict.HOLD}),
                (4, {"kind": Kind.SIGN_OFF, "outcome": Outcome.NONE, "verdict": Verdict.HOLD}),
            ],
        ),
    ],
)
def test_an_impossible_story_refuses(entry: int, match: str, changes: list[tuple[int, dict[str, object]]]) -> None:
    with pytest.raises(EntryFaultError, match=match) as caught:
        verify(told(*changes).files())
    assert caught.value.entry == entry


@pytest.mark.parametrize("kind", [Kind.SIGN_OFF, Kind.BREAK_GLASS, Kind.EXECUTION, Kind.REVIEW, Kind.DECOY])
def test_what_is_said_of_a_hold_follows_it(kind: Kind) -> None:
    held = (3, {"kind": Kind.HOLD, "verdict": Verdict.HOLD})
    said = (4, {"kind": kind, "outcome": Outcome.NONE, "verdict": Verdict.PERMIT})
    assert verify(told(held, said, size=5).files()).counts[kind] == 1


def metered(leaf: Leaf, **fields: object) -> Leaf:
    plain = {"kind": Kind.METER, "verdict": Verdict.NONE, "outcome": Outcome.NONE}
    return replace(leaf, **{**plain, **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Kind.METER, Kind.AUTHORITY])
def test_meter_entries_follow_an_entry_of_their_use_or_stand_while_it_is_open(kind: Kind) -> None:
    genesis, begun, ended = story(3)
    log = SimulatedLog(
        [
            leaf.encode()
            for leaf in (
                genesis,
                begun,
                metered(begun, kind=kind, reference=1),
                metered(begun, kind=kind, reference=1),
                ended,
                metered(ended, kind=kind, reference=4),
            )
        ]
    )
    assert verify(log.files()).counts[kind] == 3


def test_an_authority_is_registered_by_an_entry_that_refers_to_nothing() -> None:
    leaves = story(3)
    registered = metered(leaves[2], kind=Kind.AUTHORITY, use_id=OTHER[:16], reference=NO_REFERENCE)
    assert verify(SimulatedLog([leaf.encode() for leaf in (*leaves, registered)]).files()).counts[Kind.AUTHORITY] == 1
    elsewhere = replace(registered, agreement_digest=OTHER)
    with pytest.raises(EntryFaultError, match="not in force"):
        verify(SimulatedLog([leaf.encode() for leaf in (*leaves, elsewhere)]).files())


@pytest.mark.parametrize(
    "fields",
    [
        {"reference": 0},
        {"reference": 1},
        {"use_id": OTHER[:16], "reference": 2},
        {"agreement_digest": OTHER, "reference": 2},
        {"kind": Kind.AUTHORITY, "reference": 0},
    ],
)
def test_a_meter_entry_of_no_use_before_it_refuses(fields: dict[str, object]) -> None:
    leaves = story(3)
    log = SimulatedLog([leaf.encode() for leaf in (*leaves, metered(leaves[2], **fields))])
    with pytest.raises(EntryFaultError, match="meters no use before it"):
        verify(log.files())


def test_an_entry_that_is_no_leaf_refuses() -> None:
    entries = [*(leaf.encode() for leaf in story(3)), b"not a leaf"]
    with pytest.raises(EntryFaultError, match="not readable") as caught:
        verify(SimulatedLog(entries).files())
    assert (caught.value.entry, caught.value.path) == (3, "tile/entries/000.p/4")


def test_an_agreement_changes_by_its_entry_only_and_ends_what_began_before() -> None:
    begun, ended = story(3)[1:]
    changed = Leaf(
        kind=Kind.AGREEMENT, time_ms=ended.time_ms, agreement_digest=OTHER, enclave_id=ended.enclave_id, reference=0
    )
    refused = replace(begun, kind=Kind.REFUSAL, verdict=Verdict.UNDECIDED, agreement_digest=OTHER)
    log = SimulatedLog([leaf.encode() for leaf in (*story(2), changed, ended, refused)])
    verified = verify(log.files())
    assert verified.counts == {
        Kind.GENESIS: 1,
        Kind.INTENT: 1,
        Kind.AGREEMENT: 1,
        Kind.OUTCOME: 1,
        Kind.REFUSAL: 1,
    }


def test_an_abandoned_intent_is_closed() -> None:
    verified = verify(told((2, {"kind": Kind.ABANDONED, "outcome": Outcome.ABANDONED})).files())
    assert verified.open_intents == ()
    assert verified.counts[Kind.ABANDONED] == 1


# An earlier checkpoint


def test_a_shorter_log_is_shown() -> None:
    with pytest.raises(HistoryFaultError, match="earlier checkpoint 700"):
        verify(SimulatedLog.of(699).files(), old_checkpoint=LOG.checkpoint())


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 700])
def test_another_past_is_shown(size: int) -> None:
    other = SimulatedLog([*LOG.entries[: size - 1], b"something else"])
    with pytest.raises(HistoryFaultError, match="not those"):
        verify(FILES, old_checkpoint=other.checkpoint())


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 699, 700])
def test_the_same_past_is_shown(size: int) -> None:
    assert verify(FILES, old_checkpoint=SimulatedLog(LOG.entries[:size]).checkpoint()).size == 700


def test_the_same_past_is_shown_up_to_a_full_tile() -> None:
    log = SimulatedLog.of(512)
    assert verify(log.files(), old_checkpoint=log.checkpoint()).size == 512


def test_an_earlier_checkpoint_of_an_empty_log_holds() -> None:
    assert verify(FILES, old_checkpoint=SimulatedLog([]).checkpoint()).size == 700


def test_an_earlier_checkpoint_must_verify() -> None:
    with pytest.raises(HistoryFaultError, match="does not verify"):
        verify(FILES, old_checkpoint=replace(LOG, seed=b"8" * 32).checkpoint())


def test_an_earlier_checkpoint_of_another_log_refuses() -> None:
    note = WITNESS.sign(Checkpoint(WITNESS.name, 1, LOG.root).text())
    with pytest.raises(HistoryFaultError, match="is of"):
        verify(FILES, old_checkpoint=note, cosigners=[WITNESS.vkey])


def test_an_earlier_checkpoint_by_the_key_of_before_holds_when_it_is_named() -> None:
    before = replace(LOG, seed=b"8" * 32)
    assert verify(FILES, old_checkpoint=before.checkpoint(), cosigners=[before.vkey]).size == 700


# A log that is being written


def test_a_live_log_is_looked_at_again() -> None:
    files = {**FILES, "tile/0/002.p/187": b""}
    asked = []

    def look_again(attempt: int) -> bool:
        asked.append(attempt)
        if attempt == 2:
            del files["tile/0/002.p/187"]
        return attempt < 3

    assert verify(files, look_again=look_again).size == 700
    assert asked == [1, 2]


def test_looking_again_ends() -> None:
    with pytest.raises(FileFaultError):
        verify({**FILES, "README": b""}, look_again=lambda attempt: attempt < 3)


# What comes back


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 512, 700])
def test_a_log_verifies(size: int) -> None:
    log = SimulatedLog.of(size)
    verified = verify(log.files())
    assert (verified.origin, verified.size, verified.root_hex) == (LOG.origin, size, log.root.hex())
    assert sum(verified.counts.values()) == size
    assert verified.open_intents == ((size - 1,) if size % 2 == 0 else ())
    assert verified.first_time_ms <= verified.last_time_ms


# Directories


def test_a_directory_verifies(tmp_path: Path) -> None:
    LOG.write(tmp_path)
    assert verify_directory(DirectoryReader(tmp_path), LOG.vkey).size == 700


def test_no_directory_refuses(tmp_path: Path) -> None:
    reader = DirectoryReader(tmp_path / "none")
    with pytest.raises(FileFaultError, match="no such file"):
        verify_directory(reader, LOG.vkey)
    with pytest.raises(FileFaultError, match="no such file"):
        list(reader.names())


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000", "tile/entries", "unknown"])
def test_a_link_refuses(tmp_path: Path, name: str) -> None:
    LOG.write(tmp_path / "log")
    path, real = tmp_path / "log" / name, tmp_path / "real"
    if path.exists():
        path.rename(real)
    path.symlink_to(real)
    with pytest.raises(FileFaultError) as caught:
        verify_directory(DirectoryReader(tmp_path / "log"), LOG.vkey)
    assert caught.value.path == name


def test_a_special_file_refuses(tmp_path: Path) -> None:
    LOG.write(tmp_path)
    os.mkfifo(tmp_path / "tile/0/pipe")
    with pytest.raises(FileFaultError, match="neither"):
        verify_directory(DirectoryReader(tmp_path), LOG.vkey)
    with pytest.raises(FileFaultError, match="plain"):
        DirectoryReader(tmp_path).read("tile/0/pipe", 10)


def test_an_error_without_words_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(FileFaultError, match="oserror"):
        DirectoryReader(tmp_path).read("checkpoint", 10)


# Proofs


@pytest.mark.parametrize("give", [leaf_hash, bytes])
def test_a_proof_verifies(give: Callable[[bytes], bytes]) -> None:
    shown = verify_proof(LOG.proof(600), give(LOG.entries[600]), LOG.vkey)
    assert (shown.origin, shown.size, shown.index) == (LOG.origin, 700, 600)
    assert shown.leaf is None or shown.leaf == story(601)[600]


def test_a_proof_of_another_entry_refuses() -> None:
    for wrong in (LOG.entries[601], leaf_hash(LOG.entries[601]), b"no leaf", b""):
        with pytest.raises(ProofFaultError):
            verify_proof(LOG.proof(600), wrong, LOG.vkey)


def test_a_proof_of_another_log_refuses() -> None:
    with pytest.raises(ProofFaultError):
        verify_proof(LOG.proof(600), LOG.entries[600], WITNESS.vkey)
    other = replace(LOG, origin=WITNESS.name, seed=bytes(32))
    with pytest.raises(ProofFaultError, match="is of"):
        verify_proof(other.proof(600), LOG.entries[600], LOG.vkey, cosigners=[WITNESS.vkey])


def test_every_byte_of_a_proof_counts() -> None:
    log = SimulatedLog.of(5)
    proof = log.proof(3)
    for at in range(len(proof)):
        changed = proof[:at] + bytes([proof[at] ^ 1]) + proof[at + 1 :]
        with pytest.raises(ProofFaultError):
            verify_proof(changed, log.entries[3], log.vkey)
