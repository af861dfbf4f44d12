"""Attacks on what lies in the directory: signatures, certificates and the manifest's own text."""

import base64
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from brightline.policy.signing import (
    SignedDraft,
    read_signed,
    sign,
)
from tests.benchmarks.attack_scene import (
    ADDED,
    OPERATOR,
    Attack,
    Scene,
    certificate_for,
    party,
    put,
    read,
)

DAY_MS = 86_400_000
ENCLAVE = "demo"


# Signatures ------------------------------------------------------------------------------------------------------


def _forged(scene: Scene) -> object:
    """The stranger's signature under the operator's key id."""
    draft = scene.draft()
    good, bad = scene.signed(draft, scene.vendor).envelope, scene.signed(draft, scene.stranger).envelope
    stolen = bad.signatures[scene.stranger.public.id]
    forged = replace(good, signatures={**good.signatures, scene.operator.public.id: stolen})
    return scene.offer(SignedDraft(draft, forged))


def _stranger(scene: Scene) -> object:
    draft = scene.draft()
    return scene.offer(scene.signed(draft, scene.vendor, scene.stranger))


def _another(scene: Scene) -> object:
    signed = scene.signed(scene.draft(files=ADDED), scene.operator, scene.vendor)
    return scene.offer(
        SignedDraft(scene.draft(bend=lambda whole: whole.update(expires="2030-01-01T00:00:00Z")), signed.envelope)
    )


def _retyped(scene: Scene) -> object:
    """A signature over the same bytes as another type: a statement passed off as an agreement."""
    draft = scene.draft()
    envelope = replace(sign(draft, [scene.operator, scene.vendor]), payload_type="application/json")
    return scene.offer(SignedDraft(draft, envelope))


def _in_files(scene: Scene, change: Callable[[Path], None]) -> object:
    """Both sign; then somebody changes files; then the gateway reads the directory."""
    place = scene.write()
    envelope = sign(read(place), [scene.operator, scene.vendor])
    put(place, "signatures.json", envelope.to_bytes().decode())
    change(place)
    return scene.offer(read_signed(place))


def _swap(name: str, text: str) -> Callable[[Scene], object]:
    return lambda scene: _in_files(scene, lambda place: put(place, name, (place / name).read_text() + text))


def _swap_certificate(scene: Scene) -> object:
    other = certificate_for(scene.draft(files=ADDED)).to_json()
    return _in_files(scene, lambda place: put(place, "certificate.json", other))


def _swap_register(scene: Scene) -> object:
    def relabel(place: Path) -> None:
        register = json.loads((place / "effectors.json").read_text())
        for entry in register["tools"].values():
            entry["effect"] = "read"
        put(place, "effectors.json", json.dumps(register))

    return _in_files(scene, relabel)


def _swap_schema(scene: Scene) -> object:
    """The same schema laid out otherwise means the same; its bytes are not those that were signed."""
    return _in_files(
        scene, lambda place: put(place, "schema.json", json.dumps(json.loads((place / "schema.json").read_text())))
    )


def _other_schema(scene: Scene) -> object:
    def widen(place: Path) -> None:
        schema = json.loads((place / "schema.json").read_text())
        schema[""]["entityTypes"]["Anything"] = {}
        put(place, "schema.json", json.dumps(schema))

    return _in_files(scene, widen)


def _envelope(scene: Scene, change: Callable[[dict], str | None]) -> object:
    def bend(place: Path) -> None:
        whole = json.loads((place / "signatures.json").read_text())
        put(place, "signatures.json", change(whole) or json.dumps(whole))

    return _in_files(scene, bend)


def _ten_thousand(whole: dict) -> str:
    return json.dumps({**whole, "signatures": [{"keyid": "", "sig": ""}] * 10_000}, separators=(",", ":"))


def _same_key_again(whole: dict) -> None:
    whole["signatures"].append(whole["signatures"][0])


def _doubled(whole: dict) -> str:
    return json.dumps(whole).replace('"payload":', '"payload": "", "payload":', 1)


def _second_encoding(whole: dict) -> None:
    whole["signatures"][0]["sig"] = whole["signatures"][0]["sig"].rstrip("=") + "===="


def _huge(whole: dict) -> str:
    return json.dumps({**whole, "payload": base64.b64encode(bytes(300_000)).decode()})


# Certificates ----------------------------------------------------------------------------------------------------


def _uncertified(scene: Scene) -> object:
    return scene.both(scene.draft(certified=False))


def _certified(scene: Scene, text: str) -> object:
    place = scene.write(certified=False)
    put(place, "certificate.json", text)
    return scene.both(read(place))


def _foreign_certificate(scene: Scene) -> object:
    return _certified(scene, certificate_for(scene.draft(files=ADDED)).to_json())


