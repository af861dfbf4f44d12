"""The agreement the benchmarks run under: the sample's schema and register, and thirty policies in three layers.

Twelve law forbids, nine vendor and nine operator policies: about what a real agreement has, each with two or three
conditions, so that none is decided by its scope alone.
"""

import json
from collections.abc import Mapping

from brightline.sample import agreement_files

UPSTREAM = "bench-deployment"
MODEL = "mock-model"
TOOLS = ("look_up", "draft_mail", "convert_units", "list_files")
_NOTES = '@clause("1")\n@source("benchmark")\n'
_LINE = """@id("line-kinetic")
@reason("nothing kinetic in a long conversation")
@clause("1")
@source("benchmark")
forbid (principal, action in Action::"call", resource)
when { context.fact.effects.contains(Effect::"kinetic") && context.fact.message_count > 11 };
"""
_EFFECTS = ("kinetic", "surveil", "control", "purchase")


def bench_agreement(*, metered: bool = False) -> Mapping[str, bytes]:
    """The files of the agreement: one deployment under the driver's names.

    `metered`: with the sample's meter, and with the describer that is shipped.
    """
    files = dict(agreement_files())
    if not metered and "meters" in json.loads(files["manifest.json"]):
        # Trees of the history, which are measured too, have neither meters nor this module.
        from brightline.testing.uncounted import uncounted_sample

        files = uncounted_sample()
    manifest = json.loads(files["manifest.json"])
    vendor = manifest["vendor"]
    manifest |= {
        "id": "bench",
        "deployments": [
            {
                "id": UPSTREAM,
                "vendor": vendor,
                "model": MODEL,
                "dialects": ["openai-chat", "anthropic-messages"],
                "location": "edge",
            }
        ],
        "enclaves": [{"name": "bench", "deployments": [UPSTREAM], "current_days": 30}],
        "aliases": {MODEL: [UPSTREAM]},
    }
    if metered:
        from brightline.policy.draft import own_schema
        from brightline.use import describing

        manifest["describer"] = {"digest": describing().digest}
        ids = [meter["id"] for meter in manifest["meters"]]
        files["schema.json"] = own_schema(ids, text=True).encode()
    register = json.loads(files["effectors.json"])
    reads = {"effect": "read", "origins": ["public"], "subjects": [], "activities": []}
    register["tools"] = dict.fromkeys(TOOLS, reads)
    return {
        "schema.json": files["schema.json"],
        "manifest.json": json.dumps(manifest).encode(),
        "effectors.json": json.dumps(register).encode(),
        "law/law.cedar": "\n".join(map(_law, range(12))).encode(),
        "vendor/vendor.cedar": "\n".join(_permits("vendor")).encode(),
        "redlines/lines.cedar": _LINE.encode(),
        "operator/operator.cedar": "\n".join(_permits("operator")).encode(),
    }


def _law(number: int) -> str:
    effect = _EFFECTS[number % len(_EFFECTS)]
    return (
        f'@id("law-{number}")\n@reason("no {effect} here")\n{_NOTES}'
        'forbid (principal, action in Action::"call", resource)\n'
        f'when {{ context.fact.effects.contains(Effect::"{effect}") && context.fact.message_count > {number} }};\n'
    )


def _permits(layer: str) -> list[str]:
    general = (
        f'@id("{layer}-general")\n{_NOTES}permit (principal, action in Action::"call", resource)\n'
        "when { context.fact.input_bytes < 10000000 && !context.fact.remote_urls };\n"
    )
    narrow = [
        f'@id("{layer}-{number}")\n{_NOTES}'
        'permit (principal in Organisation::"example-command", action in Action::"call", resource)\n'
        f'when {{ context.fact.mission == "mission-{number}" && context.fact.message_count < {10 + number} }};\n'
        for number in range(8)
    ]
    return [general, *narrow]
