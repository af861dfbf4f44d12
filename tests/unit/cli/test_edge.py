import errno
import json

import click
import pytest

from brightline.cli.edge import DONE, FAILED, INTERRUPTED, NOT_UNDERSTOOD, run_at_edge
from brightline.cli.errors import PlaceError


def failing(error: BaseException):
    def go() -> object:
        raise error

    return go


@pytest.mark.parametrize(
    ("error", "exit_code", "code"),
    [
        (PlaceError("cli/not-empty", path="gate"), FAILED, "cli/not-empty"),
        (PermissionError(errno.EACCES, "Permission denied", "/gate"), FAILED, "cli/system"),
        (OSError(errno.ENOSPC, "No space left on device", "/gate"), FAILED, "cli/no-space"),
        (OSError("strange"), FAILED, "cli/system"),
        (click.UsageError("Missing option."), NOT_UNDERSTOOD, "cli/usage"),
        (RuntimeError("holds bl_secret"), FAILED, "cli/defect"),
    ],
)
def test_every_failure_becomes_words_a_next_step_and_a_code(error, exit_code, code, capsys) -> None:
    assert run_at_edge(failing(error), as_json=False) == exit_code
    said = capsys.readouterr()
    assert said.out == ""
    first, second = said.err.splitlines()
    assert first.startswith("error: ")
    assert first.endswith(f"({code})")
    assert second.startswith("next: ")
    assert "bl_secret" not in said.err
    assert run_at_edge(failing(error), as_json=True) == exit_code
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert answer["error"]["code"] == code
    assert answer["error"]["hint"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_is_no_failure_of_ours(error, capsys) -> None:
    assert run_at_edge(failing(error), as_json=False) == INTERRUPTED
    assert capsys.readouterr().err == "stopped\n"


def test_a_command_may_choose_its_exit_code() -> None:
    assert run_at_edge(lambda: 1, as_json=False) == FAILED
    assert run_at_edge(lambda: None, as_json=False) == DONE


def test_a_defect_without_a_place_is_told_too(capsys) -> None:
    from brightline.cli import edge

    assert edge._defect(ValueError("x"), as_json=False) == FAILED
    assert "ValueError at unknown" in capsys.readouterr().err
