import pytest

from brightline.cli.platforms import unsupported


@pytest.mark.parametrize(
    ("system", "mac", "python", "words"),
    [
        ("linux", "", (3, 10), "Python 3.10"),
        ("linux", "", (3, 9, 2), "Python 3.9"),
        ("darwin", "12.7.1", (3, 12), "macOS 12.7.1"),
        ("darwin", "", (3, 12), "macOS of unknown version"),
        ("win32", "", (3, 12), "not on win32"),
        ("freebsd14", "", (3, 12), "not on freebsd14"),
    ],
)
def test_elsewhere_a_clear_message(system: str, mac: str, python: tuple[int, ...], words: str) -> None:
    said = unsupported(system, mac, python)
    assert words in said
    assert said.startswith("error: ")
    assert "(cli/platform)\nnext: " in said


@pytest.mark.parametrize(("system", "mac"), [("linux", ""), ("darwin", "13.0"), ("darwin", "26.1")])
def test_runs_on_linux_and_macos(system: str, mac: str) -> None:
    assert unsupported(system, mac, (3, 11)) == ""
