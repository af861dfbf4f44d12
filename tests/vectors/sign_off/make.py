"""Writes the vectors beside this file anew: `python -m tests.vectors.sign_off.make`.

Only a change of the formats, which is a change of their version, may change the vectors. Keys are drawn from names, so
anybody can make the same ones; ECDSA draws at random, so its signatures differ from run to run.
"""

import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import rfc8785

from brightline.crypto.party_keys import ALGORITHMS, ED25519, P256, P384, PrivateKey
from brightline.crypto.signatures import ED25519_BYTES, sign
from brightline.domain.sign_off import assertion, binding, receipt, release, review, revocation, state, statement, trust
from brightline.domain.sign_off.binding import ActionBinding, BoundRule, Change, Demand
from brightline.domain.sign_off.canonical import KINDS, Json, canonical, digest
from brightline.domain.sign_off.encoded import Encoded
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.receipt import ExecutionReceipt, SignedReceipt
from brightline.domain.sign_off.rendering import LETTERS, shown
from brightline.domain.sign_off.state import EffectorState, SignedState, StateRequest
from brightline.testing.sign_off import (
    ANNA,
    BERT,
    CLEO,
    NOW_MS,
    ORIGIN,
    RP_ID,
    Person,
    Scene,
    key_of,
    make_binding,
    make_scene,
    webauthn_signature,
)
from tests.vectors.sign_off.broken import SPECIAL, b64
from tests.vectors.sign_off.hostile import BAD_JSON, DOUBLES, GOOD_JSON, NOT_CANONICAL, TEXTS

PLACE = Path(__file__).parent
CLASSES: dict[str, type[Encoded]] = {
    "action-binding": binding.ActionBinding,
    "statement": statement.Statement,
    "signed-statement": statement.SignedStatement,
    "review": review.Review,
    "signed-review": review.SignedReview,
    "role-assertion": assertion.RoleAssertion,
    "signed-role-assertion": assertion.SignedAssertion,
    "revocation-list": revocation.RevocationList,
    "signed-revocation-list": revocation.SignedRevocationList,
    "release": release.Release,
    "execution-receipt": receipt.ExecutionReceipt,
    "signed-execution-receipt": receipt.SignedReceipt,
    "effector-state-request": state.StateRequest,
    "effector-state": state.EffectorState,
    "signed-effector-state": state.SignedState,
    "trust-bundle": trust.TrustBundle,
}


def number(bits: str) -> dict[str, object]:
    value = struct.unpack(">d", bytes.fromhex(bits))[0]
    text = rfc8785.dumps(value).decode()
    try:
        return {"ieee754": bits, "text": text, "code": None, "canonical": canonical(value).decode()}
    except SignOffError as error:
        return {"ieee754": bits, "text": text, "code": error.code, "canonical": None}


def canonical_vectors() -> dict[str, object]:
    return {
        "about": "Numbers (by the bits of the double), JSON that is read, JSON that is not, and JSON that is read "
        "but is not in its canonical form. Texts are given as base64 of their bytes where they may be no UTF-8.",
        "numbers": [number(bits) for bits in DOUBLES],
        "read": [{"json": text, "canonical": canonical(json.loads(text)).decode()} for text in GOOD_JSON],
        "refused": [{"bytes": b64(data), "code": code, "about": about} for data, code, about in BAD_JSON],
        "not_canonical": [{"bytes": b64(data), "about": about} for data, about in NOT_CANONICAL],
        "digests": [{"kind": kind, "bytes": b64(b"{}"), "digest": digest(kind, b"{}").hex()} for kind in KINDS],
    }


def odd_binding() -> ActionBinding:
    """A binding with everything in it that makes rendering hard."""
    return make_binding(
        arguments={
            "é": [[], {}, [{"deep": [None, True, False, 0, -1, 0.5, 1e-7]}]],
            "text": 'a "quoted"\nline \u202e end ',
            "\U0001f600": "sorted by UTF-16",
            "\ufb33": "after it",
            "": "an empty name",
        },
        preconditions={"b": "", "a b": "x"},
        diff=(),
        rules=(
            BoundRule("a", "", "", "", "watch-commander", 1, Demand("watch-commander", 1)),
            BoundRule("b", "4.2", "house\u200b rules", "why", "release-officer", 2, None),
        ),
        evidence=(),
        purpose="<b>bold</b>",
        own_machine=True,
        not_before_ms=0,
        not_after_ms=253_402_300_799_999,
    )


