"""An agreement's directory as read, checked and compiled, for no enclave yet."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import rfc8785

from brightline.domain.use import ToolEffect
from brightline.policy.compile import Program, compile_policies
from brightline.policy.directory import EFFECTORS, MANIFEST, SCHEMA, SIGNATURES, read_directory
from brightline.policy.effectors import Register, read_effectors
from brightline.policy.expressions import TooDeepError, UnsupportedError, uid_of
from brightline.policy.faults import Fault, fault
from brightline.policy.fields import Fields
from brightline.policy.layers import Rule, read_layers
from brightline.policy.lint import Subject, lint, lint_before_signing, near_misses
from brightline.policy.lint_hidden import hidden_characters
from brightline.policy.manifest import Manifest, read_manifest
from brightline.policy.oracle import validate
from brightline.policy.redlines import layer_texts, read_red_lines
from brightline.policy.request import closed_entities, entities_of
from brightline.policy.strict_json import Node, Plain, StrictJsonError, read


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement without faults.

    `payload` is what its parties sign: the manifest and the digest of every other file but the signatures; `digest`
    is the SHA-256 of `payload`; `texts` are the files as they lay there, by their paths in the directory.
    `null_audiences` are effector ids that no machine has.
    """

    manifest: Manifest
    effects: Mapping[str, ToolEffect]
    rules: tuple[Rule, ...]
    red_lines: tuple[Rule, ...]
    program: Program
    schema: str
    texts: Mapping[str, str]
    payload: bytes
    null_audiences: tuple[str, ...] = ()

    @property
    def digest(self) -> bytes:
        """The agreement's digest: it stands in every leaf, and the next version names it."""
        return hashlib.sha256(self.payload).digest()


_LEAVES = {"type": "Set", "element": {"type": "String"}}
_TEXT = {"unknown": {"type": "Boolean"}, "uncalibrated": {"type": "Boolean"}, "held": _LEAVES, "advised": _LEAVES}


def own_schema(meters: Iterable[str] = (), *, text: bool = False) -> str:
    """The schema of what the gateway decides on, with `meters` by their ids, and `text` where words are described.

    Every agreement carries it, so that its parties sign it.
    """
    plain = Path(__file__).with_name(SCHEMA).read_text(encoding="utf-8")
    readings = {name: {"type": "Long"} for name in meters}
    if not readings and not text:
        return plain
    schema = json.loads(plain)
    context = schema[""]["commonTypes"]["Context"]["attributes"]
    if readings:
        context["meter"] = {"type": "Record", "attributes": readings}
    if text:
        context["text"] = {"type": "Record", "attributes": _TEXT}
    return json.dumps(schema, indent=2) + "\n"


def joint_schema(*drafts: "Draft") -> str:
    """The schema of requests to several versions: with the meters of all of them."""
    meters = dict.fromkeys(meter.id for draft in drafts for meter in draft.manifest.meters)
    return own_schema(meters, text=any(draft.manifest.describer for draft in drafts))


def _schema_of(manifest: Manifest) -> str:
    return own_schema((meter.id for meter in manifest.meters if meter.id), text=bool(manifest.describer))


def payload_of(manifest: Plain, texts: Mapping[str, str]) -> bytes:
    """What parties sign: the canonical form (RFC 8785) of the manifest with the digests of every other file."""
    files: dict[str, Plain] = {
        name: hashlib.sha256(text.encode()).hexdigest()
        for name, text in texts.items()
        if name not in (MANIFEST, SIGNATURES)
    }
    whole: Plain = {"files": files, "manifest": manifest}
    return rfc8785.dumps(whole)


def _json(texts: Mapping[str, str], file: str, faults: list[Fault]) -> Node | None:
    if file not in texts:
        return None
    try:
        return read(texts[file])
    except StrictJsonError as error:
        if error.twice:
            faults.append(fault("policy/duplicate-field", file, error.at, name=error.twice))
            return None
        faults.append(fault("policy/bad-json", file, error.at, why=error.why))
        return None


def _compiled(rules: Sequence[Rule], faults: list[Fault]) -> Program | None:
    """The program of `rules`; a rule that cannot be compiled becomes a fault of its own."""
    for rule in rules:
        try:
            compile_policies([dict(rule.policy)])
        except UnsupportedError as error:
            faults.append(fault("policy/unsupported", rule.text.file, rule.text.at, construct=error.construct))
        except TooDeepError:
            faults.append(fault("policy/unsupported", rule.text.file, rule.text.at, construct="too deep an expression"))
    return None if _errors(faults) else compile_policies([dict(rule.policy) for rule in rules])


def _register(fields: Fields, node: Node | None) -> Register:
    return read_effectors(fields, node) if node else Register({}, ())


class Examined(NamedTuple):
    """The agreement in a directory, unless nobody should sign it; why not; and what may be meant as it stands.

    `texts` are the files that could be read, by their paths in the directory.
    """

    draft: Draft | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    texts: Mapping[str, str]


class _Reading(NamedTuple):
    draft: Draft | None
    faults: list[Fault]
    subject: Subject | None
    texts: Mapping[str, str]


def read_draft(directory: Path) -> tuple[Draft | None, tuple[Fault, ...]]:
    """The agreement in `directory` and no faults, or none and all of its faults, in order of file and place."""
    found = _read(directory)
    return found.draft, _errors(found.faults)


def examine(directory: Path) -> Examined:
    """The agreement in `directory` as whoever signs it should see it, with every finding in order of file and place."""
    found = _read(directory)
    every = list(found.faults)
    if found.subject is not None:
        every += lint_before_signing(found.subject, sound=found.draft is not None)
    errors = _errors(every)
    warnings = tuple(sorted({one for one in every if one.warning}))
    return Examined(None if errors else found.draft, errors, warnings, found.texts)


def _errors(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted({one for one in faults if not one.warning}))


def _read(directory: Path) -> _Reading:
    texts, unread = read_directory(directory)
    faults = [*unread, *hidden_characters(texts)]
    written, schema, register = (_json(texts, file, faults) for file in (MANIFEST, SCHEMA, EFFECTORS))
    of_manifest, of_register = Fields(MANIFEST), Fields(EFFECTORS)
    manifest = read_manifest(of_manifest, written) if written else None
    effects, null_audiences = _register(of_register, register)
    rules, of_rules = read_layers(layer_texts(texts))
    red_lines, of_red_lines = read_red_lines(texts)
    faults += [*of_manifest.faults, *of_register.faults, *of_rules, *of_red_lines]
    # The validator reads our own schema: a broken one in the directory is one fault, not a hundred. Which meters it has
    # only the manifest can tell.
    ours = _schema_of(manifest) if manifest else ""
    if ours and schema and schema.plain() != read(ours).plain():
        faults.append(fault("policy/schema-differs", SCHEMA))
    invalid = validate([*rules, *red_lines], ours) if ours else ()
    subject = None
    if manifest and not of_manifest.faults:
        entities = [*closed_entities(), *entities_of(manifest)]
        invalid = near_misses(invalid, ours, [uid_of(entity["uid"]) for entity in entities])
        subject = Subject(rules, red_lines, manifest, effects, entities, ours)
        faults += lint(subject)
    faults += invalid
    program = _compiled(rules, faults)
    if manifest is None or written is None or program is None:
        return _Reading(None, faults, subject, texts)
    payload = payload_of(written.plain(), texts)
    draft = Draft(manifest, effects, rules, red_lines, program, ours, texts, payload, null_audiences)
    return _Reading(draft, faults, subject, texts)
