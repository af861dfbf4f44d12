"""Individual authorities at a whole gateway: they take out whom they name, and no attack takes out anybody else."""

import base64
import json
import time
from pathlib import Path

import pytest

from brightline.crypto.party_keys import ED25519, PrivateKey, create
from brightline.crypto.signatures import sign
from brightline.domain.authority import Authority, Signature, SignedAuthority
from brightline.domain.errors import BrightlineError
from brightline.domain.leaf import Kind
from brightline.testing.house import Gateway, house_agreement, tell
from brightline.testing.parties import Signed
from tests.rotations import LAW
from tests.scenarios.test_meters import PEOPLE, ask, asked, email

LIMIT = 3
COURT, STRANGER = create(ED25519), create(ED25519)
WARRANT = {
    "kind": "warrant",
    "k": 1,
    "keys": [COURT.public.entry()],
    "most_persons": 10,
    "most_covered": 12,
    "seconds": 86_400,
    "parts": 24,
    "longest_seconds": 30 * 86_400,
}
UNIT = {"organisation": "example-command", "unit": "analysis"}


def governed() -> Signed:
    law = LAW.replace(b"> 1000", f"> {LIMIT}".encode())
    return house_agreement([PEOPLE], {"law/people.cedar": law}, {"authorities": [WARRANT]})


async def drafted(gateway: Gateway, *numbers: int, **changes: object) -> Authority:
    now_ms = time.time_ns() // 1_000_000
    wanted = {
        "id": "w-1",
        "kind": "warrant",
        "issuer": "Example Court",
        **UNIT,
        "not_before_ms": now_ms - 86_400_000,
        "expires_ms": now_ms + 86_400_000,
        "persons": [{"kind": "email", "value": email(number)} for number in numbers],
    }
    return Authority.parse(
        str((await gateway.command("authority.draft", **{**wanted, **changes}))["authority"]).encode()
    )


async def register(gateway: Gateway, said: Authority, key: PrivateKey = COURT) -> str:
    """Register it; the code of the refusal, or nothing."""
    signed = SignedAuthority(said, (Signature(key.public.id, sign(key, said.tagged)),))
    try:
        await gateway.command("authority.register", signed=base64.b64encode(signed.canonical).decode())
    except BrightlineError as error:
        return error.code
    return ""


async def people(gateway: Gateway) -> int:
    shown = await gateway.command("meter.show", **UNIT)
    rows = shown["meters"]
    assert isinstance(rows, list)
    return next(int(row["reading"]) for row in rows if row["meter"] == "people")


def under(authority: str) -> tuple[str, str]:
    return ("brightline-authority", authority)


def test_the_same_work_goes_through_under_a_registered_authority(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for number in range(LIMIT):
            assert (await ask(gateway, asked(f"who is {email(number)}?"))).status == 200
        body = asked(f"who is {email(7)}?")
        assert (await ask(gateway, body)).code == "policy/forbidden"
        assert (await ask(gateway, body, under("w-1"))).code == "policy/forbidden"  # nobody registered it
        assert await register(gateway, await drafted(gateway, 7, 8)) == ""
        assert (await ask(gateway, body)).code == "policy/forbidden"  # it is not made under it
        assert (await ask(gateway, body, under("w-1"))).status == 200
        assert (await ask(gateway, asked(f"and {email(9)}?"), under("w-1"))).code == "policy/forbidden"
        assert await people(gateway) == LIMIT
        leaves = gateway.leaves(Kind.AUTHORITY)
        assert [leaf.label for leaf in leaves] == [2, 1, 1]  # registered; the call; the answer, which names him too

    tell(tmp_path, story, signed=governed())


def test_one_for_everybody_or_of_others_or_by_nobody_is_refused(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        everybody = await drafted(gateway, *range(11))
        assert await register(gateway, everybody) == "metering/authority-persons"
        one = await drafted(gateway, 1)
        assert await register(gateway, one, STRANGER) == "metering/authority-unsigned"
        other = await drafted(gateway, 1, unit="elsewhere")
        assert await register(gateway, other) == "metering/authority-elsewhere"
        assert await register(gateway, await drafted(gateway, 1, kind="order")) == "metering/authority-kind"
        ended = await drafted(gateway, 1, not_before_ms=1, expires_ms=2)
        assert await register(gateway, ended) == "metering/authority-over"
        long = await drafted(gateway, 1, expires_ms=one.not_before_ms + 31 * 86_400_000)
        assert await register(gateway, long) == "metering/authority-long"
        assert gateway.leaves(Kind.AUTHORITY) == []

    tell(tmp_path, story, signed=governed())


def test_a_back_dated_one_covers_nothing_that_was_before(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for number in range(LIMIT):
            assert (await ask(gateway, asked(f"who is {email(number)}?"))).status == 200
        assert await register(gateway, await drafted(gateway, *range(LIMIT))) == ""  # in force since yesterday
        assert await people(gateway) == LIMIT
        assert (await ask(gateway, asked(f"who is {email(5)}?"), under("w-1"))).code == "policy/forbidden"

    tell(tmp_path, story, signed=governed())


def test_another_units_covers_nobody_here(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        units = json.loads(governed().files["manifest.json"])["organisations"][0]["units"]
        other = next(unit for unit in units if unit != "analysis")
        assert await register(gateway, await drafted(gateway, *range(9), unit=other)) == ""
        for number in range(LIMIT):
            assert (await ask(gateway, asked(f"who is {email(number)}?"), under("w-1"))).status == 200
        assert (await ask(gateway, asked(f"who is {email(5)}?"), under("w-1"))).code == "policy/forbidden"

    tell(tmp_path, story, signed=governed())


def test_many_of_them_cover_no_more_than_all_may(tmp_path: Path) -> None:
    async def story(gateway: Gateway) -> None:
        for batch in range(2):
            numbers = range(10 * batch, 10 * batch + 10)
            assert await register(gateway, await drafted(gateway, *numbers, id=f"w-{batch}")) == ""
        every = asked(" ".join(email(number) for number in range(10)))
        assert (await ask(gateway, every, under("w-0"))).status == 200
        assert (await ask(gateway, asked(f"{email(10)} {email(11)}"), under("w-1"))).status == 200
        refused = await ask(gateway, asked(email(12)), under("w-1"))
        assert (refused.status, refused.code) == (403, "metering/authority-exhausted")
        assert (await ask(gateway, asked(email(12)))).status == 200  # counted as anybody
        assert await people(gateway) == 1

    tell(tmp_path, story, signed=governed())


@pytest.mark.parametrize("change", [{"persons": ["*"]}, {"persons": []}, {"query": "unit = narcotics"}])
def test_no_wildcard_and_no_query(tmp_path: Path, change: dict[str, object]) -> None:
    async def story(gateway: Gateway) -> None:
        said = {**json.loads((await drafted(gateway, 1)).canonical), **change}
        signature = {"key": COURT.public.id, "signature": base64.b64encode(bytes(64)).decode()}
        text = json.dumps({"authority": said, "signatures": [signature]}, sort_keys=True, separators=(",", ":"))
        with pytest.raises(BrightlineError) as caught:
            await gateway.command("authority.register", signed=base64.b64encode(text.encode()).decode())
        assert caught.value.code.startswith("signoff/")

    tell(tmp_path, story, signed=governed())
