"""Rows of holds: found by id, binding, use and queue; turned only from where they stand."""

import pytest

from brightline.storage import EarlierHold, HoldStore, NewHold, OpenHolds, RowState, Shard, StatementRow, Store

NOW = 1_000_000


@pytest.fixture
def rows(store: Store, shard: Shard) -> HoldStore:
    return store.holds(shard)


def new(number: int, *roles: bytes, principal: bytes = b"p", expires_ms: int = NOW + 1000) -> NewHold:
    return NewHold(
        hold=b"hold %d" % number,
        binding=b"binding %d" % number,
        use=b"use",
        principal=principal,
        opened_ms=NOW - number,
        expires_ms=expires_ms,
        roles=roles or (b"r",),
        summary=b"summary",
        content=b"content %d" % number,
    )


def add(rows: HoldStore, *news: tuple[int, NewHold]) -> None:
    with rows.transaction():
        for index, each in news:
            rows.add(index, each)


def listed(rows: HoldStore, *roles: bytes, skip: int = 0, limit: int = 10, now_ms: int = NOW) -> list[int]:
    return [row.index for row in rows.page(roles, now_ms=now_ms, skip=skip, limit=limit)]


def test_nothing_is_found_where_nothing_is(rows: HoldStore) -> None:
    assert rows.find(b"x") is rows.at(1) is rows.of_binding(b"x") is rows.content(1) is None
    assert rows.of_use(b"use") == rows.statements(1) == listed(rows, b"r") == []
    assert not rows.turn(1, (RowState.OPEN,), RowState.DENIED)
    assert rows.open_holds(now_ms=NOW) == OpenHolds(0, None)
    assert rows.states() == rows.decoys() == rows.receipts(1) == {}


def test_a_hold_is_found_by_each_of_its_names(rows: HoldStore) -> None:
    add(rows, (7, new(1)), (9, new(2)))
    row = rows.find(b"hold 1")
    assert row is not None
    assert row == rows.at(7) == rows.of_binding(b"binding 1")
    assert (row.state, row.begun, row.outcome) == (RowState.OPEN, None, None)
    assert [each.index for each in rows.of_use(b"use")] == [7, 9]
    assert rows.content(9) == b"content 2"
    assert [each.index for each in rows.latest(start=9, limit=5)] == [7]


def test_a_queue_has_the_soonest_to_expire_first_each_hold_once(rows: HoldStore) -> None:
    add(
        rows,
        (1, new(1, b"a", b"b", expires_ms=NOW + 30)),
        (2, new(2, b"a", expires_ms=NOW + 10)),
        (3, new(3, b"b", expires_ms=NOW + 20)),
        (4, new(4, b"c", expires_ms=NOW + 5)),
        (5, new(5, b"a", expires_ms=NOW)),
    )
    assert listed(rows, b"a", b"b") == [2, 3, 1]
    assert listed(rows, b"a", b"b", limit=2) == [2, 3]
    assert listed(rows, b"a", b"b", skip=1, limit=1) == [3]
    assert listed(rows, b"a", b"b", skip=2, limit=5) == [1]
    assert rows.queued(b"a", now_ms=NOW, most=9) == 2
    assert rows.queued(b"a", now_ms=NOW, most=1) == 1
    with rows.transaction():
        assert rows.turn(2, (RowState.OPEN,), RowState.APPROVED)
    assert listed(rows, b"a") == [1]
    assert [row.index for row in rows.overdue(now_ms=NOW, limit=9)] == [5]


def test_a_hold_turns_from_where_it_stands_only(rows: HoldStore) -> None:
    add(rows, (1, new(1)))
    with rows.transaction():
        assert not rows.turn(1, (RowState.APPROVED,), RowState.STARTED)
        rows.finish(1, 5)
        assert rows.begin(1, 3)
        assert not rows.begin(1, 4)
        rows.finish(1, 5)
        rows.finish(1, 6)
    row = rows.at(1)
    assert row is not None
    assert (row.state, row.begun, row.outcome) == (RowState.ENDED, 3, 5)
    assert rows.states() == {RowState.ENDED: 1}


