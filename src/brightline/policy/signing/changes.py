"""What a version changes against the one before, in lines for the person who is about to sign it."""

from collections.abc import Iterator, Mapping

from brightline.policy.directory import CERTIFICATE, EFFECTORS, MANIFEST, SCHEMA
from brightline.policy.draft import Draft
from brightline.policy.layers import Rule
from brightline.policy.strict_json import Plain, read

_FILES = (SCHEMA, EFFECTORS, CERTIFICATE)


def changes_between(before: Draft, after: Draft) -> tuple[str, ...]:
    """Each difference of meaning between two versions, in a fixed order; nothing when there is none.

    LIMIT: says what changed, not what that permits: `brightline agreement diff` shows that by example.
    """
    return (
        *_manifest(_plain(before), _plain(after)),
        *_rules("policy", before.rules, after.rules),
        *_rules("red line", before.red_lines, after.red_lines),
        *_files(before.texts, after.texts),
    )


def _plain(draft: Draft) -> Mapping[str, Plain]:
    plain = read(draft.texts[MANIFEST]).plain()
    return plain if isinstance(plain, dict) else {}


def _manifest(before: Mapping[str, Plain], after: Mapping[str, Plain]) -> Iterator[str]:
    for name in after:
        old, new = before.get(name), after[name]
        if old == new:
            continue
        if isinstance(new, str | int):
            yield f"manifest: `{name}` from {old or 'nothing'} to {new}"
        elif isinstance(new, list) and isinstance(old, list):
            yield from _listed(name, old, new)
        else:
            yield f"manifest: `{name}` changed"


def _listed(name: str, before: list[Plain], after: list[Plain]) -> Iterator[str]:
    """The entries of one list that came, went or changed, by their names."""
    old = {_name(item): item for item in before}
    new = {_name(item): item for item in after}
    yield from (f"manifest: `{name}` gains `{item}`" for item in new if item not in old)
    yield from (f"manifest: `{name}` loses `{item}`" for item in old if item not in new)
    yield from (f"manifest: `{name}` changes `{item}`" for item in new if item in old and old[item] != new[item])
    if list(old) != list(new) and sorted(old) == sorted(new):
        yield f"manifest: `{name}` in another order"


def _name(item: Plain) -> str:
    if isinstance(item, dict):
        return str(item.get("name", item.get("id", "")))
    return str(item)


def _rules(what: str, before: tuple[Rule, ...], after: tuple[Rule, ...]) -> Iterator[str]:
    old = {rule.reason.policy_id: rule for rule in before}
    new = {rule.reason.policy_id: rule for rule in after}
    for name, rule in sorted(new.items()):
        kind = "forbid" if rule.forbids else "permit"
        earlier = old.get(name)
        if earlier is None:
            yield f"{what} `{name}` added ({kind}, {rule.text.file}:{rule.text.at[0]})"
        elif (earlier.policy, earlier.layer) != (rule.policy, rule.layer):
            yield f"{what} `{name}` changed ({kind}, {rule.text.file}:{rule.text.at[0]})"
    yield from (f"{what} `{name}` removed" for name in sorted(old) if name not in new)


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    yield from (f"file `{name}` changed" for name in _FILES if before.get(name) != after.get(name))
