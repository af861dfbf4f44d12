"""An authority is a closed list, read strictly."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest

from brightline.domain.authority import MAX_PERSONS, Authority, Signature, SignedAuthority
from brightline.domain.sign_off.errors import SignOffError

ONE = Authority(
    id="warrant-17",
    kind="warrant",
    issuer="Example Court",
    agreement="pact",
    organisation="org",
    unit="unit",
    not_before_ms=1_000,
    expires_ms=2_000,
    persons=("0" * 16, "00000000000000ff"),
)
SIGNED = SignedAuthority(ONE, (Signature("a" * 64, b"s" * 64), Signature("b" * 64, b"t" * 64)))


def test_it_reads_back_what_it_wrote() -> None:
    assert Authority.parse(ONE.canonical) == ONE
    assert SignedAuthority.parse(SIGNED.canonical) == SIGNED
    assert replace(ONE, unit="other").digest != ONE.digest
    assert ONE.tagged == b"brightline/authority/1\n" + ONE.canonical
    assert ONE.digest == hashlib.sha256(ONE.tagged).digest()


@pytest.mark.parametrize(
    "bend",
    [
        lambda said: said.update(format="brightline/authority/2"),
        lambda said: said.update(persons=[]),
        lambda said: said.update(persons=["*"]),
        lambda said: said.update(persons=["00000000000000FF"]),
        lambda said: said.update(persons=["ff" * 8, "00" * 8]),
        lambda said: said.update(persons=["00" * 8, "00" * 8]),
        lambda said: said.update(persons=[7]),
        lambda said: said.update(persons=[f"{each:016x}" for each in range(MAX_PERSONS + 1)]),
        lambda said: said.update(persons="SELECT * FROM people"),
        lambda said: said.update(query="everybody"),
        lambda said: said.update(expires_ms=1_000),
        lambda said: said.update(unit=""),
        lambda said: said.pop("issuer"),
    ],
)
def test_no_wildcard_no_query_no_open_end(bend: Callable[[dict[str, object]], None]) -> None:
    said = orjson.loads(ONE.canonical)
    bend(said)
    with pytest.raises(SignOffError):
        Authority.parse(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))


@pytest.mark.parametrize("signatures", [(), SIGNED.signatures[::-1], SIGNED.signatures[:1] * 2])
def test_each_key_signs_once_and_in_order(signatures: tuple[Signature, ...]) -> None:
    with pytest.raises(SignOffError):
        SignedAuthority.parse(replace(SIGNED, signatures=signatures).canonical)
