"""An agreement's directory as read, checked and compiled, for no enclave yet."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from brightline.domain.use import ToolEffect
from brightline.policy.compile import Program, compile_policies
from brightline.policy.directory import EFFECTORS, MANIFEST, SCHEMA, SIGNATURES, read_directory
from brightline.policy.effectors import read_effectors
from brightline.policy.expressions import TooDeepError, UnsupportedError
from brightline.policy.faults import Fault, fault
from brightline.policy.fields import Fields
from brightline.policy.layers import Rule, read_layers
from brightline.policy.lint import lint
from brightline.policy.manifest import Manifest, read_manifest
from brightline.policy.oracle import validate
from brightline.policy.redlines import layer_texts, read_red_lines
from brightline.policy.request import entities_of
from brightline.policy.strict_json import Node, Plain, StrictJsonError, read


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement without faults.

    `payload` is what its parties sign: the manifest and the digest of every other file but the signatures; `digest`
    is the SHA-256 of `payload`; `texts` are the files as they lay there, by their paths in the directory.
    """

    manifest: Manifest
    effects: Mapping[str, ToolEffect]
    rules: tuple[Rule, ...]
    red_lines: tuple[Rule, ...]
    program: Program
    schema: str
    texts: Mapping[str, str]
    payload: bytes

    @property
    def digest(self) -> bytes:
        """The agreement's digest: it stands in every leaf, and the next version names it."""
        return hashlib.sha256(self.payload).digest()


def own_schema() -> str:
    """The schema of what the gateway decides on; every agreement carries it, so that its parties sign it."""
    return Path(__file__).with_name(SCHEMA).read_text(encoding="utf-8")


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
    return None if faults else compile_policies([dict(rule.policy) for rule in rules])


def _register(fields: Fields, node: Node | None) -> Mapping[str, ToolEffect]:
    return read_effectors(fields, node) if node else {}


def _meaning(rules: Sequence[Rule], manifest: Manifest) -> Iterator[Fault]:
    named = {(kind, name) for entity in entities_of(manifest) for kind, name in [_uid(entity["uid"])]}
    yield from lint(rules, named)


def _uid(node: object) -> tuple[str, str]:
    return (str(node["type"]), str(node["id"])) if isinstance(node, dict) else ("", "")


def read_draft(directory: Path) -> tuple[Draft | None, tuple[Fault, ...]]:
    """The agreement in `directory` and no faults, or none and all of its faults, in order of file and place."""
    texts, unread = read_directory(directory)
    faults = list(unread)
    written, schema, register = (_json(texts, file, faults) for file in (MANIFEST, SCHEMA, EFFECTORS))
    of_manifest, of_register = Fields(MANIFEST), Fields(EFFECTORS)
    manifest = read_manifest(of_manifest, written) if written else None
    effects = _register(of_register, register)
    rules, of_rules = read_layers(layer_texts(texts))
    red_lines, of_red_lines = read_red_lines(texts)
    faults += [*of_manifest.faults, *of_register.faults, *of_rules, *of_red_lines]
    if schema and schema.plain() != read(own_schema()).plain():
        faults.append(fault("policy/schema-differs", SCHEMA))
    # The validator reads our own schema: a broken one in the directory is one fault, not a hundred.
    faults += validate([*rules, *red_lines], own_schema())
    if manifest and not of_manifest.faults:
        faults += _meaning([*rules, *red_lines], manifest)
    program = _compiled(rules, faults)
    if faults or manifest is None or written is None or program is None:
        return None, tuple(sorted(set(faults)))
    payload = payload_of(written.plain(), texts)
    return Draft(manifest, effects, rules, red_lines, program, own_schema(), texts, payload), ()
