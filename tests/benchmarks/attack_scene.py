"""A vendor and an operator with their keys, and the versions of their agreement, to be signed and bent.

The certificate in them names the right policies and proves nothing: acceptance reads whose it is. What a proof must
show is asked of a callable, as the gateway asks its prover.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from brightline.crypto.party_keys import PrivateKey, create
from brightline.policy.draft import Draft, read_draft
from brightline.policy.errors import AgreementFaultsError, PolicyError
from brightline.policy.proof.certificate import PERMITTED, REFUSED, SOLVERS, Certificate, ProvedClaim, Witness
from brightline.policy.proof.properties import claims_of
from brightline.policy.proof.schema_model import read_schema
from brightline.policy.proof.subject import subject_digest, subject_of
from brightline.policy.signing import Accepted, GenesisTrust, InForce, SignedDraft, TrustedParty, accept, sign
from brightline.sample import agreement_files

NOW_MS = 1_800_000_000_000  # 2027-01-15
VENDOR, OPERATOR, OVERSIGHT = "Example Model Laboratory", "Example Operations Command", "Example Oversight Office"
_SCOPE = 'principal, action in Action::"call", resource'
_KEPT = ("schema.json", "effectors.json", "law/people.cedar")
Bend = Callable[[dict], object]


def policy(kind: str, name: str, condition: str = "", scope: str = _SCOPE) -> str:
    """One policy with all that must stand on it."""
    when = f"\nwhen {{ {condition} }}" if condition else ""
    return f'@id("{name}")\n@clause("1")\n@source("benchmark")\n@reason("as agreed")\n{kind} ({scope}){when};\n'


LIMIT = "context.fact.input_bytes > 1000000"
LAYERS: Mapping[str, str] = {
    "law/law.cedar": policy("forbid", "law-surveil", 'context.fact.effects.contains(Effect::"surveil")')
    + policy("forbid", "law-kinetic", 'context.fact.effects.contains(Effect::"kinetic")'),
    "vendor/vendor.cedar": policy("permit", "vendor-general", "context.fact.input_bytes < 2000000")
    + policy("forbid", "vendor-size", LIMIT),
    "operator/operator.cedar": policy("permit", "operator-general", 'context.fact.mission == "reporting"'),
}


def _nothing(_: object) -> None:
    return None


class Scene:
    """Keys and versions; everything is written below `place`. The vendor may tighten alone, the operator may not."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._numbers = count()
        self.vendor, self.vendor_second = create("ed25519"), create("ecdsa-p256")
        self.operator, self.operator_second = create("ecdsa-p384"), create("ed25519")
        self.stranger = create("ed25519")
        self.first = self.accepted_first()

    @property
    def trust(self) -> GenesisTrust:
        """What was read out of band."""
        vendor = frozenset({self.vendor.public.id, self.vendor_second.public.id})
        operator = frozenset({self.operator.public.id, self.operator_second.public.id})
        return GenesisTrust(
            (TrustedParty(OPERATOR, "operator", operator), TrustedParty(VENDOR, "vendor", vendor)),
        )

    def manifest(self, version: int, previous: bytes) -> dict:
        """The manifest of a version: the sample's, with keys entered."""
        whole = json.loads(agreement_files()["manifest.json"])
        operator, vendor = whole["parties"]
        operator |= {"keys": [self.operator.public.entry(), self.operator_second.public.entry()], "may_tighten": False}
        vendor |= {"keys": [self.vendor.public.entry(), self.vendor_second.public.entry()], "may_tighten": True}
        return whole | {"version": version, "previous": previous.hex(), "current_by": [OPERATOR]}

    def write(
        self,
        version: int = 2,
        *,
        previous: bytes | None = None,
        bend: Bend = _nothing,
        files: Mapping[str, str | None] | None = None,
        certified: bool = True,
    ) -> Path:
        """The directory of a version: `bend` changes its manifest, `files` its other files (none: left out)."""
        place = self._place / f"a{next(self._numbers)}"
        before = b"" if version == 1 else self.first.digest if previous is None else previous
        manifest = self.manifest(version, before)
        bend(manifest)
        sample = {name: data.decode() for name, data in agreement_files().items()}
        kept = {name: sample[name] for name in sample if name in _KEPT or name.startswith("redlines/")}
        texts = {**kept, **LAYERS, "manifest.json": json.dumps(manifest), **(files or {})}
        for name, text in texts.items():
            if text is not None:
                put(place, name, text)
        if certified:
            draft = read_draft(place)[0]
            if draft is not None:
                put(place, "certificate.json", certificate_for(draft).to_json())
        return place

    def draft(self, version: int = 2, **changes: object) -> Draft:
        """A version, read; raises `AgreementFaultsError`."""
        return read(self.write(version, **changes))  # type: ignore[arg-type]

    def accepted_first(self) -> Draft:
        """Version 1, signed by both and accepted."""
        signed = self.signed(read(self.write(1)), self.operator, self.vendor)
        return accept(signed, before=self.trust, highest=None, now_ms=NOW_MS, tightening=None).draft

    def signed(self, draft: Draft, *keys: PrivateKey) -> SignedDraft:
        """`draft` signed with `keys`."""
        return SignedDraft(draft, sign(draft, keys))

    def offer(self, signed: SignedDraft, **changes: object) -> Accepted:
        """Offer a version after the first, at `NOW_MS`, with a prover that shows every subset, but for `changes`."""
        highest = (self.first.manifest.version, self.first.digest)
        asked = {"before": InForce(self.first), "highest": highest, "now_ms": NOW_MS, "tightening": shown}
        return accept(signed, **{**asked, **changes})  # type: ignore[arg-type]

    def both(self, draft: Draft, **changes: object) -> Accepted:
        """Offer `draft` signed by vendor and operator."""
        return self.offer(self.signed(draft, self.operator, self.vendor), **changes)


