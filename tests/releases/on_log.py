"""Attacks on the proof that the hold stands in the log, and on what people were shown."""

from collections.abc import Callable, Sequence

from brightline.crypto.checkpoint import Checkpoint
from brightline.crypto.merkle import leaf_hash, node_hash
from brightline.crypto.note import NoteSigner
from brightline.crypto.tlog_proof import TlogProof
from brightline.domain.leaf import Check, Flag, Kind
from brightline.domain.sign_off.rendering import render
from brightline.testing.log_simulator import SimulatedLog
from tests.releases.edits import ORIGIN, before, encode, exchange, loose_base64, overwrite, signed_by, signed_too
from tests.releases.forger import Attack, Forged, Object, at, put, tagged_hash

# The offsets are those of docs/adr/0002-leaf-layout.md.
KIND_AT, FLAGS_AT, USE_AT, COMMITMENT_AT, VERDICT_AT, OUTCOME_AT, CHECKS_AT = 1, 2, 14, 38, 152, 153, 154
NEXT_FLAG, NEXT_CHECK = (sum(Flag) + 1).to_bytes(4, "big"), (sum(Check) + 1).to_bytes(4, "big")
STRANGER = NoteSigner("example.org/other", b"\x09" * 32)
LOG_KEY = SimulatedLog([]).signer
NAMESAKE = NoteSigner(ORIGIN, b"\x09" * 32)
OTHER_ROOT = encode(b"\x01" * 32)


def _shown_as_typed(binding: Object) -> None:
    """The rendering of a page that does not show what turns the writing around."""
    naive = render({**binding, "purpose": binding["purpose"].replace("\u202e", "")})
    binding["rendering"]["sha256"] = tagged_hash("rendering", naive.encode())


def _padded(proof: bytes) -> bytes:
    """The proof with a path one hash longer."""
    return proof.replace(b"\n\n", b"\n" + encode(bytes(32)).encode() + b"\n\n", 1)


def _shortened(proof: bytes) -> bytes:
    head, rest = proof.split(b"\n\n", 1)
    return head.rpartition(b"\n")[0] + b"\n\n" + rest


def _another_leaf(leaf: bytes) -> Callable[[bytes], bytes]:
    """The proof of another entry of the same log."""
    log = SimulatedLog([*before(), leaf])
    return lambda _proof: log.proof(2)


def _of_another_entry(proof: bytes) -> bytes:
    return _another_leaf(before()[0])(proof)


def _times(change: Callable[[bytes], bytes], count: int) -> Callable[[bytes], bytes]:
    def edit(data: bytes) -> bytes:
        for _ in range(count):
            data = change(data)
        return data

    return edit


def _loose(proof: bytes) -> bytes:
    lines = proof.decode().split("\n")
    return "\n".join([*lines[:2], loose_base64(lines[2]), *lines[3:]]).encode()


SIBLING = b"\x02" * 32


class Odd(SimulatedLog):
    """A log that remembers its one entry, and whose heads are made by whoever holds its key."""

    def __init__(self, leaf: bytes) -> None:
        super().__init__([leaf])

    def proof(self, index: int) -> bytes:
        """The entry itself, from which `odd` makes a proof."""
        return self.entries[0]


def odd(index: int, size: int, path: list[bytes], leaves: Sequence[bytes | None]) -> Callable[[bytes], bytes]:
    """A proof under a head that the log signed, and whose root is not one of a log of its size."""

    def edit(leaf: bytes) -> bytes:
        hashes = [leaf_hash(leaf) if part is None else part for part in leaves]
        root = hashes[0] if len(hashes) == 1 else node_hash(hashes[0], hashes[1])
        return TlogProof(index, tuple(path), LOG_KEY.sign(Checkpoint(ORIGIN, size, root).text())).encode()

    return edit


