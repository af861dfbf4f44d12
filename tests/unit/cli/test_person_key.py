import os

import click
import pytest

from brightline.cli.person_key import KeyChoice, key_choice, open_person_key
from brightline.crypto.errors import TokenError
from brightline.crypto.party_keys import ED25519, P256, create, save
from brightline.crypto.signatures import verify
from tests.softhsm import CARD, PIN, softhsm_or_skip


@pytest.mark.parametrize(
    "options",
    [{}, {"key_file": "a", "module": "b"}, {"module": "b", "key_id": "0"}, {"module": "b", "key_id": "xy"}],
)
def test_a_choice_is_of_one_key(options) -> None:
    with pytest.raises(click.UsageError):
        key_choice(**options)


@pytest.mark.parametrize("algorithm", [ED25519, P256])
def test_a_key_in_a_file_signs(tmp_path, algorithm, monkeypatch) -> None:
    monkeypatch.setenv("BRIGHTLINE_PASSPHRASE", "a passphrase")
    key = create(algorithm)
    save(tmp_path / "ana.pem", key, "a passphrase")
    with open_person_key(key_choice(key_file=str(tmp_path / "ana.pem"))) as mine:
        assert mine.assurance == "file"
        verify(key.public, mine.sign(b"x"), b"x")


def descriptor_of(data: bytes) -> int:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    return reading


@pytest.mark.parametrize("line", [PIN, f"{PIN}\n", f"{PIN}\r\nmore"])
def test_the_pin_comes_from_an_open_file_descriptor(line) -> None:
    cards = softhsm_or_skip()
    choice = KeyChoice(module=cards.module, token=CARD, key_id="02", pin_fd=descriptor_of(line.encode()))
    with open_person_key(choice) as mine:
        assert mine.assurance == "hardware"
        verify(mine.public, mine.sign(b"x"), b"x")


def test_the_pin_is_asked_for_at_the_prompt_and_never_shown(monkeypatch, capsys) -> None:
    cards = softhsm_or_skip()
    asked: list[tuple[str, bool]] = []

    def prompt(text, *, hide_input, err):
        asked.append((text, hide_input and err))
        return PIN

    monkeypatch.setattr(click, "prompt", prompt)
    with open_person_key(KeyChoice(module=cards.module, token=CARD)) as mine:
        assert PIN not in repr(mine)
    assert asked == [("PIN of `ana`", True)]
    assert PIN not in capsys.readouterr().err


def test_a_descriptor_without_a_pin_is_refused() -> None:
    cards = softhsm_or_skip()
    for data in (b"\xff\xfe\n",):
        with (
            pytest.raises(click.UsageError),
            open_person_key(KeyChoice(module=cards.module, token=CARD, pin_fd=descriptor_of(data))),
        ):
            raise AssertionError
    closed = descriptor_of(b"")
    os.close(closed)
    with (
        pytest.raises(click.UsageError) as caught,
        open_person_key(KeyChoice(module=cards.module, token=CARD, pin_fd=closed)),
    ):
        raise AssertionError
    assert f"file descriptor {closed}" in str(caught.value)
    with (
        pytest.raises(TokenError) as refused,
        open_person_key(KeyChoice(module=cards.module, token=CARD, pin_fd=descriptor_of(b"\n"))),
    ):
        raise AssertionError
    assert refused.value.code == "crypto/wrong-pin"
