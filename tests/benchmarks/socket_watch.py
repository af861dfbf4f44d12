"""Runs a command in a network namespace without routes under strace, and tells every socket that tried to leave.

Only the loopback is up in there, so nothing can leave; strace sees the attempts. Unix and netlink sockets stay inside
the machine. An address that is bound, connected to or sent to counts as outside unless it is a loopback address.
LIMIT: strace reads system calls; a socket driven through io_uring would not be seen (nothing here uses one).
"""

import ipaddress
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# The calls that name an address; strace writes it as `inet_addr("…")` or `inet_pton(AF_INET6, "…"`.
NAMING = re.compile(r"\b(connect|bind|sendto|sendmsg|sendmmsg)\(")
ADDRESS = re.compile(r'(?:inet_addr\(|inet_pton\(AF_INET6, )"([^"]+)"')
# Families that stay inside the machine; any other family that is neither of these nor IP is told as outside.
INSIDE = frozenset({"AF_UNIX", "AF_NETLINK", "AF_UNSPEC"})
FAMILY = re.compile(r"sa_family=(AF_\w+)")
TOOLS = ("unshare", "ip", "strace")


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watched command did: its exit code, its output, how many calls named an address, and which left."""

    exit_code: int
    output: str
    calls: int
    outside: tuple[str, ...]


def unable() -> str:
    """Why this machine cannot watch; empty when it can."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    if os.geteuid() != 0:
        return "needs root, to make a network namespace"
    probe = subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True)
    return "" if probe.returncode == 0 else "the kernel does not let this process make a network namespace"


def outside_calls(lines: Iterable[str]) -> tuple[int, tuple[str, ...]]:
    """How many calls in strace's `lines` named an address, and those whose address is not this machine's own."""
    calls, outside = 0, []
    for line in lines:
        if not NAMING.search(line):
            continue
        families = FAMILY.findall(line)
        calls += bool(families)
        addresses = ADDRESS.findall(line)
        strange = [family for family in families if family not in INSIDE | {"AF_INET", "AF_INET6"}]
        if strange or any(not _loopback(address) for address in addresses):
            outside.append(line.strip())
    return calls, tuple(outside)


def _loopback(text: str) -> bool:
    address = ipaddress.ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def watch(command: Sequence[str], *, log: Path, cwd: Path, env: Mapping[str, str], seconds: float) -> Watched:
    """Runs `command` with the network cut and every socket call of it and its children in `log`.

    Raises `subprocess.TimeoutExpired` after `seconds`.
    """
    inner = 'ip link set lo up && exec strace -f --seccomp-bpf -qq -e trace=network -e signal=none -o "$0" "$@"'
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", inner, str(log), *command],
        check=False,
        cwd=cwd,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
    )
    with log.open(encoding="utf-8", errors="replace") as lines:
        calls, outside = outside_calls(lines)
    return Watched(done.returncode, done.stdout, calls, outside)
