"""Makes releases that are wrong in what they say and right in every signature: what is left to refuse is one thing.

A release is made as JSON, from the binding up: whatever an edit changes, what comes after it (rendering, digests, the
leaf, the proof, every signature) is made anew over the changed bytes, also where the objects themselves would refuse.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from brightline.crypto.party_keys import PrivateKey
from brightline.crypto.signatures import sign
from brightline.domain.sign_off.canonical import canonical, tagged
from brightline.domain.sign_off.errors import SignOffError
from brightline.domain.sign_off.rendering import render
from brightline.domain.sign_off.statement import WEBAUTHN_ES256
from brightline.testing.log_simulator import SimulatedLog
from brightline.testing.sign_off import (
    ANNA,
    BERT,
    NOW_MS,
    Person,
    Scene,
    hold_leaf,
    key_of,
    log_with,
    make_binding,
    webauthn_signature,
)
from tests.releases.second_verifier import Judged

Object = dict[str, Any]
Edit = Callable[[Object], None]
EachEdit = Callable[[Object, int], None]
PLACE = 5  # of the hold in the log


def put(path: str, value: object) -> Edit:
    """An edit that sets the part at `path` (names and places joined by dots)."""

    def edit(whole: Object) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        part: Any = whole
        for step in way:
            part = part[step]
        part[last] = value

    return edit


def drop(path: str) -> Edit:
    """An edit that takes the part at `path` away."""

    def edit(whole: Object) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        part: Any = whole
        for step in way:
            part = part[step]
        del part[last]

    return edit


def at(place: int, edit: Edit) -> EachEdit:
    """An edit of one of several."""
    return lambda whole, here: edit(whole) if here == place else None


def _nothing(_whole: Object) -> None:
    return


def _each_nothing(_whole: Object, _place: int) -> None:
    return


def _same(data: bytes) -> bytes:
    return data


@dataclass(frozen=True, kw_only=True)
class Forged:
    """What is changed on the way; all else is as it should be. The names are in the order in which things are made."""

    people: Sequence[Person] = (ANNA, BERT)
    decisions: Sequence[str] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)  # of the binding, as `make_binding` takes them
    binding: Edit = _nothing
    rendered: Edit = _nothing  # the binding, once it has its rendering
    leaf: Callable[[bytes], bytes] = _same
    log: Callable[[bytes], SimulatedLog] | None = None
    proof: Callable[[bytes], bytes] = _same
    assertion: EachEdit = _each_nothing
    directory: str = "directory"
    asserted: EachEdit = _each_nothing  # the assertion, once it is signed
    statement: EachEdit = _each_nothing
    signers: Mapping[int, PrivateKey] = field(default_factory=dict)
    passkey: Mapping[str, Any] = field(default_factory=dict)  # as `webauthn_signature` takes it
    client: Callable[[bytes], bytes] = _same  # what the browser hands back, signed as it then is
    authenticator: Callable[[bytes], bytes] = _same
    signature: EachEdit = _each_nothing
    signed: EachEdit = _each_nothing
    release: Edit = _nothing
    gateway: str = "gateway"
    whole: Edit = _nothing  # the release, once it is signed
    raw: Callable[[bytes], bytes] = _same
    bundle: Edit = _nothing
    revocations: Edit = _nothing
    lister: str = "directory"
    listed: Callable[[bytes], bytes] = _same
    tool: str = ""
    arguments: Callable[[bytes], bytes] = _same
    preconditions: Edit = _nothing
    now_ms: int = NOW_MS

    def make(self) -> tuple[bytes, Judged]:
        """The release and what stands before the effector."""
        scene = Scene(make_binding(**self.fields), tuple(self.people))
        binding = self._binding(scene)
        leaf, log = self._hold(scene, binding)
        proof = self.proof(log.proof(PLACE)).decode("utf-8", "surrogatepass")
        statements = [self._signed(scene, binding, log, place) for place in range(len(self.people))]
        release: Object = {
            "format": "brightline/release/1",
            "binding": binding,
            "statements": sorted(statements, key=lambda each: str(each["statement"].get("person"))),
            "path": "quorum",
            "hold_entry": {"leaf": _base64(leaf), "proof": proof},
        }
        self.release(release)
        gateway = key_of(self.gateway)
        signature = sign(gateway, tagged("release", lenient(release)))
        release["gateway"] = {"key": scene.gateway.public.id, "signature": _base64(signature)}
        self.whole(release)
        return self.raw(lenient(release)), self._judged(scene, log)

    def _binding(self, scene: Scene) -> Object:
        binding = _copy(scene.binding.to_json())
        self.binding(binding)
        try:
            rendering = render(binding)
        except (KeyError, TypeError, AttributeError, SignOffError, OverflowError, ValueError):
            rendering = scene.binding.rendered  # what is of no right form cannot be rendered
        shown = binding.get("rendering")
        if isinstance(shown, dict):
            shown["sha256"] = sha256_hex(tagged("rendering", rendering.encode("utf-8", "surrogatepass")))
        self.rendered(binding)
        return binding

    def _hold(self, scene: Scene, binding: Object) -> tuple[bytes, SimulatedLog]:
        digest = hashlib.sha256(tagged("action-binding", lenient(binding))).digest()
        leaf = hold_leaf(scene.binding).encode()
        try:
            hold = bytes.fromhex(binding["hold"]) if len(binding["hold"]) == 32 else leaf[14:30]
        except (KeyError, TypeError, ValueError):
            hold = leaf[14:30]
        leaf = self.leaf(leaf[:14] + hold + leaf[30:38] + digest + leaf[70:])
        if self.log is not None:
            return leaf, self.log(leaf)
        entries = list(log_with(scene.binding, before=PLACE).entries)
        entries[PLACE] = leaf
        return leaf, SimulatedLog(entries)

    def _signed(self, scene: Scene, binding: Object, log: SimulatedLog, place: int) -> Object:
        person = self.people[place]
        assertion = _copy(scene.assertion(person).assertion.to_json())
        self.assertion(assertion, place)
        directory = key_of(self.directory)
        word: Object = {
            "assertion": assertion,
            "directory_key": scene.directory.public.id,
            "signature": _base64(sign(directory, tagged("role-assertion", lenient(assertion)))),
        }
        self.asserted(word, place)
        decision = self.decisions[place] if self.decisions else "allow"
        statement = _copy(scene.unsigned(person, decision).to_json())
        statement["binding"] = sha256_hex(tagged("action-binding", lenient(binding)))
        rendering = binding.get("rendering")
        if isinstance(rendering, dict) and "sha256" in rendering:
            statement["rendering"] = rendering["sha256"]
        statement["log"] = {"origin": log.origin, "size": len(log.entries), "root": _base64(log.root)}
        self.statement(statement, place)
        key = self.signers.get(place, person.key)
        message = tagged("statement", lenient(statement))
        if person.algorithm == WEBAUTHN_ES256:
            made = webauthn_signature(key, hashlib.sha256(message).digest(), **self.passkey)
            client, authenticator = self.client(made.client_data), self.authenticator(made.authenticator_data)
            signature = {
                "algorithm": person.algorithm,
                "value": _base64(sign(key, authenticator + hashlib.sha256(client).digest())),
                "authenticator_data": _base64(authenticator),
                "client_data": _base64(client),
            }
        else:
            signature = {
                "algorithm": person.algorithm,
                "value": _base64(sign(key, message)),
                "authenticator_data": "",
                "client_data": "",
            }
        self.signature(signature, place)
        signed: Object = {"statement": statement, "signature": signature, "assertion": word}
        self.signed(signed, place)
        return signed

    def _judged(self, scene: Scene, log: SimulatedLog) -> Judged:
        bundle = _copy(scene.bundle.to_json())
        bundle["log"] = {"origin": SimulatedLog([]).origin, "keys": [SimulatedLog([]).vkey]}
        self.bundle(bundle)
        revocations = _copy(scene.revocations.revocations.to_json())
        self.revocations(revocations)
        lister = key_of(self.lister)
        listed = {
            "revocations": revocations,
            "directory_key": scene.directory.public.id,
            "signature": _base64(sign(lister, tagged("revocation-list", lenient(revocations)))),
        }
        preconditions = dict(scene.binding.preconditions)
        self.preconditions(preconditions)
        return Judged(
            lenient(bundle),
            self.listed(lenient(listed)),
            self.tool or scene.binding.tool,
            self.arguments(canonical(scene.binding.arguments)),
            preconditions,
            self.now_ms,
        )


# What is wrong, the code with which both verifiers refuse it, and how to make it.
Attack = tuple[str, str, Forged]


def lenient(value: object) -> bytes:
    """The canonical bytes of `value`, or what comes nearest to them where it has none."""
    try:
        return canonical(value)  # type: ignore[arg-type]
    except SignOffError:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return text.encode("utf-8", "surrogatepass")


def _copy(value: Mapping[str, object]) -> Object:
    copy: Object = json.loads(json.dumps(value))
    return copy


def tagged_hash(kind: str, data: bytes) -> str:
    """The digest of an object of `kind`, in hexadecimal."""
    return sha256_hex(tagged(kind, data))


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of `data`, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
