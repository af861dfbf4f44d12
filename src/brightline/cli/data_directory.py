"""Makes a data directory: settings, a copy of the agreement, and four fresh keys, each readable by its owner only.

INVARIANT: nothing that exists is overwritten; the directory appears whole under its name, or not at all.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from brightline.cli.errors import PlaceError
from brightline.cli.settings_file import Places, settings_text
from brightline.crypto.keyfiles import create_key
from brightline.domain.agreement import AgreementRef, Deployment
from brightline.policy import load_agreement

SETTINGS_NAME = "brightline.toml"
AGREEMENT_NAME = "agreement"
KEY_NAMES = ("log.seed", "seal.key", "tag.key", "api.key")
# A real agreement is some dozens of text files; this is a directory named by mistake.
MOST_FILES, MOST_BYTES = 4096, 64 * 1024 * 1024


def make_data_directory(
    data_dir: Path,
    *,
    agreement: Mapping[str, bytes],
    enclave: str,
    operator: str,
    places: Places,
    random: Callable[[int], bytes] = os.urandom,
) -> tuple[AgreementRef, tuple[Deployment, ...]]:
    """Make `data_dir` with the agreement whose files are `agreement`, and return what was loaded from them.

    Raises `PlaceError` when the directory is not empty, and the policy room's errors when the agreement has faults.
    """
    _refuse_used(data_dir)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    draft = data_dir.with_name(f".{data_dir.name}.{os.getpid()}.part")
    draft.mkdir(mode=0o700)
    try:
        _write_files(draft / AGREEMENT_NAME, agreement)
        loaded = load_agreement(draft / AGREEMENT_NAME, enclave)
        (draft / "keys").mkdir(mode=0o700)
        for name in KEY_NAMES:
            create_key(draft / "keys" / name, random)
        settings = settings_text(operator=operator, enclave=enclave, deployments=loaded.deployments, places=places)
        _write(draft / SETTINGS_NAME, settings.encode())
        draft.rename(data_dir)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return loaded.ref, loaded.deployments


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
