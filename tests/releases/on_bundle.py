"""Trust bundles that cannot be used: with a key that anybody signs for, or that is not the one it is called."""

from brightline.crypto.note import encode_base64
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import CLEO
from tests.releases.edits import ORIGIN, key_in_bytes
from tests.releases.forger import Attack, Edit, Forged, Object, put, sha256_hex
from tests.releases.on_signatures import COMPRESSED, LOW_ORDER, NEUTRAL

VKEY = SimulatedLog([]).vkey
_KEY = SimulatedLog([]).signer.verifier.public


def vkey_of(name: str, typed: bytes) -> str:
    """A log's key as a bundle lists it; `typed` is its type and its bytes."""
    key_id = sha256_hex(name.encode() + b"\n" + typed)[:8]
    return f"{name}+{key_id}+{encode_base64(typed)}"


def listed_key(part: str, public: bytes, algorithm: str = "ed25519") -> Edit:
    """The bundle with one key more."""

    def edit(bundle: Object) -> None:
        entry: Object = {"key": {}}
        key_in_bytes(public)(entry)
        bundle[part].append({**entry["key"], "algorithm": algorithm})

    return edit


BUNDLE: tuple[Attack, ...] = tuple(
    (name, "effector/bad-bundle", Forged(bundle=edit))
    for name, edit in (
        ("for no machine", put("audience", "null")),
        ("a gateway's key for which anybody signs", listed_key("gateway_keys", LOW_ORDER)),
        ("a directory's key for which anybody signs", listed_key("directory_keys", LOW_ORDER)),
        ("a gateway's key in a second encoding", listed_key("gateway_keys", COMPRESSED, "ecdsa-p256")),
        ("a gateway's key of another kind than it says", listed_key("gateway_keys", CLEO.key.public.der)),
        ("a gateway's key off its curve", listed_key("gateway_keys", CLEO.key.public.der[:-1] + b"\0", "ecdsa-p256")),
        ("a gateway's key that is no key", listed_key("gateway_keys", b"key")),
        ("a log's key for which anybody signs", put("log.keys", [vkey_of(ORIGIN, b"\x01" + NEUTRAL)])),
        ("a log's key of another kind", put("log.keys", [vkey_of(ORIGIN, b"\x02" + _KEY)])),
        ("a log's key under another id", put("log.keys", [VKEY.replace("+", "+0", 1)])),
        ("a log's key under another name", put("log.keys", ["x" + VKEY])),
        ("a log's key without a name", put("log.keys", [VKEY[VKEY.index("+") :]])),
        ("a log's key cut short", put("log.keys", [vkey_of(ORIGIN, b"\x01" + _KEY[:-1])])),
        ("a log's key with a space in its name", put("log.keys", [vkey_of("two words", b"\x01" + _KEY)])),
        ("no bundle", lambda bundle: bundle.clear()),
    )
)
