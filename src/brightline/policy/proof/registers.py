"""What differs between two versions outside their policies: units, deployments, missions, tools, names, dates, parties.

These are compared as they stand, not by a solver, and said first: the search for requests goes over the union of both
charts, where a unit or deployment that only one version lists is there for both.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from brightline.domain.agreement import Deployment, Mission
from brightline.domain.data_subjects import PersonRule
from brightline.domain.description import Bands
from brightline.domain.metering import Measure, MeterRule
from brightline.domain.use import ToolEffect
from brightline.policy.draft import Draft
from brightline.policy.expressions import Json
from brightline.policy.manifest import Manifest
from brightline.policy.request import closed_entities, entities_of

Row = TypeVar("Row")
# Without its row, less can happen. A tool or mission without one has unknown facts, and a policy may permit these.
_ONLY_NARROW = frozenset({"unit", "deployment", "enclave", "model name"})


class RegisterDifference(NamedTuple):
    """One row that is not the same in both versions, in words, and whether more may happen for it."""

    sentence: str
    may_widen: bool


def register_differences(old: Draft, new: Draft, names: tuple[str, str]) -> tuple[RegisterDifference, ...]:
    """Each row of a register that is not the same in both versions; `names` are the versions'."""
    before, after = old.manifest, new.manifest
    return (
        *_rows("unit", _units(before), _units(after), _agency, names),
        *_rows("deployment", before.deployments, after.deployments, _deployment, names),
        *_rows("enclave", before.enclaves, after.enclaves, _enclave, names),
        *_rows("mission", before.missions, after.missions, _mission, names),
        *_rows("tool", old.effects, new.effects, _effector, names),
        *_rows("model name", before.aliases, after.aliases, _deployments, names),
        *_rows("meter", _meters(before), _meters(after), _meter, names),
        *_rows("describer", _describer(before), _describer(after), _ticks, names),
        *_rows("calibrated app", before.bands, after.bands, _bands, names),
        *_reserved(old.null_audiences, new.null_audiences, names),
        *_facts(before, after, names),
    )


def union_chart(old: Manifest, new: Manifest) -> tuple[dict[str, Json], ...]:
    """The entities of both versions; one that is in both has the parents of both and the attributes of the new one."""
    found: dict[str, dict[str, Json]] = {}
    for entity in (*closed_entities(), *entities_of(old), *entities_of(new)):
        name = repr(entity["uid"])
        known, parents = found.get(name), _list(entity["parents"])
        if known is not None:
            earlier = _list(known["parents"])
            parents = [*earlier, *(parent for parent in parents if parent not in earlier)]
        found[name] = {**entity, "parents": parents}
    return tuple(found.values())


def _rows(
    kind: str,
    before: Mapping[str, Row],
    after: Mapping[str, Row],
    words: Callable[[Row], str],
    names: tuple[str, str],
) -> Iterator[RegisterDifference]:
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            sentence = f"{names[1]} lists the {kind} `{name}` ({words(after[name])}), which {names[0]} does not"
            yield RegisterDifference(sentence, may_widen=True)
        elif name not in after:
            yield RegisterDifference(f"{names[1]} no longer lists the {kind} `{name}`", kind not in _ONLY_NARROW)
        elif before[name] != after[name]:
            was, now = words(before[name]), words(after[name])
            sentence = f"{names[1]} changes the {kind} `{name}`: {now}, where {names[0]} has {was}"
            yield RegisterDifference(sentence, may_widen=True)


def _reserved(was: tuple[str, ...], now: tuple[str, ...], names: tuple[str, str]) -> Iterator[RegisterDifference]:
    """Which effector ids are nobody's: one that is no longer reserved may become a machine's."""
    if was != now:
        sentence = (
            f"{names[1]} reserves the effector ids {_ticked(now)} for nobody, where {names[0]} has {_ticked(was)}"
        )
        yield RegisterDifference(sentence, may_widen=True)


def _facts(before: Manifest, after: Manifest, names: tuple[str, str]) -> Iterator[RegisterDifference]:
    """The rest of the manifest; versions and digests differ always, so they are no difference."""
    pairs = [
        ("the operator", before.operator, after.operator),
        ("the vendor", before.vendor, after.vendor),
        ("the day from which it holds", before.not_before_ms, after.not_before_ms),
        ("the day on which it expires", before.expires_ms, after.expires_ms),
        ("the parties or their keys", before.parties, after.parties),
        ("who states that it is current", before.current_by, after.current_by),
        ("for how long such a statement holds", before.current_days, after.current_days),
    ]
    for what, was, now in pairs:
        if was != now:
            yield RegisterDifference(f"{names[1]} changes {what}", may_widen=True)


def _units(manifest: Manifest) -> dict[str, str]:
    return {
        f"{organisation}/{unit}": manifest.agencies.get(organisation, "unknown")
        for organisation, units in manifest.units.items()
        for unit in units
    }


def _agency(agency: str) -> str:
    return f"an agency of the kind `{agency}`"


def _deployment(row: Deployment) -> str:
    spoken = ", ".join(sorted(dialect.value for dialect in row.dialects))
    return f"`{row.model}` of {row.vendor}, location `{row.location}`, dialects {spoken or 'none'}"


def _enclave(deployments: tuple[str, ...]) -> str:
    return f"deployments {_ticked(sorted(deployments))}"


def _deployments(deployments: tuple[str, ...]) -> str:
    return f"deployments {_ticked(deployments)}"


def _mission(row: Mission) -> str:
    said = [f"purpose `{row.purpose}`"]
    said += ["a basis against individual persons"] if row.individual_basis else []
    said += ["constrained"] if row.constrained else []
    return ", ".join(said)


def _effector(row: ToolEffect) -> str:
    sets = {"data origins": row.origins, "subjects": row.subjects, "activities": row.activities}
    said = [f"effect `{row.effect}`", *(f"{name} {_ticked(sorted(held))}" for name, held in sets.items() if held)]
    said += [f"acted on by `{row.audience}`"] if row.audience else []
    said += [f"touching people ({_persons(row.persons)})"] if row.persons else []
    return ", ".join(said)


def _persons(rule: PersonRule) -> str:
    said = [f"{each.kind} at `{each.path}`" for each in (*rule.arguments, *rule.results)]
    said += [f"as many as `{path}` says" for path in (rule.count_argument, rule.count_result, rule.count_rows) if path]
    unreadable = "refused" if rule.refuses else f"{rule.most}"
    return ", ".join([*said, f"at most {rule.most}", f"{unreadable} where that cannot be read"])


def _meters(manifest: Manifest) -> dict[str, MeterRule]:
    return {meter.id: meter for meter in manifest.meters}


def _meter(row: MeterRule) -> str:
    kept = _ticked(sorted(per.value for per in row.per))
    said = f"{row.measure.value} per {kept} in {row.seconds} s of {row.parts} parts"
    if row.measure is Measure.DATA_SUBJECTS:
        said += f", one by one up to {row.exact_to}, {row.unreadable} for what nobody can read"
    return said + (f", effects {_ticked(sorted(row.effects))}" if row.measure is Measure.EFFECTS else "")


def _describer(manifest: Manifest) -> dict[str, str]:
    return {"of texts": manifest.describer} if manifest.describer else {}


def _ticks(digest: str) -> str:
    return f"`{digest}`"


def _bands(row: Bands) -> str:
    return f"words held above {row.hold}, advised of above {row.advise}"


def _ticked(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _list(node: Json) -> list[Json]:
    return node if isinstance(node, list) else []
