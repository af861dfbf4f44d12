"""The key on a card, against softhsm2; and against a module that misbehaves where softhsm2 never does."""

import subprocess
import sys
from types import SimpleNamespace

import pkcs11
import pytest

from brightline.crypto import pkcs11_key
from brightline.crypto.errors import CryptoError, ExtraMissingError, KeyFormatError, SignatureError, TokenError
from brightline.crypto.party_keys import P256, P384
from brightline.crypto.pkcs11_key import OpenTokenKey, TokenKey, open_token_key
from brightline.crypto.signatures import verify
from tests.softhsm import CARD, DRAWER, PIN, Cards, softhsm_or_skip

MESSAGE = b"release payload 7"


@pytest.fixture
def cards() -> Cards:
    return softhsm_or_skip()


def refusal(place: TokenKey, pin: str = PIN) -> CryptoError:
    with pytest.raises(CryptoError) as caught, open_token_key(place, lambda _: pin):
        raise AssertionError("it opened")
    assert PIN not in str(caught.value)
    return caught.value


def never(token: str) -> str:
    raise AssertionError(f"the PIN of {token} was asked for")


@pytest.mark.parametrize("pin", ["999999", "1", "", "x" * 300])
def test_a_wrong_pin_is_tried_once(cards: Cards, pin: str) -> None:
    error = refusal(TokenKey(module=cards.module, token=CARD), pin)
    assert error.code == "crypto/wrong-pin"
    assert pin not in str(error) or not pin


def test_no_token_and_several_are_refused_before_any_pin(cards: Cards) -> None:
    for label, code in (("nobody", "crypto/no-token"), ("", "crypto/several-tokens")):
        with pytest.raises(TokenError) as caught, open_token_key(TokenKey(module=cards.module, token=label), never):
            raise AssertionError
        assert caught.value.code == code
    assert "`ana`, `ben`" in str(caught.value)


@pytest.mark.parametrize("module", ["/nowhere/module.so", __file__])
def test_what_is_no_module_is_refused(module: str) -> None:
    assert refusal(TokenKey(module=module)).code == "crypto/token-module"


def test_no_such_key_several_keys_and_keys_of_other_curves_are_refused(cards: Cards) -> None:
    there = {"module": cards.module, "token": DRAWER}
    assert refusal(TokenKey(**there, label="nobody")).code == "crypto/no-token-key"
    assert refusal(TokenKey(**there, id=b"\x09")).code == "crypto/no-token-key"
    assert refusal(TokenKey(**there, label="lone")).code == "crypto/no-token-key"
    assert isinstance(refusal(TokenKey(**there, label="odd")), KeyFormatError)
    several = refusal(TokenKey(**there))
    assert several.code == "crypto/several-token-keys"
    assert "`auth (id 01)`" in str(several)


def test_a_card_signs_with_its_certificate_and_its_pin_for_each_signature(cards: Cards) -> None:
    asked: list[str] = []

    def pin(token: str) -> str:
        asked.append(token)
        return PIN

    with open_token_key(TokenKey(module=cards.module, token=CARD), pin) as key:
        signatures = {key.sign(MESSAGE) for _ in range(8)}
    assert asked == [CARD]
    assert key.public.algorithm == P256
    assert len(signatures) == 8
    for signature in signatures:
        verify(key.public, signature, MESSAGE)
    with pytest.raises(SignatureError):
        verify(key.public, signatures.pop(), MESSAGE + b"!")
    assert PIN not in repr(key)


def test_keys_of_both_curves_sign_by_label_and_by_id(cards: Cards) -> None:
    for choice, algorithm in (({"label": "auth"}, P256), ({"id": b"\x02"}, P384)):
        with open_token_key(TokenKey(module=cards.module, token=DRAWER, **choice), lambda _: PIN) as key:
            verify(key.public, key.sign(MESSAGE), MESSAGE)
        assert key.public.algorithm == algorithm


def test_a_failure_while_the_card_is_open_is_told(cards: Cards) -> None:
    with pytest.raises(TokenError) as caught, open_token_key(TokenKey(module=cards.module, token=CARD), lambda _: PIN):
        raise pkcs11.DeviceRemoved
    assert caught.value.code == "crypto/token-failed"
    assert "taken out" in str(caught.value)


