"""Reads an agreement's directory, bounded, following no symbolic link; every file that does not belong is a fault.

manifest.json    schema.json    effectors.json    law/*.cedar    vendor/*.cedar    operator/*.cedar
redlines/*.cedar    certificate.json    signatures.json    (these three may be absent from a draft)
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from brightline.domain.decision import Layer
from brightline.policy.faults import Fault, fault

MANIFEST = "manifest.json"
SCHEMA = "schema.json"
EFFECTORS = "effectors.json"
CERTIFICATE = "certificate.json"
SIGNATURES = "signatures.json"
RED_LINES = "redlines"
SINGLE_FILES = (EFFECTORS, MANIFEST, SCHEMA)
# Made after the agreement was written: the certificate by proving, the signatures over all the rest.
LATER_FILES = (CERTIFICATE, SIGNATURES)

# An agreement is read by people and comes from another organisation: a megabyte of it is no longer either.
MAX_FILE_BYTES = 256 * 1024
# The certificate holds the formulas, which are made and read by programs.
MAX_CERTIFICATE_BYTES = 4 * 1024 * 1024
MAX_ENTRIES = 64
MAX_NAME_BYTES = 128


@dataclass(slots=True)
class _Reading:
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def _read(path: Path, name: str, reading: _Reading) -> None:
    """Put the text of `path` under `name`, or a fault."""
    try:
        # O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                reading.faults.append(fault("policy/unreadable-file", name, why="not a regular file"))
                return
            most = MAX_CERTIFICATE_BYTES if name == CERTIFICATE else MAX_FILE_BYTES
            data = file.read(most + 1)
        if len(data) > most:
            reading.faults.append(fault("policy/unreadable-file", name, why=f"larger than {most} bytes"))
            return
        reading.texts[name] = data.decode()
    except FileNotFoundError:
        reading.faults.append(fault("policy/missing-file", name, name=name))
    except OSError as error:
        why = "a symbolic link" if path.is_symlink() else (error.strerror or "an error").lower()
        reading.faults.append(fault("policy/unreadable-file", name, why=why))
    except UnicodeDecodeError:
        reading.faults.append(fault("policy/unreadable-file", name, why="not UTF-8"))


def _names(folder: Path, shown: str, reading: _Reading) -> list[str]:
    """The names in `folder`, sorted; no more than belong to any agreement, and a fault when there are more."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in islice(entries, MAX_ENTRIES + 1)]
    if len(names) > MAX_ENTRIES:
        reading.faults.append(fault("policy/unreadable-file", shown, why=f"more than {MAX_ENTRIES} entries"))
    return sorted(names[:MAX_ENTRIES])


def _folder(directory: Path, kind: str, reading: _Reading) -> None:
    """Read the policies in the folder `kind` of `directory`, or note what is wrong with it."""
    folder = directory / kind
    try:
        if folder.is_symlink():
            reading.faults.append(fault("policy/unreadable-file", kind, why="a symbolic link"))
            return
        names = _names(folder, kind, reading)
    except FileNotFoundError:
        reading.faults.append(fault("policy/missing-file", kind, name=f"{kind}/"))
        return
    except OSError as error:
        reading.faults.append(fault("policy/unreadable-file", kind, why=(error.strerror or "an error").lower()))
        return
    cedar = [name for name in names if name.endswith(".cedar")]
    if not cedar:
        reading.faults.append(fault("policy/missing-file", kind, name=f"{kind}/*.cedar"))
    for name in names:
        shown = f"{kind}/{printable(name)}"
        if name in cedar and name == printable(name):
            _read(folder / name, shown, reading)
        else:
            reading.faults.append(fault("policy/unknown-file", shown, name=shown))


def printable(name: str) -> str:
    """`name` as it may stand in a fault: bounded ASCII."""
    return name.encode("unicode_escape").decode()[:MAX_NAME_BYTES]


def read_directory(directory: Path) -> tuple[Mapping[str, str], tuple[Fault, ...]]:
    """The text of every file by its path inside `directory`, and the faults met."""
    reading = _Reading()
    try:
        present = _names(directory, ".", reading)
    except OSError as error:
        why = (error.strerror or "an error").lower()
        return {}, (fault("policy/unreadable-file", ".", why=why),)
    for name in (*SINGLE_FILES, *(name for name in LATER_FILES if name in present)):
        _read(directory / name, name, reading)
    layers = [layer.value for layer in Layer]
    for kind in [*layers, RED_LINES] if RED_LINES in present else layers:
        _folder(directory, kind, reading)
    known = {*SINGLE_FILES, *LATER_FILES, *layers, RED_LINES}
    for name in present:
        if name not in known:
            reading.faults.append(fault("policy/unknown-file", printable(name), name=printable(name)))
    return reading.texts, tuple(reading.faults)