def put(place: Path, name: str, text: str) -> None:
    """Write one file of an agreement."""
    path = place / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(place: Path) -> Draft:
    """The draft in `place`; raises `AgreementFaultsError`."""
    draft, faults = read_draft(place)
    if draft is None:
        raise AgreementFaultsError(faults)
    return draft


def certificate_for(draft: Draft) -> Certificate:
    """A certificate about `draft` with every claim that it needs, whose formulas nobody made."""
    subject = subject_of(draft)
    claims = tuple(
        ProvedClaim(
            claim=claim.id,
            red_line=claim.red_line.reason.policy_id if claim.red_line else "",
            words=claim.words,
            chart="every",
            strings="interned",
            formulas=dict.fromkeys(SOLVERS, "0" * 64),
            verdicts=dict.fromkeys(SOLVERS, "unsat"),
        )
        for claim in claims_of(subject, read_schema(subject.schema))
    )
    witnesses = tuple(
        Witness(rule.reason.policy_id, kind, "invented for a test", decision, {})
        for rule in draft.red_lines
        for kind, decision in ((REFUSED, "forbid"), (PERMITTED, "permit"))
    )
    return Certificate(subject_digest(draft), "0", dict.fromkeys(SOLVERS, "0"), claims, witnesses, {})


def shown(before: Draft, after: Draft) -> None:
    """A prover that has shown the subset."""


def refuted(before: Draft, after: Draft) -> None:
    """A prover that has found a request that would be permitted."""
    raise PolicyError("policy/tightening-widens", before="forbidden", after="permitted")


def codes(error: PolicyError | AgreementFaultsError) -> Iterable[str]:
    """The codes by which something was refused: those of the faults, where an agreement could not be read."""
    return [fault.code for fault in error.faults] if isinstance(error, AgreementFaultsError) else [error.code]


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: in the issue's words, what is done, and the code that must refuse it."""

    group: str
    name: str
    code: str
    run: Callable[[Scene], object]


def party(index: int, **changes: object) -> Callable[[dict], object]:
    return lambda whole: whole["parties"][index].update(changes)


FORBID = policy("forbid", "vendor-added", 'context.fact.mission == "supply"')
ADDED = {"vendor/vendor.cedar": LAYERS["vendor/vendor.cedar"] + FORBID}
WIDER = {"operator/operator.cedar": LAYERS["operator/operator.cedar"].replace("reporting", "supply")}
NOTHING = {"operator/operator.cedar": LAYERS["operator/operator.cedar"].replace("permit", "forbid")}
