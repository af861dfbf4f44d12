"""Attacks against which one check stands, or one and another behind it: all else is as every other check wants it.

With these a check is seen when it is missing (`tests.benchmarks.signoff_controls`).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from brightline.crypto.checkpoint import Checkpoint
from brightline.crypto.merkle import leaf_hash, node_hash
from brightline.crypto.party_keys import ED25519, PrivateKey
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.sign_off.statement import WEBAUTHN_ES256
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import BERT, NOW_MS, ROLE, Person, key_of
from tests.releases.edits import ORIGIN, another_tool, encode, exchange, key_in_bytes, loose_base64
from tests.releases.forger import Attack, Forged, Object, at, lenient, put
from tests.releases.ground import MACHINES
from tests.releases.on_bundle import VKEY, listed_key, vkey_of
from tests.releases.on_log import LOG_KEY, SIBLING, Odd, odd

Bytes = Callable[[bytes], bytes]
MEBIBYTE = 1 << 20
# RFC 8032 section 5.1: the neutral element's y, 1, written as one that is larger than the field.
NEUTRAL_AGAIN = (2**255 - 19 + 1).to_bytes(32, "little")
_LOG_PRIVATE = Ed25519PrivateKey.from_private_bytes(SimulatedLog([]).seed)
_LOG_PUBLIC = LOG_KEY.verifier.public


def _states(states: Mapping[str, str]) -> Forged:
    """A binding with these preconditions, all of which hold."""
    return Forged(binding=put("preconditions", dict(states)), preconditions=lambda read: read.update(states))


def _payload(size: int) -> Forged:
    """An action that is as large as that, in the bytes that were signed."""
    arguments = {"payload": "x" * size}
    return Forged(binding=put("arguments", arguments), arguments=lambda _data: lenient(arguments))


def _told(member: bytes) -> Forged:
    """A passkey's client data with one member more."""
    return Forged(client=exchange(b"{", b"{" + member + b","))


def _signed(text: bytes, vkey: str) -> bytes:
    """A note of any `text`, signed by the log's key under the name and the id in `vkey`."""
    name, key_id, _ = vkey.split("+")
    signature = encode(bytes.fromhex(key_id) + _LOG_PRIVATE.sign(text))
    return text + f"\n\u2014 {name} {signature}\n".encode()


def _head(change: Bytes, vkey: str = VKEY) -> Bytes:
    """A proof whose head is changed, whatever then stands in it, and signed by the log's key."""

    def edit(proof: bytes) -> bytes:
        path, _, note = proof.partition(b"\n\n")
        return path + b"\n\n" + _signed(change(note.partition(b"\n\n")[0] + b"\n"), vkey)

    return edit


def _listed(vkey: str) -> Forged:
    """The log's key, listed in a way of its own, and a head signed under that."""
    return Forged(proof=_head(bytes, vkey), bundle=put("log.keys", [vkey]))


def _beside(name: str, data: bytes, times: int = 1) -> Bytes:
    """A proof under whose head somebody's signatures stand too."""
    return lambda proof: proof + f"\u2014 {name} {encode(data)}\n".encode() * times


def _first_hash(change: Callable[[str], str]) -> Bytes:
    """A proof whose path begins with another text."""

    def edit(proof: bytes) -> bytes:
        lines = proof.decode().split("\n")
        return "\n".join([*lines[:2], change(lines[2]), *lines[3:]]).encode()

    return edit


def _root(change: Callable[[str], str]) -> Bytes:
    def edit(text: bytes) -> bytes:
        origin, size, root, end = text.decode().split("\n")
        return "\n".join([origin, size, change(root), end]).encode()

    return _head(edit)


def _of_too_many(leaf: bytes) -> bytes:
    """The proof that the first entry stands in a log of 2^63 entries, which the log's key signed."""
    path = tuple(bytes([number]) * 32 for number in range(63))
    root = leaf_hash(leaf)
    for sibling in path:
        root = node_hash(root, sibling)
    head = Checkpoint(ORIGIN, 2**63, root).text()
    return TlogProof(0, path, _signed(head, VKEY)).encode()


def _of_all_zeros(signature: Object) -> None:
    signature["value"] = encode(bytes(64))


def _of_another_curve() -> bytes:
    key = derive_private_key(7, SECP256K1()).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _also(vkey: str) -> Forged:
    """A log's key that the bundle lists beside the right one."""
    return Forged(bundle=lambda bundle: bundle["log"]["keys"].append(vkey))


@dataclass(frozen=True)
class _Pretender(Person):
    """Whose key signs with Ed25519, as if it were a passkey."""

    @property
    def key(self) -> PrivateKey:
        return key_of(self.name, ED25519)


def _larger_log(statement: Object, _place: int) -> None:
    put("log.size", 10)(statement)


