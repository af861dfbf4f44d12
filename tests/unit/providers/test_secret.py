import sys
from pathlib import Path

import pytest

from brightline.providers.errors import SecretError
from brightline.providers.ports import SecretSource
from brightline.providers.secret import MAX_KEY_BYTES, CommandSecret, EnvironmentSecret, FileSecret

CANARY = "sk-canary-77aa"


def refusal(source: SecretSource) -> str:
    with pytest.raises(SecretError) as caught:
        source.load()
    error = caught.value
    assert CANARY not in f"{error!r} {error} {error.hint} {error.words} {error.__cause__!r} {source!r}"
    return error.code


def python(code: str) -> CommandSecret:
    return CommandSecret((sys.executable, "-c", code), timeout=10.0)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "missing"),
        (b"\n", "missing"),
        (CANARY.encode() + b"\n\n", "unusable"),
        (CANARY.encode() + b" x", "unusable"),
        (CANARY.encode() + b"\r\nx-evil: 1", "unusable"),
        (CANARY.encode() + b"\xff", "unusable"),
        (CANARY.encode() * MAX_KEY_BYTES, "unusable"),
    ],
)
def test_what_cannot_stand_in_a_header_refuses(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "key").write_bytes(content)
    assert refusal(FileSecret(tmp_path / "key")) == f"providers/key-{what}"


def test_a_file_that_cannot_be_read_refuses(tmp_path: Path) -> None:
    assert refusal(FileSecret(tmp_path / "none")) == "providers/key-unreadable"
    assert refusal(FileSecret(tmp_path)) == "providers/key-unreadable"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_file_gives_its_key_without_one_line_end(tmp_path: Path, end: str) -> None:
    (tmp_path / "key").write_bytes((CANARY + end).encode())
    assert FileSecret(tmp_path / "key").load() == CANARY


def test_the_environment_gives_a_key_and_never_shows_it() -> None:
    assert refusal(EnvironmentSecret("KEY", {})) == "providers/key-missing"
    source = EnvironmentSecret("KEY", {"KEY": CANARY})
    assert source.load() == CANARY
    assert CANARY not in repr(source)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (CommandSecret(()), "unreadable"),
        (CommandSecret(("/no/such/command", CANARY)), "unreadable"),
        (CommandSecret(("bad\0name", CANARY)), "unreadable"),
        (python(f"import sys; print({CANARY!r}); sys.exit(3)"), "unreadable"),
        (python(f"print({CANARY!r} * 4096)"), "unusable"),
        (python("pass"), "missing"),
        (CommandSecret((sys.executable, "-c", "input()"), timeout=10), "unreadable"),
        (CommandSecret((sys.executable, "-c", "import time; time.sleep(60)", CANARY), timeout=0.05), "unreadable"),
    ],
)
def test_a_command_that_fails_refuses(source: CommandSecret, what: str) -> None:
    assert refusal(source) == f"providers/key-{what}"


def test_a_command_that_never_stops_printing_is_stopped() -> None:
    code = "import sys\nwhile True: sys.stdout.write('k' * 65536)"
    assert refusal(CommandSecret((sys.executable, "-c", code), timeout=10)) == "providers/key-unusable"


def test_a_command_prints_a_key_without_a_shell() -> None:
    assert python(f"print({CANARY!r})").load() == CANARY
    assert CommandSecret((sys.executable, "-c", "import sys; print(sys.argv[1])", "$HOME")).load() == "$HOME"
