"""The meters of a running gateway, in step with the ledger: what an entry says counts, and nothing else does.

What a use adds is reserved before anything is decided, stands in a meter entry right after the entry that lets it go,
and is taken down once both are durable. What the file of windows lacks, and what became durable while nobody listened,
is read again from the entries.

INVARIANT: only the loop's thread comes here.
INVARIANT: where a meter cannot be read, nothing is permitted.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from brightline.crypto.seal import WrappingKey
from brightline.domain.agreement import AgreementRef, Deployment
from brightline.domain.authority import AuthorityKind
from brightline.domain.call import Call
from brightline.domain.errors import BrightlineError
from brightline.domain.event import ProposedCall
from brightline.domain.leaf import NO_REFERENCE, Kind, Leaf, decode, short_id
from brightline.domain.metering import NOTHING, Measure, MeterRule, Per, Place, Tally
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry
from brightline.domain.use import NO_READINGS, ToolEffect
from brightline.gateway.authorities import Authorities, Cover, cover_id, cover_rule, covered_by
from brightline.gateway.charging import charge, correction
from brightline.gateway.kept_windows import (
    BUDGET_BYTES,
    KeptWindows,
    count_ahead,
    is_registration,
    replayed,
)
from brightline.gateway.meter_keys import MeterKeys
from brightline.gateway.meter_record import MeterRecord, meter_entry
from brightline.gateway.tallying import EffectOf, Tallying
from brightline.metering import MeteringError, Meters, MeterStateError, Reservation, Windows
from brightline.policy import AgreementPort
from brightline.storage import MeterJournal, Shard, WindowFile, position_of
from brightline.use import NOBODY, Gazetteer

# Entries that are read at once when meters are counted again.
_READ = 1000
_ONCE_BYTES = 16
_COUNTED = frozenset({int(Kind.METER), int(Kind.AUTHORITY)})


class LogInUse(Protocol):
    """The ledger as far as meters need it."""

    unheard: Callable[[Entry, Appended | None], None]

    @property
    def shard(self) -> Shard:
        """The shard in use."""
        ...

    @property
    def heals(self) -> int:
        """How often it was read afresh after a fault."""
        ...

    def now_ms(self) -> int:
        """Its time, UTC milliseconds."""
        ...


@dataclass(slots=True)
class Counted:
    """One use on its way through the meters.

    `waiting` is what no entry says yet, `charged` what of it tokens and money were, before and after an entry says so;
    `cover` is the individual authority that the use is made under.
    """

    place: Place
    meters: Meters
    sealing: WrappingKey
    reservation: Reservation
    waiting: list[Tally] = field(default_factory=list)
    flying: bytes | None = None
    charged: Tally = NOTHING
    cover: Cover | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What counting stands on; `random(n)` gives n random bytes.

    The file of windows and the keys are opened with the first meter; keys are made where there is no meter entry yet.
    `open_ahead` opens the file in which windows are made ready for rules that are not in use yet.
    Who is `listed` is found by his name.
    """

    ledger: LogInUse
    journal: MeterJournal
    open_windows: Callable[[], WindowFile]
    open_ahead: Callable[[], WindowFile]
    load_keys: Callable[[bool], MeterKeys]
    random: Callable[[int], bytes]
    listed: Gazetteer = NOBODY


@dataclass(frozen=True, slots=True)
class Opened:
    """What the meters that count now stand on."""

    meters: Meters
    windows: WindowFile
    keys: MeterKeys
    tallying: Tallying


