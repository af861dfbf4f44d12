"""The export of recorded uses: what is in it, what is not, and the entry that says so."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from brightline.crypto.seal import WrappingKey, seal
from brightline.crypto.tags import TagKeys
from brightline.domain.agreement import AgreementRef
from brightline.domain.call import Call, Dialect, Operation, ToolOffer
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, decode
from brightline.domain.record import Appended, Entry, Group
from brightline.gateway.admin import Caller
from brightline.gateway.admin_records import AdminRecorder
from brightline.gateway.admin_uses import AdminUses
from brightline.gateway.records import Recorder
from brightline.gateway.run import Run
from brightline.policy.plan import read_uses
from brightline.testing.rooms import DEPLOYMENT, FORBID, PERMIT, WHO, WRAPPING_KEY

REF = AgreementRef("sample", 3, b"d" * 32, "demo")
TAGS = TagKeys(b"t" * 32)


class Log:
    """Entries in memory, each a second after the one before."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries
        self.refuses = False

    @property
    def size(self) -> int:
        return len(self.entries)

    def leaves(self, start: int, end: int) -> list[bytes]:
        times = [(1_000 * index).to_bytes(8, "big") for index in range(len(self.entries))]
        made = [entry.leaf[:6] + time + entry.leaf[14:] for entry, time in zip(self.entries, times, strict=True)]
        return made[start:end]

    def blob(self, index: int) -> bytes | None:
        return self.entries[index].blob

    async def append(self, entry: Entry) -> Appended:
        if self.refuses:
            raise BrightlineError("ledger/closed")
        self.entries.append(entry)
        return Appended(len(self.entries) - 1, bytes(32), 0)


def run_of(*, read: bool = True) -> Run:
    run = Run(b"u" * 16, 0.0, REF)
    run.principal, run.mission, run.deployment, run.decision = WHO, "m1", DEPLOYMENT, PERMIT
    if read:
        tools = (ToolOffer("look_up"),)
        run.call = Call(Dialect.OPENAI_CHAT, Operation.GENERATE, "small", stream=True, body=b"secret", tools=tools)
    return run


@pytest.fixture
def log() -> Log:
    recorder = Recorder(wrapping_key=WRAPPING_KEY, tag_keys=TAGS)
    forbidden = run_of()
    forbidden.decision = FORBID
    unread = run_of(read=False)
    unread.decision = FORBID
    undecided = run_of()
    undecided.decision = None
    intent = recorder.intent(run_of())
    bare = Entry(intent.leaf, None)
    return Log(
        [
            intent,
            recorder.refusal(forbidden, code="policy/forbidden"),
            recorder.refusal(unread, code="x"),
            recorder.refusal(undecided, code="x"),
            bare,
            recorder.intent(run_of()),
        ]
    )


def export(log: Log, path: object, *, start: int = 0, end: int = 100_000) -> Mapping[str, object]:
    recorder = AdminRecorder(wrapping_key=WRAPPING_KEY, tag_keys=TAGS, agreement=lambda: REF)
    uses = AdminUses(records=log, wrapping_key=WRAPPING_KEY, opening=recorder.opening, name_of=lambda uid: "root")
    args = {"path": str(path), "from_ms": start, "until_ms": end}
    return asyncio.run(uses.commands["uses.export"](args, Caller(0)))


def refused(log: Log, path: object) -> str:
    with pytest.raises(BrightlineError) as caught:
        export(log, path)
    return caught.value.code


def test_refuses_a_place_that_is_taken_or_not_absolute(log: Log, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    assert refused(log, tmp_path / "there") == "gateway/admin-bad-request"
    assert refused(log, "there") == "gateway/admin-bad-request"
    assert log.size == 6


def test_without_an_entry_nothing_is_written(log: Log, tmp_path: Path) -> None:
    log.refuses = True
    assert refused(log, tmp_path / "uses") == "ledger/closed"
    assert not (tmp_path / "uses").exists()


def test_too_many_are_refused_and_nothing_is_opened(log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brightline.gateway.admin_uses.MOST_USES", 1)
    assert refused(log, tmp_path / "uses") == "gateway/too-many-records"
    assert log.size == 6


def test_what_cannot_be_written_was_opened_all_the_same(log: Log, tmp_path: Path) -> None:
    assert refused(log, tmp_path / "absent" / "uses") == "gateway/cannot-write"
    assert decode(log.entries[-1].leaf).kind is Kind.OPENING


def test_holds_facts_and_neither_contents_nor_names(log: Log, tmp_path: Path) -> None:
    result = export(log, tmp_path / "uses")
    content = (tmp_path / "uses").read_bytes()
    assert b"secret" not in content
    assert f'"{WHO.name}"'.encode() not in content
    assert (tmp_path / "uses").stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in content.splitlines()]
    assert [(line["entry"], line["effect"]) for line in lines] == [(0, "permit"), (1, "forbid"), (5, "permit")]
    assert result["uses"] == 3
    assert result["sha256"] == hashlib.sha256(content).hexdigest()
    assert decode(log.entries[-1].leaf).kind is Kind.OPENING
    places = [place for place, _ in read_uses(tmp_path / "uses")]
    assert places == [f"{tmp_path / 'uses'}:{number}" for number in (1, 2, 3)]


def test_only_the_span(log: Log, tmp_path: Path) -> None:
    assert export(log, tmp_path / "uses", start=1_000, end=5_000)["uses"] == 1


def test_a_record_under_another_key_is_no_record(log: Log, tmp_path: Path) -> None:
    other = seal({Group.CONTENT: b""}, wrapping_key=WrappingKey(b"o" * 32))
    log.entries[0] = Entry(log.entries[0].leaf, other.blob)
    with pytest.raises(BrightlineError):
        export(log, tmp_path / "uses")
