"""Sample uses for the self-check at activation: around every constant that the policies compare with.

They are drawn from the agreement's digest, so the same agreement is always checked with the same uses.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from brightline.domain.agreement import Deployment
from brightline.domain.call import Claimed, Dialect, Operation
from brightline.domain.description import NO_READING, TextReading
from brightline.domain.principal import Principal
from brightline.domain.use import ToolEffect, Use
from brightline.policy.closed_sets import ACTIVITIES, DATA_ORIGINS, EFFECTS, MODALITIES, SUBJECTS
from brightline.policy.layers import Rule
from brightline.policy.lint import literals
from brightline.policy.manifest import Manifest

SAMPLES = 96
_OTHER = "something-else"


@dataclass(frozen=True, slots=True)
class _Pools:
    units: list[tuple[str, str]]
    deployments: list[Deployment]
    words: list[str]
    numbers: list[int]


def _pools(manifest: Manifest, rules: Iterable[Rule]) -> _Pools:
    constants = frozenset[str | int]().union(*(literals(rule.policy) for rule in rules))
    words = sorted(value for value in constants if isinstance(value, str) and value.isprintable())
    near = {number + step for number in constants if isinstance(number, int) for step in (-1, 0, 1)}
    return _Pools(
        units=[(organisation, unit) for organisation, units in manifest.units.items() for unit in units],
        deployments=list(manifest.deployments.values()),
        words=[*words, *sorted(manifest.missions.keys() - set(words)), _OTHER],
        numbers=sorted({0, 1, *(number for number in near if 0 <= number < 2**62)}),
    )


def sample_uses(manifest: Manifest, rules: Iterable[Rule], digest: bytes) -> Iterator[Use]:
    """Up to `SAMPLES` uses that an agreement's own policies tell apart; none when it lists no unit or deployment."""
    pools = _pools(manifest, rules)
    if not pools.units or not pools.deployments:
        return
    chance = random.Random(digest)  # noqa: S311  # reproducible on purpose; nothing secret rests on it
    for index in range(SAMPLES):
        organisation, unit = chance.choice(pools.units)
        yield Use(
            use_id=index.to_bytes(16),
            principal=Principal(
                key_id=chance.choice(pools.words),
                name="",
                organisation=organisation,
                unit=unit,
                roles=_some(chance, pools.words),
                app=chance.choice(pools.words),
                missions=frozenset(),
                default_mission=None,
            ),
            mission=chance.choice(pools.words),
            deployment=chance.choice(pools.deployments),
            dialect=chance.choice(list(Dialect)),
            operation=chance.choice([Operation.GENERATE, Operation.GENERATE, Operation.COUNT_TOKENS]),
            stream=chance.random() < 0.5,
            tools=tuple(_tool(chance, chance.choice(pools.words), name) for name in sorted(_some(chance, EFFECTS))),
            modalities=_some(chance, MODALITIES),
            remote_urls=chance.random() < 0.3,
            input_bytes=chance.choice(pools.numbers),
            message_count=chance.choice(pools.numbers),
            max_output_tokens=chance.choice([None, *pools.numbers]),
            claimed=_claimed(chance, pools.words),
            acting=chance.random() < 0.5,
            readings={meter.id: chance.choice(pools.numbers) for meter in manifest.meters},
            text=_text(chance, pools.words) if manifest.describer else NO_READING,
        )


def _some(chance: random.Random, names: Iterable[str]) -> frozenset[str]:
    listed = list(names)
    return frozenset(chance.sample(listed, chance.randrange(min(3, len(listed) + 1))))


def _tool(chance: random.Random, name: str, effect: str) -> ToolEffect:
    origins, subjects, activities = (_some(chance, names) for names in (DATA_ORIGINS, SUBJECTS, ACTIVITIES))
    return ToolEffect(name, effect, origins, subjects, activities)


def _text(chance: random.Random, words: list[str]) -> TextReading:
    unknown, uncalibrated = (chance.random() < 0.3 for _ in range(2))
    held = _some(chance, words)
    return TextReading(unknown, uncalibrated, held, held | _some(chance, words))


def _claimed(chance: random.Random, words: list[str]) -> Claimed:
    mission, purpose, authority = (chance.choice([None, *words]) for _ in range(3))
    return Claimed(mission, purpose, authority)
