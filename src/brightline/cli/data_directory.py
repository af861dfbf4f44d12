"""Makes a data directory: settings, the first version of the agreement with whom to trust for it, and five fresh keys.

Each file is readable by its owner only. INVARIANT: nothing that exists is overwritten; the directory appears whole
under its name, or not at all; and only under an agreement that its parties have signed.
"""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from brightline.cli.errors import PlaceError
from brightline.cli.settings_file import Places, settings_text
from brightline.crypto.keyfiles import create_key
from brightline.crypto.party_keys import PrivateKey, save
from brightline.domain.agreement import AgreementRef, Deployment
from brightline.gateway.in_force import FIRST_VERSION, accept_first
from brightline.gateway.proving import Prover
from brightline.gateway.versions import STATEMENT_NAME, TRUST_NAME, Versions
from brightline.policy import agreement_of
from brightline.policy.signing import GenesisTrust, check_current, trust_text

SETTINGS_NAME = "brightline.toml"
AGREEMENTS_NAME = "agreements"
PARTIES_NAME = "parties"
KEY_NAMES = ("log.seed", "seal.key", "tag.key", "api.key", "release.key")
# A real agreement is some dozens of text files; this is a directory named by mistake.
MOST_FILES, MOST_BYTES = 4096, 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a data directory begins with.

    The files of version 1 as its parties signed them, the keys that were read out of band, and a statement that it is
    current, where there is one. `played` are private keys of parties, by file name, where one person plays them all.
    """

    files: Mapping[str, bytes]
    trust: GenesisTrust
    statement: bytes | None = None
    played: Mapping[str, PrivateKey] = field(default_factory=dict)


def make_data_directory(
    data_dir: Path,
    beginning: Beginning,
    *,
    enclave: str,
    operator: str,
    places: Places,
    prover: Prover | None = None,
    now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    random: Callable[[int], bytes] = os.urandom,
) -> tuple[AgreementRef, tuple[Deployment, ...]]:
    """Make `data_dir`, and return which agreement is in force in it, with the deployments it authorises there.

    `prover` solves the proof again. Raises `PlaceError` when the directory is not empty, and the policy room's errors
    when the agreement has faults, is not signed by those who are trusted, or is not in its lifetime.
    """
    _refuse_used(data_dir)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    draft = data_dir.with_name(f".{data_dir.name}.{os.getpid()}.part")
    draft.mkdir(mode=0o700)
    try:
        versions = Versions(draft / AGREEMENTS_NAME)
        versions.root.mkdir(mode=0o700)
        _write_files(versions.directory(FIRST_VERSION), beginning.files)
        accepted = accept_first(versions, beginning.trust, now_ms())
        if prover is not None:
            prover.confirm(accepted.draft)
        agreement = agreement_of(accepted.draft, enclave)
        _write(draft / TRUST_NAME, trust_text(beginning.trust).encode())
        if beginning.statement is not None:
            check_current(beginning.statement, accepted.draft, enclave, now_ms())
            _write(draft / STATEMENT_NAME, beginning.statement)
        _make_keys(draft, beginning.played, random)
        settings = settings_text(operator=operator, enclave=enclave, deployments=agreement.deployments, places=places)
        _write(draft / SETTINGS_NAME, settings.encode())
        draft.rename(data_dir)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return agreement.ref, agreement.deployments


def _make_keys(draft: Path, played: Mapping[str, PrivateKey], random: Callable[[int], bytes]) -> None:
    (draft / "keys").mkdir(mode=0o700)
    for name in KEY_NAMES:
        create_key(draft / "keys" / name, random)
    if played:
        (draft / PARTIES_NAME).mkdir(mode=0o700)
    for name, key in played.items():
        save(draft / PARTIES_NAME / name, key, "")


def read_files(directory: Path) -> dict[str, bytes]:
    """The bytes of every plain file below `directory`, by its path inside; raises `PlaceError`."""
    if not directory.is_dir():
        raise PlaceError("cli/not-a-directory", path=str(directory))
    found: dict[str, bytes] = {}
    size = 0
    for place in sorted(directory.rglob("*")):
        if place.is_symlink() or not place.is_file():
            continue
        size += place.stat().st_size
        if len(found) >= MOST_FILES or size > MOST_BYTES:
            raise PlaceError("cli/unreadable", path=str(directory), why="it holds more than any agreement does")
        found[place.relative_to(directory).as_posix()] = place.read_bytes()
    return found


def _refuse_used(data_dir: Path) -> None:
    if data_dir.is_symlink() or (data_dir.exists() and not data_dir.is_dir()):
        raise PlaceError("cli/not-a-directory", path=str(data_dir))
    if data_dir.exists() and any(data_dir.iterdir()):
        raise PlaceError("cli/not-empty", path=str(data_dir))


def _write_files(root: Path, files: Mapping[str, bytes]) -> None:
    root.mkdir(mode=0o700)
    for name, content in files.items():
        # One by one: `mkdir` with parents gives its mode to the last folder only.
        for folder in reversed(PurePosixPath(name).parents):
            (root / folder).mkdir(mode=0o700, exist_ok=True)
        _write(root / PurePosixPath(name), content)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
