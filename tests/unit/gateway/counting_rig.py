"""Counting over a real store, with a log that does what a test wants."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from brightline.domain.agreement import Deployment, Price
from brightline.domain.call import Call, Dialect, Operation, Piece, PieceKind
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import NO_REFERENCE, Kind, Leaf, with_time
from brightline.domain.metering import Measure, MeterRule, Per
from brightline.domain.principal import Principal
from brightline.domain.record import Appended, Entry
from brightline.domain.use import ToolEffect
from brightline.gateway.counting import Counted, Counting, Means, use_leaf
from brightline.gateway.meter_keys import load_meter_keys
from brightline.ledger.layout import REFERENCE
from brightline.storage import Store, WindowFile
from brightline.testing.meters import IdleLog
from brightline.testing.rooms import Agreement

PEOPLE = MeterRule(
    id="people", measure=Measure.DATA_SUBJECTS, per=frozenset({Per.UNIT}), seconds=3600, parts=6, exact_to=1000
)
ACTS = MeterRule(
    id="acts", measure=Measure.EFFECTS, per=frozenset({Per.UNIT}), seconds=3600, parts=6, effects=frozenset({"read"})
)
TOKENS = MeterRule(id="tokens", measure=Measure.TOKENS, per=frozenset(), seconds=3600, parts=6, unlimited=50)
MONEY = MeterRule(id="money", measure=Measure.MONEY, per=frozenset(), seconds=3600, parts=6)
WHERE = Deployment("dep", "vendor", "model", frozenset(Dialect), price=Price(2_000, 10_000))
WHO = Principal("k1", "person", "org", "unit", frozenset(), "app", frozenset({"m"}), "m")


class Log(IdleLog):
    """A log of one shard; whatever is appended is durable."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        with store.database.transaction():
            self.shard = store.shards(agreement="sample", enclave="demo").add(
                number=1, origin="test/log", reason="", vkey="v"
            )
        self.size = 0
        self.time_ms = 3_600_000
        self.append(Entry(Leaf(kind=Kind.GENESIS).encode()))

    def append(self, entry: Entry) -> Appended:
        """Keep `entry`, and the meter entry that goes with it right after."""
        index = self.size
        for each in (entry, entry.meter):
            if each is not None:
                entries = self.store.entries(self.shard)
                leaf = with_time(each.leaf, self.time_ms)
                if each is entry.meter:
                    leaf = leaf[:REFERENCE] + index.to_bytes(8, "big") + leaf[REFERENCE + 8 :]
                with self.store.database.transaction():
                    entries.add_leaves(self.size, [leaf])
                    if each.blob is not None:
                        entries.add_sealed([(self.size, each.blob)])
                self.size += 1
        return Appended(index, b"h" * 32, self.time_ms)


class Rig:
    """Counting in `place`; `agreement` says by which meters."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "keys").mkdir()
        (place / "ahead").mkdir()
        self.store = Store.open(place, create=True)
        self.log = Log(self.store)
        self.agreement = Agreement()
        self.agreement.meters = (PEOPLE, ACTS)
        self.count = 0
        self.counting = self.started()

    def started(self) -> Counting:
        """Counting as it is after a start."""
        return Counting(
            Means(
                ledger=self.log,
                journal=self.store.meter_journal,
                open_windows=lambda: WindowFile.open(self.place),
                open_ahead=lambda: WindowFile.open(self.place / "ahead"),
                load_keys=lambda create: load_meter_keys(self.place / "keys", create=create),
                random=lambda size: bytes(range(200))[:size] + bytes(max(0, size - 200)),
            )
        )

    def restart(self, *, tidy: bool = True) -> None:
        """Stop, in order or not, and start."""
        if tidy:
            self.counting.close()
        else:
            opened = self.counting._open
            if opened is not None:
                opened.windows._database.drop()
        self.counting = self.started()

    def begin(self, *names: str, limit: int | None = None, authority: str | None = None) -> Counted:
        """A use whose content names these people, reserved; its answer takes at most `limit` tokens."""
        counted = self.counting.begin(WHO, "m", self.agreement, authority)
        assert counted is not None
        pieces = tuple(Piece(PieceKind.TEXT, f"{name}@x.example") for name in names)
        call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "any", False, b"{}", pieces=pieces)
        call = replace(call, max_output_tokens=limit)
        try:
            self.counting.call(counted, call, WHERE, lambda tool: ToolEffect(tool, "read"))
        except BrightlineError:
            self.counting.end(counted)
            raise
        return counted

    def entry(self, counted: Counted) -> Entry:
        """The intent of a use with what goes with it."""
        self.count += 1
        use_id = self.count.to_bytes(16, "big")
        leaf = replace(use_leaf(use_id, self.agreement.ref), kind=Kind.INTENT, reference=NO_REFERENCE)
        return self.counting.joined(counted, Entry(leaf.encode()), use_id, self.agreement.ref)

    def told(self) -> Mapping[str, int]:
        """What the meters tell of nothing more."""
        counted = self.begin(limit=0)
        self.counting.sent_before(counted)
        self.counting.let_go(counted)
        readings = self.counting.reserve(counted)
        self.counting.end(counted)
        return readings

    def use(self, *names: str, authority: str | None = None) -> None:
        """A whole use."""
        counted = self.begin(*names, authority=authority)
        self.counting.take(counted, self.log.append(self.entry(counted)))
        self.counting.end(counted)

    @property
    def people(self) -> int:
        """What the meter tells of nobody more."""
        counted = self.begin()
        readings = self.counting.reserve(counted)
        self.counting.end(counted)
        return readings["people"]

    def damage(self, change: Callable[[bytes], bytes]) -> None:
        """Change the file of windows, after a stop."""
        self.counting.close()
        path = self.place / "meters.db"
        path.write_bytes(change(path.read_bytes()))
        self.counting = self.started()
