"""What a proof is about (policies, red lines, schema, entities), and the digest by which a certificate names it."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import rfc8785

from brightline.policy.directory import SCHEMA
from brightline.policy.draft import Draft
from brightline.policy.expressions import Json
from brightline.policy.layers import Rule
from brightline.policy.request import closed_entities, entities_of


class Subject(NamedTuple):
    """What a proof is about; `entities` are in Cedar's JSON form."""

    schema: str
    rules: tuple[Rule, ...]
    red_lines: tuple[Rule, ...]
    entities: tuple[Mapping[str, Json], ...]


def subject_of(draft: Draft) -> Subject:
    """What a proof of `draft` is about."""
    entities = (*closed_entities(), *entities_of(draft.manifest))
    return Subject(draft.schema, draft.rules, draft.red_lines, entities)


def subject_digest(draft: Draft) -> str:
    """SHA-256 (hex) of the canonical form (RFC 8785) of what a proof of `draft` is about.

    That is the digests of schema, layers and red lines by path, and the entities that the manifest lists. The rest of
    the manifest is left out, so that a proof stands when parties, dates or aliases change.
    """
    files = {
        name: hashlib.sha256(text.encode()).hexdigest()
        for name, text in draft.texts.items()
        if name == SCHEMA or name.endswith(".cedar")
    }
    about = {"entities": [dict(entity) for entity in entities_of(draft.manifest)], "files": files}
    return hashlib.sha256(rfc8785.dumps(about)).hexdigest()  # type: ignore[arg-type]  # JSON, under a wider name