def _empty_certificate(scene: Scene) -> object:
    return _certified(scene, replace(certificate_for(scene.draft()), claims=()).to_json())


def _no_red_lines(scene: Scene) -> object:
    place = scene.write(certified=False)
    shutil.rmtree(place / "redlines")
    return scene.both(read(place))


# Manifests -------------------------------------------------------------------------------------------------------


def _manifest_text(scene: Scene, old: str, new: str) -> object:
    place = scene.write()
    text = (place / "manifest.json").read_text()
    assert old in text
    put(place, "manifest.json", text.replace(old, new, 1))
    return read(place)


def _second_operator(whole: dict) -> None:
    """A further party whose name begins with a Cyrillic letter in the place of the operator's."""
    entry = {**whole["parties"][0], "name": OPERATOR.replace("O", "\u041e"), "role": "oversight", "keys": []}
    whole["parties"].append(entry)


def _party_field() -> Callable[[Scene], object]:
    return _bent(party(0, may_loosen=True))


def _bent(bend: Callable[[dict], object]) -> Callable[[Scene], object]:
    return lambda scene: scene.draft(bend=bend)


SIGNATURES = (
    Attack("forged signature", "a stranger's under the operator's key id", "policy/forged-signature", _forged),
    Attack("forged signature", "a key that no party lists", "policy/unknown-signer", _stranger),
    Attack("forged signature", "nobody signed", "policy/unsigned", lambda scene: read_signed(scene.write())),
    Attack("signature over another manifest", "the envelope of another version", "policy/signed-another", _another),
    Attack("signature over another manifest", "the same bytes as another type", "policy/signed-another", _retyped),
    Attack("swapped layer", "a prohibition's file is changed", "policy/swapped-file", _swap("law/law.cedar", "// a\n")),
    Attack("swapped schema", "the schema's bytes are changed", "policy/swapped-file", _swap_schema),
    Attack("swapped schema", "a wider schema", "policy/schema-differs", _other_schema),
    Attack("swapped register", "every effector becomes harmless", "policy/swapped-file", _swap_register),
    Attack("swapped certificate", "the certificate of another version", "policy/swapped-file", _swap_certificate),
    Attack(
        "10,000 signatures",
        "in one envelope",
        "crypto/too-many-signatures",
        lambda scene: _envelope(scene, _ten_thousand),
    ),
    Attack("malformed envelope", "one key signs twice", "crypto/bad-envelope", lambda s: _envelope(s, _same_key_again)),
    Attack("malformed envelope", "a name stands twice", "crypto/bad-envelope", lambda s: _envelope(s, _doubled)),
    Attack("malformed envelope", "a second encoding", "crypto/bad-envelope", lambda s: _envelope(s, _second_encoding)),
    Attack("malformed envelope", "too large", "policy/unreadable-file", lambda scene: _envelope(scene, _huge)),
)
CERTIFICATES = (
    Attack("a certificate for other policies", "beside these", "policy/foreign-certificate", _foreign_certificate),
    Attack("a certificate for other policies", "none at all", "policy/no-certificate", _uncertified),
    Attack("a certificate for other policies", "without claims", "policy/certificate-claims", _empty_certificate),
    Attack("a certificate for other policies", "a bad one", "policy/bad-certificate", lambda s: _certified(s, "{}")),
    Attack("a proof of nothing", "no red lines", "policy/no-red-lines", _no_red_lines),
)
MANIFESTS = (
    Attack("homoglyph ids", "Cyrillic in the id", "policy/not-ascii", _bent(lambda w: w.update(id="s\u0430mple"))),
    Attack(
        "homoglyph ids",
        "a second party that looks like the first",
        "policy/not-ascii",
        _bent(_second_operator),
    ),
    Attack(
        "homoglyph ids",
        "a unit that looks like another",
        "policy/not-ascii",
        _bent(lambda w: w["organisations"][0]["units"].append("anal\u0443sis")),
    ),
    Attack(
        "duplicate fields",
        "two versions in one manifest",
        "policy/duplicate-field",
        lambda scene: _manifest_text(scene, '"version": 2', '"version": 2, "version": 3'),
    ),
    Attack("unknown fields", "in the manifest", "policy/unknown-field", _bent(lambda w: w.update(comment="x"))),
    Attack("unknown fields", "in a party", "policy/unknown-field", _party_field()),
    Attack("old form", "a manifest without parties", "policy/old-format", _bent(lambda w: w.update(format=1))),
    Attack(
        "unknown files",
        "beside the manifest",
        "policy/unknown-file",
        lambda scene: scene.draft(files={"extra.json": "{}"}),
    ),
)
