"""What leaves say of holds, and where the rows beside them say less."""

import pytest

from brightline.domain.leaf import Kind, Leaf
from brightline.storage import HoldStore, NewHold, SaidStore, Shard, Store

HOLD = NewHold(
    hold=b"h" * 16,
    binding=b"b" * 32,
    use=b"u" * 16,
    principal=b"p",
    opened_ms=0,
    expires_ms=9,
    roles=(b"r",),
    summary=b"",
    content=b"",
)


def leaf(kind: Kind, reference: int = 2**64 - 1, commitment: bytes = bytes(32)) -> bytes:
    return Leaf(kind=kind, reference=reference, use_id=b"h" * 16, commitment=commitment).encode()


@pytest.fixture
def said(store: Store, shard: Shard) -> SaidStore:
    """Entry 1 is a hold; 3 a vote, 4 a receipt, 5 the opening of a decoy and 6 a review of it; the rest is not."""
    rows, entries = store.holds(shard), store.entries(shard)
    leaves = [
        leaf(Kind.GENESIS),
        leaf(Kind.HOLD),
        leaf(Kind.INTENT),
        leaf(Kind.SIGN_OFF, 1),
        leaf(Kind.EXECUTION, 1, b"d" * 32),
        leaf(Kind.DECOY, 1),
        leaf(Kind.REVIEW, 1),
        leaf(Kind.OUTCOME, 2),
        leaf(Kind.HOLD),
        leaf(Kind.SIGN_OFF, 8),
    ]
    with rows.transaction():
        entries.add_leaves(0, leaves)
        entries.add_sealed([(3, b"vote")])
        rows.add(1, HOLD)
        say(rows)
    return store.said(shard)


def say(rows: HoldStore) -> None:
    rows.add_statement(3, hold=1, person=b"p", taken_ms=0, vote=True)
    rows.add_receipt(4, hold=1, digest=b"d" * 32)
    rows.open_decoy(1, opened=5)


def test_what_is_said_of_one_hold_is_found_in_order(said: SaidStore) -> None:
    assert [each.index for each in said.of_hold(1)] == [3, 4, 5, 6]
    assert [each.index for each in said.of_hold(8)] == [9]
    assert said.of_hold(2) == []


def test_kinds_are_found_in_every_shard_the_oldest_first(store: Store, said: SaidStore) -> None:
    with store.database.transaction():
        later = store.shards(agreement="pilot", enclave="field").add(number=2, origin="o/2", reason="r", vkey="v")
        store.entries(later).add_leaves(0, [leaf(Kind.GENESIS), leaf(Kind.REVIEW, 0)])
        other = store.shards(agreement="other", enclave="field").add(number=1, origin="x", reason="", vkey="v")
        store.entries(other).add_leaves(0, [leaf(Kind.GENESIS), leaf(Kind.REVIEW, 0)])
    found = store.said(later).of_kinds(Kind.REVIEW)
    assert [(each.shard, each.index, each.read.kind) for each in found] == [(1, 6, Kind.REVIEW), (2, 1, Kind.REVIEW)]
    # The shards before are not the one in use.
    assert store.said(later).of_hold(1) == []


def test_holds_are_listed_the_newest_first_page_by_page(said: SaidStore) -> None:
    assert [each.index for each in said.holds(start=99, limit=9)] == [8, 1]
    assert [each.index for each in said.holds(start=8, limit=9)] == [1]
    assert [each.index for each in said.holds(start=99, limit=1)] == [8]


def test_an_entry_is_read_from_any_shard_of_the_scope(store: Store, said: SaidStore) -> None:
    assert said.entry(1, 3) == (leaf(Kind.SIGN_OFF, 1), b"vote")
    assert said.entry(1, 4) == (leaf(Kind.EXECUTION, 1, b"d" * 32), None)
    assert said.entry(1, 99) is said.entry(2, 1) is None


def test_rows_that_say_all_of_it_do_not_differ(said: SaidStore) -> None:
    assert not said.differs(1)
    assert not said.differs(2), "of which nothing is said"


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM statements",
        "UPDATE statements SET position = position + 1",
        "DELETE FROM receipts",
        "UPDATE receipts SET digest = x'00'",
        "DELETE FROM decoys",
        "UPDATE decoys SET opened = opened + 1",
    ],
)
def test_a_row_that_is_gone_or_changed_differs(store: Store, said: SaidStore, sql: str) -> None:
    with store.database.transaction():
        store.database.write(sql)
    assert said.differs(1)


def test_a_vote_without_a_row_differs(said: SaidStore) -> None:
    assert said.differs(8)
