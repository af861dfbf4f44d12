"""Where Brightline runs: Linux and macOS 13 or later, Python 3.11 or later; elsewhere a clear message."""

from __future__ import annotations  # an older Python must be able to read this file

LEAST_PYTHON = (3, 11)
LEAST_MACOS = 13


def unsupported(system: str, mac_version: str, python: tuple[int, ...]) -> str:
    """What to print when Brightline cannot run here; empty when it can."""
    if python < LEAST_PYTHON:
        what = f"this is Python {python[0]}.{python[1]}, and Brightline needs 3.11 or later"
        return _words(what, "use a newer Python, for example `python3.12 -m venv .venv`")
    if system == "darwin":
        major = mac_version.partition(".")[0]
        if major.isdigit() and int(major) >= LEAST_MACOS:
            return ""
        what = f"this is macOS {mac_version or 'of unknown version'}, and Brightline needs 13 or later"
        return _words(what, "update macOS, or run Brightline on Linux")
    if system == "linux":
        return ""
    return _words(f"Brightline runs on Linux and macOS, not on {system}", "on Windows, install it inside WSL 2")


def _words(what: str, hint: str) -> str:
    return f"error: {what} (cli/platform)\nnext: {hint}\n"
