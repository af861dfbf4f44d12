"""`brightline version`: print the versions of Brightline and what it rests on."""

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

import click

from brightline import __version__
from brightline.cli.output import json_option, report

RESTS_ON = ("apsw", "cedarpy", "click", "cryptography", "httptools", "uvloop", "xllamacpp")


@click.command("version")
@json_option
def command(*, as_json: bool) -> None:
    """Print the versions of Brightline and what it rests on.

    \b
    Example:
      brightline version --json
    """
    packages = {name: _installed(name) for name in RESTS_ON}
    result = {"brightline": __version__, "python": platform.python_version(), "packages": packages}
    lines = [f"brightline {__version__}", f"python {platform.python_version()}"]
    report(result, lines + [f"{name} {found or 'not installed'}" for name, found in packages.items()], as_json=as_json)


def _installed(name: str) -> str | None:
    try:
        return version_of(name)
    except PackageNotFoundError:
        return None
