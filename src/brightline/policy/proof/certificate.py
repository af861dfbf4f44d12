"""The certificate of a proof: `certificate.json`, which names what was proved, of what, by whom, and what was assumed.

Strict JSON; every field is required and no other is allowed. Formulas are named by the SHA-256 of their SMT-LIB text;
the texts themselves stand in `texts`, up to `MAX_TEXT_BYTES` together, so that a person can read them. Nothing is
ever believed because it stands here: `verify_proof` makes all of it again.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from brightline.policy.errors import PolicyError
from brightline.policy.fields import ID, Fields
from brightline.policy.strict_json import Node, Plain, StrictJsonError, read

FORMAT = 1
FILE = "certificate.json"
SOLVERS = ("cvc5", "z3")
# Half of what the directory's reader takes: escapes and indents make text longer in JSON.
MAX_TEXT_BYTES = 2 * 1024 * 1024
EVERY_CHART, SIGNED_CHART = "every", "signed"
CHARTS = (EVERY_CHART, SIGNED_CHART)
STRINGS = ("interned", "native")
PERMITTED, REFUSED = "permitted", "refused"
DECISIONS = ("permit", "hold", "forbid")
ASSUMPTIONS = (
    "The proof covers the policies and not their inputs: effects, counts, what registers say and sign-offs are "
    "computed by the gateway and tested, not proved.",
    "Requests have the form of schema.json; the gateway refuses any other before it decides.",
    "A sign-off that lifts a hold is valid and by as many distinct people of the role as the hold asks; breaking the "
    "glass lifts a hold whose policy names who may, and no other.",
    "A claim with the chart `every` holds for every possible organisation chart; one with the chart `signed` for the "
    "organisations, units, enclaves and deployments in the manifest, and no others.",
    "Z3 and cvc5 do not err in the same way on the same formula, and the formulas mean what the policies mean; the "
    "latter is tested against the evaluator that serves.",
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WORDS = re.compile(r"[ -~]{1,600}")
_CLAIM = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}/[a-z-]{1,32}/[A-Za-z0-9_:/ .-]{1,200}")
_LINE = re.compile(rf"(?:{ID.pattern})?")
_VERSION = re.compile(r"[0-9A-Za-z.+ -]{1,64}")


@dataclass(frozen=True, slots=True)
class ProvedClaim:
    """One claim: for which chart it holds, the digest of each solver's formula, and each solver's verdict."""

    claim: str
    red_line: str
    words: str
    chart: str
    strings: str
    formulas: Mapping[str, str]
    verdicts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Witness:
    """A request against vacuity: `kind` is permitted or refused, `decision` what the agreement decides."""

    red_line: str
    kind: str
    words: str
    decision: str
    request: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proof, as a value; `subject` is the digest of what it is about (see `subject_digest`)."""

    subject: str
    made_by: str
    solvers: Mapping[str, str]
    claims: tuple[ProvedClaim, ...]
    witnesses: tuple[Witness, ...]
    texts: Mapping[str, str]
    assumptions: tuple[str, ...] = ASSUMPTIONS

    def to_json(self) -> str:
        """The text of `certificate.json`: the same for the same value."""
        whole = {
            "assumptions": list(self.assumptions),
            "claims": [_claim_plain(claim) for claim in self.claims],
            "format": FORMAT,
            "made_by": self.made_by,
            "solvers": dict(self.solvers),
            "subject": self.subject,
            "texts": dict(self.texts),
            "witnesses": [_witness_plain(witness) for witness in self.witnesses],
        }
        return json.dumps(whole, indent=1, sort_keys=True) + "\n"


