"""The outer edge of the command line: whatever goes wrong inside becomes words, a next step and an exit code."""

import errno
import traceback
from collections.abc import Callable
from pathlib import Path

import click

from brightline.cli.output import report_failure
from brightline.domain.errors import BrightlineError
from brightline.domain.messages import message_for

DONE, FAILED, NOT_UNDERSTOOD, INTERRUPTED = 0, 1, 2, 130


def run_at_edge(go: Callable[[], object], *, as_json: bool) -> int:
    """Run `go` and return the exit code, having printed why if it failed."""
    try:
        result = go()
    except click.UsageError as error:
        return _usage(error, as_json=as_json)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return INTERRUPTED
    except BrightlineError as error:
        report_failure(code=error.code, message=error.message, hint=error.hint, as_json=as_json)
        return FAILED
    except OSError as error:
        return _system(error, as_json=as_json)
    except Exception as error:  # noqa: BLE001 (the outer edge: it refuses, in words)
        return _defect(error, as_json=as_json)
    return result if isinstance(result, int) else DONE


def _usage(error: click.UsageError, *, as_json: bool) -> int:
    path = error.ctx.command_path if error.ctx is not None else "brightline"
    text = error.format_message()
    # Asked for a group without a command, click gives the help as the message.
    if text.startswith("Usage:"):
        click.echo(text, err=True)
        return NOT_UNDERSTOOD
    why = text.rstrip(".").replace("\n", " ")
    _say("cli/usage", as_json=as_json, why=why[:1].lower() + why[1:], command=path)
    return NOT_UNDERSTOOD


def _system(error: OSError, *, as_json: bool) -> int:
    why = (error.strerror or type(error).__name__).lower()
    code = "cli/no-space" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "cli/system"
    _say(code, as_json=as_json, path=str(error.filename or "the system"), why=why)
    return FAILED


def _defect(error: Exception, *, as_json: bool) -> int:
    # The exception's message may hold contents or a secret, so only its type and place are shown.
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    _say("cli/defect", as_json=as_json, kind=type(error).__name__, place=place)
    return FAILED


def _say(code: str, *, as_json: bool, **words: str) -> None:
    entry = message_for(code)
    report_failure(code=code, message=entry.text.format(**words), hint=entry.hint.format(**words), as_json=as_json)
