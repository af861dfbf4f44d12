import pytest

from brightline.crypto.party_keys import ED25519, P256, create, save
from brightline.crypto.signatures import verify
from brightline.domain.authority import Authority, SignedAuthority

ONE = Authority(
    id="w-1",
    kind="warrant",
    issuer="Example Court",
    agreement="pact",
    organisation="org",
    unit="unit",
    not_before_ms=0,
    expires_ms=86_400_000,
    persons=("00" * 8, "ff" * 8),
)


@pytest.fixture(name="keys")
def _keys(tmp_path):
    made = [create(algorithm) for algorithm in (ED25519, P256)]
    for number, key in enumerate(made):
        save(tmp_path / f"{number}.pem", key, "")
    return made


def test_shows_what_is_signed_and_signs_it(run, tmp_path, keys) -> None:
    plain, first, both = (tmp_path / name for name in ("w.json", "first.json", "both.json"))
    plain.write_bytes(ONE.canonical)
    done = run("authority", "sign", str(plain), "--key", str(tmp_path / "0.pem"), "--out", str(first), "--yes")
    assert done.exit_code == 0, done.output
    assert 'authority  "w-1", kind "warrant", issued by "Example Court"' in done.stdout
    assert "covers     2 persons" in done.stdout
    again = ("--key", str(tmp_path / "1.pem"), "--out", str(both), "--yes")
    assert run("authority", "sign", str(first), *again).exit_code == 0
    assert run("authority", "sign", str(both), *again).exit_code == 0
    signed = SignedAuthority.parse(both.read_bytes())
    assert signed.authority == ONE
    assert {each.key for each in signed.signatures} == {key.public.id for key in keys}
    public = {key.public.id: key.public for key in keys}
    for each in signed.signatures:
        verify(public[each.key], each.signature, ONE.tagged)


def test_nobody_signs_what_he_declines(run, tmp_path, keys) -> None:
    plain = tmp_path / "w.json"
    plain.write_bytes(ONE.canonical)
    done = run("authority", "sign", str(plain), "--key", str(tmp_path / "0.pem"), "--out", str(tmp_path / "o"))
    assert done.exit_code != 0
    assert "covers     2 persons" in done.stderr
    assert not (tmp_path / "o").exists()


def test_what_is_no_authority_is_not_signed(run, tmp_path, keys) -> None:
    plain = tmp_path / "w.json"
    plain.write_bytes(b'{"persons":"*"}')
    done = run("authority", "sign", str(plain), "--key", str(tmp_path / "0.pem"), "--out", str(tmp_path / "o"), "--yes")
    assert done.exit_code == 1
    assert "signoff/" in done.stderr
