"""A small agreement that tests write and bend, and a use of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect, Use
from brightline.policy.draft import own_schema

MANIFEST = {
    "format": 2,
    "id": "pact",
    "version": 3,
    "previous": "ab" * 32,
    "not_before": "2026-01-01T00:00:00Z",
    "expires": "2027-01-01T00:00:00Z",
    "operator": "Operator",
    "vendor": "Vendor",
    "parties": [
        {"name": "Operator", "role": "operator", "k": 1, "keys": [], "may_tighten": True},
        {"name": "Vendor", "role": "vendor", "k": 1, "keys": [], "may_tighten": False},
    ],
    "current_by": ["Operator"],
    "deployments": [
        {"id": "one", "vendor": "Vendor", "model": "model-one", "dialects": ["openai-chat"], "location": "edge"},
        {
            "id": "two",
            "vendor": "Vendor",
            "model": "model-two",
            "dialects": ["openai-chat", "anthropic-messages"],
            "location": "edge",
        },
        {"id": "far", "vendor": "Vendor", "model": "model-far", "dialects": ["openai-chat"], "location": "edge"},
    ],
    "enclaves": [
        {"name": "field", "deployments": ["one", "two"], "current_days": 30},
        {"name": "bare", "deployments": [], "current_days": 7},
    ],
    "aliases": {"any": ["one", "two"], "second": ["two"], "far": ["far"], "gone": []},
    "organisations": [{"name": "org", "agency": "defence", "units": ["unit"]}],
    "missions": [{"name": "m", "purpose": "general", "individual_basis": False, "constrained": True}],
}


def effector(effect: str, **sets: list[str]) -> dict[str, Any]:
    """An entry of the effector register; it reaches no data and is for nothing unless `sets` say so."""
    return {"effect": effect, "origins": [], "subjects": [], "activities": [], **sets}


FILES = {
    "manifest.json": json.dumps(MANIFEST, indent=1),
    "effectors.json": json.dumps({"format": 2, "tools": {"search": effector("read"), "watch": effector("surveil")}}),
    "schema.json": own_schema(),
    "law/law.cedar": '@id("law-1") @reason("no watching") @hint("do not") @clause("1") @source("test")\n'
    'forbid (principal, action, resource) when { context.fact.effects.contains(Effect::"surveil") };\n',
    "vendor/vendor.cedar": '@id("vendor-1") @reason("granted") @clause("2") @source("test") @limits("nothing")\n'
    "permit (principal, action, resource);\n",
    "operator/operator.cedar": '@id("operator-1") @clause("3") @source("test")\n'
    'permit (principal in Organisation::"org", action, resource) when { context.fact.mission == "m" };\n',
}
ONE = Deployment("one", "Vendor", "model-one", frozenset({Dialect.OPENAI_CHAT}), "edge")
Directory = Callable[..., Path]


@pytest.fixture
def directory(tmp_path: Path) -> Directory:
    """Writes the agreement with some files replaced (a text), or left out (None)."""

    def write(changes: Mapping[str, str | bytes | None] | None = None) -> Path:
        for name, text in {**FILES, **(changes or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            if text is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(text.encode() if isinstance(text, str) else text)
        return tmp_path

    return write


@pytest.fixture
def manifest() -> dict[str, Any]:
    """The manifest as a value, to be bent."""
    return json.loads(json.dumps(MANIFEST))


@pytest.fixture
def a_use() -> Callable[..., Use]:
    """Makes a use that the agreement permits, with some fields changed."""
    permitted = Use(
        use_id=bytes(16),
        principal=Principal("k1", "person", "org", "unit", frozenset({"r"}), "app", frozenset({"m"}), "m"),
        mission="m",
        deployment=ONE,
        dialect=Dialect.OPENAI_CHAT,
        operation=Operation.GENERATE,
        stream=False,
        tools=(ToolEffect("search", "read"),),
        modalities=frozenset({"text"}),
        remote_urls=False,
        input_bytes=10,
        message_count=1,
        max_output_tokens=None,
        claimed=Claimed(),
    )
    return lambda **changes: replace(permitted, **changes)
