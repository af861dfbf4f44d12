"""Makes the trust bundle of one effector: whom it believes, and what it demands of each of its tools.

The tools come in a file that the maker of the machine writes, strict JSON:

    {"set_valve": {"definition": {…} | "<digest>", "quorum": [{"role", "quorum"}],
     "break_glass": null | {"role", "quorum"}, "own_machine": false}, …}

`definition` is the tool's definition as it is offered to the model, or the hexadecimal digest of its canonical form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from brightline.crypto.party_keys import PublicKey
from brightline.domain.sign_off.canonical import Json, canonical, digest, parse
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.fields import TOOL
from brightline.domain.sign_off.trust import ToolDemand, TrustBundle, TrustedLog
from brightline.oversight.directory import Directory, entries_of

MAX_TOOLS_BYTES = 1 << 20
DEFAULT_WINDOW_MS = 60 * 60 * 1000
DEFAULT_SKEW_MS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """Whose word an effector takes: the log, the gateway's release key, and the agreements by their digests."""

    origin: str
    vkeys: tuple[str, ...]
    gateway: PublicKey
    agreements: tuple[str, ...]


def read_tools(data: bytes) -> Mapping[str, ToolDemand]:
    """What `data` demands of each tool; raises `SignOffError`."""
    value = parse(data, limit=MAX_TOOLS_BYTES)
    if type(value) is not dict or not value:
        raise SignOffError("signoff/bad-field", field="tools", what="is not an object with a tool in it")
    return {name: _demand(name, demand) for name, demand in value.items()}


def _demand(name: str, value: Json) -> ToolDemand:
    if not TOOL.fullmatch(name):
        raise SignOffError("signoff/bad-field", field="tools", what="has a member of a bad name")
    if type(value) is dict and type(value.get("definition")) is dict:
        written = digest("tool-definition", canonical(value["definition"])).hex()
        value = {**value, "definition": written}
    return ToolDemand.read(value, f"tools.{name}")


def make_bundle(
    audience: str,
    trusted: Trusted,
    directory: Directory,
    tools: Mapping[str, ToolDemand],
    *,
    longest_window_ms: int = DEFAULT_WINDOW_MS,
    clock_skew_ms: int = DEFAULT_SKEW_MS,
) -> TrustBundle:
    """The bundle of the effector `audience`, held against its form; raises `SignOffError`."""
    made = TrustBundle(
        audience=audience,
        log=TrustedLog(trusted.origin, trusted.vkeys),
        gateway_keys=entries_of([trusted.gateway]),
        directory_keys=directory.keys,
        agreements=tuple(sorted(set(trusted.agreements))),
        tools=tools,
        webauthn=directory.webauthn,
        algorithms=directory.algorithms,
        longest_window_ms=longest_window_ms,
        clock_skew_ms=clock_skew_ms,
        revocations_max_age_ms=directory.revocations_max_age_ms,
    )
    return TrustBundle.parse(made.canonical)
