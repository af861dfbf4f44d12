"""Copies a directory in which somebody goes on writing, as a cut of the power would leave it."""

import contextlib
import os
import shutil
from pathlib import Path


def copy_living(source: Path, target: Path) -> None:
    """Copy the files of `source` to `target`; what is renamed or deleted meanwhile was not there at the cut."""
    for place, _, names in os.walk(source):
        folder = target / Path(place).relative_to(source)
        folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            file = Path(place, name)
            if file.is_file():
                with contextlib.suppress(FileNotFoundError):
                    shutil.copy2(file, folder / name)