def model_binding() -> ActionBinding:
    return make_binding(
        kind="model-call",
        tool="",
        definition=binding.NO_DEFINITION,
        call_id="",
        arguments={"dialect": "openai-chat", "body_sha256": "ab" * 32, "request": {"model": "m", "messages": []}},
        diff=(Change("nothing", "", ""),),
        preconditions={},
    )


def rendering_vectors() -> dict[str, object]:
    bindings = (make_binding(), odd_binding(), model_binding())
    return {
        "about": "How one text is shown, and how whole bindings are rendered.",
        "letters": LETTERS,
        "texts": [{"text": text, "shown": shown(text)} for text in TEXTS],
        "bindings": [
            {"canonical": each.canonical.decode(), "rendering": each.rendered, "sha256": each.rendered_digest}
            for each in bindings
        ],
    }


def signed_receipt() -> SignedReceipt:
    scene = make_scene()
    made = ExecutionReceipt(
        binding=scene.binding.digest.hex(),
        audience=scene.binding.audience,
        store_epoch=hashlib.sha256(b"epoch").hexdigest()[:32],
        sequence=0,
        outcome="done",
        consumed_at_ms=NOW_MS,
        finished_at_ms=NOW_MS + 1,
        detail="",
    )
    return SignedReceipt(made, scene.effector.public.id, sign(scene.effector, made.tagged))


def state_request() -> StateRequest:
    asked = make_scene().binding
    return StateRequest(asked.audience, asked.tool, asked.arguments, hashlib.sha256(b"challenge").hexdigest()[:32])


def signed_state() -> SignedState:
    scene, question = make_scene(), state_request()
    made = EffectorState(
        audience=question.audience,
        request=question.digest.hex(),
        preconditions={"uav-1/payload": "on board", "uav-1/state": "hovering", "höhe": "120 m"},
        diff=(Change("uav-1/payload", "on board", "released"),),
        read_at_ms=NOW_MS,
    )
    return SignedState(made, scene.effector.public.id, sign(scene.effector, made.tagged))


def scenes() -> Iterator[tuple[str, Scene]]:
    yield "two officers, one with a passkey and one with a file", make_scene((ANNA, BERT))
    yield "a smart card and a key on P-384", make_scene((CLEO, Person("dora", P384, serial=4)))
    odd = odd_binding()
    arguments, preconditions = odd.arguments, odd.preconditions
    scene = make_scene(arguments=arguments, preconditions=preconditions, purpose="\u202e <b> é", diff=(), evidence=())
    yield "floats, other scripts and nesting in the arguments", scene


def valid_objects() -> list[tuple[str, Encoded]]:
    scene = make_scene((ANNA, BERT))
    signed = scene.statements
    revoked = scene.revoke(keys=("ab" * 32,), persons=("zed",), serials=(7, 9), bindings=("cd" * 32,))
    return [
        ("action-binding", scene.binding),
        ("action-binding", odd_binding()),
        ("action-binding", model_binding()),
        ("statement", signed[0].statement),
        ("statement", scene.unsigned(BERT, "deny", reason="é \u202e", evidence=())),
        ("signed-statement", signed[0]),
        ("signed-statement", signed[1]),
        ("review", scene.review(CLEO).review),
        ("review", scene.review(CLEO, "not-justified", words="é \u202e").review),
        ("signed-review", scene.review(ANNA)),
        ("signed-review", scene.review(BERT)),
        ("role-assertion", signed[0].assertion.assertion),
        ("signed-role-assertion", signed[0].assertion),
        ("revocation-list", scene.revocations.revocations),
        ("signed-revocation-list", revoked),
        ("release", scene.release),
        ("execution-receipt", signed_receipt().receipt),
        ("signed-execution-receipt", signed_receipt()),
        ("effector-state-request", state_request()),
        ("effector-state", signed_state().state),
        ("signed-effector-state", signed_state()),
        ("trust-bundle", scene.bundle),
    ]


def changed(value: Json, path: tuple[str | int, ...], new: Json) -> Json:
    """`value` with another part at `path`; a new part of `...` takes it away."""
    copy = json.loads(json.dumps(value))
    holder = copy
    for step in path[:-1]:
        holder = holder[step]
    if new is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = new
    return copy