_LONG_KEY = BERT.key.public.der + bytes(120)
MALFORMED: tuple[tuple[str, Forged], ...] = (
    (
        "a window that ends before it begins, in a clock's tolerance",
        Forged(
            binding=lambda binding: binding.update(not_before_ms=NOW_MS + 2_000, not_after_ms=NOW_MS + 1_000),
            statement=lambda statement, _place: put("signed_at_ms", NOW_MS)(statement),
        ),
    ),
    ("arguments that are a list", Forged(binding=put("arguments", []), arguments=lambda _data: b"[]")),
    ("65 states, all of which hold", _states({f"{number}": "" for number in range(65)})),
    ("a state without a name, which holds", _states({"": "x"})),
    ("a state with a long name, which holds", _states({"x" * 201: "x"})),
    ("a state in a long text, which holds", _states({"x": "x" * 2001})),
    ("a role of no form beside the right one", Forged(assertion=at(1, put("roles", [ROLE, "two words"])))),
    ("arguments larger than a binding may be", _payload(MEBIBYTE)),
    ("a release larger than any, with all its signatures", _payload(2 * MEBIBYTE)),
    (
        "a key of more bytes than any has",
        Forged(
            assertion=at(1, key_in_bytes(_LONG_KEY)),
            statement=at(1, put("key", hashlib.sha256(_LONG_KEY).hexdigest())),
        ),
    ),
)
SIGNED: tuple[tuple[str, Forged], ...] = (
    ("client data with a lone surrogate", _told(b'"x":"\\ud800"')),
    ("client data with a whole number out of range", _told(b'"x":9007199254740993')),
    ("client data with a long whole number", _told(b'"x":100000000000000000000')),
    ("client data with a number out of range", _told(b'"x":1e17')),
    ("client data with what is no number", _told(b'"x":NaN')),
    ("client data that is too deep", _told(b'"x":' + b"[" * 32 + b"]" * 32)),
    ("a signature of two zeros", replace(MACHINES, signature=at(0, _of_all_zeros))),
)
BUNDLE: tuple[tuple[str, Forged], ...] = (
    (
        "a tool with a name of no form",
        Forged(binding=put("tool", "two words"), bundle=another_tool("two words"), tool="two words"),
    ),
    (
        "a role demanded twice",
        Forged(bundle=put("tools.release_payload.quorum", [{"role": ROLE, "quorum": 1}, {"role": ROLE, "quorum": 2}])),
    ),
    ("a way of signing that nobody knows", Forged(bundle=put("algorithms", ["dsa", "ed25519", "webauthn-es256"]))),
    ("a gateway's key on another curve", Forged(bundle=listed_key("gateway_keys", _of_another_curve(), "ecdsa-p256"))),
    ("a log's key that is the neutral element, otherwise written", _also(vkey_of(ORIGIN, b"\x01" + NEUTRAL_AGAIN))),
    ("a log's key without parts", _also("key")),
    ("a log's key that is no base64", _also(VKEY[:-1] + "!")),
    ("a log's key of another kind, which signs", _listed(vkey_of(ORIGIN, b"\x02" + _LOG_PUBLIC))),
    ("a log's key under another id, which signs", _listed(VKEY.replace(VKEY.split("+")[1], "00000000"))),
    (
        "for no machine, and a decoy",
        Forged(fields={"audience": "null"}, bundle=put("audience", "null")),
    ),
)
PROOF: tuple[tuple[str, Forged], ...] = (
    ("a proof longer than any", Forged(proof=exchange(b"v1\n", b"v1\nextra " + b"AAAA" * 100_000 + b"\n"))),
    ("a proof that begins with other letters", Forged(proof=exchange(b"v1\n", b"v1\n\xc3\xa9\n"))),
    ("a hash that is too short", Forged(proof=_first_hash(lambda _line: encode(bytes(31))))),
    ("a log without a name", Forged(proof=_head(exchange(ORIGIN.encode(), b"")))),
    (
        "a log with a hidden letter",
        Forged(proof=_head(exchange(ORIGIN.encode(), ORIGIN.encode() + b"\x01"))),
    ),
    ("a log without entries", Forged(proof=_head(exchange(b"\n10\n", b"\n0\n")))),
    ("a size with a leading zero", Forged(proof=_head(exchange(b"\n10\n", b"\n010\n")))),
    ("a log of more entries than can be counted", Forged(log=Odd, proof=_of_too_many)),
    ("a root that is too short", Forged(proof=_root(lambda _root: encode(bytes(31))))),
    ("a root in a second encoding", Forged(proof=_root(loose_base64))),
    ("a head longer than any", Forged(proof=_beside("example.org/other", bytes(200_000)))),
    ("a head signed by too many", Forged(proof=_beside("example.org/other", bytes(68), 64))),
    ("an empty signature beside the log's", Forged(proof=_beside("example.org/other", bytes(4)))),
    ("a signature that is no base64 beside the log's", Forged(proof=lambda proof: proof + "\u2014 x !\n".encode())),
)
LEAF: tuple[tuple[str, Forged], ...] = tuple(
    (f"{name}, of a log that grew", Forged(log=Odd, proof=odd(index, size, path, leaves), statement=_larger_log))
    for name, index, size, path, leaves in (
        ("a head over one entry with a path", 0, 1, [SIBLING], [SIBLING, None]),
        ("an index after the last entry", 2, 2, [SIBLING], [None, SIBLING]),
    )
)
ONE_CHECK: tuple[Attack, ...] = (
    *((name, "effector/malformed", forged) for name, forged in MALFORMED),
    *((name, "effector/bad-signature", forged) for name, forged in SIGNED),
    *((name, "effector/bad-bundle", forged) for name, forged in BUNDLE),
    *((name, "effector/no-proof", forged) for name, forged in PROOF),
    *((name, "effector/other-leaf", forged) for name, forged in LEAF),
    (
        "arguments with more space than a machine reads",
        "effector/other-action",
        Forged(arguments=lambda data: data + b" " * MEBIBYTE),
    ),
    (
        "a passkey's signature by a key of another kind",
        "effector/algorithm",
        Forged(people=(_Pretender("anna", WEBAUTHN_ES256), BERT)),
    ),
)
