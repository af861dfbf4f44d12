"""Compiles policies to Python functions: one for each, giving whether it is satisfied, or raising.

Two steps: `compile_policies` needs the policies alone, `Program.bind` gives them the entities of a store. The generated
module sees no builtins but `frozenset`, and only the operators.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType

from brightline.policy import operators
from brightline.policy.expressions import Constants, Expressions, Json, UnsupportedError, text_of, uid_of
from brightline.policy.operators import EXTENSIONS, Pattern
from brightline.policy.values import Entity, Record, Uid, Value, key

Satisfied = Callable[[Entity, Entity, Entity, Record], bool]

_NAMES = (
    *("truth", "equal", "less", "less_equal", "add", "subtract", "multiply", "negate", "within", "is_type", "has"),
    *("has_tag", "get_tag", "like", "is_empty", "elements", "contains", "contains_all", "contains_any", "fail"),
)


@dataclass(frozen=True, slots=True)
class Program:
    """Compiled policies, not yet bound to entities; `entities` are all that the policies name."""

    code: CodeType
    entities: tuple[Uid, ...]
    values: tuple[Value | Pattern, ...]

    def bind(self, handle: Callable[[Uid], Entity]) -> tuple[Satisfied, ...]:
        """The policies as functions, in order, over the entities that `handle` gives."""
        scope: dict[str, object] = {name: getattr(operators, name) for name in _NAMES}
        scope |= {f"X_{name}": function for name, (_, function) in EXTENSIONS.items()}
        scope |= {"__builtins__": {}, "frozenset": frozenset, "key": key}
        # INVARIANT: `code` was built by `compile_policies` from templates and constants only.
        exec(self.code, scope)  # noqa: S102
        bound: tuple[Satisfied, ...] = scope["bind"](tuple(map(handle, self.entities)), self.values)  # type: ignore[operator]
        return bound


def _scope(variable: str, node: Json) -> list[str]:
    """The tests of one scope constraint; raises `UnsupportedError`, also for the slot of a template."""
    match node:
        case {"op": "All"}:
            return []
        case {"op": "==", "entity": uid}:
            return [f"{variable}.uid == {uid_of(uid)!r}"]
        case {"op": "in", "entity": uid}:
            return [f"{uid_of(uid)!r} in {variable}.within"]
        case {"op": "in", "entities": list(uids)}:
            any_of = " or ".join(f"{uid_of(uid)!r} in {variable}.within" for uid in uids)
            return [f"({any_of or False})"]
        case {"op": "is", "entity_type": kind, "in": inside}:
            return [f"{variable}.type == {text_of(kind)!r}", *_scope(variable, {**_record(inside), "op": "in"})]
        case {"op": "is", "entity_type": kind}:
            return [f"{variable}.type == {text_of(kind)!r}"]
    raise UnsupportedError("a scope of an unknown form")


def _record(node: Json) -> dict[str, Json]:
    if isinstance(node, dict):
        return node
    raise UnsupportedError("an unknown form of policy")


def _policy(expressions: Expressions, policy: Json) -> str:
    """One Python expression for the whole policy."""
    node = _record(policy)
    tests: list[str] = []
    for variable in ("principal", "action", "resource"):
        tests += _scope(variable, node.get(variable))
    conditions = node.get("conditions")
    for condition in conditions if isinstance(conditions, list) else []:
        clause = _record(condition)
        if clause["kind"] not in ("when", "unless"):
            raise UnsupportedError(str(clause["kind"]))
        test = expressions.condition(clause["body"])
        tests.append(test if clause["kind"] == "when" else f"not {test}")
    return " and ".join(tests) or "True"


def compile_policies(policies: Iterable[Json]) -> Program:
    """The program of `policies` (cedarpy's JSON form, in order); raises `UnsupportedError` or `TooDeepError`."""
    constants = Constants()
    expressions = Expressions(constants)
    bodies = [_policy(expressions, policy) for policy in policies]
    lines = ["def bind(entities, values):"]
    lines += [f"    E{index} = entities[{index}]" for index in range(len(constants.entities))]
    lines += [f"    K{index} = values[{index}]" for index in range(len(constants.values))]
    lines += [f"    S{index} = {text}" for index, text in enumerate(constants.sets)]
    lines += [
        line
        for index, body in enumerate(bodies)
        for line in (f"    def p{index}(principal, action, resource, context):", f"        return {body}")
    ]
    lines.append(f"    return ({''.join(f'p{index}, ' for index in range(len(bodies)))})")
    code = compile("\n".join(lines), "<policies>", "exec")
    return Program(code, tuple(constants.entities), tuple(constants.values))