class Counting:
    """The meters of one data directory, under the rules that `adopt` was given last."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self.authorities = Authorities()
        self._kinds: tuple[AuthorityKind, ...] = ()
        self._meters: tuple[MeterRule, ...] = ()
        self._rules: tuple[MeterRule, ...] = ()
        self._most: Mapping[str, int] = {}
        self._open: Opened | None = None
        self._fault: BrightlineError | None = None
        self._heals = 0
        # The position before which windows had everything when they were opened; that after the last entry that was
        # taken; those taken before some entry that is not; and for each use whose entry is under way the position
        # before which everything had been taken when it left.
        self._base = 0
        self._end = 0
        self._taken: set[int] = set()
        self._flying: dict[bytes, int] = {}
        means.ledger.unheard = self._unheard

    def adopt(self, meters: tuple[MeterRule, ...], kinds: tuple[AuthorityKind, ...]) -> None:
        """Count by `meters` from now on, and what authorities of `kinds` cover; what is new is counted from the ledger.

        What cannot be counted refuses every use, with the reason.
        """
        before = self._rules
        self._meters, self._kinds = meters, kinds
        self.authorities.adopt(kinds)
        rules = _rules(meters, kinds)
        covered = rules[len(meters) :]
        self._most = {rule.id: kind.most_covered for rule, kind in zip(covered, kinds, strict=False)}
        if rules == before:
            return
        self._rules, self._fault = rules, None
        try:
            self._count(self._begin(rules) if rules else 0)
        except BrightlineError as error:
            self._fault = error

    def _begin(self, rules: tuple[MeterRule, ...]) -> int:
        """Open what `rules` count with; the position from which entries are to be read."""
        means, before = self._means, self._open
        windows = means.open_windows() if before is None else before.windows
        keys = means.load_keys(means.journal.end == 0) if before is None else before.keys
        kept = KeptWindows(windows, means.journal, rules)
        start = kept.start
        if start is None and means.journal.end:
            windows.follow(means.open_ahead())
            start = kept.start
        if start is None:
            windows.clear()
        meters = Meters(rules, Windows(kept, budget_bytes=BUDGET_BYTES), key=keys.place)
        self._open = Opened(
            meters, windows, keys, Tallying(keys.people, means.listed) if before is None else before.tallying
        )
        if before is None:
            self._load_authorities()
        self._heals = means.ledger.heals
        return start or 0

    async def prepare(
        self, meters: tuple[MeterRule, ...], kinds: tuple[AuthorityKind, ...], pause: Callable[[], Awaitable[None]]
    ) -> None:
        """Count all entries for rules that are to be adopted, beside those in use, so that `adopt` need not.

        Raises `BrightlineError` where they cannot be counted.
        """
        rules, means = _rules(meters, kinds), self._means
        if not rules or rules == self._rules or not means.journal.end:
            return
        keys = means.load_keys(False) if self._open is None else self._open.keys
        await count_ahead(rules, keys=keys, journal=means.journal, windows=means.open_ahead(), pause=pause)

    def _count(self, start: int) -> None:
        """Take down every entry from position `start` on."""
        self._base = self._end = start
        self._taken.clear()
        self._read_on()

    def _read_on(self) -> None:
        """Take down the entries that are durable and were not taken."""
        journal, start = self._means.journal, self._done
        if not self._rules:
            return
        while entries := journal.read(start, _READ):
            for entry in entries:
                if not self._has(entry.position):
                    self._replay(entry.position, decode(entry.leaf), entry.blob)
            start = entries[-1].position + 1

    def _replay(self, position: int, leaf: Leaf, blob: bytes | None) -> None:
        if self._open is not None:
            replayed(self._open.meters, self._open.keys.sealing, position, leaf, blob)
        self._note(position)

    def _has(self, position: int) -> bool:
        """Whether the entry at `position` counted before the windows were opened, or since."""
        return position < self._base or position in self._taken

    def _note(self, position: int) -> None:
        self._end = max(self._end, position + 1)
        if self._flying:
            self._taken.add(position)

    @property
    def _done(self) -> int:
        """The position before which every entry was taken."""
        return max(self._base, min([self._end, *self._flying.values()]))

    # One use

    def begin(
        self, principal: Principal, mission: str, agreement: AgreementPort, authority: str | None = None
    ) -> Counted | None:
        """The meters of a use, nothing reserved yet; none where `agreement` has no meter.

        `authority` is the id that the caller states. Raises `BrightlineError` where a meter cannot be read.
        """
        opened = self.opened(agreement)
        if opened is None:
            return None
        place = place_of(principal, mission, agreement.ref)
        try:
            reservation = opened.meters.open(place)
        except BrightlineError:
            # A window cannot be read: all of them are counted again from the ledger.
            opened = self.count_again()
            reservation = opened.meters.open(place)
        cover = self.authorities.find(authority, place, self._means.ledger.now_ms())
        return Counted(place, opened.meters, opened.keys.sealing, reservation, cover=cover)

    def opened(self, agreement: AgreementPort) -> Opened | None:
        """The meters of `agreement`; none where it has none. Raises `BrightlineError` where they cannot be read."""
        if agreement.meters is not self._meters or agreement.authority_kinds is not self._kinds:
            self.adopt(agreement.meters, agreement.authority_kinds)
        if not self._rules:
            return None
        self._catch_up()
        if self._fault is not None or self._open is None:
            raise self._fault or MeterStateError("metering/bad-state", why="it was not opened")
        return self._open

    def count_again(self) -> Opened:
        """Forget the windows and count all of them from the ledger; raises `BrightlineError`."""
        if self._open is None:
            raise MeterStateError("metering/bad-state", why="it was not opened")
        self._open.windows.clear()
        self._count(self._begin(self._rules))
        return self._open

    def take_person_key(self) -> None:
        """Hide people under the key that lies in its place now; raises `BrightlineError`.

        Whoever the windows hold under the key before stays in them.
        """
        if self._open is None:
            raise MeterStateError("metering/bad-state", why="it was not opened")
        keys = self._means.load_keys(False)
        self._open = replace(self._open, keys=keys, tallying=Tallying(keys.people, self._means.listed))

    def uses(self, opened: Opened) -> bool:
        """Whether `opened` is what counts now."""
        return self._open is not None and self._open.meters is opened.meters

    def has_taken(self, position: int) -> bool:
        """Whether the windows have what the entry at `position` says."""
        return position < self._done or position in self._taken

    def call(
        self, counted: Counted | None, call: Call, deployment: Deployment, effect_of: EffectOf
    ) -> Mapping[str, int]:
        """Keep room for what the content of `call` adds, and for what it costs at most; what each meter then tells.

        Raises `CountError`.
        """
        if counted is None or self._open is None:
            return NO_READINGS
        tallies = self._open.tallying.call(call, effect_of)
        counted.charged = charge(call, deployment, counted.meters.rules)
        if not counted.charged.empty:
            tallies.append(counted.charged)
        return self.reserve(counted, *tallies)

    def act(self, counted: Counted | None, effect: ToolEffect, call: ProposedCall) -> Mapping[str, int]:
        """Keep room for what one call of a tool adds; what each meter then tells. Raises `CountError`."""
        if counted is None or self._open is None:
            return NO_READINGS
        once = self._means.random(_ONCE_BYTES)
        return self.reserve(counted, self._open.tallying.act(effect, call.call_id, call.arguments, once))

    def answer(self, text: str) -> Tally:
        """What the words of a whole answer add."""
        return NOTHING if self._open is None else self._open.tallying.answer(text)

    def streamed(self, use_id: bytes, text: str, late: str) -> Tally:
        """What the words of a streamed answer add so far; `late` is the end of `text` that was not looked at."""
        return NOTHING if self._open is None else self._open.tallying.streamed(use_id, text, late)

    def reserve(self, counted: Counted | None, *tallies: Tally) -> Mapping[str, int]:
        """Keep room for `tallies`; what each meter tells with them, and with all that is reserved.

        Raises `MeteringError` where the authority of the use covers more than all of its kind may.
        """
        if counted is None:
            return NO_READINGS
        now_ms = self._means.ledger.now_ms()
        for tally in tallies:
            left = tally if counted.cover is None else covered_by(counted.cover, tally)
            counted.waiting.append(left)
            counted.meters.reserve(counted.reservation, left, now_ms)
        readings = counted.meters.read(counted.reservation, now_ms)
        return self._within(counted, readings) if self._most else readings

    def _within(self, counted: Counted, readings: Mapping[str, int]) -> Mapping[str, int]:
        """What the agreement's own meters tell; raises `MeteringError` where too many are covered."""
        for name, most in self._most.items():
            if counted.cover is not None and name == cover_id(counted.cover.kind) and readings.get(name, 0) > most:
                raise MeteringError("metering/authority-exhausted", kind=counted.cover.kind, most=most)
        return {name: reading for name, reading in readings.items() if name not in self._most}

    def sent_before(self, counted: Counted | None) -> None:
        """The answer is kept since before: it costs nothing again."""
        if counted is not None:
            counted.waiting = [tally for tally in counted.waiting if tally is not counted.charged]
            counted.charged = NOTHING

    def settle(
        self, counted: Counted | None, answer: bytes, deployment: Deployment, *, intent_ms: int, refused: bool
    ) -> None:
        """The entry of the outcome says what the call took, in place of the most that it could; nothing waits for it.

        `refused` says that the provider refused the call.
        """
        if counted is not None and not counted.charged.empty:
            rest = correction(counted.charged, answer, deployment, time_ms=intent_ms, refused=refused)
            if not rest.empty:
                counted.waiting.append(rest)

    def joined(self, counted: Counted | None, entry: Entry, use_id: bytes, agreement: AgreementRef) -> Entry:
        """`entry` of a use with the meter entry of all that no entry says yet, if that is anything."""
        if counted is None or not counted.waiting:
            return entry
        return entry._replace(meter=self.alone(counted, use_leaf(use_id, agreement), NO_REFERENCE))

    def alone(self, counted: Counted, use: Leaf, intent: int) -> Entry:
        """The meter entry of all that no entry says yet, which goes with no other.

        `use` has the use's id, agreement and enclave; `intent` is the index of its intent.
        """
        counted.flying = use.use_id
        self._flying[use.use_id] = self._done
        record = MeterRecord(counted.meters.hashes(counted.place), joined(counted.waiting))
        return meter_entry(record, use, sealing=counted.sealing, random=self._means.random, reference=intent)

    def take(self, counted: Counted | None, appended: Appended, *, after: int = 1) -> None:
        """The meter entry is durable, `after` entries after `appended`: take it down."""
        if counted is None or counted.flying is None:
            return
        self._catch_up()
        position = self._position(appended.index + after)
        tally, counted.waiting = joined(counted.waiting), []
        meters = None if self._open is None else self._open.meters
        known = self._has(position)
        if known or counted.meters is not meters:
            counted.meters.give_back(counted.reservation)
        else:
            counted.meters.take(counted.reservation, tally, position=position, time_ms=appended.time_ms)
        if not known and meters is not None and counted.meters is not meters:
            # Another version took effect meanwhile, with other meters.
            hashes = counted.meters.hashes(counted.place)
            meters.replay(hashes, tally, position=position, time_ms=appended.time_ms)
        self._note(position)
        self._land(counted.flying)
        counted.flying = None

    def refused(self, counted: Counted | None) -> None:
        """The meter entry was refused: what it said is still to be said, or to be let go."""
        if counted is not None and counted.flying is not None:
            self._land(counted.flying)
            counted.flying = None

    def let_go(self, counted: Counted | None) -> None:
        """What no entry says yet will not happen."""
        if counted is not None:
            counted.waiting = []
            counted.meters.give_back(counted.reservation)

    def end(self, counted: Counted | None) -> None:
        """The use is over: what was not taken down is let go; a second time changes nothing."""
        if counted is not None:
            counted.waiting = []
            counted.meters.close(counted.reservation)

    def _land(self, use: bytes) -> None:
        self._flying.pop(use, None)
        if not self._flying:
            self._taken.clear()

    def _position(self, index: int) -> int:
        return position_of(self._means.ledger.shard.id, index)

    # What happened while nobody listened

    def _unheard(self, entry: Entry, appended: Appended | None) -> None:
        """Whoever waited for `entry` left before it was durable: it counts all the same."""
        meter = entry if entry.leaf[1] in _COUNTED else entry.meter
        if meter is None:
            return
        leaf = decode(meter.leaf)
        if is_registration(leaf) and meter is entry:
            self._load_authorities()
            return
        if appended is not None:
            position = self._position(appended.index + (meter is not entry))
            leaf = replace(leaf, time_ms=appended.time_ms, reference=appended.index)
            try:
                if not self._has(position):
                    self._replay(position, leaf, meter.blob)
            except BrightlineError as error:
                self._fault = error
        self._land(leaf.use_id)

    def _load_authorities(self) -> None:
        if self._open is not None:
            self.authorities.load(self._means.journal.authorities(), self._open.keys.sealing)

    def _catch_up(self) -> None:
        """After a fault of the ledger: entries may be there whose callers were told that they are not."""
        heals = self._means.ledger.heals
        if heals != self._heals:
            self._heals = heals
            try:
                self._load_authorities()
                self._read_on()
            except BrightlineError as error:
                self._fault = error

    # Between starts

    async def keep(self, pause: Callable[[], Awaitable[None]]) -> None:
        """Bring the file of windows up to date, with pauses in between."""
        opened = self._open
        if opened is not None and self._fault is None:
            for _ in opened.meters.keep_in_steps(self._done):
                await pause()
                if self._open is not opened:
                    # Others count now; what these have would overwrite theirs.
                    return

    def close(self) -> None:
        """Bring the file of windows up to date and let go of it."""
        if self._open is not None:
            if self._fault is None:
                self._open.meters.keep(self._done)
            self._open.windows.close()


