"""Meters in step with the ledger: through restarts, losses, faults, and callers that leave."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from brightline.domain.errors import BrightlineError
from brightline.domain.event import ProposedCall
from brightline.domain.metering import NOTHING, Tally
from brightline.domain.record import Entry
from brightline.domain.use import NO_READINGS, ToolEffect
from brightline.gateway.counting import counted_in, joined, use_leaf
from tests.unit.gateway.counting_rig import ACTS, MONEY, PEOPLE, TOKENS, WHERE, Rig


@pytest.fixture(name="rig")
def _rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_an_agreement_without_meters_opens_nothing(rig: Rig) -> None:
    rig.agreement.meters = ()
    assert rig.counting.begin(None, "m", rig.agreement) is None  # type: ignore[arg-type]
    assert rig.counting.reserve(None) is rig.counting.call(None, None, None, None) is NO_READINGS  # type: ignore[arg-type]
    assert rig.counting.act(None, None, None) is NO_READINGS  # type: ignore[arg-type]
    for step in (rig.counting.refused, rig.counting.let_go, rig.counting.end):
        step(None)
    rig.counting.close()
    assert not (rig.place / "meters.db").exists()
    assert list((rig.place / "keys").iterdir()) == []


def test_what_uses_touch_counts_once_and_what_was_refused_does_not(rig: Rig) -> None:
    rig.use("ann", "ben")
    rig.use("ben", "cleo")
    refused = rig.begin("dan", "eve")
    assert rig.counting.reserve(refused)["people"] == 5
    entry = rig.entry(refused)
    assert entry.meter is not None
    rig.counting.refused(refused)
    rig.counting.end(refused)
    rig.counting.end(refused)
    assert rig.people == 3


def test_a_use_that_touches_nobody_has_no_entry(rig: Rig) -> None:
    counted = rig.begin()
    entry = rig.entry(counted)
    assert entry.meter is None
    rig.counting.take(counted, rig.log.append(entry))
    rig.counting.refused(counted)


@pytest.mark.parametrize("tidy", [True, False])
def test_a_restart_changes_nothing(rig: Rig, *, tidy: bool) -> None:
    rig.use("ann", "ben")
    rig.restart(tidy=tidy)
    rig.use("cleo")
    assert rig.people == 3
    rig.restart(tidy=tidy)
    assert rig.people == 3


@pytest.mark.parametrize("change", [lambda data: b"", lambda data: b"x" * len(data), lambda data: data[:8192]])
def test_a_lost_or_damaged_file_is_counted_again(rig: Rig, change: object) -> None:
    rig.use("ann", "ben")
    rig.damage(change)  # type: ignore[arg-type]
    assert rig.people == 2


def test_a_damaged_window_is_counted_again_while_running(rig: Rig) -> None:
    rig.use("ann")
    rig.counting.close()
    rig.counting = rig.started()
    rig.counting.adopt(rig.agreement.meters, ())
    opened = rig.counting._open
    assert opened is not None
    with opened.windows._database.transaction():
        opened.windows._database.write("UPDATE windows SET state = X'00'")
    assert rig.people == 1


def test_a_file_of_another_ledger_or_of_other_meters_is_not_believed(rig: Rig) -> None:
    rig.use("ann")
    rig.counting.close()
    with rig.store.database.transaction():
        rig.store.database.write(
            "UPDATE leaves SET leaf = CAST(substr(leaf, 1, 200) || X'01' || substr(leaf, 202) AS BLOB)"
        )
    rig.counting = rig.started()
    assert rig.people == 1
    rig.agreement.meters = (replace(PEOPLE, seconds=7200), ACTS)
    assert rig.people == 1
    rig.agreement.meters = (PEOPLE, ACTS)
    assert rig.people == 1


def test_an_agreement_that_says_the_same_changes_nothing(rig: Rig) -> None:
    rig.use("ann")
    opened = rig.counting._open
    rig.agreement.meters = (replace(PEOPLE), replace(ACTS))
    assert rig.people == 1
    assert rig.counting._open is opened


def test_a_use_that_began_under_other_meters_counts_in_those_of_now(rig: Rig) -> None:
    counted = rig.begin("ann")
    entry = rig.entry(counted)
    rig.agreement.meters = (replace(PEOPLE, seconds=7200), ACTS)
    assert rig.people == 0
    rig.counting.take(counted, rig.log.append(entry))
    rig.counting.end(counted)
    assert rig.people == 1
    rig.agreement.meters = ()
    rig.counting.begin(None, "m", rig.agreement)  # type: ignore[arg-type]


def test_whoever_leaves_before_the_entry_is_durable_is_counted_all_the_same(rig: Rig) -> None:
    counted = rig.begin("ann")
    entry = rig.entry(counted)
    rig.counting.end(counted)
    assert rig.people == 0
    rig.log.unheard(entry, rig.log.append(entry))
    assert rig.people == 1
    another = rig.begin("ben")
    refused = rig.entry(another)
    rig.counting.end(another)
    rig.log.unheard(refused, None)
    rig.log.unheard(Entry(b"no meter goes with it"), None)
    assert rig.people == 1
    rig.restart()
    assert rig.people == 1


def test_an_entry_alone_that_nobody_heard_of_counts_too(rig: Rig) -> None:
    counted = rig.begin("ann")
    alone = rig.counting.alone(counted, use_leaf(b"i" * 16, rig.agreement.ref), 0)
    rig.counting.end(counted)
    rig.log.unheard(alone, rig.log.append(alone))
    assert rig.people == 1


def test_an_unheard_entry_that_cannot_be_read_refuses_from_then_on(rig: Rig) -> None:
    counted = rig.begin("ann")
    entry = rig.entry(counted)
    assert entry.meter is not None
    rig.log.unheard(entry._replace(meter=entry.meter._replace(blob=None)), rig.log.append(entry))
    with pytest.raises(BrightlineError, match="metering/no-record"):
        rig.begin()


def test_after_a_fault_of_the_ledger_what_is_there_counts(rig: Rig) -> None:
    counted = rig.begin("ann")
    rig.log.append(rig.entry(counted))
    rig.counting.refused(counted)
    rig.counting.end(counted)
    assert rig.people == 0
    rig.log.heals += 1
    assert rig.people == 1


def test_an_entry_that_was_read_again_is_taken_once(rig: Rig) -> None:
    counted, other = rig.begin("ann"), rig.begin("ben")
    appended = rig.log.append(rig.entry(counted))
    rig.entry(other)
    rig.log.heals += 1
    rig.counting.take(counted, appended)
    rig.counting.end(counted)
    assert rig.people == 2
    rig.counting.let_go(other)
    assert rig.people == 1


@pytest.mark.parametrize("sql", ["DELETE FROM sealed", "UPDATE sealed SET blob = X'00'"])
def test_an_entry_that_cannot_be_read_refuses(rig: Rig, sql: str) -> None:
    rig.use("ann")
    rig.counting.close()
    (rig.place / "meters.db").unlink()
    with rig.store.database.transaction():
        rig.store.database.write(sql)
    rig.counting = rig.started()
    for _ in range(2):
        with pytest.raises(BrightlineError, match=r"metering/(no|bad)-record"):
            rig.begin()
    rig.log.heals += 1
    with pytest.raises(BrightlineError, match=r"metering/(no|bad)-record"):
        rig.begin()
    rig.counting.close()


def test_a_lost_key_refuses_once_there_is_an_entry(rig: Rig) -> None:
    rig.use("ann")
    rig.counting.close()
    (rig.place / "keys" / "meter.key").unlink()
    rig.counting = rig.started()
    with pytest.raises(BrightlineError):
        rig.begin()


def test_acts_count_by_their_effects(rig: Rig) -> None:
    counted = rig.begin()
    call = ProposedCall("look", "c1", b"{}")
    assert rig.counting.act(counted, ToolEffect("look", "read"), call) == {"people": 0, "acts": 1}
    assert rig.counting.act(counted, ToolEffect("note", "write"), call) == {"people": 0, "acts": 1}


ANSWER = b'{"usage":{"prompt_tokens":3,"completion_tokens":4}}'


@pytest.mark.parametrize(
    ("answer", "refused", "tokens"), [(ANSWER, False, 7), (b"{}", False, 12), (b"{}", True, 0), (ANSWER, True, 0)]
)
def test_tokens_count_at_most_before_and_as_the_answer_says_after(
    rig: Rig, answer: bytes, tokens: int, *, refused: bool
) -> None:
    rig.agreement.meters = (TOKENS, MONEY)
    counted = rig.begin(limit=10)
    assert rig.counting.reserve(counted) == {"tokens": 12, "money": 104}
    intent = rig.log.append(rig.entry(counted))
    rig.counting.take(counted, intent)
    assert rig.told() == {"tokens": 12, "money": 104}
    rig.counting.let_go(counted)
    rig.counting.settle(counted, answer, WHERE, intent_ms=intent.time_ms, refused=refused)
    rig.counting.take(counted, rig.log.append(rig.entry(counted)))
    rig.counting.end(counted)
    money = {7: 46, 12: 104, 0: 0}[tokens]
    assert rig.told() == {"tokens": tokens, "money": money}
    rig.restart(tidy=False)
    assert rig.told() == {"tokens": tokens, "money": money}


def test_an_answer_that_was_kept_costs_nothing_again(rig: Rig) -> None:
    rig.agreement.meters = (TOKENS, PEOPLE)
    counted = rig.begin("ann", limit=10)
    rig.counting.sent_before(counted)
    rig.counting.settle(counted, ANSWER, WHERE, intent_ms=1, refused=False)
    rig.counting.take(counted, rig.log.append(rig.entry(counted)))
    rig.counting.end(counted)
    assert rig.told() == {"tokens": 0, "people": 1}
    rig.counting.sent_before(None)
    rig.counting.settle(None, b"", WHERE, intent_ms=1, refused=False)


def test_the_file_is_brought_up_to_date_with_pauses(rig: Rig) -> None:
    rig.use("ann")

    async def pause() -> None:
        rig.use("ben")

    asyncio.run(rig.counting.keep(pause))
    rig.restart(tidy=False)
    assert rig.people == 2

    async def swap() -> None:
        rig.agreement.meters = (PEOPLE,)
        assert rig.people == 3

    rig.use("cleo")
    rig.agreement.meters = (PEOPLE, ACTS)
    asyncio.run(rig.counting.keep(swap))
    asyncio.run(rig.started().keep(pause))


def test_what_nobody_counts_yet_is_let_by(rig: Rig) -> None:
    counted = rig.begin("ann")
    entry = rig.entry(counted)
    fresh = rig.started()
    rig.log.unheard(entry, rig.log.append(entry))
    assert fresh.begin(None, "m", type(rig.agreement)()) is None  # type: ignore[arg-type]
    fresh.close()


def test_what_several_tallies_add_together() -> None:
    one = Tally(
        data_subjects=frozenset({1}), mentions={1: 2}, settled={9: 3}, unreadable={2: 1}, effects={"read": 1}, tokens=5
    )
    two = Tally(
        data_subjects=frozenset({2}), mentions={1: 4}, settled={9: 1}, effects={"read": 2}, money=3, corrects_ms=7
    )
    assert joined([one]) is one
    assert joined([one, two]) == Tally(
        data_subjects=frozenset({1, 2}),
        mentions={1: 4},
        settled={9: 1},
        unreadable={2: 1},
        effects={"read": 3},
        tokens=5,
        money=3,
        corrects_ms=7,
    )
    assert joined([NOTHING, NOTHING]).empty


def test_which_tools_are_counted() -> None:
    assert counted_in(ToolEffect("look", "read"), (ACTS,))
    assert not counted_in(ToolEffect("look", "read"), (PEOPLE,))


def test_a_file_that_knows_nothing_yet_is_marked_so(rig: Rig) -> None:
    rig.counting.adopt(rig.agreement.meters, ())
    rig.restart()
    rig.counting.adopt(rig.agreement.meters, ())
    opened = rig.counting._open
    assert opened is not None
    assert opened.windows.mark.upto == 0


def test_of_entries_that_were_taken_while_others_were_under_way_none_is_taken_twice(rig: Rig) -> None:
    slow, quick = rig.begin("ann"), rig.begin("ben")
    late = rig.entry(slow)
    rig.counting.take(quick, rig.log.append(rig.entry(quick)))
    rig.counting.end(quick)
    rig.log.append(late)
    rig.log.heals += 1
    assert rig.people == 2
    rig.counting.end(slow)
    assert rig.people == 2


def test_a_clock_that_jumps_loses_nobody_who_counts(rig: Rig) -> None:
    rig.use("ann")
    rig.log.time_ms -= 1_800_000
    rig.use("ben")
    assert rig.people == 2
    rig.log.time_ms += 3_000_000
    assert rig.people == 2
    rig.restart(tidy=False)
    assert rig.people == 2


def test_a_key_is_taken_by_meters_that_are_open_alone(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    with pytest.raises(BrightlineError, match="bad-state"):
        rig.counting.take_person_key()


async def _go_on() -> None:
    """A pause that pauses nothing."""


def test_what_was_counted_ahead_is_not_counted_again(rig: Rig) -> None:
    for name in ("ann", "ben", "cleo"):
        rig.use(name)
    next_meters = (replace(PEOPLE, seconds=7200), ACTS)
    asyncio.run(rig.counting.prepare(next_meters, (), _go_on))
    assert rig.people == 3
    rig.use("dan")
    read: list[int] = []
    monkeyed, journal = rig.store.meter_journal.read, rig.counting._means.journal
    journal.read = lambda start, limit: read.append(start) or monkeyed(start, limit)  # type: ignore[assignment,func-returns-value]
    rig.agreement.meters = next_meters
    assert rig.people == 4
    assert min(read) > 0
    rig.restart()
    assert rig.people == 4


def test_a_use_under_way_counts_once_wherever_it_lands(rig: Rig) -> None:
    rig.use("ann")
    before, after, unheard = rig.begin("ben"), rig.begin("cleo"), rig.begin("dan")
    entries = [rig.entry(counted) for counted in (before, after, unheard)]
    next_meters = (PEOPLE, replace(ACTS, seconds=7200))
    # The first is durable before the count ahead reads, and told of afterwards; the second comes later.
    early = rig.log.append(entries[0])
    last = rig.log.append(entries[2])
    asyncio.run(rig.counting.prepare(next_meters, (), _go_on))
    rig.agreement.meters = next_meters
    assert rig.people == 3
    rig.counting.take(before, early)
    rig.counting.end(before)
    rig.counting.end(unheard)
    rig.log.unheard(entries[2], last)
    rig.counting.take(after, rig.log.append(entries[1]))
    rig.counting.end(after)
    assert rig.people == 4
    rig.restart()
    assert rig.people == 4


def test_a_count_ahead_goes_on_where_it_was_kept_and_for_other_rules_begins_again(rig: Rig) -> None:
    rig.use("ann")
    one, other = (replace(PEOPLE, seconds=7200), ACTS), (replace(PEOPLE, seconds=10_800), ACTS)
    for meters in (one, one, other, one):
        asyncio.run(rig.counting.prepare(meters, (), _go_on))
        rig.use("ben")
    rig.restart()
    asyncio.run(rig.counting.prepare(one, (), _go_on))
    rig.agreement.meters = one
    assert rig.people == 2


def test_nothing_is_counted_ahead_where_there_is_nothing_to_count(rig: Rig) -> None:
    asyncio.run(rig.counting.prepare((PEOPLE,), (), _go_on))
    rig.use("ann")
    for meters in ((), (PEOPLE, ACTS)):
        asyncio.run(rig.counting.prepare(meters, (), _go_on))
    assert not any((rig.place / "ahead").iterdir())