def test_what_is_open_is_counted_by_caller_and_whole(rows: HoldStore) -> None:
    add(rows, (1, new(1)), (2, new(2)), (3, new(3, principal=b"q")), (4, new(4, expires_ms=NOW)))
    assert rows.open_of(b"p", now_ms=NOW, most=9) == 2
    assert rows.open_of(b"p", now_ms=NOW, most=1) == 1
    assert rows.open_holds(now_ms=NOW) == OpenHolds(3, NOW - 3)


def test_statements_stand_by_hold_and_by_person(rows: HoldStore) -> None:
    add(rows, (1, new(1)), (2, new(2)))
    with rows.transaction():
        rows.add_statement(3, hold=1, person=b"ana", taken_ms=NOW, vote=True)
        rows.add_statement(4, hold=1, person=b"ana", taken_ms=NOW + 5, vote=False)
        rows.add_statement(5, hold=2, person=b"ben", taken_ms=NOW, vote=False)
    assert rows.statements(1) == [3, 4]
    assert [rows.has_voted(1, b"ana"), rows.has_voted(2, b"ana"), rows.has_voted(2, b"ben")] == [True, False, False]
    assert rows.taken_of(b"ana", since_ms=NOW - 1, most=9) == 2
    assert rows.taken_of(b"ana", since_ms=NOW, most=9) == 1
    assert rows.all_statements(since=4) == [StatementRow(4, 1, NOW + 5), StatementRow(5, 2, NOW)]


def test_evidence_receipts_and_decoys_belong_to_their_hold(rows: HoldStore) -> None:
    add(rows, (1, new(1)), (2, new(2)))
    for _ in range(2):
        rows.open_evidence(1, b"ana", b"sha", now_ms=NOW)
    assert rows.evidence_opened(1, b"ana") == {b"sha"}
    assert rows.evidence_opened(2, b"ana") == frozenset()
    with rows.transaction():
        rows.add_receipt(3, hold=1, digest=b"d")
        rows.open_decoy(2, opened=6)
    assert rows.receipts(1) == {b"d": 3}
    assert rows.decoys() == {2: 6}


def test_a_decoy_is_opened_once(rows: HoldStore) -> None:
    add(rows, (1, new(1)))
    assert not rows.is_opened(1)
    with rows.transaction():
        rows.open_decoy(1, opened=2)
        rows.open_decoy(1, opened=3)
    assert rows.is_opened(1)
    assert rows.decoys() == {1: 2}


def test_another_shard_has_none_of_them(rows: HoldStore, store: Store, shard: Shard) -> None:
    add(rows, (1, new(1)))
    with store.database.transaction():
        later = store.shards(agreement="pilot", enclave="field").add(number=2, origin="o/2", reason="", vkey="v")
    others = store.holds(later)
    assert others.find(b"hold 1") is None
    assert listed(others, b"r") == []
    assert others.all_statements() == []


def test_a_state_that_there_is_not_lets_nothing_pass(rows: HoldStore, store: Store) -> None:
    add(rows, (1, new(1)), (2, new(2)))
    with rows.transaction():
        store.database.write("UPDATE holds SET state = 99")
    row = rows.at(1)
    assert row is not None
    assert row.state is RowState.REVOKED
    assert rows.states() == {RowState.REVOKED: 2}


def test_a_hold_of_an_earlier_shard_is_found_as_such(rows: HoldStore, store: Store) -> None:
    add(rows, (7, new(1)))
    assert rows.find_earlier(b"hold 1") is None
    with store.database.transaction():
        shard = store.shards(agreement="pilot", enclave="field").add(number=2, origin="o/2", reason="r", vkey="v")
    later = store.holds(shard)
    assert later.find(b"hold 1") is None
    assert later.find_earlier(b"hold 1") == later.find_earlier(b"binding 1") == EarlierHold(1, 7)
    assert later.find_earlier(b"hold 2") is None