def place_of(principal: Principal, mission: str, agreement: AgreementRef) -> Place:
    """Where a use stands."""
    return Place(
        {
            Per.AGREEMENT: agreement.id,
            Per.ENCLAVE: agreement.enclave,
            Per.ORGANISATION: principal.organisation,
            Per.UNIT: f"{principal.organisation}/{principal.unit}",
            Per.MISSION: mission,
            Per.APP: principal.app,
            Per.PRINCIPAL: principal.name,
        }
    )


def counted_in(effect: ToolEffect, meters: Iterable[MeterRule]) -> bool:
    """Whether running a tool may add to any of `meters`."""
    people = effect.persons is not None
    return any(
        effect.effect in meter.effects or (people and meter.measure is Measure.DATA_SUBJECTS) for meter in meters
    )


def use_leaf(use_id: bytes, agreement: AgreementRef) -> Leaf:
    """What an entry of a use has in common with the others."""
    return Leaf(
        kind=Kind.METER, use_id=use_id, agreement_digest=agreement.digest, enclave_id=short_id(agreement.enclave)
    )


def joined(tallies: Sequence[Tally]) -> Tally:
    """What several tallies add together."""
    if len(tallies) == 1:
        return tallies[0]
    mentions, unreadable, settled, effects = dict[int, int](), dict[int, int](), dict[int, int](), dict[str, int]()
    for tally in tallies:
        for into, counts in ((mentions, tally.mentions), (unreadable, tally.unreadable)):
            for each, count in counts.items():
                into[each] = max(count, into.get(each, 0))
        for each, count in tally.settled.items():
            settled[each] = min(count, settled.get(each, count))
        for effect, count in tally.effects.items():
            effects[effect] = effects.get(effect, 0) + count
    return Tally(
        data_subjects=frozenset[int]().union(*[tally.data_subjects for tally in tallies]),
        mentions=mentions,
        settled=settled,
        unreadable=unreadable,
        effects=effects,
        tokens=sum([tally.tokens for tally in tallies]),
        money=sum([tally.money for tally in tallies]),
        corrects_ms=max([tally.corrects_ms for tally in tallies]),
        covered=frozenset[int]().union(*[tally.covered for tally in tallies]),
        covered_by=max([tally.covered_by for tally in tallies]),
        covered_kind=max([tally.covered_kind for tally in tallies]),
    )


def _rules(meters: tuple[MeterRule, ...], kinds: tuple[AuthorityKind, ...]) -> tuple[MeterRule, ...]:
    """What is counted: the meters, and after them what authorities of each kind cover."""
    return (*meters, *[cover_rule(kind) for kind in kinds]) if meters else ()