class Signs:
    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer

    def sign(self, digest: bytes, **how: object) -> bytes:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_a_token_that_gives_no_signature_is_refused(cards: Cards) -> None:
    with open_token_key(TokenKey(module=cards.module, token=CARD), lambda _: PIN) as key:
        public = key.public
    for answer in (b"", b"\0" * 64, b"\xff" * 64, b"\1" * 63):
        with pytest.raises(SignatureError):
            OpenTokenKey(public, Signs(answer), pin=None).sign(MESSAGE)
    with pytest.raises(TokenError) as caught:
        OpenTokenKey(public, Signs(pkcs11.FunctionFailed()), pin=None).sign(MESSAGE)
    assert "FunctionFailed" in str(caught.value)
    with pytest.raises(TokenError) as caught:
        OpenTokenKey(public, Signs(pkcs11.PinIncorrect()), pin="1").sign(MESSAGE)
    assert caught.value.code == "crypto/wrong-pin"


class FakeToken:
    """A token that softhsm2 cannot be: locked, with a pad on its reader, or with a label that deceives."""

    def __init__(self, flags: pkcs11.TokenFlag, label: str = "fake", fault: Exception | None = None) -> None:
        self.flags = pkcs11.TokenFlag.TOKEN_INITIALIZED | flags
        self.label = label
        self.fault = fault
        self.given: list[object] = []

    def open(self, user_pin: object) -> object:
        self.given.append(user_pin)
        raise self.fault or pkcs11.PinIncorrect


def opening(monkeypatch: pytest.MonkeyPatch, *tokens: FakeToken) -> str:
    monkeypatch.setattr(pkcs11, "lib", lambda module: SimpleNamespace(get_tokens=lambda: iter(tokens)))
    return refusal(TokenKey(module="fake.so")).code


def test_a_locked_pin_is_told_before_and_after_it_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    locked = FakeToken(pkcs11.TokenFlag.USER_PIN_LOCKED)
    assert opening(monkeypatch, locked) == "crypto/locked-pin"
    assert locked.given == []
    assert opening(monkeypatch, FakeToken(pkcs11.TokenFlag.RNG, fault=pkcs11.PinLocked())) == "crypto/locked-pin"


def test_a_pad_on_the_reader_takes_the_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    pad = FakeToken(pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH)
    assert opening(monkeypatch, pad) == "crypto/wrong-pin"
    assert pad.given == [pkcs11.PROTECTED_AUTH]


def test_labels_are_shown_without_what_could_deceive(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [FakeToken(pkcs11.TokenFlag.RNG, label) for label in ("\x1b[2J`x`", "", "a" * 99)]
    monkeypatch.setattr(pkcs11, "lib", lambda module: SimpleNamespace(get_tokens=lambda: iter(tokens)))
    words = str(refusal(TokenKey(module="fake.so")))
    assert "`?[2J?x?`" in words
    assert "`?`" in words
    assert "a" * 65 not in words


@pytest.mark.parametrize("parameters", [b"", bytes.fromhex("06052b81040023")])
def test_another_curve_is_refused(parameters: bytes) -> None:
    with pytest.raises(KeyFormatError):
        pkcs11_key._from_point(parameters, b"\4" * 65)


def test_a_point_that_is_none_is_refused() -> None:
    with pytest.raises(KeyFormatError):
        pkcs11_key._from_point(bytes.fromhex("06082a8648ce3d030107"), b"\4" * 65)


def test_an_attribute_that_a_module_does_not_know_is_none() -> None:
    class Odd:
        def __getitem__(self, name: object) -> object:
            raise pkcs11.AttributeTypeInvalid

    assert pkcs11_key._attribute(Odd(), pkcs11.Attribute.ALWAYS_AUTHENTICATE) is None


def test_a_certificate_that_is_none_is_refused() -> None:
    class Session:
        def get_objects(self, wanted: dict[object, object]) -> list[dict[object, bytes]]:
            certificate = wanted[pkcs11.Attribute.CLASS] == pkcs11.ObjectClass.CERTIFICATE
            return [{pkcs11.Attribute.VALUE: b"no certificate"}] if certificate else []

    with pytest.raises(KeyFormatError):
        pkcs11_key._public(Session(), {pkcs11.Attribute.ID: b"\2"})


def test_without_the_package_all_else_runs_and_the_next_step_is_told() -> None:
    code = (
        "import sys; sys.modules['pkcs11'] = None\n"
        "from brightline.crypto.errors import ExtraMissingError\n"
        "from brightline.crypto.pkcs11_key import TokenKey, open_token_key\n"
        "try:\n"
        "    open_token_key(TokenKey(module='x'), input).__enter__()\n"
        "except ExtraMissingError as error:\n"
        "    print(error.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "brightline[pkcs11]"' in done.stdout


def test_a_missing_package_is_an_error_here_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(ExtraMissingError):
        open_token_key(TokenKey(module="x"), never).__enter__()