def invalid_objects() -> Iterator[dict[str, object]]:
    whole = {name: made.to_json() for name, made in reversed(valid_objects())}
    for name, value in whole.items():
        cases: list[tuple[tuple[str | int, ...], Json]] = [(("extra",), 1)]
        cases += [((field,), ...) for field in value]
        cases += [((field,), []) for field, part in value.items() if not isinstance(part, list)]
        cases += [((field,), "x") for field, part in value.items() if isinstance(part, list | bool | int)]
        cases += [((field,), -1) for field, part in value.items() if isinstance(part, int)]
        cases += SPECIAL.get(name, [])
        for path, new in cases:
            bad = changed(value, path, new)
            yield invalid(name, canonical(bad), f"{'.'.join(map(str, path))}: {describe(new)}")
        yield invalid(name, canonical(value) + b"\n", "a newline after")
        yield invalid(name, b"[]", "no object")
        yield invalid(name, b" " * (CLASSES[name].LIMIT + 1), "too large")


def invalid_without_a_browser() -> Iterator[dict[str, object]]:
    signed = make_scene((BERT,)).statements[0].to_json()
    for field in ("authenticator_data", "client_data"):
        bad = changed(signed, ("signature", field), "AA==")
        yield invalid("signed-statement", canonical(bad), f"{field} beside a signature that is not WebAuthn's")
    bad = changed(signed, ("signature", "algorithm"), "webauthn-es256")
    yield invalid("signed-statement", canonical(bad), "WebAuthn without what a browser hands back")


def describe(new: object) -> str:
    text = "taken away" if new is ... else json.dumps(new)
    return text if len(text) < 60 else f"{text[:50]}… ({len(text)} characters)"


def invalid(name: str, data: bytes, about: str) -> dict[str, object]:
    try:
        CLASSES[name].parse(data)
    except SignOffError as error:
        too_large = error.code == "signoff/too-large"
        return {
            "object": name,
            # A text of spaces says as much as a megabyte of them.
            **({"spaces": len(data)} if too_large else {"text": data.decode()}),
            "code": error.code,
            "field": str(error.words.get("field", "")),
            "what": str(error.words.get("what", "")),
            "about": about,
        }
    raise AssertionError(f"{name} is taken: {about}")


def object_vectors() -> dict[str, object]:
    found = []
    for name, made in valid_objects():
        entry: dict[str, object] = {"object": name, "canonical": made.canonical.decode()}
        entry |= {"digest": made.digest.hex()}  # type: ignore[attr-defined]
        found.append(entry)
    return {
        "about": "Objects in their one form, with the digest of what is signed, and texts that are none of them.",
        "valid": found,
        "invalid": [*invalid_objects(), *invalid_without_a_browser()],
    }


