"""The files of a new agreement: sound as they are, so that an author changes what is there and checks after each step.

They grant little: one deployment, one enclave, one unit, one mission. Comments in the policies say what to change.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from brightline.policy.draft import own_schema
from brightline.policy.effectors import FORMAT as REGISTER_FORMAT
from brightline.policy.manifest import FORMAT

_LAW = """// The law layer: prohibitions that bind everybody, whatever the other layers permit. It holds no permits.
// `brightline agreement packs` lists packs of such rules with their sources.

@id("law-no-kinetic-tools")
@clause("1")
@source("to be written by the parties")
@reason("a tool offered to the model can injure or destroy")
@hint("take the tool out of the call")
forbid (principal, action in Action::"call", resource)
when { context.fact.effects.contains(Effect::"kinetic") };

@id("law-no-unregistered-tools")
@clause("2")
@source("to be written by the parties")
@reason("a tool offered to the model is not in the effector register, so nobody knows what it can do")
@hint("have the tool registered in effectors.json, or take it out of the call")
forbid (principal, action in Action::"call", resource)
when { context.fact.effects.contains(Effect::"unknown") };
"""
_VENDOR = """// The vendor layer: what the vendor grants. Both layers must permit a use.
// The permit that stands here is wide: narrow it to what the contract grants.

@id("vendor-ordinary-use")
@clause("3")
@source("to be written by the parties")
@reason("ordinary use is granted")
permit (principal, action in Action::"call", resource)
unless { context.fact.remote_urls };
"""
_OPERATOR = """// The operator layer: which of its units use a model, for which missions.

@id("operator-reporting")
@clause("4")
@source("to be written by the parties")
@reason("units of the organisation may use a model for reports")
permit (principal in Organisation::"organisation", action in Action::"call", resource)
when { context.fact.mission == "reporting" };
"""
_RED_LINES = """// Red lines: what must never be permitted. They are proved (`brightline agreement prove`).

@id("red-line-kinetic")
@clause("1")
@source("to be written by the parties")
@reason("no request with a tool that can injure or destroy is permitted")
forbid (principal, action in Action::"call", resource)
when { context.fact.effects.contains(Effect::"kinetic") };
"""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What the author of a new agreement gives; dates are `YYYY-MM-DD`."""

    agreement: str
    operator: str
    vendor: str
    not_before: str
    expires: str


def skeleton_files(wanted: Skeleton) -> Mapping[str, str]:
    """The text of every file by its path in the directory."""
    register = {
        "search_documents": {"effect": "read", "origins": ["government"], "subjects": [], "activities": []},
        "fire": {"effect": "kinetic", "origins": [], "subjects": [], "activities": ["engage"]},
    }
    return {
        "manifest.json": json.dumps(_manifest(wanted), indent=2) + "\n",
        "effectors.json": json.dumps({"format": REGISTER_FORMAT, "tools": register}, indent=2) + "\n",
        "schema.json": own_schema(),
        "law/law.cedar": _LAW,
        "vendor/vendor.cedar": _VENDOR,
        "operator/operator.cedar": _OPERATOR,
        "redlines/red-lines.cedar": _RED_LINES,
    }


def _manifest(wanted: Skeleton) -> dict[str, object]:
    parties = [
        {"name": name, "role": role, "k": 1, "keys": [], "may_tighten": True}
        for name, role in ((wanted.operator, "operator"), (wanted.vendor, "vendor"))
    ]
    deployment = {
        "id": "model-one",
        "vendor": wanted.vendor,
        "model": "model-name-of-the-provider",
        "dialects": ["openai-chat", "anthropic-messages"],
        "location": "unknown",
    }
    return {
        "format": FORMAT,
        "id": wanted.agreement,
        "version": 1,
        "previous": "",
        "not_before": f"{wanted.not_before}T00:00:00Z",
        "expires": f"{wanted.expires}T00:00:00Z",
        "operator": wanted.operator,
        "vendor": wanted.vendor,
        "parties": parties,
        "current_by": [wanted.operator],
        "deployments": [deployment],
        "enclaves": [{"name": "main", "deployments": ["model-one"], "current_days": 30}],
        "aliases": {"model": ["model-one"]},
        "organisations": [{"name": "organisation", "agency": "unknown", "units": ["unit"]}],
        "missions": [{"name": "reporting", "purpose": "general", "individual_basis": False, "constrained": False}],
    }
