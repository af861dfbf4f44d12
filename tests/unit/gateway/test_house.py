"""A data directory opened: what refuses, and that a refusal gives the store back."""

import asyncio
from pathlib import Path

import pytest

from brightline.crypto.keyfiles import create_key
from brightline.crypto.seal import WrappingKey, seal
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind, Leaf, Outcome, Verdict
from brightline.domain.record import Appended, Group
from brightline.gateway.house import Replays, open_house
from brightline.ledger.service import Claim, StoredEntry
from brightline.testing.house import HouseSettings, make_house

SETTINGS = HouseSettings(base_url="http://127.0.0.1:1")
KEY = WrappingKey(b"w" * 32)


def code_of(data_dir: Path) -> str:
    async def story() -> None:
        await (await open_house(data_dir)).close()

    try:
        asyncio.run(story())
    except BrightlineError as error:
        return error.code
    return ""


def test_a_directory_without_settings_is_no_house(tmp_path: Path) -> None:
    assert code_of(tmp_path) == "gateway/no-house"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("agreements/1/manifest.json", "policy/agreement-faults"),
        ("trust.json", "gateway/no-trust"),
        ("keys/seal.key", "crypto/key-file"),
        ("keys/log.seed", "crypto/key-file"),
    ],
)
def test_a_house_with_a_part_missing_is_refused_and_opens_once_it_is_back(tmp_path: Path, name: str, code: str) -> None:
    house = make_house(tmp_path / "house", SETTINGS)
    away = (house / name).rename(tmp_path / "away")
    assert code_of(house) == code
    away.rename(house / name)
    assert code_of(house) == ""


def test_another_log_key_is_refused_and_the_store_given_back(tmp_path: Path) -> None:
    house = make_house(tmp_path / "house", SETTINGS)
    assert code_of(house) == ""
    seed = house / "keys" / "log.seed"
    seed.rename(tmp_path / "seed")
    create_key(seed)
    assert code_of(house) == "ledger/wrong-key"
    (tmp_path / "seed").rename(seed)
    assert code_of(house) == ""


def test_a_rotation_that_was_cut_off_after_its_entry_goes_on_under_the_new_key(tmp_path: Path) -> None:
    house = make_house(tmp_path / "house", SETTINGS)

    async def cut_off() -> str:
        opened = await open_house(house)
        new = bytes(range(32))
        (house / "keys" / "log.seed.next").write_bytes(new)
        (house / "keys" / "log.seed.next").chmod(0o600)
        _, vkey = await opened.ledger.rotate_key(new)
        await opened.close()
        return vkey

    vkey = asyncio.run(cut_off())

    async def again() -> str:
        opened = await open_house(house)
        await opened.close()
        return opened.ledger.vkey

    assert asyncio.run(again()) == vkey
    assert (house / "keys" / "log.seed").read_bytes() == bytes(range(32))


class Claims:
    """A ledger that knows one claim."""

    def __init__(self, claim: Claim | None) -> None:
        self.claim = claim

    def find_claim(self, scope: bytes) -> Claim | None:
        return self.claim


def claim_of(outcome: Outcome | None, *, running: bool = False) -> Claim:
    intent = Appended(1, bytes(32), 1)
    if outcome is None:
        return Claim(b"b", intent, running, None, None)
    leaf = Leaf(kind=Kind.OUTCOME, verdict=Verdict.PERMIT, outcome=outcome, time_ms=1).encode()
    blob = seal({Group.CONTENT: b"answer"}, wrapping_key=KEY).blob
    return Claim(b"b", intent, running, StoredEntry(Appended(2, bytes(32), 1), leaf), blob)


@pytest.mark.parametrize(
    ("claim", "answer", "ended"),
    [
        (claim_of(None, running=True), None, False),
        (claim_of(None), None, True),
        (claim_of(Outcome.INCOMPLETE), None, True),
        (claim_of(Outcome.COMPLETE), b"answer", True),
    ],
)
def test_only_a_whole_answer_is_given_again(claim: Claim, answer: bytes | None, ended: bool) -> None:
    replay = Replays(Claims(claim), KEY).find(b"scope")  # type: ignore[arg-type]
    assert replay is not None
    assert (replay.body, replay.answer, replay.ended) == (b"b", answer, ended)


def test_an_unknown_key_stands_for_nothing() -> None:
    assert Replays(Claims(None), KEY).find(b"scope") is None  # type: ignore[arg-type]