LOG: tuple[Attack, ...] = (
    ("a receipt without proof: an index alone", "effector/no-proof", Forged(proof=lambda _proof: b"5")),
    ("no proof at all", "effector/no-proof", Forged(proof=lambda _proof: b"")),
    (
        "a proof without a checkpoint",
        "effector/no-proof",
        Forged(proof=lambda proof: proof.split(b"\n\n")[0] + b"\n\n"),
    ),
    ("a proof of another entry of another log's head", "effector/other-leaf", Forged(proof=_of_another_entry)),
    ("a proof at another index", "effector/other-leaf", Forged(proof=exchange(b"index 5\n", b"index 4\n"))),
    ("an index outside of the log", "effector/other-leaf", Forged(proof=exchange(b"index 5\n", b"index 10\n"))),
    (
        "an index past all numbers",
        "effector/no-proof",
        Forged(proof=exchange(b"index 5\n", b"index 9223372036854775808\n")),
    ),
    ("an index with a leading zero", "effector/no-proof", Forged(proof=exchange(b"index 5\n", b"index 05\n"))),
    ("an index with a sign", "effector/no-proof", Forged(proof=exchange(b"index 5\n", b"index +5\n"))),
    ("a path one hash too long", "effector/other-leaf", Forged(proof=_padded)),
    ("a path one hash too short", "effector/other-leaf", Forged(proof=_shortened)),
    ("a path of 65 hashes", "effector/no-proof", Forged(proof=_times(_padded, 61))),
    ("an extra line", "effector/no-proof", Forged(proof=exchange(b"v1\n", b"v1\nextra AAAA\n"))),
    ("another header", "effector/no-proof", Forged(proof=exchange(b"@v1\n", b"@v2\n"))),
    ("a line break of another kind", "effector/no-proof", Forged(proof=exchange(b"@v1\n", b"@v1\r\n"))),
    ("a blank line more", "effector/no-proof", Forged(proof=lambda proof: proof + b"\n")),
    ("a log whose key is not trusted", "effector/no-proof", Forged(proof=signed_by(STRANGER))),
    ("a key that takes the log's name", "effector/no-proof", Forged(proof=signed_by(NAMESAKE))),
    ("a head signed by somebody else too", "effector/no-proof", Forged(proof=signed_too(STRANGER))),
    ("a head signed twice", "effector/no-proof", Forged(proof=signed_too(LOG_KEY))),
    (
        "a head signed by two of the log's keys",
        "effector/no-proof",
        Forged(
            proof=signed_too(STRANGER),
            bundle=lambda bundle: bundle["log"]["keys"].append(STRANGER.vkey),
        ),
    ),
    ("a head whose text changed", "effector/no-proof", Forged(proof=exchange(b"\n10\n", b"\n11\n"))),
    (
        "a head with a fourth line",
        "effector/no-proof",
        Forged(proof=signed_by(LOG_KEY, lambda text: text + b"x\n")),
    ),
    (
        "a head of another log, signed by this one's key",
        "effector/no-proof",
        Forged(proof=signed_by(LOG_KEY, exchange(ORIGIN.encode(), b"example.org/other"))),
    ),
    (
        "a head with another root",
        "effector/other-leaf",
        Forged(proof=signed_by(LOG_KEY, lambda text: b"\n".join([*text.split(b"\n")[:2], OTHER_ROOT.encode(), b""]))),
    ),
    (
        "a head of a smaller log",
        "effector/other-leaf",
        Forged(proof=signed_by(LOG_KEY, exchange(b"\n10\n", b"\n5\n"))),
    ),
    ("another log trusted, by name", "effector/no-proof", Forged(bundle=put("log.origin", "example.org/other"))),
    ("another log trusted, by key", "effector/no-proof", Forged(bundle=put("log.keys", [NAMESAKE.vkey]))),
    ("an entry that is no hold", "effector/other-leaf", Forged(leaf=overwrite(KIND_AT, bytes([Kind.INTENT])))),
    ("an entry of another use", "effector/other-leaf", Forged(leaf=overwrite(USE_AT, bytes(16)))),
    ("an entry of another action", "effector/other-leaf", Forged(leaf=overwrite(COMMITMENT_AT, bytes(32)))),
    ("an entry of another version", "effector/other-leaf", Forged(leaf=overwrite(0, b"\x02"))),
    ("an entry with a flag that nobody knows", "effector/other-leaf", Forged(leaf=overwrite(FLAGS_AT, NEXT_FLAG))),
    ("an entry with a verdict that nobody knows", "effector/other-leaf", Forged(leaf=overwrite(VERDICT_AT, b"\x63"))),
    ("an entry with an outcome that nobody knows", "effector/other-leaf", Forged(leaf=overwrite(OUTCOME_AT, b"\x63"))),
    ("an entry with a check that nobody knows", "effector/other-leaf", Forged(leaf=overwrite(CHECKS_AT, NEXT_CHECK))),
    (
        "people who were shown another log",
        "effector/other-log",
        Forged(statement=at(1, put("log.origin", "example.org/x"))),
    ),
    (
        "people who were shown a log without the action",
        "effector/other-log",
        Forged(statement=at(1, put("log.size", 1))),
    ),
    (
        "people who were shown another view of the log",
        "effector/other-log",
        Forged(statement=at(1, put("log.root", OTHER_ROOT))),
    ),
    (
        "a name of the log that its key does not have",
        "effector/no-proof",
        Forged(
            proof=signed_by(LOG_KEY, exchange(ORIGIN.encode(), b"example.org/other")),
            bundle=put("log.origin", "example.org/other"),
            statement=lambda whole, _place: put("log.origin", "example.org/other")(whole),
        ),
    ),
    ("a hash in a second encoding", "effector/no-proof", Forged(proof=_loose)),
    *(
        (name, "effector/other-leaf", Forged(log=Odd, proof=odd(index, size, path, leaves)))
        for name, index, size, path, leaves in (
            ("a head over one entry with a path", 0, 1, [SIBLING], [SIBLING, None]),
            ("a head over two entries without a path", 0, 2, [], [None]),
            ("an index after the last entry", 2, 2, [SIBLING], [None, SIBLING]),
        )
    ),
)


SHOWN: tuple[Attack, ...] = (
    (
        "a rendering of something else",
        "effector/rendering-differs",
        Forged(rendered=put("rendering.sha256", "ab" * 32)),
    ),
    (
        "one person who was shown something else",
        "effector/rendering-differs",
        Forged(statement=at(1, put("rendering", "ab" * 32))),
    ),
    (
        "a page that lets text turn its writing around",
        "effector/rendering-differs",
        Forged(fields={"purpose": "supply \u202eesaeler"}, rendered=_shown_as_typed),
    ),
)
