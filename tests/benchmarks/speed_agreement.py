"""An agreement of any size, as a large operator would write one, and the uses that are made under it.

Policies are drawn from a seed: a fifth law, three tenths vendor, the rest operator; bound to units, organisations,
deployments and missions, or to nobody in particular, with the operators of Cedar that fit the schema. Two of them
overflow 64 bits for some requests.
"""

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect, Use
from brightline.policy.closed_sets import ACTIVITIES, DATA_ORIGINS, EFFECTS, SUBJECTS
from brightline.policy.draft import Draft, own_schema, read_draft

SEED = 20261123
ENCLAVE = "field"
ORGANISATIONS = {f"org-{index}": [f"unit-{unit}" for unit in range(5)] for index in range(15)}
DEPLOYMENTS = [f"model-{index}" for index in range(8)]
MISSIONS = [f"mission-{index}" for index in range(60)]
ROLES = [f"role-{index}" for index in range(12)]
APPS = [f"app-{index}" for index in range(12)]
TOOLS = [f"tool-{index}" for index in range(30)]
PURPOSES = ("general", "military-operation", "foreign-intelligence", "law-enforcement", "training")
LOCATIONS = ("cloud", "edge")
CALL = 'action in Action::"call"'
NOTES = '@clause("bench") @source("bench") @reason("bench")'


def effects_of(tool: int) -> dict[str, object]:
    """What is registered for a tool; the same in every agreement."""
    chance = random.Random(tool)
    harmless = [name for name in EFFECTS if name not in ("surveil", "kinetic", "unknown")]
    return {
        "effect": chance.choice(harmless),
        "origins": chance.sample(sorted(DATA_ORIGINS), chance.randrange(3)),
        "subjects": chance.sample(sorted(SUBJECTS), chance.randrange(2)),
        "activities": chance.sample(sorted(ACTIVITIES), chance.randrange(2)),
    }


def _condition(chance: random.Random) -> str:
    """One condition over the facts that often does not hold."""
    mission, role, app = chance.choice(MISSIONS), chance.choice(ROLES), chance.choice(APPS)
    number, activity = chance.randrange(1_000, 100_000), chance.choice(("profile", "monitor"))
    return chance.choice(
        [
            f'context.fact.roles.contains("{role}")',
            f'context.fact.mission == "{mission}"',
            f'["{mission}", "{chance.choice(MISSIONS)}"].contains(context.fact.mission)',
            f'context.fact.app like "{app}*"',
            f'context.fact.effects.contains(Effect::"{chance.choice(("write", "communicate", "purchase"))}")',
            f'context.fact.activities.containsAny([Activity::"track", Activity::"{activity}"])',
            f'context.fact.data_origins.contains(DataOrigin::"{chance.choice(("commercial", "private"))}")',
            f'context.fact.purpose == Purpose::"{chance.choice(PURPOSES)}"',
            f'context.fact.location == Location::"{chance.choice(LOCATIONS)}"',
            f"context.fact has max_output_tokens && context.fact.max_output_tokens > {number}",
            f"context.fact.input_bytes > {number}",
            f"context.fact.input_bytes + 4 * context.fact.message_count > {number}",
            f'context.fact.tools.contains("{chance.choice(TOOLS)}")',
            "context.fact.remote_urls",
            "!context.fact.stream",
        ]
    )


def _conditions(chance: random.Random, first: str, *, fewest: int = 1) -> str:
    rest = [_condition(chance) for _ in range(chance.randint(fewest, fewest + 2))]
    unless = f"\nunless {{ {_condition(chance)} }}" if chance.random() < 0.2 else ""
    return f"when {{ {' && '.join([first, *rest])} }}{unless}"


def _law(chance: random.Random) -> str:
    agency = chance.choice(("intelligence", "law-enforcement", "civil"))
    first = chance.choice(
        [
            f'context.fact.effects.contains(Effect::"{chance.choice(("surveil", "kinetic", "control"))}")',
            f'context.fact.subjects.contains(Subject::"{chance.choice(("domestic", "unknown"))}")',
            f'context.fact.agency == Agency::"{agency}"',
            f'context.fact.activities.contains(Activity::"{chance.choice(("track", "engage", "profile"))}")',
        ]
    )
    return f"forbid (principal, {CALL}, resource)\n{_conditions(chance, first, fewest=3)};"


def _vendor(chance: random.Random) -> str:
    effect = chance.choice(("permit", "forbid"))
    where = chance.choice(
        (f'resource == Deployment::"{chance.choice(DEPLOYMENTS)}"', f'resource in Enclave::"{ENCLAVE}"')
    )
    fewest = 3 if effect == "forbid" else 1
    return f"{effect} (principal, {CALL}, {where})\n{_conditions(chance, _condition(chance), fewest=fewest)};"


def _operator(chance: random.Random) -> str:
    organisation = chance.choice(list(ORGANISATIONS))
    unit = chance.choice(ORGANISATIONS[organisation])
    who = chance.choice(
        [
            "principal",
            f'principal in Organisation::"{organisation}"',
            f'principal == Unit::"{organisation}/{unit}"',
        ]
    )
    effect = chance.choice(("permit", "permit", "forbid"))
    first = f'context.fact.mission == "{chance.choice(MISSIONS)}"' if chance.random() < 0.6 else _condition(chance)
    fewest = 3 if effect == "forbid" else 1
    return f"{effect} ({who}, {CALL}, resource)\n{_conditions(chance, first, fewest=fewest)};"


