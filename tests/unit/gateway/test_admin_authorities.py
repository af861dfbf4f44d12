"""Writing, registering, listing and revoking authorities, over a real store."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from brightline.domain.authority import Authority
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import NO_REFERENCE, Kind, decode
from brightline.domain.record import Appended, Entry
from brightline.gateway.admin import Caller
from brightline.gateway.admin_authorities import AdminAuthorities, Means, Wanted
from tests.unit.gateway.authority_rig import HOUR_MS, NOBODY, authority, encoded, signed, under_authorities
from tests.unit.gateway.counting_rig import Rig


@pytest.fixture(name="rig")
def _rig(tmp_path: Path) -> Rig:
    return under_authorities(Rig(tmp_path))


class Ledger:
    """The rig's log, as an administrator has it."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig

    async def append_all(self, entries: Sequence[Entry], also: Callable[[], None] | None = None) -> Sequence[Appended]:
        """Keep them."""
        await asyncio.sleep(0)
        return [self._rig.log.append(entry) for entry in entries]


def asked(rig: Rig, command: str, **args: object) -> Mapping[str, object]:
    means = Means(
        counting=rig.counting,
        ledger=Ledger(rig),  # type: ignore[arg-type]
        agreement=lambda: rig.agreement,
        now_ms=rig.log.now_ms,
        random=lambda size: bytes(range(200))[:size],
        name_of=lambda uid: f"user {uid}",
    )
    return asyncio.run(AdminAuthorities(means).commands[f"authority.{command}"](args, Caller(0)))


def refused(rig: Rig, command: str, **args: object) -> str:
    with pytest.raises(BrightlineError) as caught:
        asked(rig, command, **args)
    return caught.value.code


def use(rig: Rig, *names: str, authority: str | None = "w-1") -> Mapping[str, int]:
    """A whole use of the rig under an authority; what the meters told of it."""
    counted = rig.begin(*names, authority=authority)
    told = rig.counting.reserve(counted)
    rig.counting.take(counted, rig.log.append(rig.entry(counted)))
    rig.counting.end(counted)
    return told


def test_those_whom_it_covers_are_taken_out_from_its_entry_on(rig: Rig) -> None:
    assert use(rig, "ann") == {"people": 1}
    placed = asked(rig, "register", signed=encoded(signed(authority(rig, "ann", "ben"))))
    assert (placed["id"], placed["persons"]) == ("w-1", 2)
    registered = decode(rig.store.meter_journal.authorities()[0].leaf)
    assert (registered.kind, registered.reference, registered.label) == (Kind.AUTHORITY, NO_REFERENCE, 2)
    assert use(rig, "ben") == {"people": 1}  # ann was counted before, and stays counted
    assert use(rig, "ben", "cleo") == {"people": 2}
    assert use(rig, "ben", "dan", authority="w-2") == {"people": 4}  # nobody registered that one
    assert use(rig, "ben", authority=None) == {"people": 4}
    uses = [decode(entry.leaf) for entry in rig.store.meter_journal.read(0, 99)]
    assert [leaf.label for leaf in uses if leaf.kind is Kind.AUTHORITY] == [2, 1, 1]


def test_it_holds_over_a_restart_and_a_lost_file(rig: Rig) -> None:
    asked(rig, "register", signed=encoded(signed(authority(rig, "ann", "ben"))))
    assert use(rig, "ann") == {"people": 0}
    for tidy in (True, False):
        rig.restart(tidy=tidy)
        assert use(rig, "ann", "ben") == {"people": 0}
    rig.damage(lambda data: b"")
    assert use(rig, "ann", "dan") == {"people": 1}


def test_all_of_a_kind_cover_only_so_many(rig: Rig) -> None:
    for number, names in enumerate((("a", "b", "c"), ("d", "e", "f"))):
        asked(rig, "register", signed=encoded(signed(authority(rig, *names, id=f"w-{number}"))))
    assert use(rig, "a", "b", "c", authority="w-0") == {"people": 0}
    assert use(rig, "d", authority="w-1") == {"people": 0}
    with pytest.raises(BrightlineError) as caught:
        use(rig, "e", authority="w-1")
    assert caught.value.code == "metering/authority-exhausted"
    assert use(rig, "a", "d", authority="w-1") == {"people": 1}  # `a` is the other's


def test_a_revoked_one_covers_nobody(rig: Rig) -> None:
    assert asked(rig, "list") == {"authorities": []}
    asked(rig, "register", signed=encoded(signed(authority(rig, "ann"))))
    [row] = asked(rig, "list")["authorities"]  # type: ignore[misc]
    assert (row["id"], row["unit"], row["persons"], row["state"]) == ("w-1", "unit", 1, "covers")
    asked(rig, "revoke", id="w-1")
    assert asked(rig, "list") == {"authorities": []}
    rig.restart()
    assert use(rig, "ann") == {"people": 1}
    assert refused(rig, "revoke", id="w-1") == "metering/authority-unknown"


def test_the_list_says_when_it_covers_nobody(rig: Rig) -> None:
    later = authority(rig, "ann", not_before_ms=rig.log.time_ms + 5)
    asked(rig, "register", signed=encoded(signed(later)))

    def state() -> object:
        return asked(rig, "list")["authorities"][0]["state"]  # type: ignore[index]

    assert state() == "not yet"
    rig.log.time_ms += HOUR_MS
    assert state() == "expired"
    rig.agreement.authority_kinds = ()
    assert state() == "not of this agreement"


def test_what_is_not_signed_is_not_taken(rig: Rig) -> None:
    assert refused(rig, "register", signed=encoded(signed(authority(rig, "ann"), NOBODY))).endswith("unsigned")
    assert refused(rig, "register", signed="%") == "gateway/admin-bad-request"
    assert refused(rig, "register", signed="e30=").startswith("signoff/")
    assert rig.store.meter_journal.authorities() == []
    rig.agreement.meters = ()
    assert refused(rig, "list") == "metering/no-meters"


def test_a_draft_hides_its_persons_in_one_form_each(rig: Rig) -> None:
    wanted = {
        "id": "w-9",
        "kind": "warrant",
        "issuer": "Example Court",
        "organisation": "org",
        "unit": "unit",
        "not_before_ms": rig.log.time_ms,
        "expires_ms": rig.log.time_ms + HOUR_MS,
        "persons": [{"kind": "email", "value": value} for value in ("ann@x.example", "ANN@X.example", "ben@x.example")],
    }
    drafted = asked(rig, "draft", **wanted)
    assert drafted["persons"] == 2
    said = Authority.parse(str(drafted["authority"]).encode())
    assert said == authority(rig, "ann", "ben", id="w-9")
    assert "ann" not in str(drafted["authority"])
    assert "ann" not in repr(Wanted(**{**wanted, "persons": []}))  # type: ignore[arg-type]


def test_a_registration_whose_command_was_cut_off_counts_all_the_same(rig: Rig) -> None:
    asked(rig, "register", signed=encoded(signed(authority(rig, "ann"))))
    [entry] = rig.store.meter_journal.authorities()
    rig.counting.authorities.revoke("w-1")
    rig.log.unheard(Entry(entry.leaf, entry.blob), Appended(1, b"h", 5))
    assert use(rig, "ann") == {"people": 0}