def signature_vectors() -> dict[str, object]:
    message = b"brightline/statement/1\n{}"
    cases: list[dict[str, object]] = []
    for algorithm in ALGORITHMS:
        key = key_of("vector", algorithm)
        good = sign(key, message)
        cases.append(signature(key, message, good, "", valid=True))
        cases.append(signature(key, message + b" ", good, "another message"))
        cases.append(signature(key_of("other", algorithm), message, good, "another key"))
        cases.append(signature(key, message, good[:-1], "cut short"))
        cases.append(signature(key, message, good + b"\0", "a byte too many"))
        cases.append(signature(key, message, bytes(len(good)), "zeros"))
        cases.append(signature(key, message, b"\xff" * len(good), "ones"))
        cases.append(signature(key, message, good[:3] + bytes([good[3] ^ 1]) + good[4:], "one bit changed"))
        if algorithm == ED25519:
            # RFC 8032 section 5.1.7: S is below the order of the group.
            order = 2**252 + 27742317777372353535851937790883648493
            high = (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
            assert len(good) == ED25519_BYTES
            cases.append(signature(key, message, good[:32] + high, "S above the order of the group"))
        else:
            cases += ecdsa_cases(key, message, good)
    return {
        "about": "Signatures over `message` (base64); ECDSA as r and s of fixed length with the lower s. Then what "
        "browsers and authenticators hand back, over `challenge`.",
        "signatures": cases,
        "webauthn": list(webauthn_cases()),
    }


def signature(key: PrivateKey, message: bytes, value: bytes, about: str, *, valid: bool = False) -> dict[str, object]:
    return {
        "algorithm": key.public.algorithm,
        "public": b64(key.public.der),
        "key": key.public.id,
        "message": b64(message),
        "signature": b64(value),
        "valid": valid,
        "about": about,
    }


def ecdsa_cases(key: PrivateKey, message: bytes, good: bytes) -> Iterator[dict[str, object]]:
    orders = {
        P256: 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        P384: 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    }
    order, half = orders[key.public.algorithm], len(good) // 2
    r, s = good[:half], good[half:]
    higher = (order - int.from_bytes(s, "big")).to_bytes(half, "big")
    yield signature(key, message, r + higher, "the higher s")
    yield signature(key, message, r + bytes(half), "an s of zero")
    yield signature(key, message, bytes(half) + s, "an r of zero")
    yield signature(key, message, order.to_bytes(half, "big") + s, "an r of the order")


def webauthn_cases() -> Iterator[dict[str, object]]:
    key, challenge = key_of("vector", P256), digest("statement", b"{}")

    def case(
        about: str, *, flags: bytes = b"\x05", origin: str = ORIGIN, rp_id: str = RP_ID, **changes: object
    ) -> dict:
        made = webauthn_signature(key, challenge, origin=origin, rp_id=rp_id, flags=flags)
        client, authenticator, value = made.client_data, made.authenticator_data, made.value
        if "client" in changes:
            client = changes["client"](client)
        if "authenticator" in changes:
            authenticator = changes["authenticator"](authenticator)
        if changes.get("resigned"):
            value = sign(key, authenticator + hashlib.sha256(client).digest())
        return {
            "public": b64(key.public.der),
            "signature": b64(value),
            "authenticator_data": b64(authenticator),
            "client_data": b64(client),
            "challenge": b64(challenge),
            "rp_id": RP_ID,
            "origins": ["https://other.example", ORIGIN],
            "valid": not about.startswith("bad"),
            "about": about,
        }

    def named(old: str, new: str) -> dict[str, object]:
        return {"client": lambda data: data.replace(old.encode(), new.encode()), "resigned": True}

    yield case("good")
    yield case("good: the passkey is backed up", flags=b"\x1d")
    yield case("good: other members of client data", **named("{", '{"other":{"a":[1]},'))
    yield case("good: no word on other pages", **named(',"crossOrigin":false', ""))
    yield case("bad: nobody verified", flags=b"\x01")
    yield case("bad: nobody present", flags=b"\x04")
    yield case("bad: backed up and yet not eligible", flags=b"\x15")
    yield case("bad: attested keys announced", flags=b"\x45")
    yield case("bad: extensions announced", flags=b"\x85")
    yield case("bad: another origin", origin="https://console.example.evil")
    yield case("bad: the origin with a port", origin=f"{ORIGIN}:443")
    yield case("bad: another relying party", rp_id="example")
    yield case("bad: a registration", **named("webauthn.get", "webauthn.create"))
    yield case("bad: another challenge", **named('"challenge":"', '"challenge":"A'))
    yield case("bad: the challenge with padding", **named('","origin"', '=","origin"'))
    yield case("bad: in a page of another origin", **named('"crossOrigin":false', '"crossOrigin":true'))
    yield case("bad: in a page of another origin, told oddly", **named('"crossOrigin":false', '"crossOrigin":0'))
    yield case("bad: under another page", **named("{", '{"topOrigin":"https://other.example",'))
    yield case("bad: a member twice", **named("{", '{"origin":"https://console.example",'))
    yield case("bad: no JSON", **named("}", ""))
    yield case("bad: no object", client=lambda data: b"[" + data + b"]", resigned=True)
    yield case("bad: origins in a list", **named(f'"{ORIGIN}"', f'["{ORIGIN}"]'))
    yield case("bad: authenticator data cut short", authenticator=lambda data: data[:-1], resigned=True)
    yield case("bad: a byte after authenticator data", authenticator=lambda data: data + b"\0", resigned=True)
    yield case("bad: counter changed, not signed again", authenticator=lambda data: data[:-1] + b"\1")
    yield case("bad: client data changed, not signed again", client=lambda data: data.replace(b"{", b"{ "))


def release_vectors() -> dict[str, object]:
    return {
        "about": "Whole releases that every check takes, with what an effector needs to judge them.",
        "releases": [
            {
                "about": about,
                "release": scene.release.canonical.decode(),
                "digest": scene.release.digest.hex(),
                "binding_digest": scene.binding.digest.hex(),
                "bundle": scene.bundle.canonical.decode(),
                "revocations": scene.revocations.canonical.decode(),
                "action": {
                    "tool": scene.binding.tool,
                    "arguments": canonical(scene.binding.arguments).decode(),
                    "preconditions": dict(scene.binding.preconditions),
                },
                "now_ms": scene.now_ms,
            }
            for about, scene in scenes()
        ],
    }


def main() -> None:
    files = {
        "canonical.json": canonical_vectors(),
        "rendering.json": rendering_vectors(),
        "objects.json": object_vectors(),
        "signatures.json": signature_vectors(),
        "releases.json": release_vectors(),
    }
    for name, vectors in files.items():
        (PLACE / name).write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