def policy_texts(count: int, seed: int = SEED) -> dict[str, str]:
    """The files of `count` policies in three layers."""
    chance = random.Random(seed)
    layers = {"law": _law, "vendor": _vendor, "operator": _operator}
    shares = {"law": count // 5, "vendor": count * 3 // 10, "operator": count - count // 5 - count * 3 // 10}
    # Two that err for large inputs, and the plain grants without which nothing would ever be permitted.
    overflow = "context.fact.input_bytes * 92233720368547 > 1"
    fixed = {
        "law": [f"forbid (principal, {CALL}, resource) when {{ context.fact.remote_urls && {overflow} }};"],
        "vendor": [f"permit (principal, {CALL}, resource);"],
        "operator": [
            f'permit (principal in Organisation::"{name}", {CALL}, resource) when {{ context.fact.input_bytes > 100 }};'
            for name in list(ORGANISATIONS)[:3]
        ],
    }
    texts = {}
    for layer, write in layers.items():
        rules = fixed[layer] + [write(chance) for _ in range(shares[layer] - len(fixed[layer]))]
        texts[f"{layer}/{layer}.cedar"] = "\n".join(
            f'@id("{layer}-{index:04}") {NOTES}{_limits(rule)}\n{rule}' for index, rule in enumerate(rules)
        )
    return texts


def _limits(rule: str) -> str:
    return ' @limits("nothing")' if rule.startswith("permit") else ""


def _manifest() -> dict[str, object]:
    party = {"k": 1, "keys": [], "may_tighten": False}
    return {
        "format": 2,
        "id": "bench",
        "version": 1,
        "previous": "",
        "not_before": "2026-01-01T00:00:00Z",
        "expires": "2027-01-01T00:00:00Z",
        "operator": "operator",
        "vendor": "vendor",
        "parties": [{"name": name, "role": name, **party} for name in ("operator", "vendor")],
        "current_by": ["operator"],
        "deployments": [
            {
                "id": name,
                "vendor": "vendor",
                "model": name,
                "dialects": ["openai-chat"],
                "location": LOCATIONS[index % 2],
            }
            for index, name in enumerate(DEPLOYMENTS)
        ],
        "enclaves": [{"name": ENCLAVE, "deployments": DEPLOYMENTS, "current_days": 30}],
        "aliases": {name: [name] for name in DEPLOYMENTS},
        "organisations": [
            {"name": name, "agency": ("defence", "intelligence", "civil")[index % 3], "units": units}
            for index, (name, units) in enumerate(ORGANISATIONS.items())
        ],
        "missions": [
            {"name": name, "purpose": PURPOSES[index % 5], "individual_basis": index % 2 == 0, "constrained": True}
            for index, name in enumerate(MISSIONS)
        ],
    }


def write_agreement(directory: Path, count: int) -> None:
    """Write an agreement of `count` policies."""
    tools = {name: effects_of(index) for index, name in enumerate(TOOLS)}
    files = {
        "manifest.json": json.dumps(_manifest(), indent=1),
        "effectors.json": json.dumps({"format": 2, "tools": tools}),
        "schema.json": own_schema(),
        **policy_texts(count),
    }
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def drafted(directory: Path) -> Draft:
    """The agreement in `directory`; raises `RuntimeError` when the bench wrote one with faults."""
    draft, faults = read_draft(directory)
    if draft is None:
        raise RuntimeError(f"the agreement of the bench has {len(faults)} faults: {faults[0]}")
    return draft


def uses(deployments: Mapping[str, Deployment], count: int, seed: int = SEED) -> Iterator[Use]:
    """`count` uses, no two alike, of which some are permitted and a few make a policy err."""
    chance = random.Random(seed + 1)
    for index in range(count):
        organisation = chance.choice(list(ORGANISATIONS))
        offered = sorted(chance.sample(range(len(TOOLS)), chance.randrange(5)))
        mission = chance.choice(MISSIONS)
        yield Use(
            use_id=index.to_bytes(16),
            principal=Principal(
                f"k{index}",
                "p",
                organisation,
                chance.choice(ORGANISATIONS[organisation]),
                frozenset(chance.sample(ROLES, 2)),
                chance.choice(APPS),
                frozenset({mission}),
                None,
            ),
            mission=mission,
            deployment=chance.choice(list(deployments.values())),
            dialect=Dialect.OPENAI_CHAT,
            operation=Operation.GENERATE,
            stream=chance.random() < 0.5,
            tools=tuple(_tool(tool) for tool in offered),
            modalities=frozenset({"text"}),
            remote_urls=chance.random() < 0.05,
            input_bytes=chance.randrange(200_000),
            message_count=chance.randrange(50),
            max_output_tokens=chance.choice([None, 500, 50_000]),
            claimed=Claimed("mission" if chance.random() < 0.3 else None, None, None),
        )


def _tool(index: int) -> ToolEffect:
    entry = effects_of(index)
    sets = [frozenset(str(one) for one in entry[name]) for name in ("origins", "subjects", "activities")]
    return ToolEffect(TOOLS[index], str(entry["effect"]), *sets)
