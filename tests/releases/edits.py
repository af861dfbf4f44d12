"""Ways to change a release that several attacks share."""

import base64
import hashlib
import json
from collections.abc import Callable

from brightline.crypto.note import NoteSigner
from brightline.crypto.party_keys import P256, P384
from brightline.testing.log_simulator import SimulatedLog, story
from tests.releases.forger import PLACE, Edit, Object

Bytes = Callable[[bytes], bytes]
ORIGIN = SimulatedLog([]).origin
# FIPS 186-5, and RFC 8032 section 5.1.
ORDERS = {
    P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    P384: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def before() -> list[bytes]:
    """The entries that stand before the hold."""
    return [leaf.encode() for leaf in story(PLACE)]


def encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def overwrite(place: int, new: bytes) -> Bytes:
    """An edit that puts `new` at byte `place`."""
    return lambda data: data[:place] + new + data[place + len(new) :]


def exchange(old: bytes, new: bytes) -> Bytes:
    """An edit that puts `new` in the place of the first `old`, which must be there."""

    def edit(data: bytes) -> bytes:
        assert old in data, old
        return data.replace(old, new, 1)

    return edit


def renamed(name: str, value: str) -> Bytes:
    """An edit of JSON bytes that sets one member."""

    def edit(data: bytes) -> bytes:
        found = json.loads(data)
        found[name] = value
        return json.dumps(found, sort_keys=True, separators=(",", ":")).encode()

    return edit


def signed_too(signer: NoteSigner) -> Bytes:
    """A proof whose checkpoint `signer` signed too."""

    def edit(proof: bytes) -> bytes:
        return proof + signer.sign(_text(proof)).rpartition(b"\n\n")[2]

    return edit


def signed_by(signer: NoteSigner, change: Bytes = bytes) -> Bytes:
    """A proof whose checkpoint, changed, is signed by `signer` alone."""

    def edit(proof: bytes) -> bytes:
        return proof.split(b"\n\n", 1)[0] + b"\n\n" + signer.sign(change(_text(proof)))

    return edit


def _text(proof: bytes) -> bytes:
    return proof.split(b"\n\n", 1)[1].rpartition(b"\n\n")[0] + b"\n"


def higher_s(algorithm: str) -> Edit:
    """An edit of a signature that writes the other s, which verifies as well."""

    def edit(signature: Object) -> None:
        data = base64.b64decode(signature["value"])
        half = len(data) // 2
        s = ORDERS[algorithm] - int.from_bytes(data[half:], "big")
        signature["value"] = encode(data[:half] + s.to_bytes(half, "big"))

    return edit


def above_the_order(signature: Object) -> None:
    """An Ed25519 signature with an S that is the same modulo the group's order."""
    data = base64.b64decode(signature["value"])
    s = int.from_bytes(data[32:], "little") + ED25519_ORDER
    signature["value"] = encode(data[:32] + s.to_bytes(32, "little"))


def cut_short(signature: Object) -> None:
    signature["value"] = encode(base64.b64decode(signature["value"])[:-1])


def another_tool(name: str) -> Edit:
    """The bundle with a tool `name` that is defined and demands as the scene's."""

    def edit(bundle: Object) -> None:
        bundle["tools"][name] = next(iter(bundle["tools"].values()))

    return edit


def loose_base64(text: str) -> str:
    """Other text for the same bytes: the bits that padding leaves over are set."""
    padding = len(text) - len(text.rstrip("="))
    assert padding, "no bits are left over"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = len(text) - padding - 1
    return text[:last] + alphabet[alphabet.index(text[last]) | 1] + text[last + 1 :]


def zero_inside(signature: Object) -> None:
    """An ECDSA signature with a zero before s, which is the same number."""
    data = base64.b64decode(signature["value"])
    signature["value"] = encode(data[: len(data) // 2] + b"\0" + data[len(data) // 2 :])


def key_in_bytes(public: bytes) -> Edit:
    """An assertion of the key in these bytes."""

    def edit(assertion: Object) -> None:
        assertion["key"]["public"] = encode(public)
        assertion["key"]["id"] = hashlib.sha256(public).hexdigest()

    return edit
