"""Parties' keys: one encoding each, sealed in files that only their owner reads."""

import os

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from brightline.crypto.errors import KeyFileError, KeyFormatError, PassphraseError
from brightline.crypto.note import encode_base64
from brightline.crypto.party_keys import (
    ALGORITHMS,
    MAX_FILE_BYTES,
    PrivateKey,
    create,
    load,
    public_of,
    read_public,
    save,
)

WORDS = "correct horse"


def fixed(count: int) -> bytes:
    return bytes(range(1, count + 1))


def der_of(key) -> str:
    return encode_base64(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_survives_its_file_and_its_entry(algorithm, tmp_path):
    key = create(algorithm)
    save(tmp_path / "k.pem", key, WORDS)
    assert (tmp_path / "k.pem").stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED" in (tmp_path / "k.pem").read_bytes()
    again = load(tmp_path / "k.pem", WORDS)
    assert again.public == key.public
    entry = again.public.entry()
    assert read_public(algorithm, entry["public"]) == key.public
    assert entry["id"] == key.public.id
    assert len(entry["id"]) == 64
    assert repr(key) == f"PrivateKey('{key.public.id}')"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_is_drawn_from_the_randomness_that_comes_in(algorithm):
    assert create(algorithm, fixed).public == create(algorithm, fixed).public
    assert create(algorithm).public != create(algorithm).public


def test_an_unknown_algorithm():
    with pytest.raises(KeyFormatError, match="none of ed25519"):
        create("rsa")


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP521R1()),
        x25519.X25519PrivateKey.generate(),
    ],
)
def test_other_kinds_of_keys(key):
    with pytest.raises(KeyFormatError, match=r"none of ed25519|longer than"):
        read_public("ed25519", der_of(key))
    with pytest.raises(KeyFormatError, match="none of ed25519"):
        public_of(key.public_key())


def test_a_key_of_low_order():
    low = ed25519.Ed25519PublicKey.from_public_bytes(bytes([1]) + bytes(31))
    with pytest.raises(KeyFormatError, match="low order"):
        public_of(low)


def test_public_keys_that_are_not_in_their_one_form():
    key = create("ecdsa-p256")
    encoded = key.public.entry()["public"]
    compressed = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = compressed.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    header = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    for text, why in (
        ("!", "not the base64"),
        (encode_base64(b"no key"), "not the base64"),
        (encoded + "=", "not the base64"),
        ("A" * 201, "longer than"),
        (encode_base64(header + point), "canonical|not the base64"),
    ):
        with pytest.raises(KeyFormatError, match=why):
            read_public("ecdsa-p256", text)
    with pytest.raises(KeyFormatError, match="is of ecdsa-p256, not of ecdsa-p384"):
        read_public("ecdsa-p384", encoded)


def test_a_passphrase_that_is_too_short_makes_no_file(tmp_path):
    with pytest.raises(PassphraseError, match="fewer than 8"):
        save(tmp_path / "k.pem", create("ed25519"), "short")
    assert not (tmp_path / "k.pem").exists()


def test_a_file_is_never_overwritten(tmp_path):
    (tmp_path / "k.pem").write_text("mine")
    with pytest.raises(KeyFileError, match="file exists"):
        save(tmp_path / "k.pem", create("ed25519"), WORDS)
    assert (tmp_path / "k.pem").read_text() == "mine"


def test_an_open_file_needs_no_passphrase(tmp_path):
    key = create("ed25519")
    save(tmp_path / "k.pem", key, "")
    assert load(tmp_path / "k.pem", "").public == key.public
    assert load(tmp_path / "k.pem", WORDS).public == key.public


def test_a_passphrase_that_is_missing_or_wrong(tmp_path):
    save(tmp_path / "k.pem", create("ed25519"), WORDS)
    with pytest.raises(PassphraseError, match="sealed with a passphrase"):
        load(tmp_path / "k.pem", "")
    with pytest.raises(PassphraseError, match="does not open it") as refused:
        load(tmp_path / "k.pem", "another horse")
    assert "another" not in str(refused.value)


def test_files_that_cannot_be_trusted(tmp_path):
    path = tmp_path / "k.pem"
    with pytest.raises(KeyFileError, match="no such file"):
        load(path, "")
    save(path, create("ed25519"), "")
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="other users"):
        load(path, "")
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(KeyFileError):
        load(tmp_path / "link", "")
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(KeyFileError, match="not a plain file"):
        load(tmp_path / "pipe", "")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file away")
def test_a_file_of_another_user(tmp_path):
    path = tmp_path / "k.pem"
    save(path, create("ed25519"), "")
    os.chown(path, 12345, -1)
    with pytest.raises(KeyFileError, match="belongs to another user"):
        load(path, "")


def test_files_that_hold_something_else(tmp_path):
    path = tmp_path / "k.pem"
    other = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for data, why in (
        (b"nothing", "holds no private key"),
        (b"x" * (MAX_FILE_BYTES + 1), "larger than"),
        (other, "its key is none of"),
    ):
        path.write_bytes(data)
        path.chmod(0o600)
        with pytest.raises(KeyFileError, match=why):
            load(path, "")


def test_a_key_of_another_curve_in_a_file(tmp_path):
    path = tmp_path / "k.pem"
    key = ec.generate_private_key(ec.SECP521R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    with pytest.raises(KeyFormatError, match="none of"):
        load(path, "")
    assert isinstance(create("ed25519"), PrivateKey)