def digest_of_text(text: str) -> str:
    """SHA-256 of an SMT-LIB text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def kept_texts(texts: Iterable[str]) -> dict[str, str]:
    """The texts by their digests, in order, for as long as all of them together stay within `MAX_TEXT_BYTES`."""
    kept: dict[str, str] = {}
    size = 0
    for text in texts:
        digest = digest_of_text(text)
        if digest in kept:
            continue
        size += len(text.encode())
        if size > MAX_TEXT_BYTES:
            break
        kept[digest] = text
    return kept


def read_certificate(text: str) -> Certificate:
    """The certificate that `text` holds; raises `PolicyError` (`policy/bad-certificate`)."""
    try:
        node = read(text)
    except StrictJsonError as error:
        raise PolicyError("policy/bad-certificate", why=f"{error.why} at {error.at[0]}:{error.at[1]}") from None
    reading = _Reading(Fields(FILE))
    certificate = reading.certificate(node)
    faults = reading.fields.faults
    if faults:
        first = min(faults)
        raise PolicyError("policy/bad-certificate", why=f"{first.line}:{first.column}: {first.text}")
    return certificate


def _claim_plain(claim: ProvedClaim) -> dict[str, Plain]:
    return {
        "chart": claim.chart,
        "claim": claim.claim,
        "formulas": dict(claim.formulas),
        "red_line": claim.red_line,
        "strings": claim.strings,
        "verdicts": dict(claim.verdicts),
        "words": claim.words,
    }


def _witness_plain(witness: Witness) -> dict[str, Plain]:
    return {
        "decision": witness.decision,
        "kind": witness.kind,
        "red_line": witness.red_line,
        "request": dict(witness.request),
        "words": witness.words,
    }


@dataclass(frozen=True, slots=True)
class _Reading:
    fields: Fields

    def certificate(self, node: Node) -> Certificate:
        wanted = ("assumptions", "claims", "format", "made_by", "solvers", "subject", "texts", "witnesses")
        members = self.fields.members(node, "certificate", wanted)
        self.fields.number(members.get("format"), "format", FORMAT, FORMAT)
        assumptions = self.fields.items(members.get("assumptions"), "assumptions")
        return Certificate(
            subject=self.fields.text(members.get("subject"), "subject", _SHA256),
            made_by=self.fields.text(members.get("made_by"), "made_by", _VERSION),
            solvers=self._by_solver(members.get("solvers"), "solvers", _VERSION),
            claims=tuple(self._claim(item) for item in self.fields.items(members.get("claims"), "claims")),
            witnesses=tuple(self._witness(item) for item in self.fields.items(members.get("witnesses"), "witnesses")),
            texts=self._texts(members.get("texts")),
            assumptions=tuple(self.fields.text(item, "assumptions", _WORDS) for item in assumptions),
        )

    def _by_solver(self, node: Node | None, name: str, pattern: re.Pattern[str]) -> dict[str, str]:
        if node is None:
            return {}
        members = self.fields.members(node, name, SOLVERS)
        return {solver: self.fields.text(members.get(solver), solver, pattern) for solver in SOLVERS}

    def _word(self, node: Node | None, name: str, words: tuple[str, ...]) -> str:
        return self.fields.text(node, name, re.compile("|".join(map(re.escape, words))))

    def _claim(self, node: Node) -> ProvedClaim:
        wanted = ("chart", "claim", "formulas", "red_line", "strings", "verdicts", "words")
        members = self.fields.members(node, "claim", wanted)
        return ProvedClaim(
            claim=self.fields.text(members.get("claim"), "claim", _CLAIM),
            red_line=self.fields.text(members.get("red_line"), "red_line", _LINE),
            words=self.fields.text(members.get("words"), "words", _WORDS),
            chart=self._word(members.get("chart"), "chart", CHARTS),
            strings=self._word(members.get("strings"), "strings", STRINGS),
            formulas=self._by_solver(members.get("formulas"), "formulas", _SHA256),
            verdicts=self._by_solver(members.get("verdicts"), "verdicts", re.compile("unsat")),
        )

    def _witness(self, node: Node) -> Witness:
        members = self.fields.members(node, "witness", ("decision", "kind", "red_line", "request", "words"))
        request = members.get("request")
        plain = request.plain() if request else {}
        if not isinstance(plain, dict):
            self.fields.bad(node.at, "request", "must be an object")
            plain = {}
        return Witness(
            red_line=self.fields.text(members.get("red_line"), "red_line", _LINE),
            kind=self._word(members.get("kind"), "kind", (PERMITTED, REFUSED)),
            words=self.fields.text(members.get("words"), "words", _WORDS),
            decision=self._word(members.get("decision"), "decision", DECISIONS),
            request=plain,
        )

    def _texts(self, node: Node | None) -> dict[str, str]:
        texts: dict[str, str] = {}
        for digest, item in self.fields.table(node, "texts").items():
            if isinstance(item.value, str) and digest == digest_of_text(item.value):
                texts[digest] = item.value
            else:
                self.fields.bad(item.at, "texts", "must hold texts by their own SHA-256")
        return texts
